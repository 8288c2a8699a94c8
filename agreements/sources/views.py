"""A document's page, its bytes, and taking in a new one. Every byte passes the gate."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from agreements.register.models import Agreement
from agreements.register.rules import access_log
from agreements.sources.forms import PaperForm
from agreements.sources.holding import cancel, find
from agreements.sources.models import Citation, Document
from agreements.sources.papers import add, may_fetch, may_keep, succeed
from partners import reading
from partners.refusals import Refused
from partners.requests import Request
from partners.viewers import Viewer

MOST_PARAGRAPHS = 3000
MOST_EDITIONS = 30


@require_GET
def document_page(request: Request, pk: int) -> HttpResponse:
    """What a document is, and which visible claims cite it."""
    viewer = request.viewer
    document = Document.objects.select_related("agreement").get_visible(viewer, pk=pk)
    cited = Citation.objects.visible_to(viewer).filter(document=document).order_by("paragraph", "pk")
    paragraphs = document.paragraphs() if viewer.is_staff else []
    context = {
        "document": document,
        "citations": cited.select_related(
            "agreement",
            "commitment",
            "figure__country",
            "relation__country",
            "organisation",
            "person__organisation",
            "paper",
        ),
        "named_in": document.named_in.visible_to(viewer).select_related("document"),
        "paragraphs": list(enumerate(paragraphs[:MOST_PARAGRAPHS], 1)),
        "editions": _editions(document, viewer),
        "may_fetch": may_fetch(document, viewer),
        "may_replace": viewer.is_staff and not hasattr(document, "replaced_by") and _may_add(document, viewer),
    }
    return render(request, "agreements/sources/document_page.html", context)


def _editions(document: Document, viewer: Viewer) -> list[Document]:
    """The visible editions of a paper, newest first; empty where there is only this one."""
    visible = Document.objects.visible_to(viewer).filter(agreement=document.agreement_id).in_bulk()
    newer = {row.replaces_id: row for row in visible.values() if row.replaces_id}
    chain = [document]
    while (edition := newer.get(chain[0].pk)) and len(chain) < MOST_EDITIONS:
        chain.insert(0, edition)
    while (edition := visible.get(chain[-1].replaces_id or 0)) and len(chain) < MOST_EDITIONS:
        chain.append(edition)
    return chain if len(chain) > 1 else []


def _may_add(document: Document, viewer: Viewer) -> bool:
    agreement = document.agreement
    return agreement is not None and may_keep(agreement, viewer)


@require_safe
def document_file(request: Request, pk: int) -> FileResponse:
    """The file, always as a download and never run in the browser."""
    document = Document.objects.select_related("agreement").get_visible(request.viewer, pk=pk)
    return file_of(document, request.viewer)


def file_of(document: Document, viewer: Viewer) -> FileResponse:
    """The bytes of a document that came through the gate, noted as opened. Raises Http404 where they stay."""
    if not may_fetch(document, viewer):
        raise Http404
    if document.agreement:
        access_log.note(document.agreement, viewer, document=document)
    try:
        content = document.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(content, as_attachment=True, filename=document.filename, content_type=document.media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response._csp_replace = {"default-src": ["'none'"], "sandbox": [""]}  # type: ignore[attr-defined]  # as csp reads it
    return response


@require_http_methods(["GET", "HEAD", "DELETE"])
def held_file(request: Request, key: str) -> FileResponse | HttpResponse:
    """The owner's own paper beside a form, in a frame of our own pages and nowhere else.

    DELETE takes it away with the form of a `window`.

    A picture is drawn in a sandbox. The viewers that browsers have for PDF run in none (decision 41); what is sent is
    known to be PDF and may load nothing.
    """
    held = find(key, by=request.viewer)
    if held and held.document_id is None and request.method == "DELETE":
        cancel(held, window=request.GET.get("window", ""))
        return HttpResponse(status=204)
    if held is None or not held.is_shown or not (held.is_pdf or held.is_picture):
        raise Http404
    try:
        content = held.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(content, as_attachment=False, filename=held.filename, content_type=held.media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    policy: dict[str, list[str]] = {"default-src": ["'none'"], "frame-ancestors": ["'self'"]}
    policy |= {"style-src": ["'unsafe-inline'"]} if held.is_pdf else {"sandbox": [""]}
    response._csp_replace = policy  # type: ignore[attr-defined]  # as csp reads it
    return response


def _new_paper(request: Request, agreement: Agreement) -> Document:
    """An empty paper, or the next edition of the one that the address names."""
    old = request.GET.get("replaces", "")
    if not old:
        return Document(agreement=agreement)
    try:
        return succeed(Document.objects.get_visible(request.viewer, agreement=agreement, pk=reading.key(old)))
    except Refused:
        raise Http404 from None


@require_http_methods(["GET", "POST"])
def add_paper(request: Request, ref: str) -> HttpResponse:
    viewer = request.viewer
    agreement = Agreement.objects.get_visible(viewer, ref=ref)
    if not may_keep(agreement, viewer):
        raise Http404
    form = PaperForm(request.POST or None, request.FILES or None, instance=_new_paper(request, agreement))
    if request.method == "POST" and form.is_valid():
        try:
            add(form.instance, by=viewer)
        except Refused as no:
            form.add_error(None, no.reason)
        else:
            messages.success(request, _("The paper is added."))
            return redirect(agreement)
    context = {"form": form, "agreement": agreement}
    return render(request, "agreements/sources/add_paper.html", context, status=422 if form.errors else 200)
