"""What the record of an agreement lacks: text, source, day, partner; and that the same paper stands there twice."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from agreements.register.models import Agreement, Participant
from agreements.vocabulary import CONCLUDED, READABLE, DocumentKind, Stage
from partners.folding import Fold
from partners.viewers import Viewer

TEXT, SOURCE, DAY, PARTNER, TWICE = "text", "source", "day", "partner", "twice"
LACKS = [
    (TEXT, _("Without its text")),
    (SOURCE, _("Without a source")),
    (DAY, _("Without its day")),
    (PARTNER, _("Without a partner")),
    (TWICE, _("Stands there twice")),
]
HAVE_A_TEXT = (Stage.SIGNED, Stage.ADOPTED)  # what was agreed without a paper has none


def lacking(rows: Any, what: str, viewer: Viewer) -> Any:
    """The rows that lack one of `LACKS`."""
    match what:
        case "text":
            texts = _of("Document").filter(agreement=OuterRef("pk"), kind=DocumentKind.SIGNED_TEXT, state__in=READABLE)
            return rows.filter(~Exists(texts), stage__in=HAVE_A_TEXT)
        case "source":
            return rows.exclude(Exists(_of("Citation").filter(agreement=OuterRef("pk"))))
        case "day":
            return rows.filter(signed_on=None)
        case "partner":
            others = Participant.objects.live().filter(agreement=OuterRef("pk"))
            return rows.exclude(Exists(others.exclude(organisation__country__code=settings.HOME_COUNTRY)))
        case _:
            return rows.filter(pk__in=_twice("title_vi", viewer).union(_twice("title_en", viewer)))


def _of(name: str) -> Any:
    return apps.get_model(f"agreements.{name}")._default_manager.live()


def _twice(title: str, viewer: Viewer) -> Any:
    """Keys of those concluded of which another of the same day bears the same title."""
    known = Agreement.objects.visible_to(viewer).live().filter(stage__in=CONCLUDED, signed_on__isnull=False).order_by()
    titled = known.exclude(**{title: ""}).annotate(folded_title=Fold(title))
    others = titled.filter(Exact(F("folded_title"), OuterRef("folded_title")), signed_on=OuterRef("signed_on"))
    return titled.filter(Exists(others.exclude(pk=OuterRef("pk")))).values("pk")
