"""The partner's answer to the words of a commitment, and what the desk makes of it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agreements.commitments.forms.answers import AnswerForm
from agreements.commitments.forms.commitment import own_organisations
from agreements.commitments.models import Answer
from agreements.commitments.rules import answers
from agreements.commitments.rules.answers import Said
from agreements.commitments.views.page import attempt, attempt_by_form, find, show
from agreements.vocabulary import AnswerState, Verdict
from partners import reading
from partners.models import Organisation
from partners.requests import Request


@require_POST
def answer(request: Request, ref: str) -> HttpResponse:
    """The partner confirms, or disputes and proposes other words."""
    commitment = find(request, ref)
    form = AnswerForm(request.POST, organisations=own_organisations(request.viewer))

    def take() -> None:
        said = Said(verdict=request.POST.get("verdict", ""), **form.cleaned_data)
        answers.answer(commitment, said, by=request.viewer)

    if attempt_by_form(request, form, take, _("Your answer is recorded. Thank you.")):
        return redirect(commitment)
    form.data = kept = request.POST.copy()
    kept["seen"] = commitment.wording_hash  # what is on screen now; a second click answers that
    return show(request, commitment, answer_form=form)


@require_POST
def accept_on_behalf(request: Request, ref: str) -> HttpResponse:
    commitment = find(request, ref)
    viewer = request.viewer
    organisation = Organisation.objects.get_visible(viewer, code=request.POST.get("organisation", ""))
    pk = reading.key(request.POST.get("document", ""))
    paper = commitment.agreement.documents.visible_to(viewer).filter(pk=pk or 0).first()
    said = Said(organisation, Verdict.CONFIRMED, request.POST.get("seen", ""), remark=request.POST.get("remark", ""))
    attempt(
        request, lambda: answers.accept_on_behalf(commitment, said, document=paper, by=viewer),
        _("Noted as accepted on behalf of the partner."),
    )  # fmt: skip
    return redirect(commitment)


@require_POST
def settle_answer(request: Request, pk: int) -> HttpResponse:
    answer = Answer.objects.select_related("commitment__agreement").get_visible(request.viewer, pk=pk)
    adopt = request.POST.get("decision") == "adopt"
    reply = request.POST.get("reply", "")
    adopted = _("The proposed wording is adopted.")
    if answer.state == AnswerState.OPEN:
        adopted = _("Asked for: somebody else of the desk adopts the words.")
    done = adopted if adopt else _("The wording is kept.")
    attempt(request, lambda: answers.settle(answer, adopt=adopt, by=request.viewer, reply=reply), done)
    return redirect(answer.commitment)
