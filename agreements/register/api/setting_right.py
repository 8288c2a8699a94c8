"""Setting right what was wrong with an agreement: archived, corrected by a new entry, taken back."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from agreements.register.api.agreements import AgreementSerializer, AgreementViewSet
from agreements.register.models import Agreement
from agreements.register.rules import undoing
from partners.formed import Strict
from partners.refusals import Refused
from partners.viewers import DESK_STAFF, Role


class ReasonSerializer(Strict):
    reason = serializers.CharField(max_length=4000)


class SettingRightViewSet(AgreementViewSet):
    """Agreements, with the acts that set right what was wrong."""

    declared = AgreementViewSet.declared | {
        "archive": frozenset({Role.MANAGER}),
        "rectify": frozenset({Role.MANAGER, Role.OPERATOR}),
        "undo": frozenset(DESK_STAFF),
    }

    def _set_right(self, do: Callable[[Agreement], object]) -> HttpResponse:
        agreement = self.get_object()
        with transaction.atomic():
            self.relocked(agreement)
            do(agreement)
        return self.shown_after(agreement)

    def _reason(self) -> str:
        return str(self.sent_as(ReasonSerializer)["reason"])

    @extend_schema(request=ReasonSerializer, responses={200: AgreementSerializer, 204: None})
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, ref: str) -> HttpResponse:
        """Take it out of every desk's sight, with a reason: 204 then. An operator can bring it back."""
        reason = self._reason()
        return self._set_right(lambda one: undoing.archive(one, by=self.viewer, reason=reason))

    @extend_schema(request=ReasonSerializer, responses={200: AgreementSerializer, 204: None})
    @action(detail=True, methods=["post"])
    def rectify(self, request: Request, ref: str) -> HttpResponse:
        """Correct the last legal act by a new entry that brings back what stood before."""
        reason = self._reason()
        return self._set_right(lambda one: undoing.rectify(one, by=self.viewer, reason=reason))

    @extend_schema(request=None, responses={200: AgreementSerializer, 204: None})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, ref: str) -> HttpResponse:
        """Take back one's own last act, within minutes, where it had no effect outside."""

        def take_back(agreement: Agreement) -> None:
            if (last := undoing.last_act(agreement)) is None:
                raise Refused(_("There is no act here for you to correct."))
            undoing.undo(last, by=self.viewer, at=timezone.now())

        return self._set_right(take_back)
