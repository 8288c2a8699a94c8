"""Money: dated amounts in their own currency, and the rates that bring them together."""

from __future__ import annotations

from decimal import Decimal

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.commitments.models.commitment import Commitment
from agreements.dates import PartialDate
from agreements.register.models import TITLE, precision_field, refuse_to_come
from agreements.vocabulary import Part
from partners.currencies import is_currency, places
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.records import NOTHING, Record
from partners.viewers import Role, Viewer

MOST = Decimal(10) ** 16  # ten quadrillion: more than all the money there is, in dong too


class FundingKind(models.TextChoices):
    """IATI transaction kinds, plus the pledge that comes before."""

    PLEDGED = "pledged", _("Pledged")
    COMMITTED = "committed", _("Committed")
    DISBURSED = "disbursed", _("Disbursed")
    SPENT = "spent", _("Spent")


MOVED = (FundingKind.DISBURSED, FundingKind.SPENT)  # money that has left somebody's hands


class FundingQualifier(models.TextChoices):
    EXACT = "exact", _("exactly")
    ABOUT = "about", _("about")
    UP_TO = "up_to", _("up to")


def check_currency(code: str) -> None:
    """Raise ValidationError for what is no money of ISO 4217."""
    if code and not is_currency(code):
        raise ValidationError({"currency": _("There is no currency “%(code)s”.") % {"code": code}})


def check_decimals(amount: Decimal, code: str) -> None:
    """Raise ValidationError for a sum finer than the smallest unit of its currency."""
    known = places(code)
    if amount == round(amount, known):
        return
    reason = (
        _("%(code)s has no smaller unit: give a whole number.") if not known else _("%(code)s has %(places)s decimals.")
    )
    raise ValidationError({"amount": reason % {"code": code, "places": known}})


@pghistory.track()
class Funding(Record):
    """One dated amount in its own currency."""

    FIELDS = FieldTable(
        partner="id commitment kind amount currency qualifier on precision in_kind",
        internal=f"remark {RECORD_INTERNAL}",
        locked=f"id commitment {RECORD_INTERNAL}",
    )

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="funding", verbose_name=_("commitment"))
    kind = models.CharField(_("kind"), max_length=10, choices=FundingKind)
    amount = models.DecimalField(_("amount"), max_digits=22, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO 4217, such as USD or VND"))
    qualifier = models.CharField(
        _("qualifier"), max_length=10, choices=FundingQualifier, default=FundingQualifier.EXACT
    )
    on = models.DateField(_("date"), null=True, blank=True)
    precision = precision_field()
    in_kind = models.BooleanField(_("in kind"), default=False)
    remark = models.CharField(_("remark"), max_length=TITLE, blank=True)

    class Meta:
        verbose_name = _("funding entry")
        verbose_name_plural = _("funding entries")
        ordering = ("commitment", F("on").asc(nulls_last=True), "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="funding_positive",
                violation_error_message=_("The amount must be greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(amount__lte=MOST), name="funding_plausible",
                violation_error_message=_("No agreement is about so much money: check the zeros."),
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="funding_currency",
                violation_error_message=_("Give the currency in three capital letters, such as USD."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.currency}"

    def clean(self) -> None:
        super().clean()
        check_currency(self.currency)
        if self.currency and self.amount is not None:
            check_decimals(self.amount, self.currency)
        if self.kind in MOVED and self.date:
            refuse_to_come("on", self.date, _("Money that has moved has a day that is past."))

    @property
    def date(self) -> PartialDate | None:
        return PartialDate.of(self.on, self.precision)

    date.fget.short_description = _("date")  # type: ignore[attr-defined]  # as the administration asks for it

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.of_a_commitment(viewer, Part.MONEY)


@pghistory.track()
class ExchangeRate(Record):
    """What one unit of a currency was worth in another on a day, and who says so."""

    FIELDS = FieldTable(
        partner="id currency into rate on source",
        internal=RECORD_INTERNAL,
        locked=f"id {RECORD_INTERNAL}",
        writers=frozenset({Role.OPERATOR}),
    )

    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO 4217, such as USD or VND"))
    into = models.CharField(_("into"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10)
    on = models.DateField(_("date"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ("currency", "into", "-on")
        constraints = (
            models.UniqueConstraint("currency", "into", "on", name="one_rate_a_day"),
            models.CheckConstraint(
                condition=Q(rate__gt=0), name="rate_positive",
                violation_error_message=_("The rate must be greater than zero."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate.normalize():f} {self.into} ({self.on:%d/%m/%Y})"

    def clean(self) -> None:
        super().clean()
        for code in (self.currency, self.into):
            check_currency(code)
        if self.currency == self.into:
            raise ValidationError({"into": _("A currency is worth itself: no rate is needed.")})

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return Q() if viewer.is_known else NOTHING
