"""Who takes part in an agreement after it was logged, and with whom it is shared."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request

from agreements.commitments.models import Commitment
from agreements.commitments.rules.editing import CLOSED
from agreements.dateinput import PartialDateApiField
from agreements.pages.forms import ParticipantForm
from agreements.register.api.comments import of_agreement
from agreements.register.forms.shares import CountryShareForm, ShareForm
from agreements.register.models import Agreement, Participant, Share
from agreements.register.rules import editing, shares
from agreements.visibility import may_edit
from agreements.vocabulary import Part, Stage
from partners.formed import BESIDE, Strict, body_of
from partners.models import Country, Desk, Organisation
from partners.problems import Double
from partners.refusals import Refused
from partners.rows import Columns, Make
from partners.serializing import CodeField, RecordSerializer, VisibleField
from partners.viewers import DESK_STAFF
from partners.viewsets import READ
from partners.written import WrittenViewSet

DESK = frozenset(DESK_STAFF)
WHY = "why the record of a signed paper is corrected"


def seen(model: Any, code: str, column: str) -> Make:
    """The code of a linked record that the reader sees; null of one that is hidden."""

    def make(columns: Columns) -> Any:
        rows = model.objects.visible_to(columns.viewer).order_by().filter(pk=OuterRef(f"{column}_id"))
        return Subquery(rows.values(code))

    return make


def because() -> serializers.CharField:
    return serializers.CharField(required=False, max_length=1000, help_text=WHY)


class BecauseSerializer(Strict):
    because = serializers.CharField(required=False, max_length=1000, help_text=WHY)


class TakingPartSerializer(RecordSerializer):
    agreement = of_agreement()
    organisation = CodeField()
    signed = PartialDateApiField("signed_on", "signed_precision")
    consented = PartialDateApiField("consented_on", "consented_precision")
    effective = PartialDateApiField("effective_on", "effective_precision")
    withdrawn = PartialDateApiField("withdrawn_on", "withdrawn_precision")

    class Meta:
        model = Participant
        fields = (
            "id", "agreement", "organisation", "role", "signatory", "signed", "consent_by", "consented", "effective",
            "withdrawn", "updated_at", "version",
        )  # fmt: skip


class ParticipantViewSet(WrittenViewSet):
    """Who takes part in an agreement. On a signed paper a manager corrects it, and says `because`."""

    records = Participant
    serializer_class = TakingPartSerializer
    declared = READ | dict.fromkeys(("create", "partial_update", "remove"), DESK)
    by_record: ClassVar = {
        "agreement": (Agreement, "ref", "agreement"), "organisation": (Organisation, "code", "organisation"),
    }  # fmt: skip
    by_choice = ("role",)
    bodies: ClassVar = {
        "create": body_of(
            ParticipantForm, "ParticipantNew", without=BESIDE | {"new_country"}, agreement=of_agreement(),
            because=because(),
        ),
        "partial_update": body_of(
            ParticipantForm, "ParticipantChange", without=BESIDE | {"new_country"}, because=because()
        ),
    }  # fmt: skip
    why = ""

    def said(self) -> dict[str, Any]:
        said = super().said()
        self.why = str(said.pop("because", "")).strip()
        return said

    def fresh(self, said: dict[str, Any]) -> Participant:
        return Participant(agreement=said.pop("agreement"))

    def hold(self, record: Participant) -> None:
        """Lock the agreement. Raises PermissionDenied where it is not open to who asks."""
        now = Agreement.objects.visible_to(self.viewer).get_locked(pk=record.agreement_id)
        if not self.viewer.works_at(now.desk_id):
            raise exceptions.PermissionDenied
        if not may_edit(self.viewer, desk_id=now.desk_id, stage=now.stage):
            raise ValidationError(CLOSED)
        if now.stage != Stage.DRAFT and not self.why:
            raise exceptions.ValidationError({"because": [_("Say why the record of a signed paper is corrected.")]})
        record.agreement = now

    def form(self, record: Any, data: Any = None, files: Any = None) -> ParticipantForm:
        return ParticipantForm(data, instance=record, viewer=self.viewer)

    def keep(self, form: Any) -> Participant:
        row: Participant = form.instance
        if row.pk is None:
            self.hold(row)
        self._save(row)
        return row

    def _save(self, row: Participant) -> None:
        """With a version of the agreement, which says what it holds."""
        editing.correct(row.agreement, by=self.viewer, because=self.why)
        row.stamp(self.viewer).full_clean()
        row.save()

    @extend_schema(request=BecauseSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> HttpResponse:
        """Take it out; the history keeps it."""
        self.why = self.sent_as(BecauseSerializer).get("because", "")
        with transaction.atomic():
            row = self.get_object()
            self.hold(row)
            row = self.relocked(row)
            row.archived_at, row.archived_because = timezone.now(), "taken out by the API"
            self._save(row)
        return HttpResponse(status=status.HTTP_204_NO_CONTENT)

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("agreement", "organisation")


class ShareSerializer(RecordSerializer):
    agreement = CodeField("ref", allow_null=True)
    commitment = CodeField("ref", allow_null=True)
    country = CodeField(allow_null=True)
    desk = CodeField(allow_null=True)
    organisation = CodeField()
    withheld = serializers.ListField(child=serializers.ChoiceField(Part.choices), read_only=True)

    class Meta:
        model = Share
        fields = (
            "id", "agreement", "commitment", "country", "desk", "organisation", "until_on", "withheld", "revoked_at",
            "updated_at", "version",
        )  # fmt: skip

    def in_sql(self) -> dict[str, Make]:
        return {
            "agreement": seen(Agreement, "ref", "agreement"), "commitment": seen(Commitment, "ref", "commitment"),
            "country": seen(Country, "code", "country"), "desk": seen(Desk, "code", "desk"),
            "withheld": lambda columns: columns("withheld"),
        }  # fmt: skip


class ShareViewSet(WrittenViewSet):
    """With whom a record is shared: an agreement, a commitment, or all that a desk has with a country."""

    records = Share
    serializer_class = ShareSerializer
    declared = READ | dict.fromkeys(("create", "partial_update", "revoke"), DESK)
    by_record: ClassVar = {
        "agreement": (Agreement, "ref", "agreement"), "commitment": (Commitment, "ref", "commitment"),
        "organisation": (Organisation, "code", "organisation"),
    }  # fmt: skip
    bodies: ClassVar = {
        "create": body_of(
            ShareForm, "ShareNew",
            agreement=VisibleField(Agreement, slug_field="ref", required=False, help_text="one of these three"),
            commitment=VisibleField(Commitment, slug_field="ref", required=False),
            country=VisibleField(Country, slug_field="code", required=False, help_text="with `desk`"),
            desk=serializers.CharField(required=False),
        ),
        "partial_update": body_of(ShareForm, "ShareChange", without=frozenset({"organisation"})),
    }  # fmt: skip
    WHAT = ("agreement", "commitment", "country")

    def fresh(self, said: dict[str, Any]) -> Share:
        what = {name: said.pop(name) for name in self.WHAT if said.get(name)}
        if len(what) != 1:
            raise exceptions.ValidationError(_("Name an agreement, a commitment or a country, and one of them only."))
        return Share(**what)

    def form(self, record: Any, data: Any = None, files: Any = None) -> ShareForm:
        held = {} if record.pk is None else {
            "organisation": record.organisation.code, "until": record.until_on, "withheld": record.withheld,
            "desk": record.desk_id,
        }  # fmt: skip
        form = (CountryShareForm if record.country else ShareForm)(data, viewer=self.viewer, initial=held)
        form.record = record  # type: ignore[attr-defined]  # for `keep`
        return form

    def keep(self, form: Any) -> Share:
        what, terms, is_new = form.record, form.terms(), form.record.pk is None
        if what.revoked_at:
            raise Refused(shares.TAKEN_BACK)
        if what.agreement:
            return shares.share(what.agreement, terms, by=self.viewer, anew=is_new)
        if what.commitment:
            return shares.share_commitment(what.commitment, terms, by=self.viewer, anew=is_new)
        return shares.share_country(what.country, form.cleaned_data["desk"], terms, by=self.viewer, anew=is_new)

    def hold(self, record: Share) -> None:
        """Raises PermissionDenied where another desk answers for the share."""
        if not shares.may_revoke(record, self.viewer):
            raise exceptions.PermissionDenied
        self.lock_before(record)

    def lock_before(self, record: Share) -> None:
        if agreement := record.agreement or (record.commitment and record.commitment.agreement):
            Agreement.objects.visible_to(self.viewer).get_locked(pk=agreement.pk)
        else:
            Desk.objects.visible_to(self.viewer).get_locked(pk=record.desk_id)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Share it. What is shared with this organisation already is refused, with the address of that share."""
        try:
            return super().create(request, *args, **kwargs)
        except shares.AlreadyShared as no:
            raise Double([self.address_of(str(no.held.pk))], no.reason) from None

    @extend_schema(request=None, responses=ShareSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> HttpResponseBase:
        """Close it: the partner's next request finds nothing."""
        with transaction.atomic():
            shares.revoke(self.held(), by=self.viewer)
        return self.shown_at(pk)

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("agreement", "commitment__agreement", "country", "organisation")
