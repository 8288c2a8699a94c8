"""Who wrote what of an agreement: kept by PostgreSQL beside the rows, so that no face and no kind can forget it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar, Self

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.register.models.content import Kind, kinds
from partners.fields import FieldTable
from partners.finding import OneOf
from partners.models import same_eyes, whose_eyes
from partners.records import Record, RecordQuerySet
from partners.viewers import Viewer

NOTES = """
    INSERT INTO agreements_authorship (agreement_id, kind, record_id, user_id, first_at)
    SELECT {agreement}, '{kind}', NEW.id, writer, NEW.updated_at
    FROM unnest(ARRAY[NEW.updated_by_id, CASE WHEN TG_OP = 'INSERT' THEN NEW.created_by_id END]) AS writer
    WHERE writer IS NOT NULL AND {agreement} IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
"""


class AuthorshipQuerySet(RecordQuerySet["Authorship"]):
    """Who wrote, by what one asks before an approval."""

    def of_viewer(self, viewer: Viewer) -> Self:
        """What counts as the viewer's own: what they wrote, what whoever they stand in for wrote, and what was
        written in their own name while they were away."""
        rule = same_eyes(viewer, author="user", desk="agreement__desk", day="first_at__date")
        return self.filter(OneOf(F("user"), whose_eyes(viewer)), rule)

    def of_text(self) -> Self:
        """What is approved with the agreement: an amendment is approved for itself."""
        return self.exclude(kind="amendment")

    def of_amendment(self, pk: Any, document: Any) -> Self:
        """What is approved with an amendment: itself and its paper. Keys, or expressions for them."""
        return self.filter(Q(kind="amendment", record_id=pk) | Q(kind="document", record_id=document))


class Authorship(models.Model):
    """A person has written in one row that belongs to an agreement. It is never taken back: see decision 20."""

    FIELDS = FieldTable(
        internal="id agreement kind record_id user first_at", locked="id agreement kind record_id user first_at"
    )

    agreement = models.ForeignKey(
        "agreements.Agreement", models.PROTECT, related_name="authorships", verbose_name=_("agreement")
    )
    kind = models.CharField(_("kind"), max_length=40)
    record_id = models.BigIntegerField(_("record"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    first_at = models.DateTimeField(_("since"))

    objects: ClassVar = AuthorshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("authorship")
        verbose_name_plural = _("authorships")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint("agreement", "user", "kind", "record_id", name="author_once"),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.user}: {self.kind} {self.record_id}"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.for_staff(viewer)


def note_everywhere() -> None:
    """Let whatever kind of row belongs to an agreement note its authors: a new kind asks for its migration."""
    agreement: type[Record] = apps.get_model("agreements", "Agreement")
    amendment: type[Record] = apps.get_model("agreements", "Amendment")
    for kind in (*kinds(agreement), Kind(amendment, ("agreement",))):
        notes_its_author(kind).register(kind.model)  # type: ignore[arg-type]  # it is annotated as for an instance


def notes_its_author(kind: Kind) -> pgtrigger.Trigger:
    """The trigger of one kind of rows: whoever is stamped on a row has written it."""
    found = [_agreement_of(kind.model, path.split("__"), "NEW") for path in kind.paths] or ["NEW.id"]
    agreement = found[0] if len(found) == 1 else f"COALESCE({', '.join(found)})"
    stamped = pgtrigger.Insert | pgtrigger.UpdateOf("updated_by_id")  # type: ignore[no-untyped-call]
    return pgtrigger.Trigger(
        name="notes_its_author", when=pgtrigger.After, operation=stamped,
        func=NOTES.format(agreement=agreement, kind=kind.name),
    )  # fmt: skip


def _agreement_of(model: Any, hops: list[str], row: str) -> str:
    """SQL for the key of the agreement to which a path leads from a row."""
    key = f"{row}.{model._meta.get_field(hops[0]).column}"
    for before, after in _pairs(model, hops):
        key = f"(SELECT {after} FROM {before} WHERE id = {key})"  # noqa: S608  (tables of ours)
    return key


def _pairs(model: Any, hops: list[str]) -> Iterator[tuple[str, str]]:
    """For each hop but the first: the table it leaves from, and its column."""
    for hop, following in pairwise(hops):
        model = model._meta.get_field(hop).related_model
        yield model._meta.db_table, model._meta.get_field(following).column
