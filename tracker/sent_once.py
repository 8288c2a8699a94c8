"""A form that is sent twice is carried out once: by a second click, by Enter and a click, from a page gone back to."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from partners.models import KeptAnswer
from partners.once import digest_of_file
from partners.requests import AnyRequest, Request, signed_in
from tracker.door import answer_to, is_form

OWN_COUNTING = "/accounts/"  # where one proves who one is, each try counts
View = Callable[..., HttpResponse]


class SentOnce:
    """Each page is drawn with a CSRF token of its own: token and content together are the key.

    Kept is where the first one led to, in the transaction that carried it out, so that a second one at the same moment
    waits for it. What was refused leads nowhere and is not kept. The page it led to passes the gate anew.
    """

    def __init__(self, answer: Callable[[AnyRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: AnyRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(self, request: AnyRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        """After CSRF has been looked at. What the view raises undoes all of it, and is answered as elsewhere."""
        has_key = is_form(request) and request.POST.get("csrfmiddlewaretoken") and request.user.is_authenticated
        if not has_key or request.path.startswith(OWN_COUNTING):
            return None
        try:
            with transaction.atomic():
                return self._once(signed_in(request), view, args, kwargs)
        except Exception as raised:
            if (answer := answer_to(request, raised)) is None:
                raise
            return answer

    def _once(self, request: Request, view: View, args: Any, kwargs: Any) -> HttpResponse:
        key = _digest(request)
        kept, is_new = KeptAnswer.claim(request.user.pk, key, key, at=timezone.now())
        if not is_new:
            return HttpResponseRedirect(kept.place)
        answer = view(request, *args, **kwargs)
        if isinstance(answer, HttpResponseRedirect) and not _says_no(request):
            kept.status, kept.place = answer.status_code, answer.url
            kept.save(update_fields=("status", "place"))
        else:
            kept.delete()
        return answer


def _says_no(request: AnyRequest) -> bool:
    """Refusals that lead back to the page are said there."""
    said: Any = messages.get_messages(request)
    return any(one.level >= messages.ERROR for one in said._queued_messages)  # a look at them all would use them up


def _digest(request: AnyRequest) -> str:
    """Of the address and all that was sent, files as well."""
    typed = [(name, values) for name, values in sorted(request.POST.lists()) if name != "draft_window"]
    files = [(name, [digest_of_file(file) for file in found]) for name, found in sorted(request.FILES.lists())]
    return sha256(repr((request.get_full_path(), typed, files)).encode()).hexdigest()
