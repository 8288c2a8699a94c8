"""What becomes of the open commitments when their agreement ends: each is carried over, fulfilled, or dropped.

The act of ending asks for it and carries it out, in its own transaction; a notice asks for it, and its day carries it
out. The lifecycle, which stands below this room, is given it in `agreements.apps`.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.commitments.models import Commitment, Milestone
from agreements.commitments.rules import editing
from agreements.commitments.rules.acts import put_delivery
from agreements.register.models import Agreement
from agreements.register.rules import steps
from agreements.register.rules.workflow import Facts
from agreements.vocabulary import CONCLUDED, Delivery, Fate, MilestoneStatus
from partners.refusals import Refused
from partners.viewers import Viewer

# A counted day stays the day that was promised: its formula named an event of the agreement that ends.
CARRIED = (
    "kind", "title_vi", "title_en", "text_vi", "text_en", "direction", "lead", "partner_owner", "start_on",
    "start_precision", "due_on", "due_precision", "baseline_due_on", "baseline_due_precision", "repeats_months",
    "repeats_until_on", "delivery", "owner", "lead_days",
)  # fmt: skip
ACTS = {Fate.CARRIED: Act.CARRY_OVER, Fate.FULFILLED: Act.FULFIL, Fate.DROPPED: Act.DROP_AT_END}
BECOMES = {
    Fate.CARRIED: Delivery.CARRIED,
    Fate.FULFILLED: Delivery.DELIVERED,
    Fate.DROPPED: Delivery.DROPPED,
}


def check(agreement: Agreement, by: Viewer | None, facts: Facts) -> list[Commitment]:
    """The open commitments, locked. Raises Refused where nothing was said of one, or what cannot be done."""
    rows = list(agreement.commitments.live().open().locked().order_by("number"))
    if unsaid := [row.ref for row in rows if facts.fates.get(row.ref) not in Fate.values]:
        raise Refused(_("Say what becomes of each open commitment: %(refs)s.") % {"refs": ", ".join(unsaid)})
    # On the day of a notice some of those that it named are closed: nothing is left to be done with them.
    if by and (unknown := sorted(facts.fates.keys() - {row.ref for row in rows})):
        raise Refused(_("No open commitment of this agreement: %(refs)s.") % {"refs": ", ".join(unknown)})
    for row in rows:
        if no := _refuses(row, Fate(facts.fates[row.ref]), by, facts):
            raise no
    return rows


def _refuses(row: Commitment, fate: Fate, by: Viewer | None, facts: Facts) -> Refused | None:
    """Why this cannot become of it; None if nothing speaks against it."""
    if fate == Fate.FULFILLED and (no := editing.refuses_delivery(row, Delivery.DELIVERED, row.delivery)):
        return Refused(f"{row.ref}: {no.reason}")
    if fate != Fate.CARRIED:
        return None
    if facts.successor is None or (by and not by.works_at(facts.successor.desk_id)):
        return Refused(_("%(ref)s: only an agreement of your desk takes it over.") % {"ref": row.ref})
    if facts.successor.stage not in CONCLUDED or facts.successor.archived_at:
        return Refused(_("Its successor is not concluded yet."))
    return None


def settle(agreement: Agreement, by: Viewer | None, facts: Facts) -> None:
    """Do with each open commitment what was said. Nobody does so on the day of a notice: its giver decided."""
    for row in check(agreement, by, facts):
        fate = Fate(facts.fates[row.ref])
        said = _carry_over(row, by, facts) if fate == Fate.CARRIED else facts.reason.strip()
        put_delivery(row, BECOMES[fate], facts.takes_effect)
        row.stamp(by).save()
        steps.write(ACTS[fate], agreement, by, on=facts.takes_effect, commitment=row, reason=said)


def _carry_over(row: Commitment, by: Viewer | None, facts: Facts) -> str:
    """Enter it under the successor, with what is still to come of it; return its new reference."""
    assert facts.successor
    successor = Agreement.objects.locked().get(pk=facts.successor.pk)
    new = Commitment(agreement=successor, **{name: getattr(row, name) for name in CARRIED})
    try:
        editing.save([new], by=by, on=facts.takes_effect)
    except ValidationError as problem:
        raise Refused(f"{row.ref}: {' '.join(problem.messages)}") from None
    new.co_leads.set(row.co_leads.all())
    for milestone in row.milestones.live().filter(status=MilestoneStatus.SCHEDULED, occurrence=None):
        copy = Milestone(
            commitment=new, title_vi=milestone.title_vi, title_en=milestone.title_en, due_on=milestone.due_on,
            due_precision=milestone.due_precision,
        )  # fmt: skip
        copy.stamp(by).save()
    steps.write(Act.CARRY_OVER, successor, by, on=facts.takes_effect, commitment=new, reason=row.ref)
    return new.ref
