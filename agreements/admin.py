"""The operator's admin of the register: corrections and rescue, by the same rules as everywhere."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from agreements.briefings import admin as briefing_admin  # noqa: F401  (registers letterheads and letters)
from agreements.calendars import admin as calendar_admin  # noqa: F401  (registers the feeds)
from agreements.commitments.admin import Settling
from agreements.commitments.forms.administration import ReadAlike
from agreements.exchange import admin as export_admin  # noqa: F401  (registers the files)
from agreements.importing import admin as import_admin  # noqa: F401  (registers the imports)
from agreements.models import (
    ActionItem,
    Agreement,
    Amendment,
    Answer,
    Authorship,
    BulkChange,
    CalendarDay,
    Citation,
    Comment,
    Commitment,
    Document,
    DueRequest,
    ExchangeRate,
    Funding,
    Indicator,
    InstrumentType,
    Link,
    LinkOpening,
    Measurement,
    Milestone,
    Note,
    Opening,
    Participant,
    Pause,
    Procedure,
    ProcedureStep,
    Proceeding,
    ProceedingStep,
    Report,
    Share,
    SignatoryLevel,
    Step,
)
from agreements.register.admin import ContentAdmin, CorrectingAdmin, rests
from agreements.register.forms.acts import ActForm
from agreements.register.rules import lifecycle
from agreements.register.rules.workflow import Facts
from agreements.reminders import admin as reminder_admin  # noqa: F401  (registers the rules and the ledger)
from agreements.vocabulary import CONCLUDED_OR_SUSPENDED
from partners import reading
from partners.admin import Gated, ReadingAdmin, RecordAdmin
from partners.refusals import Refused
from partners.requests import Request, signed_in


class ParticipantInline(Gated, admin.TabularInline[Participant, Agreement]):
    model = Participant
    fk_name = "agreement"
    extra = 0
    fields = ("organisation", "role", "signatory", "consent_by")
    autocomplete_fields = ("organisation",)
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_write(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_write(obj) and super().has_change_permission(request, obj)

    def _may_write(self, agreement: Any) -> bool:
        """Not under review; the parties of a concluded paper are corrected one by one, with a reason."""
        if not isinstance(agreement, Agreement):
            return True
        return agreement.stage not in CONCLUDED_OR_SUSPENDED and not rests(agreement)


@admin.register(Agreement)
class AgreementAdmin(ReadAlike, CorrectingAdmin):
    """The stage is read-only; the transitions that the table allows the operator stand as buttons."""

    change_form_template = "admin/agreements/agreement_change.html"
    list_display = ("ref", "title_vi", "stage", "kind", "desk", "signed_on")
    list_filter = ("stage", "kind", "legal_regime", "desk")
    list_select_related = ("desk",)
    search_fields = ("ref",)
    inlines = (ParticipantInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # agreements are logged by desks

    def get_urls(self) -> list[Any]:
        act = self.admin_site.admin_view(self.act)
        return [path("<int:pk>/act/<slug:name>/", act, name="agreements_agreement_act"), *super().get_urls()]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        found = self.get_queryset(request).filter(pk=reading.key(object_id or "")).first()
        viewer = signed_in(request).viewer
        acts = []
        if found:
            acts = [
                {"transition": t, "form": ActForm(transition=t, agreement=found, viewer=viewer)}
                for t in lifecycle.open_to(found, viewer)
            ]
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "acts": acts})

    def act(self, request: Request, pk: int, name: str) -> HttpResponse:
        agreement = self.get_queryset(request).filter(pk=pk).first()
        transition = lifecycle.TRANSITIONS.get(name)
        if request.method == "POST" and agreement and transition:
            form = ActForm(request.POST, transition=transition, agreement=agreement, viewer=request.viewer)
            try:
                facts = form.facts(request.viewer) if form.is_valid() else Facts(on=request.viewer.on)
                lifecycle.perform(name, agreement, by=request.viewer, facts=facts)
                messages.success(request, _("%(ref)s: %(act)s.") % {"ref": agreement.ref, "act": transition.past})
            except Refused as no:
                messages.error(request, no.reason)
        return redirect("admin:agreements_agreement_change", pk)


@admin.register(Participant)
class ParticipantAdmin(ReadAlike, CorrectingAdmin):
    list_display = ("agreement", "organisation", "role")
    list_select_related = ("agreement", "organisation")
    search_fields = ("agreement__ref", "organisation__name_vi")


@admin.register(Commitment)
class CommitmentAdmin(ReadAlike, Settling, CorrectingAdmin):
    list_display = ("ref", "title_vi", "direction", "due", "delivery", "health")
    list_filter = ("delivery", "health", "direction", "kind")
    search_fields = ("ref",)
    # A promised day moves by request, delivery is shown by evidence, and none waits for itself: on its own pages.
    fixed = ("agreement", "start_on", "due_on", "due_after", "due_unit", "due_from", "delivery", "depends_on")

    def about(self, record: Any) -> dict[str, Any]:
        return {"commitment": record}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # commitments are numbered under their agreement's lock, on its page


@admin.register(Milestone)
class MilestoneAdmin(ReadAlike, Settling, ContentAdmin):
    list_display = ("commitment", "title_vi", "status", "due")
    list_select_related = ("commitment",)
    search_fields = ("commitment__ref", "title_vi", "title_en")


@admin.register(Funding)
class FundingAdmin(ReadAlike, Settling, ContentAdmin):
    sums: ClassVar = {"amount": False}
    list_display = ("commitment", "kind", "amount", "currency", "date")
    list_select_related = ("commitment",)
    search_fields = ("commitment__ref",)


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ReadAlike, RecordAdmin):
    list_display = ("currency", "into", "rate", "on", "source")
    list_filter = ("currency", "into")
    search_fields = ("currency", "into", "source")


@admin.register(Indicator)
class IndicatorAdmin(ReadAlike, Settling, ContentAdmin):
    sums: ClassVar = {"baseline": True, "target": True}
    list_display = ("commitment", "title_vi", "baseline", "target", "due")
    list_select_related = ("commitment",)
    search_fields = ("commitment__ref", "title_vi", "title_en")


@admin.register(Measurement)
class MeasurementAdmin(ReadAlike, Settling, ContentAdmin):
    sums: ClassVar = {"value": True}
    list_display = ("indicator", "value", "on", "source")
    list_select_related = ("indicator__commitment",)
    search_fields = ("indicator__commitment__ref", "source")


@admin.register(Answer)
class PositionAdmin(ReadingAdmin):
    """What partners said is theirs: read here, never written."""

    list_display = ("commitment", "organisation", "verdict", "on", "on_behalf", "state")
    list_select_related = ("commitment", "organisation")
    list_filter = ("verdict", "state")
    search_fields = ("commitment__ref", "organisation__name_vi")


@admin.register(DueRequest)
class DueRequestAdmin(ReadingAdmin):
    list_display = ("commitment", "kind", "was", "becomes", "state", "created_by", "decided_by")
    list_select_related = ("commitment", "created_by", "decided_by")
    list_filter = ("kind", "state")
    search_fields = ("commitment__ref", "reason")


@admin.register(Link)
class LinkAdmin(ReadingAdmin):
    list_display = ("commitment", "organisation", "purpose", "recipient", "expires_at", "used_at", "revoked_at")
    list_select_related = ("commitment", "organisation")
    exclude = ("digest",)
    search_fields = ("commitment__ref", "recipient")


@admin.register(LinkOpening)
class LinkOpeningAdmin(ReadingAdmin):
    list_display = ("link", "at", "address")
    list_select_related = ("link__commitment",)
    search_fields = ("link__commitment__ref", "link__recipient")


@admin.register(ActionItem)
class ActionAdmin(ReadingAdmin):
    list_display = ("title", "desk", "owner", "due", "state", "verified_by")
    list_select_related = ("desk", "owner", "verified_by")
    list_filter = ("state", "desk")
    search_fields = ("title", "meeting")


@admin.register(BulkChange)
class BulkChangeAdmin(ReadingAdmin):
    list_display = ("about", "column", "value", "created_by", "created_at", "undone_at")
    list_select_related = ("created_by",)
    search_fields = ("value",)


@admin.register(Document)
class DocumentAdmin(ReadAlike, ContentAdmin):
    list_display = ("title_vi", "kind", "language", "agreement", "audience")
    list_filter = ("kind", "language", "audience")
    list_select_related = ("agreement",)
    search_fields = ("title_vi", "title_en", "code")
    exclude = ("file",)  # files come in through the page that checks them


@admin.register(Citation)
class CitationAdmin(ReadAlike, ContentAdmin):
    list_display = ("document", "paragraph", *Citation.TARGETS)
    list_select_related = (
        "document", "agreement", "commitment", "figure", "relation__country", "organisation", "person__organisation",
        "paper",
    )  # fmt: skip
    search_fields = ("document__title_vi", "agreement__ref", "commitment__ref")


@admin.register(Note)
class NoteAdmin(ReadAlike, RecordAdmin):
    list_display = ("agreement", "text", "created_by", "created_at")
    list_select_related = ("agreement", "created_by")
    search_fields = ("text", "agreement__ref")
    fixed = ("agreement",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(InstrumentType)
class InstrumentTypeAdmin(ReadAlike, RecordAdmin):
    list_display = ("code", "name_vi", "name_en", "kind")
    list_filter = ("kind",)
    search_fields = ("code", "name_vi", "name_en")


@admin.register(SignatoryLevel)
class SignatoryLevelAdmin(ReadAlike, RecordAdmin):
    list_display = ("code", "name_vi", "valid_from", "valid_to")
    search_fields = ("code", "name_vi", "name_en")


class ProcedureStepInline(Gated, admin.TabularInline[ProcedureStep, Procedure]):
    """The steps at a glance; each is edited on its own page."""

    model = ProcedureStep
    extra = 0
    fields = ("position", "name_vi", "clock", "unit", "clock_start", "due_before", "is_verified")
    readonly_fields = fields
    show_change_link = True
    can_delete = False
    max_num = 0


@admin.register(Procedure)
class ProcedureAdmin(ReadAlike, RecordAdmin):
    """A change of the law is a new procedure with its own first day; the old one gets its last."""

    list_display = ("code", "name_vi", "legal_regime", "level", "purpose", "variant", "valid_from", "valid_to")
    list_filter = ("legal_regime", "purpose", "variant")
    list_select_related = ("level",)
    search_fields = ("code", "name_vi", "name_en")
    inlines = (ProcedureStepInline,)


@admin.register(ProcedureStep)
class ProcedureStepAdmin(ReadAlike, RecordAdmin):
    list_display = ("procedure", "position", "name_vi", "clock", "unit", "clock_start", "is_verified")
    list_filter = ("is_verified", "procedure")
    list_select_related = ("procedure",)
    search_fields = ("code", "name_vi", "name_en")


@admin.register(CalendarDay)
class CalendarDayAdmin(ReadAlike, RecordAdmin):
    list_display = ("on", "is_working", "name_vi", "name_en")
    search_fields = ("name_vi", "name_en")


@admin.register(Proceeding)
class ProceedingAdmin(ReadingAdmin):
    list_display = ("agreement", "procedure", "opened_on", "closed_on")
    list_select_related = ("agreement", "procedure")
    search_fields = ("agreement__ref",)


@admin.register(ProceedingStep)
class ProceedingStepAdmin(ReadingAdmin):
    list_display = ("proceeding", "step", "started_on", "done_on", "number", "done_by")
    list_select_related = ("proceeding__agreement", "proceeding__procedure", "step", "done_by")
    search_fields = ("proceeding__agreement__ref", "number")


@admin.register(Pause)
class PauseAdmin(ReadingAdmin):
    list_display = ("step", "from_on", "to_on", "reason")
    list_select_related = ("step__proceeding__agreement", "step__step")
    search_fields = ("step__proceeding__agreement__ref",)


@admin.register(Amendment)
class AmendmentAdmin(ReadingAdmin):
    """Amendments are decided by two people of the desk; the operator only reads them."""

    list_display = ("agreement", "number", "kind", "stage", "effective_on", "submitted_by", "decided_by")
    list_select_related = ("agreement", "submitted_by", "decided_by")
    list_filter = ("stage", "kind")
    search_fields = ("agreement__ref",)


@admin.register(Comment)
class CommentAdmin(ReadingAdmin):
    list_display = ("agreement", "text", "created_by", "created_at", "resolved_at")
    list_select_related = ("agreement", "created_by")
    search_fields = ("text", "agreement__ref")


@admin.register(Authorship)
class AuthorshipAdmin(ReadingAdmin):
    list_display = ("agreement", "kind", "record_id", "user", "first_at")
    list_select_related = ("agreement", "user")
    search_fields = ("user__name", "agreement__ref")


@admin.register(Opening)
class OpeningAdmin(ReadingAdmin):
    list_display = ("user", "agreement", "commitment", "document", "on", "times")
    list_select_related = ("user", "agreement", "commitment", "document")
    search_fields = ("user__name", "agreement__ref")


@admin.register(Share)
class ShareAdmin(ReadingAdmin):
    list_display = ("what", "organisation", "until_on", "revoked_at", "created_by")
    list_select_related = ("agreement", "commitment", "country", "organisation", "created_by")
    search_fields = ("agreement__ref", "organisation__name_vi")

    @admin.display(description=_("what is shared"))
    def what(self, share: Share) -> str:
        return share.what


@admin.register(Step)
class StepAdmin(ReadingAdmin):
    list_display = ("agreement", "name", "from_stage", "to_stage", "by", "at")
    list_select_related = ("agreement", "by")
    list_filter = ("name",)
    search_fields = ("agreement__ref",)


@admin.register(Report)
class ReportAdmin(ReadingAdmin):
    list_display = ("commitment", "on", "status", "organisation", "created_by")
    list_select_related = ("commitment", "organisation", "created_by")
    list_filter = ("status",)
    search_fields = ("commitment__ref", "text")
