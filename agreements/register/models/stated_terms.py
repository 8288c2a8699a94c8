"""Terms as papers state them: days that follow from other days, kept beside the days that they give.

What follows is set whenever the agreement or one of its participants is saved, in the same transaction, whoever saves.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agreements.dates import PartialDate, Precision
from agreements.register.models.renewal import Renewal
from agreements.vocabulary import Standing

MOST_TIMES = 99
SUSPENSION = "suspension"  # beside the endings: what a notice with a day to come leads to


class Ending(models.TextChoices):
    """Why it is over; Vienna Convention articles 54 to 59."""

    EXPIRY = "expiry", _("Expiry")
    TERMINATION = "termination", _("Termination by consent")
    DENUNCIATION = "denunciation", _("Denunciation")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    SUPERSESSION = "supersession", _("Superseded")
    COMPLETION = "completion", _("Completion")
    NOT_CONCLUDED = "not_concluded", _("Not concluded")


class EffectRule(models.TextChoices):
    """The event that brings an agreement into force; Vienna Convention article 24."""

    GIVEN = "", _("on a day that is given")
    LAST_SIGNATURE = "last_signature", _("on the last signature")
    LAST_NOTIFICATION = "last_notification", _("on the last notification")


class EffectUnit(models.TextChoices):
    DAYS = "days", _("days")
    MONTHS = "months", _("months")


class TermFrom(models.TextChoices):
    EFFECT = "effect", _("the entry into force")
    SIGNING = "signing", _("the signing")


class StatedTerms(models.Model):
    """The columns of a stated term; the agreement has the days."""

    effect_rule = models.CharField(
        _("enters into force"), max_length=17, choices=EffectRule, blank=True, default=EffectRule.GIVEN
    )
    effect_after = models.PositiveSmallIntegerField(
        _("so long after it"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(3650)]
    )
    effect_unit = models.CharField(_("unit of that time"), max_length=6, choices=EffectUnit, blank=True)
    term_months = models.PositiveSmallIntegerField(
        _("term in months"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(1200)],
        help_text=_("five years are 60; the end is counted from it"),
    )  # fmt: skip
    term_from = models.CharField(
        _("term counted from"), max_length=7, choices=TermFrom, default=TermFrom.EFFECT, blank=True
    )
    until_vi = models.CharField(
        _("what ends it, in Vietnamese"), max_length=300, blank=True, help_text=_("for example: until the project ends")
    )
    until_en = models.CharField(_("what ends it, in English"), max_length=300, blank=True)
    renewal_times = models.PositiveSmallIntegerField(
        _("renews at most so many times"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_TIMES)],
    )  # fmt: skip
    leaves_on = models.DateField(_("out of force from"), null=True, blank=True, editable=False)
    leaves_as = models.CharField(_("how it goes out of force"), max_length=14, blank=True, editable=False)
    # What was said with the notice, for its day: the reason, what becomes of each commitment, and what takes them over.
    leaves_with = models.JSONField(_("said with the notice"), default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def until(self) -> str:
        row: Any = self
        return str(row.in_words("until"))

    @property
    def left_as(self) -> Standing:
        """What it is from the day of a notice on, before the calendar has written it."""
        return Standing.SUSPENDED if self.leaves_as == SUSPENSION else Standing.ENDED

    @property
    def leaves_in_words(self) -> str:
        """How it goes, or went, out of force."""
        return str(_("Suspension") if self.leaves_as == SUSPENSION else Ending(self.leaves_as).label)

    def ends_by(self, on: date) -> PartialDate | None:
        """`ends_on`, as exactly as it is known: the end of a later term as that of the first, a notice to the day."""
        row: Any = self
        end = row.ends_on(on)
        return self._known(end, is_exact=end == self.leaves_on)

    def notice_by(self, on: date) -> PartialDate | None:
        """`last_notice_on`, as exactly as the end is known from which it is counted."""
        row: Any = self
        return self._known(row.last_notice_on(on), is_exact=False)

    def _known(self, day: date | None, *, is_exact: bool) -> PartialDate | None:
        row: Any = self
        return PartialDate.of(day, Precision.DAY if is_exact else row.expires_precision)

    def derive(self) -> set[str]:
        """Set the days that follow from others; the columns that are different now."""
        row: Any = self
        columns = ("effective_on", "effective_precision", "expires_on", "expires_precision")
        before = {name: getattr(row, name) for name in columns}
        if self.effect_rule:
            self._derive_effect()
        if self.term_months:
            self._derive_end()
        return {name for name, value in before.items() if getattr(row, name) != value}

    def refuse_typed_days(self) -> None:
        """Count the days that follow from others; one that was typed against its rule is never replaced in silence."""
        row: Any = self
        typed = {name: getattr(row, name) for name in ("effective_on", "expires_on")}
        kept = type(row).objects.filter(pk=row.pk).values(*typed).first() if row.pk else None
        self.derive()
        for name, day in typed.items():
            if day and getattr(row, name) != day and day != (kept or {}).get(name):
                counted = getattr(row, name)
                setattr(row, name, day)
                said = {"day": f"{counted:%d/%m}/{counted.year}" if counted else "–"}
                raise ValidationError(
                    {name: gettext("It is counted from the terms and is %(day)s: empty the day, or the rule.") % said}
                )

    def _derive_effect(self) -> None:
        row: Any = self
        days = self.effect_days()
        known = [day for _participant, day in days if day]
        if not known:
            return  # nothing was ever noted: a day that is given stands
        found = self._after(max(known, key=lambda day: day.last_day)) if len(known) == len(days) else None
        row.effective_on, row.effective_precision = (
            found and found.first_day,
            found.precision if found else Precision.DAY,
        )

    def _derive_end(self) -> None:
        row: Any = self
        base: PartialDate | None = row.signed if self.term_from == TermFrom.SIGNING else row.effective
        end = base and PartialDate(base.on + relativedelta(months=self.term_months or 0), base.precision)
        row.expires_on, row.expires_precision = end and end.last_day, end.precision if end else Precision.DAY

    def _after(self, day: PartialDate) -> PartialDate:
        """So long after a day; of a month or a year no days are counted on."""
        if not self.effect_after:
            return day
        if self.effect_unit == EffectUnit.MONTHS:
            return PartialDate(day.on + relativedelta(months=self.effect_after), day.precision)
        on = day.last_day + timedelta(days=self.effect_after)
        return PartialDate(on, day.precision)

    def effect_days(self) -> list[tuple[Any, PartialDate | None]]:
        """The principals, each with the day that its part in the entry into force was done on."""
        row: Any = self
        if row.pk is None:
            return []
        principals = row.participants.live().filter(role="principal").select_related("organisation").order_by("pk")
        if self.effect_rule == EffectRule.LAST_SIGNATURE:
            return [(one, one.signed or row.signed) for one in principals]
        return [(one, one.consented) for one in principals]

    @property
    def effect_formula(self) -> str:
        """How the entry into force is counted, or what it waits for; empty where its day was given."""
        if not self.effect_rule:
            return ""
        days = self.effect_days()
        missing = [str(one) for one, day in days if day is None]
        known = [day for _one, day in days if day]
        said = {"event": EffectRule(self.effect_rule).label, "names": ", ".join(missing)}
        if missing or not known:
            return gettext("%(event)s: not yet from %(names)s") % said if missing else str(said["event"])
        last = max(known, key=lambda day: day.last_day)
        said |= {"day": str(last), "found": str(self._after(last))}
        if not self.effect_after:
            return gettext("%(event)s, %(day)s") % said
        if self.effect_unit == EffectUnit.MONTHS:
            text = ngettext(
                "%(count)s month after that %(event)s, %(day)s: %(found)s",
                "%(count)s months after that %(event)s, %(day)s: %(found)s", self.effect_after,
            )  # fmt: skip
        else:
            text = ngettext(
                "%(count)s day after that %(event)s, %(day)s: %(found)s",
                "%(count)s days after that %(event)s, %(day)s: %(found)s", self.effect_after,
            )  # fmt: skip
        return text % {**said, "count": self.effect_after}

    @property
    def term_formula(self) -> str:
        """How the end is counted; empty where its day was given."""
        row: Any = self
        if not self.term_months:
            return ""
        base = row.signed if self.term_from == TermFrom.SIGNING else row.effective
        said = {"length": length_in_words(self.term_months), "event": TermFrom(self.term_from or TermFrom.EFFECT).label}
        if base is None:
            return gettext("%(length)s from %(event)s, whose day is not known yet") % said
        return gettext("%(length)s from %(event)s, %(day)s: %(end)s") % {**said, "day": base, "end": row.expires}

    @property
    def renewal_formula(self) -> str:
        """How it renews by itself, and until when at the latest."""
        row: Any = self
        if row.renewal != Renewal.TACIT or not row.renewal_months:
            return ""
        length = length_in_words(row.renewal_months)
        if not self.renewal_times:
            return gettext("renewed by itself, %(length)s each time") % {"length": length}
        text = ngettext(
            "renewed by itself, %(length)s each time, at most %(count)s time",
            "renewed by itself, %(length)s each time, at most %(count)s times",
            self.renewal_times,
        ) % {"length": length, "count": self.renewal_times}  # fmt: skip
        last = self._known(row.term and row.term.last_end(), is_exact=False)
        return f"{text}: {gettext('at the latest until %(day)s') % {'day': last}}" if last else text


def length_in_words(months: int) -> str:
    """`5 years`, `18 months`."""
    if months % 12:
        return ngettext("%(count)s month", "%(count)s months", months) % {"count": months}
    return ngettext("%(count)s year", "%(count)s years", months // 12) % {"count": months // 12}
