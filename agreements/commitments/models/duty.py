"""Whose duty a commitment is, as decision 29 says it: for queries here, for the tallies in `migrations/sql/tallies.py`.

On our side the lead agency owes. On the partner's side it is who is named; or else who alone can owe. Observers and
depositaries never do.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Count, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from agreements.register.models import Participant
from agreements.vocabulary import Direction, ParticipantRole
from partners.models import Organisation
from partners.sentences import sentence
from partners.viewers import Viewer

OWING_ROLES = (ParticipantRole.PRINCIPAL, ParticipantRole.IMPLEMENTING, ParticipantRole.FUNDING)
BY_US, BY_THEM = (Direction.OURS, Direction.MUTUAL), (Direction.THEIRS, Direction.MUTUAL)
KEYS: Any = ArrayField(models.BigIntegerField())
NAMES: Any = ArrayField(models.TextField())
NOBODY_NAMED = Q(partner_owner=None)
# One country speaks for all its bodies; a body of no country for itself.
PARTY = Coalesce("organisation__country_id", -F("organisation_id"))


def can_owe() -> QuerySet[Participant]:
    """Participants of the partner's side in a role that owes something."""
    rows = Participant.objects.live().filter(role__in=OWING_ROLES).order_by()
    return rows.exclude(organisation__country__code=settings.HOME_COUNTRY)


def parties(agreement: str = "agreement") -> Subquery:
    """How many countries and bodies of the partner's side can owe what stands in the outer row's agreement."""
    of_it = can_owe().filter(agreement=OuterRef(agreement)).values("agreement")
    return Subquery(of_it.annotate(n=Count(PARTY, distinct=True)).values("n"), output_field=models.IntegerField())


def is_each_ones() -> Q:
    """With nobody named: it is owed by, or to, each who can owe. Needs `parties`."""
    return ~Q(direction=Direction.THEIRS) | Q(parties=1)


def is_unnamed() -> Q:
    """The partner's side owes it, several could, and none is named. Needs `parties`."""
    # Asked once: PostgreSQL plans a subquery for each time that it stands in a text.
    return NOBODY_NAMED & Q(direction=Direction.THEIRS) & ~Q(Exact(Coalesce("parties", 0), 1))


def label(prefix: str = "") -> Any:
    """What an organisation is called, as `Organisation.label` does."""
    first = (get_language() or "vi")[:2]
    order = sorted(("vi", "en"), key=lambda language: language != first)
    names = [When(~Q(**{f"{prefix}{name}": ""}), then=F(f"{prefix}{name}")) for name in
             ("short_name", *(f"name_{language}" for language in order))]  # fmt: skip
    return Case(*names, default=Value(""), output_field=models.TextField())


def _listed(one: Any, field: Any) -> Func:
    return Func(one, template="ARRAY[%(expressions)s]", output_field=field)


def _owing(named: Any, each: Any, field: Any) -> Case:
    """A list: of the one that is named, of each who can owe, or of nobody."""
    of_it = can_owe().filter(agreement=OuterRef("agreement")).values("organisation").distinct().order_by("organisation")
    return Case(
        When(direction=Direction.OURS, then=Value([], output_field=field)),
        When(partner_owner__isnull=False, then=_listed(named, field)),
        When(is_each_ones(), then=ArraySubquery(of_it.annotate(shown=each).values("shown"), output_field=field)),
        default=Value([], output_field=field), output_field=field,
    )  # fmt: skip


def owing_ids() -> Case:
    """The keys of the partner's organisations that owe it. Needs `parties`."""
    return _owing(F("partner_owner"), F("organisation"), KEYS)


def owing_codes() -> Case:
    """Their codes. Needs `parties`."""
    return _owing(F("partner_owner__code"), F("organisation__code"), NAMES)


def owing_names() -> Case:
    """What they are called, in the reader's language. Needs `parties`."""
    return _owing(label("partner_owner__"), label("organisation__"), NAMES)


def codes_of_all() -> Func:
    """The codes of all who owe it: the lead agency where our side does, and the partner's. Needs `parties`."""
    led = Case(
        When(direction__in=BY_US, lead__isnull=False, then=_listed(F("lead__code"), NAMES)),
        default=Value([], output_field=NAMES), output_field=NAMES,
    )  # fmt: skip
    return Func(led, owing_codes(), function="array_cat", output_field=NAMES)


NOT_NAMED, OTHER_SIDE = gettext_noop("Partner not named"), gettext_noop("The other side")
ALONE, TOGETHER = gettext_noop("Responsible: %(names)s"), gettext_noop("Responsible: the other side and %(names)s")


def words(viewer: Viewer) -> Case:
    """What `in_words` says to a viewer, as an expression. Needs `parties`; for a partner `is_yours`."""
    no_name = When(is_unnamed(), then=Value(_(NOT_NAMED)))
    if not viewer.is_partner:
        labels = (When(direction=one, then=Value(str(one.label))) for one in Direction)
        return Case(no_name, *labels, default=Value(""), output_field=models.TextField())
    names = Func(owing_names(), Value(", "), function="array_to_string", output_field=models.TextField())
    yours = (When(is_yours=True, direction=one, then=Value(str(one.across))) for one in Direction)
    return Case(
        no_name, When(direction=Direction.OURS, then=Value(str(Direction.OURS.across))), *yours,
        When(Exact(names, Value("")), then=Value(_(OTHER_SIDE))),
        When(direction=Direction.THEIRS, then=sentence(_(ALONE), names=names)),
        default=sentence(_(TOGETHER), names=names), output_field=models.TextField(),
    )  # fmt: skip


def in_words(commitment: Any) -> str:
    """Who owes it, from the reader's side of the table; of a row from `with_duty`."""
    direction, names = Direction(commitment.direction), ", ".join(commitment.owing_names)
    if direction == Direction.THEIRS and not names:
        return _(NOT_NAMED)
    if not hasattr(commitment, "is_yours"):
        return str(direction.label)
    if direction == Direction.OURS or commitment.is_yours:
        return str(direction.across)
    words = _(ALONE if direction == Direction.THEIRS else TOGETHER)
    return words % {"names": names} if names else _(OTHER_SIDE)


def side_of(organisations: Any) -> QuerySet[Organisation]:
    """With these all others of their countries: a reader's side of the table."""
    countries = Organisation.objects.filter(pk__in=organisations).values("country")
    return Organisation.objects.filter(Q(pk__in=organisations) | Q(country__in=countries)).order_by()


def of_country(code: str) -> QuerySet[Organisation, Any]:
    return Organisation.objects.filter(country__code=code.upper()).order_by().values("pk")
