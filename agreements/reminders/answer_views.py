"""The page behind a reminder's link: it shows what can be answered, and does it only when a button is pressed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from agreements.reminders import answers, digest
from agreements.reminders.answers import MailAnswer
from partners.attempts import wait_after_guess
from partners.refusals import Refused

ONE_CLICK = "List-Unsubscribe"  # what a mail program posts: RFC 8058


@csrf_exempt  # the signed address is the authority, and mail programs post without a cookie
@require_http_methods(["GET", "POST"])
def reminder_answer(request: HttpRequest, secret: str) -> HttpResponse:
    row = answers.find(secret)
    item = digest.item_of(row, row.recipient.viewer()) if row else None
    if row is None or item is None:
        if wait_after_guess(request, "reminder"):
            return render(request, "agreements/reminders/answer_closed.html", status=429)
        return render(request, "agreements/reminders/answer_closed.html", status=404)
    with translation.override(row.recipient.language):
        context = {"item": item, "row": row, "first": request.GET.get("answer", "")}
        if request.method == "POST":
            wanted = MailAnswer.MUTE if ONE_CLICK in request.POST else request.POST.get("answer", "")
            if wanted not in MailAnswer.values:
                return render(request, "agreements/reminders/answer.html", context, status=422)
            context["given"] = MailAnswer(wanted)
            try:
                answers.give(row, MailAnswer(wanted), at=timezone.now())
            except Refused as no:
                context |= {"given": None, "refused": no.reason}
        return render(request, "agreements/reminders/answer.html", context)
