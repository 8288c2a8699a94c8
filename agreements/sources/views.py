"""A document's page, its bytes, and taking in a new one. Every byte passes the gate."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agreements import visibility
from agreements.commitments.models import Commitment
from agreements.register.models import Agreement
from agreements.sources.forms import PaperForm
from agreements.sources.models import Citation, Document


@require_GET
def document_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What a document is, and which visible claims cite it."""
    viewer = request.viewer
    document = Document.objects.select_related("agreement").get_visible(viewer, pk=pk)
    cited = Citation.objects.visible_to(viewer).filter(document=document).order_by("paragraph", "pk")
    cited = list(cited.select_related("agreement", "commitment", "figure__country", "relation__country"))
    agreements = set(Agreement.objects.visible_to(viewer).values_list("pk", flat=True).filter(citations__in=cited))
    commitments = set(Commitment.objects.visible_to(viewer).values_list("pk", flat=True).filter(citations__in=cited))
    shown = [
        citation
        for citation in cited
        if citation.agreement_id in agreements
        or citation.commitment_id in commitments
        or (viewer.is_staff and (citation.figure_id or citation.relation_id))
    ]
    paragraphs = document.paragraphs() if viewer.is_staff else []
    facts = {"document": document, "citations": shown, "paragraphs": list(enumerate(paragraphs, 1))}
    return render(request, "agreements/sources/document_page.html", facts)


@require_GET
def document_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file, always as a download and never run in the browser."""
    document = Document.objects.get_visible(request.viewer, pk=pk)
    if not document.file:
        raise Http404
    try:
        content = document.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(content, as_attachment=True, filename=document.filename, content_type=document.media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response._csp_replace = {"default-src": ["'none'"], "sandbox": [""]}  # type: ignore[attr-defined]
    return response


@require_http_methods(["GET", "POST"])
def add_paper(request: HttpRequest, ref: str) -> HttpResponse:
    viewer = request.viewer
    agreement = Agreement.objects.get_visible(viewer, ref=ref)
    if not visibility.may_edit_commitments(viewer, desk_id=agreement.desk_id, stage=agreement.stage):
        raise Http404
    form = PaperForm(request.POST or None, request.FILES or None, instance=Document(agreement=agreement))
    if request.method == "POST" and form.is_valid():
        form.instance.stamp(request.user)
        form.save()
        messages.success(request, _("The paper is added."))
        return redirect(agreement)
    facts = {"form": form, "agreement": agreement}
    return render(request, "agreements/sources/add_paper.html", facts, status=422 if form.errors else 200)
