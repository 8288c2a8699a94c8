"""What was delivered, on time or not, and what nobody has accepted a report of."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Report
from agreements.commitments.models.queries import IS_OWED
from agreements.register.models.queries import was_concluded
from agreements.vocabulary import Delivery, ReportStatus
from partners.viewers import Viewer

ON_TIME, LATE = "on_time", "late"
KEPT = [(ON_TIME, _("By the day first promised")), (LATE, _("After the day first promised"))]
IS_DELIVERED = Q(delivery=Delivery.DELIVERED)
# What an agreement says that was never concluded is no promise.
WAS_PROMISED = was_concluded("agreement__")
# The twin of `was_on_time` in `migrations/sql/tallies.py`; what was promised without a day is neither.
IS_ON_TIME = IS_DELIVERED & Q(delivered_on__lte=F("baseline_due_on"))
IS_LATE = IS_DELIVERED & Q(delivered_on__gt=F("baseline_due_on"))


def delivered_within(first: date, last: date) -> Q:
    return IS_DELIVERED & WAS_PROMISED & Q(delivered_on__range=(first, last))


def is_unreported(viewer: Viewer) -> Q:
    """Owed, and without a report that somebody has accepted, of those that the viewer may read."""
    accepted = Report.objects.visible_to(viewer).live().filter(status=ReportStatus.ACCEPTED, commitment=OuterRef("pk"))
    return IS_OWED & ~Q(Exists(accepted))
