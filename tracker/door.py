"""The door: what a request may be made of, whichever page it asks for. All names, all values, as bytes and as text.

What no text may hold is refused (400), as are charsets other than UTF-8 (415) and what is more than we read (413). The
rest is handed on cleaned (`partners.texts`), so that the same word is the same text on every page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import psycopg.errors
import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, ValidationError
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from partners import reading, texts
from partners.problems import problem
from partners.refusals import Refused

log = structlog.get_logger()
Answer = Callable[[HttpRequest], HttpResponse]
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
HEADERS, KEY = ("HTTP_", "CONTENT_"), "HTTP_AUTHORIZATION"  # a key is compared by its digest, whatever it holds
API = "/api/"
ADMIN = "/admin/"
CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
# Of headers and cookies: everything below the blank but the tab, and what is no character.
_UNPRINTABLE = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
REASONS: dict[str, tuple[int, Any]] = {
    "nul": (400, _("The input holds a NUL character, which no text may hold.")),
    "surrogate": (400, _("The input holds half a character, which no text may hold.")),
    "utf-8": (400, _("The input is not text in UTF-8.")),
    "header": (400, _("A header or cookie of the request holds characters that do not belong there.")),
    "depth": (400, _("The input holds lists within lists, deeper than anything here needs.")),
    "form": (400, _("The form did not arrive whole.")),
    "charset": (415, _("The input is in another charset than UTF-8.")),
    "large": (413, _("The input is larger than what is read at once here.")),
    "many": (413, _("The form holds more fields or files than what is read at once here.")),
    "busy": (503, _("It took too long, so it was stopped. Ask for less at once, or try again in a minute.")),
    "": (400, _("The request cannot be read.")),
}
BUSY = (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable)


def is_form(request: HttpRequest) -> bool:
    """Whether pages read the body as a form; the API takes JSON alone, and says so itself."""
    forms = request.content_type in (URLENCODED, MULTIPART)
    return request.method == "POST" and forms and not request.path.startswith(API)


def refuse(request: HttpRequest, reason: str) -> HttpResponse:
    """A page that says why, or problem details (RFC 9457) where a program asked."""
    status, detail = REASONS[reason]
    request.GET = reading.cleaned(QueryDict(""))  # the page is drawn without what was refused
    with translation.override(translation.get_language_from_request(request)):
        if request.path.startswith(API) or "json" in (request.content_type or ""):
            answer: HttpResponse = problem(status, detail)
        else:
            answer = render(request, "400.html", {"detail": detail, "was_typed": is_form(request)}, status=status)
    answer.headers["Cache-Control"] = "no-store, private"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = "60"
    return answer


def answer_to(request: HttpRequest, raised: Exception) -> HttpResponse | None:
    """What PostgreSQL stopped after the time that the settings allow, and what a rule refused unforeseen."""
    if isinstance(raised, OperationalError) and isinstance(raised.__cause__, BUSY):
        return refuse(request, "busy")
    if isinstance(raised, ValidationError | Refused):
        reasons = raised.messages if isinstance(raised, ValidationError) else [raised.reason]
        context = {"detail": " ".join(reasons), "was_typed": is_form(request)}
        return render(request, "400.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.path.startswith(ADMIN) and isinstance(raised, ValueError | IndexError):
        log.warning("the administration could not read what was sent", exc_info=raised, path=request.path)
        return refuse(request, "")  # Django's own pages parse hidden fields by hand
    return None


class Door:
    """Stands before everything that looks at a request, the session included."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if reason := self._refused(request):
            return refuse(request, reason)
        return self.answer(request)

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse | None:
        return answer_to(request, raised)

    def _refused(self, request: HttpRequest) -> str:
        try:
            self._look_at_head(request)
            self._take_in(request)
        except BadRequest as no:
            found = str(no)
            return found if found in REASONS else ""
        except RequestDataTooBig:
            return "large"
        except (TooManyFieldsSent, TooManyFilesSent):
            return "many"
        except (MultiPartParserError, UnreadablePostError):
            return "form"
        return ""

    def _look_at_head(self, request: HttpRequest) -> None:
        if "\x00" in request.path:
            raise BadRequest("nul")
        headers = (str(value) for name, value in request.META.items() if name.startswith(HEADERS) and name != KEY)
        if any(map(_UNPRINTABLE.search, headers)) or any(map(_UNPRINTABLE.search, request.COOKIES.values())):
            raise BadRequest("header")
        if charset := (request.content_params or {}).get("charset", ""):
            if charset.lower() not in CHARSETS:
                raise BadRequest("charset")
            request.encoding = "utf-8"
        declared = request.META.get("CONTENT_LENGTH") or ""
        if declared and (reading.whole(declared, most=reading.MOST_KEY) or 0) > _most_bytes(request):
            raise BadRequest("large")

    def _take_in(self, request: HttpRequest) -> None:
        reading.refuse_raw(request.META.get("QUERY_STRING", "").encode("latin-1", "replace"))
        request.GET = reading.cleaned(request.GET)
        if not is_form(request):
            return
        if request.content_type == URLENCODED:
            reading.refuse_raw(request.body)
        posted = request.POST
        if request.content_type == MULTIPART:
            # The parser puts U+FFFD for what is no UTF-8; there are no raw bytes to look at any more.
            if any(texts.REPLACEMENT in text for name, values in posted.lists() for text in (name, *values)):
                raise BadRequest("utf-8")
            for upload in (one for _name, many in request.FILES.lists() for one in many):
                upload.name = texts.line(upload.name or "")
        request.POST = reading.cleaned(posted)


def _most_bytes(request: HttpRequest) -> int:
    """How long a body of this kind may be; longer ones are not even begun."""
    match request.content_type:
        case "multipart/form-data":
            return int(settings.UPLOAD_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        case "application/x-www-form-urlencoded":
            return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        case _:
            return int(settings.JSON_MAX_BYTES)
