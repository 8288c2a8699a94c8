"""What was typed and not handed in: kept every second or two by the page itself, given back with one click."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partners import reading, texts
from partners.masking import is_secret
from partners.models import Draft
from partners.requests import Request

MOST_BYTES = 512 * 1024
MOST_FORMS = MOST_SHOWN = 20  # of one page
MOST_KEPT = 40  # windows with unsaved text that one person may leave open


@require_http_methods(["GET", "POST", "DELETE"])
def drafts(request: Request) -> HttpResponse:
    """GET: the drafts of the forms of a page, newest first. POST: keep one. DELETE: drop one. The reader's alone."""
    own = Draft.objects.visible_to(request.viewer)
    if request.method == "GET":
        forms = [form[:200] for form in request.GET.getlist("form")[:MOST_FORMS]]
        found = own.filter(form__in=forms)[:MOST_SHOWN]
        at = {draft.pk: f"{timezone.localtime(draft.saved_at):%d/%m/%Y, %H:%M}" for draft in found}
        shown = [{"form": d.form, "window": d.window, "data": d.data, "at": at[d.pk]} for d in found]
        return JsonResponse({"drafts": shown})
    form = request.GET.get("form", "")[:200]
    window = request.GET.get("window", "")[:40]
    if not (form and window):
        return JsonResponse({"error": "form and window are needed"}, status=400)
    if request.method == "DELETE":
        own.filter(form=form, window=window).delete()
        return HttpResponse(status=204)
    if len(request.body) > MOST_BYTES:
        return JsonResponse({"error": "too much"}, status=413)
    try:
        data = reading.json_of(request.body, cleaner=lambda text: texts.clean(text.replace("\x00", "")))
    except reading.Unreadable:
        return JsonResponse({"error": "not JSON"}, status=400)
    if not isinstance(data, list) or not all(_is_pair(pair) for pair in data):
        return JsonResponse({"error": "a list of [name, value] is needed"}, status=400)
    kept = [[name, value] for name, value in data if not is_secret(name)]
    Draft.objects.update_or_create(user=request.user, form=form, window=window, defaults={"data": kept})
    old = own.order_by("-saved_at").values_list("pk", flat=True)[MOST_KEPT:]
    own.filter(pk__in=list(old)).delete()
    return HttpResponse(status=204)


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)
