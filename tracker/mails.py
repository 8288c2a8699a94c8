"""The mails that the local sink of `dev.py up` has taken: for demonstrations and developers only."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

SHOWN = 100


@require_GET
def mail_list(request: HttpRequest) -> HttpResponse:
    if not (settings.DEMO and settings.MAIL_FOLDER):
        raise Http404
    files = sorted(Path(settings.MAIL_FOLDER).glob("*.eml"), reverse=True)[:SHOWN]
    mails = []
    for file in files:
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        mails.append({
            "to": message["To"], "subject": message["Subject"], "id": message["Message-ID"],
            "at": datetime.fromtimestamp(int(file.stem) / 1e9, UTC),
            "body": body.get_content() if body else "",
        })  # fmt: skip
    return render(request, "tracker/mails.html", {"mails": mails})
