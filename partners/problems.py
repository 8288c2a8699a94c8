"""What the API says where it refuses: problem details as RFC 9457 has them, in one shape for every refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from partners.refusals import NotYours, Refused, Unknown

KIND = "application/problem+json"
WHOLE = ("non_field_errors", "__all__", "")  # names of what concerns no single field
TITLES = {
    400: gettext_lazy("The request is refused"),
    401: gettext_lazy("Not signed in"),
    403: gettext_lazy("Not for you"),
    404: gettext_lazy("Nothing here"),
    405: gettext_lazy("Not done in this way"),
    406: gettext_lazy("Only JSON is answered"),
    409: gettext_lazy("A rule refuses it now"),
    412: gettext_lazy("Changed since you read it"),
    413: gettext_lazy("Too large"),
    415: gettext_lazy("This kind of body is not read"),
    422: gettext_lazy("It contradicts what was sent before"),
    428: gettext_lazy("Say which version you change"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Something broke"),
    503: gettext_lazy("It took too long"),
}
# What a problem is called where nothing narrower is known.
CODES = {
    400: "invalid", 401: "not_authenticated", 403: "permission_denied", 404: "not_found", 405: "method_not_allowed",
    406: "not_acceptable", 409: "refused", 412: "stale", 413: "too_large", 415: "unsupported_media_type",
    422: "key_reused", 428: "precondition_required", 429: "throttled", 500: "broken", 503: "busy",
}  # fmt: skip


class Stale(exceptions.APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = gettext_lazy(
        "The record has changed since you read it. Fetch it again and repeat your change with its new ETag."
    )
    default_code = "stale"


class Unconditional(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = gettext_lazy("Send If-Match with the ETag of the record that you read, so that no change is lost.")
    default_code = "precondition_required"


class KeyReused(exceptions.APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = gettext_lazy("This Idempotency-Key was sent before with another request.")
    default_code = "key_reused"


class Double(exceptions.APIException):
    """What is sent in is there already, or much like what is; `similar` has the addresses of those."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = gettext_lazy(
        "This resembles what is in the register. Look at it, or send it with `allow_similar`."
    )
    default_code = "double"

    def __init__(self, similar: list[str], said: str | None = None) -> None:
        super().__init__(said)
        self.similar = similar


@dataclass(frozen=True)
class Fault:
    """What is wrong at one place of a request; the place is a path such as `participants.0.organisation`."""

    field: str
    detail: str
    code: str


def faults(said: Any, path: str = "") -> Iterator[Fault]:
    """Every reason in the framework's lists within lists."""
    if isinstance(said, Mapping):
        for name, one in said.items():
            at = str(name)
            yield from faults(one, path if at in WHOLE else f"{path}.{at}" if path else at)
    elif isinstance(said, list | tuple):
        for number, one in enumerate(said):
            is_row = isinstance(one, Mapping)
            yield from faults(one, f"{path}.{number}" if is_row else path)
    else:
        yield Fault(path, str(said), str(getattr(said, "code", "invalid")))


def details(status_code: int, detail: Any, *, code: str = "", **more: Any) -> dict[str, Any]:
    """The body of a problem; `errors` is there whenever single fields or parameters are at fault."""
    return {
        "type": "about:blank", "title": str(TITLES.get(status_code, TITLES[400])), "status": status_code,
        "detail": str(detail), "code": code or CODES.get(status_code, "invalid"), **more,
    }  # fmt: skip


def problem(status_code: int, detail: Any, *, code: str = "") -> JsonResponse:
    """A whole answer, for what the framework never sees."""
    return JsonResponse(details(status_code, detail, code=code), status=status_code, content_type=KIND)


def detail_of(wrong: ValidationError) -> dict[str, list[str]]:
    """The reasons of a record, by field."""
    return wrong.message_dict if hasattr(wrong, "error_dict") else {"non_field_errors": wrong.messages}


def explain(raised: Exception, context: dict[str, Any]) -> Response | None:
    """The framework's door for whatever a view raises; None for what is no refusal."""
    if isinstance(raised, Refused):
        return _answer(_refused(raised))
    if isinstance(raised, ValidationError):
        raised = exceptions.ValidationError(detail_of(raised))
    answer = exception_handler(raised, context)
    if answer is None:
        return None
    answer.data = _told(raised, answer)
    answer.content_type = KIND
    return answer


def _refused(no: Refused) -> dict[str, Any]:
    if isinstance(no, Unknown):
        return details(404, no.reason, code="unknown_act")
    if isinstance(no, NotYours):
        return details(403, no.reason, code="not_yours")
    return details(409, no.reason)


def _told(raised: Exception, answer: Response) -> dict[str, Any]:
    code = answer.status_code
    if isinstance(raised, exceptions.ValidationError):
        found = [asdict(fault) for fault in faults(answer.data)]
        return details(code, _in_a_sentence(found), errors=found)
    if isinstance(raised, Http404):
        return details(code, _("There is nothing here."))
    more = {"similar": raised.similar} if isinstance(raised, Double) else {}
    said = raised.detail if isinstance(raised, exceptions.APIException) else answer.data.get("detail", "")
    return details(code, said, code=getattr(said, "code", ""), **more)


def _in_a_sentence(found: list[dict[str, str]]) -> str:
    if len(found) == 1:
        one = found[0]
        return f"{one['field']}: {one['detail']}" if one["field"] else one["detail"]
    return _("%(count)s things in the request are refused; `errors` has each.") % {"count": len(found)}


def _answer(body: dict[str, Any]) -> Response:
    return Response(body, status=body["status"], content_type=KIND)
