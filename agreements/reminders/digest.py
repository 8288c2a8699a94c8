"""A person's digest, made at the moment of sending: of what they may see now, and only while it still holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from agreements.commitments.models import Commitment, Milestone
from agreements.dates import PartialDate, Precision
from agreements.lateness import end_of, late_by, time_to, was_promised
from agreements.overview import waiting
from agreements.register.models import Agreement
from agreements.register.rules import steps
from agreements.reminders.answers import MailAnswer, address_of, silenced
from agreements.reminders.models import Reminder, as_known, message_id_of
from agreements.reminders.schedule import still
from agreements.reminders.telling import told_among
from agreements.reminders.watching import Matter
from partners.models import Desk, User
from partners.viewers import Viewer

MOST_LINES, REFS = 50, 3


@dataclass(frozen=True)
class Item:
    """One line of a digest, made of what the recipient may see at this moment."""

    reminder: Reminder
    agreement: Agreement | None  # None where only the commitment is shared
    commitment: Commitment | None
    on: date
    reason: str = ""
    matter: Matter | None = None
    epoch: int = 0  # of the recipient's account
    about: str = ""  # the paper, amendment or organisation that the act is about, in the reader's language
    is_partner: bool = False

    @property
    def record(self) -> Agreement | Commitment:
        record = self.commitment or self.agreement
        assert record
        return record

    @property
    def url(self) -> str:
        return f"{settings.BASE_URL}{self.record.get_absolute_url()}"

    @property
    def answer_url(self) -> str:
        """Where it can be put off or silenced; nothing where the matter is only told."""
        return address_of(self.reminder, self.epoch) if self.reminder.rule else ""

    @property
    def answers(self) -> list[MailAnswer]:
        """What can be answered: once the day has come, "until the day" is no answer."""
        early = self.reminder.offset < 0
        return [answer for answer in MailAnswer if early or answer != MailAnswer.ACKNOWLEDGE]

    @property
    def act(self) -> object:
        return self.reminder.step.act.label if self.reminder.step else ""

    @property
    def days(self) -> int:
        """Days until the date; negative once it has passed."""
        return (self.reminder.due_on - self.on).days if self.reminder.due_on else 0

    @property
    def said(self) -> tuple[object, ...]:
        """What the line says: two rules that say the same to one person make one line."""
        row = self.reminder
        watched = row.rule.watched if row.rule else row.step_id
        return (row.agreement_id, row.commitment_id, row.subject_id, row.due_on, watched)

    @property
    def when(self) -> str:
        """What the line says of the date, in words."""
        return " ".join(render_to_string("agreements/reminders/_when.txt", {"item": self}).split())

    @property
    def share(self) -> int:
        """How much of a legal clock is gone, in percent."""
        return round((self.matter.gone or 0) * 100) if self.matter else 0

    @property
    def days_late(self) -> int:
        return -self.days

    @property
    def day(self) -> PartialDate | None:
        """The day that the line is about, as exactly as its record knows it."""
        subject = self.matter.subject if self.matter else None
        return as_known(self.reminder.due_on, subject if isinstance(subject, Milestone) else self.record)

    @property
    def is_exact(self) -> bool:
        """Whether the day itself is known."""
        return bool(self.day and self.day.precision == Precision.DAY)

    @property
    def end(self) -> str:
        """The end of the period, where no day is known."""
        return end_of(self.day) if self.day and not self.is_exact else ""

    @property
    def renews(self) -> bool:
        """Whether another term follows by itself: not on the last of a few, nor after a notice."""
        return bool(self.agreement and self.agreement.renews(self.on))

    @property
    def may_object(self) -> bool:
        """Whether there is still time to object to the renewal: until the end, where no notice is agreed."""
        last = self.agreement.last_notice_on(self.on) if self.agreement else None
        return last is None or last >= self.on

    @property
    def since(self) -> str:
        """Since when nothing was heard, as exactly as that is known."""
        return self.end or str(self.day or "")

    @property
    def standing(self) -> str:
        """How late it is, or how long there is still time; to a partner, courteously."""
        late = was_promised if self.is_partner else late_by
        return late(self.day, self.on) or time_to(self.day, self.on, within=self.days)


def items_of(rows: Iterable[Reminder], viewer: Viewer) -> list[Item]:
    """The lines of a digest; what is settled, silenced or hidden by now has none."""
    rows = list(rows)
    silent = silenced(rows, viewer.user_id or 0)
    return _lines([row for row in rows if row.pk not in silent], viewer)


def item_of(row: Reminder, viewer: Viewer) -> Item | None:
    """The line for a row, or None where the matter is settled or hidden from the person by now."""
    return next(iter(_lines([row], viewer)), None)


def _lines(rows: Sequence[Reminder], viewer: Viewer) -> list[Item]:
    matters = still(rows, viewer.user_id, viewer.on)
    agreements = Agreement.objects.visible_to(viewer).in_bulk({row.agreement_id for row in rows})
    commitments = (
        Commitment.objects.visible_to(viewer)
        .select_related("agreement")
        .in_bulk({row.commitment_id for row in rows if row.commitment_id})
    )
    told = told_among(rows, viewer)
    subjects = steps.subjects_of((row.step for row in rows if row.step), viewer)
    items = []
    for row in rows:
        agreement, commitment = agreements.get(row.agreement_id), commitments.get(row.commitment_id or 0)
        matter = matters.get(row.pk)
        if row.pk not in told or (row.rule and matter is None):
            continue
        typed = row.step is not None and viewer.is_staff and row.step.name not in steps.WRITTEN_BY_RULES
        reason = row.step.reason if row.step and typed else ""
        about = subjects.get(row.step_id or 0, "")
        items.append(
            Item(row, agreement, commitment, viewer.on, reason, matter, viewer.epoch, about, viewer.is_partner)
        )
    return items


def message(recipient: User, items: list[Item]) -> EmailMultiAlternatives:
    """The mail to one person. Its Message-ID is fixed by the rows it tells of; each thing is said once."""
    said = list({item.said: item for item in reversed(items)}.values())[::-1]
    first_of = {item.record.ref: number for number, item in reversed(list(enumerate(said)))}
    with translation.override(recipient.language):
        count = len(said)
        subject = (
            str(said[0].record)
            if count == 1
            else ngettext("%(count)s matter for you", "%(count)s matters for you", count) % {"count": count}
        )
        if count > 1:
            refs = list(dict.fromkeys(item.record.ref for item in said))
            subject = f"{', '.join(refs)}: {subject}" if len(refs) <= REFS else subject
        viewer = recipient.viewer(on=said[0].on)
        together = sorted(said[:MOST_LINES], key=lambda item: first_of[item.record.ref])
        context = {
            "recipient": recipient, "items": together, "more": max(count - MOST_LINES, 0),
            "base_url": settings.BASE_URL, "is_partner": viewer.is_partner,
            "desks": Desk.objects.filter(pk__in={item.reminder.agreement.desk_id for item in said}),
            "waits": waiting.count(viewer), "waiting_url": f"{settings.BASE_URL}{reverse('waiting')}",
        }  # fmt: skip
        body = render_to_string("agreements/reminders/digest.txt", context)
        page = render_to_string("agreements/reminders/digest.html", context)
    headers = {"Message-ID": message_id_of(item.reminder for item in items), "Auto-Submitted": "auto-generated"}
    if count == 1 and said[0].answer_url:
        headers |= {
            "List-Unsubscribe": f"<{said[0].answer_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    # A line break in a title would otherwise be a header of its own.
    mail = EmailMultiAlternatives(subject=" ".join(subject.split()), body=body, to=[recipient.email], headers=headers)
    mail.attach_alternative(page, "text/html")
    return mail
