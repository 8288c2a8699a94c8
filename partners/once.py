"""A request that is sent twice is carried out once, if it bears an Idempotency-Key."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.request import Request

from partners.models.kept import KeptAnswer
from partners.problems import KeyReused

HEADER = "Idempotency-Key"
LONGEST = 200  # characters of a key
Handler = Callable[..., HttpResponseBase]


def once(view: Any, key: str, handler: Handler, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Answer with `handler`; a repetition is answered with the record as it is now, and says that it is one.

    Where nothing was answered (204), as after a removal, there is nothing to look for. What was refused is not kept:
    nothing came of it, and it may be sent again. Raises KeyReused where the key came with another request before.
    """
    if not 0 < len(key) <= LONGEST:
        said = _("The Idempotency-Key is 1 to %(most)s characters long.") % {"most": LONGEST}
        raise exceptions.ValidationError({HEADER: [said]})
    with transaction.atomic():
        kept, is_new = KeptAnswer.claim(request.user.pk or 0, key, _digest(request), at=timezone.now())
        if not is_new:
            return _again(view, kept, _digest(request))
        answer = handler(request, *args, **kwargs)
        kept.status, kept.place = answer.status_code, view.place or str(kwargs.get("pk", ""))
        kept.save(update_fields=("status", "place"))
    return answer


def _again(view: Any, kept: KeptAnswer, asked: str) -> HttpResponseBase:
    if kept.asked != asked:
        raise KeyReused
    answer: HttpResponseBase
    if kept.status == status.HTTP_204_NO_CONTENT or not kept.place:
        answer = HttpResponse(status=status.HTTP_204_NO_CONTENT)
    else:
        answer = view.shown_at(kept.place, kept.status)
    answer.headers["Idempotent-Replayed"] = "true"
    return answer


def _digest(request: Request) -> str:
    """Of the address and all that was sent, however it was written."""
    sent = request.data
    if hasattr(sent, "lists"):  # a form with files
        sent = {name: [_plain(value) for value in values] for name, values in sent.lists()}
    said = json.dumps([request.method, request.get_full_path(), sent], sort_keys=True, default=str)
    return sha256(said.encode()).hexdigest()


def _plain(value: Any) -> Any:
    return digest_of_file(value) if isinstance(value, UploadedFile) else value


def digest_of_file(file: UploadedFile[bytes]) -> list[str]:
    """Its name and the digest of its content; it can be read from its beginning afterwards."""
    found = sha256()
    for part in file.chunks():
        found.update(part)
    file.seek(0)
    return [str(file.name), found.hexdigest()]
