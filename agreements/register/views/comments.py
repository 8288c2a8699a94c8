"""Comments and notes on an agreement."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agreements.register.forms.comments import CommentForm, NoteForm
from agreements.register.models import Agreement, Comment
from agreements.register.rules import comments
from agreements.register.views.acts import say_problems
from partners import reading
from partners.refusals import Refused
from partners.requests import Request


@require_POST
def comment(request: Request, ref: str) -> HttpResponse:
    """Say something, or answer; `answers` names the comment that is answered."""
    viewer = request.viewer
    agreement = Agreement.objects.get_visible(viewer, ref=ref)
    answers = reading.key(request.POST.get("answers", ""))
    first = Comment.objects.get_visible(viewer, agreement=agreement, pk=answers) if answers else None
    form = CommentForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            said = comments.say(agreement, text, by=viewer, answers=first)
        except Refused as no:
            messages.error(request, no.reason)
        else:
            if strangers := comments.unknown_mentions(text, list(said.mentions.all())):
                names = ", ".join(strangers)
                messages.warning(request, _("Not told, as nobody of that name sees this: %(names)s") % {"names": names})
    say_problems(request, form)
    return redirect(f"{agreement.get_absolute_url()}#comments")


@require_POST
def resolve_comment(request: Request, ref: str, pk: int) -> HttpResponse:
    """Close a thread, or open it again."""
    said = Comment.objects.select_related("agreement").get_visible(request.viewer, agreement__ref=ref, pk=pk)
    try:
        comments.resolve(said, by=request.viewer, is_resolved=request.POST.get("resolved") != "no")
    except Refused as no:
        messages.error(request, no.reason)
    return redirect(f"{said.agreement.get_absolute_url()}#comments")


@require_POST
def add_note(request: Request, ref: str) -> HttpResponse:
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    form = NoteForm(request.POST)
    form.instance.agreement = agreement
    if form.is_valid():
        form.instance.stamp(request.viewer)
        form.save()
    say_problems(request, form)
    return redirect(agreement)
