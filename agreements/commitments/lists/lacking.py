"""What the record of a commitment lacks: text, source, clarity; and that the same promise stands there twice."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.db.models import Case, Exists, F, Func, IntegerField, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Concat
from django.db.models.lookups import Exact, Regex
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Commitment, Funding, Indicator, duty, wording
from partners.folding import Fold
from partners.viewers import Viewer

TEXT, SOURCE, CLARITY, TWICE = "text", "source", "clarity", "twice"
LACKS = [
    (TEXT, _("Without text")),
    (SOURCE, _("Without a source")),
    (CLARITY, _("Unclear: less than three of who, what, how much and by when")),
    (TWICE, _("Stands there twice")),
]
CLEAR = 3  # of the four


def lacking(rows: Any, what: str, viewer: Viewer) -> Any:
    """The rows that lack one of `LACKS`."""
    match what:
        case "text":
            return rows.filter(text_vi="", text_en="")
        case "source":
            cited = apps.get_model("agreements.Citation")._default_manager.live().filter(commitment=OuterRef("pk"))
            return rows.exclude(Exists(cited))
        case "clarity":
            return rows.annotate(clarity=clarity()).filter(clarity__lt=CLEAR)
        case _:
            return rows.filter(pk__in=_twice("title_vi", viewer).union(_twice("title_en", viewer)))


def _twice(title: str, viewer: Viewer) -> Any:
    """Keys of those owed of which another, with the same partner, bears the same title."""
    owed = Commitment.objects.visible_to(viewer).owed().order_by().exclude(**{title: ""})
    shared = duty.can_owe().filter(
        agreement=OuterRef("agreement"),
        organisation__participations__in=duty.can_owe()
        .filter(agreement=OuterRef(OuterRef(OuterRef("agreement"))))
        .values("pk"),
    )
    same_side = Q(agreement=OuterRef("agreement")) | Q(partner_owner=OuterRef("partner_owner")) | Q(Exists(shared))
    others = owed.annotate(folded_title=Fold(title)).filter(
        same_side, Exact(F("folded_title"), OuterRef("folded_title"))
    )
    return owed.annotate(folded_title=Fold(title)).filter(Exists(others.exclude(pk=OuterRef("pk")))).values("pk")


class Lower(Func):
    """In lower case by the database's own locale: the embedded PostgreSQL has no collations of ICU."""

    template = "lower(normalize(%(expressions)s, NFC))"
    output_field = TextField()


class Without(Func):
    """A text with a blank in the place of all that fits a pattern."""

    function = "regexp_replace"
    template = "%(function)s(%(expressions)s, ' ', 'g')"
    output_field = TextField()


def _in_sql(pattern: str) -> str:
    """A pattern of Python as PostgreSQL reads it: a boundary of words is `\\y` there."""
    return pattern.replace(r"\b", r"\y")


def clarity() -> Any:
    """How many of who, what, how much and by when the words say: the twin of `wording.score`."""
    words: Any = Concat(
        *(each for column in ("title_en", "text_en", "title_vi", "text_vi") for each in (F(column), Value(" "))),
        output_field=TextField(),
    )
    plain = Fold(words)
    deeds = r"\y(" + "|".join(sorted(wording.DEEDS)) + r")s?\y"
    phrases = "|".join(map(re.escape, wording.DEED_PHRASES))
    written = Without(Lower(words), Value(_in_sql(wording.PARTIES.pattern)))
    written = Without(written, Value(_in_sql(wording.DAY.pattern)))
    counted = Regex(written, _in_sql(wording.FIGURE.pattern)), Regex(written, _in_sql(wording.NUMBER_WORDS.pattern))
    of_it = {"commitment": OuterRef("pk")}
    figures = Exists(Funding.objects.live().filter(**of_it)), Exists(Indicator.objects.live().filter(**of_it))
    said = (
        Q(lead__isnull=False) | Q(partner_owner__isnull=False),
        Q(Regex(plain, deeds)) | Q(Regex(plain, phrases)),
        Q(counted[0]) | Q(counted[1]) | Q(figures[0]) | Q(figures[1]),
        Q(due_on__isnull=False),
    )
    points: Any = Value(0)
    for one in said:
        points += Case(When(one, then=Value(1)), default=Value(0), output_field=IntegerField())
    return points
