"""Amendments: proposed on a copy of the agreement's terms, decided by two people, applied on their day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.dateinput import PartialDateApiField
from agreements.register.api.agreements import OpenActsSerializer
from agreements.register.api.comments import of_agreement
from agreements.register.forms.amendments import AmendmentForm, TermsForm
from agreements.register.models import Agreement, Amendment
from agreements.register.rules import amendments
from agreements.register.rules.workflow import Facts
from partners import formed
from partners.formed import Strict, body_of
from partners.refusals import Refused, Unknown
from partners.rows import Make
from partners.serializing import RecordSerializer
from partners.viewers import DESK_STAFF, STAFF
from partners.written import WrittenViewSet

DESK, ALL_STAFF = frozenset(DESK_STAFF), frozenset(STAFF)


class ChangeSerializer(serializers.Serializer[Any]):
    """A column of the agreement, as it was and as it is to be."""

    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class AmendmentSerializer(RecordSerializer):
    agreement = of_agreement()
    effective = PartialDateApiField("effective_on", "effective_precision")
    changes = serializers.SerializerMethodField()

    class Meta:
        model = Amendment
        fields = (
            "id", "agreement", "number", "kind", "text_vi", "text_en", "effective", "stage", "changes", "applied_at",
            "comment", "updated_at", "version",
        )  # fmt: skip

    @extend_schema_field(serializers.DictField(child=ChangeSerializer()))
    def get_changes(self, amendment: Amendment) -> dict[str, Any]:
        return dict(amendment.changes)

    def in_sql(self) -> dict[str, Make]:
        return {"changes": lambda columns: columns("changes")}


class AmendmentActSerializer(Strict):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    seen = serializers.CharField(required=False, help_text="the `content_hash` of `acts`, to approve what was shown")


class AmendmentViewSet(WrittenViewSet):
    """Amendments, extensions and renewals of signed agreements. Parties and commitments are changed on their page."""

    records = Amendment
    serializer_class = AmendmentSerializer
    declared: ClassVar = {
        **dict.fromkeys(("list", "retrieve", "acts"), ALL_STAFF),
        **dict.fromkeys(("create", "partial_update", "act"), DESK),
    }  # fmt: skip
    by_record: ClassVar = {"agreement": (Agreement, "ref", "agreement")}
    by_choice = ("kind", "stage")
    terms: ClassVar[dict[str, Any]] = body_of(TermsForm, "Terms")._declared_fields
    bodies: ClassVar = {
        "create": body_of(AmendmentForm, "AmendmentNew", agreement=of_agreement(), **terms),
        "partial_update": body_of(AmendmentForm, "AmendmentChange", **terms),
    }

    def fresh(self, said: dict[str, Any]) -> Amendment:
        agreement = said.pop("agreement")
        self._refuse(agreement)
        if other := amendments.open_one(agreement):
            raise Refused(_("%(name)s is still open: finish or withdraw it first.") % {"name": other})
        return Amendment(agreement=agreement)

    def lock_before(self, record: Amendment) -> None:
        Agreement.objects.visible_to(self.viewer).get_locked(pk=record.agreement_id)

    def hold(self, record: Amendment) -> None:
        self.lock_before(record)
        self._refuse(record.agreement)
        if not amendments.may_edit(record, self.viewer):
            raise Refused(amendments.NO_DRAFT)

    def _refuse(self, agreement: Agreement) -> None:
        """Raises PermissionDenied for another desk's, and Refused where the agreement is not one to be amended."""
        if not self.viewer.works_at(agreement.desk_id) or self.viewer.read_only:
            raise exceptions.PermissionDenied
        if not amendments.may_propose(agreement, self.viewer):
            raise Refused(amendments.NOT_AMENDED)

    def filled(self, record: Amendment, said: Mapping[str, Any]) -> Any:
        """What it says of itself, and the agreement as it is to be: two forms, as on the page."""
        copy = Agreement.objects.get_visible(self.viewer, pk=record.agreement_id)
        for column, change in record.changes.items():
            setattr(copy, column, Agreement.field_of(column).to_python(change["after"]))
        form = super().filled(record, said)
        terms = formed.read(TermsForm(formed.data_for(TermsForm(instance=copy), said), instance=copy))
        form.wanted = terms.instance
        return form

    def form(self, record: Any, data: Any = None, files: Any = None) -> AmendmentForm:
        papers = record.agreement.documents.visible_to(self.viewer)
        return AmendmentForm(data, instance=record, papers=papers)

    def keep(self, form: Any) -> Amendment:
        return amendments.save(form.instance, form.wanted, by=self.viewer)

    @extend_schema(responses=OpenActsSerializer)
    @action(detail=True)
    def acts(self, request: Request, pk: str) -> Response:
        """What the viewer may do with the amendment now, and the hash to approve by."""
        amendment = self.get_object()
        acts = [
            {"name": act.name, "label": str(act.label), "asks": act.asks, "target": act.target}
            for act in amendments.open_to(amendment, self.viewer)
        ]
        return Response({"acts": acts, "content_hash": amendment.content_hash()})

    @extend_schema(operation_id="v1_amendments_act", request=AmendmentActSerializer, responses=AmendmentSerializer)
    @action(detail=True, methods=["post"], url_path="(?P<name>(?!acts/)[a-z_]+)")
    def act(self, request: Request, pk: str, name: str) -> HttpResponseBase:
        """Submit it, approve it, return it, withdraw it: what `acts` names."""
        if name not in amendments.TRANSITIONS:
            raise Unknown(_("There is no act called “%(name)s”.") % {"name": name})
        said = self.sent_as(AmendmentActSerializer)
        with transaction.atomic():
            amendment = self.held()
            amendments.perform(name, amendment, by=self.viewer, facts=Facts(on=self.viewer.on, **said))
        return self.shown_at(str(amendment.pk))

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("agreement")
