"""Forty leaks, each as somebody could write it: a scope dropped here, a field added there."""

from __future__ import annotations

import importlib
import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from agreements.models import Agreement, Commitment, Participant
from agreements.vocabulary import Part
from partners.statements import STATEMENTS
from partners.viewers import Role


@dataclass(frozen=True)
class Code:
    """One piece of a function's text in place of another; `path` is `module:function` or `module:Class.method`."""

    path: str
    old: str
    new: str
    where: str  # the kind of surface on which it shows

    def __str__(self) -> str:
        return f"{self.path}: {self.old[:40]}"

    @contextmanager
    def planted(self) -> Iterator[None]:
        function = self._function()
        source = textwrap.dedent(inspect.getsource(function))
        assert source.count(self.old) == 1, (
            f"{self}: the text to plant it in stands there {source.count(self.old)} times"
        )
        lines = source.replace(self.old, self.new).splitlines()
        start = next(number for number, line in enumerate(lines) if line.startswith("def "))
        names: dict[str, Any] = {}
        exec(compile("from __future__ import annotations\n" + "\n".join(lines[start:]), self.path, "exec"),
             function.__globals__, names)  # fmt: skip
        kept = function.__code__
        function.__code__ = names[function.__name__].__code__
        STATEMENTS.kept.clear()  # a text is written once for the code that writes it
        try:
            yield
        finally:
            function.__code__ = kept
            STATEMENTS.kept.clear()

    def _function(self) -> Any:
        module, _, name = self.path.partition(":")
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = inspect.getattr_static(found, part) if inspect.isclass(found) else getattr(found, part)
        return inspect.unwrap(getattr(found, "fget", None) or getattr(found, "__func__", found))


@dataclass(frozen=True)
class Entry:
    """A row of one of the tables in which fields are data: another value in its place, or none."""

    table: Any
    key: Any
    value: Any
    where: str

    def __str__(self) -> str:
        return f"{self.key} -> {f'{len(self.value)} fields' if isinstance(self.value, frozenset) else self.value}"

    @contextmanager
    def planted(self) -> Iterator[None]:
        assert self.key in self.table
        with mock.patch.dict(self.table):
            if self.value is None:
                del self.table[self.key]
            else:
                self.table[self.key] = self.value
            STATEMENTS.kept.clear()
            yield
        STATEMENTS.kept.clear()


RULES, SOURCES = "agreements.visibility", "agreements.sources.models"
PLANTS: tuple[Code | Entry, ...] = (
    # The rules themselves
    Code(f"{RULES}:live_shares", "revoked_at=None, ", "", "page"),
    Code(f"{RULES}:live_shares", "still & ", "", "page"),
    Code(f"{RULES}:live_shares", ", organisation__in=viewer.organisation_ids", "", "page"),
    Code(f"{RULES}:shared_agreements", "stage__in=SHAREABLE, ", "", "page"),
    Code(f"{RULES}:shared_agreements", ", archived_at=None", "", "page"),
    Code(f"{RULES}:_held", "held = held.exclude(withheld__contains=[part.value])", "pass", "page"),
    Code(f"{RULES}:agreements", "& where(restricted=False)", "", "page"),
    Code(f"{RULES}:agreements", "~where(stage__in=HIDDEN_FROM_OTHER_DESKS) & ", "", "page"),
    Code(f"{RULES}:agreements", "& where(archived_at=None)", "", "page"),
    Code(f"{RULES}:of_an_agreement", " & unarchived(viewer)", "", "history"),
    Code(f"{RULES}:commitments", "held = _held(viewer, Part.COMMITMENTS, *parts)", "held = _held(viewer)", "page"),
    Code(f"{RULES}:reports", " & ~Q(status=ReportStatus.DRAFT)", "", "page"),
    Code(f"{RULES}:reports", ", organisation=None)", ")", "page"),
    Code(f"{RULES}:of_one_organisation", "if viewer.is_partner else rule", "if False else rule", "page"),
    Code(f"{RULES}:for_staff", "if viewer.is_staff else NOTHING", "", "page"),
    Code(f"{RULES}:documents", "Part.PAPERS, ", "", "page"),
    Code(f"{RULES}:documents", ", audience=Audience.PARTNER", "", "page"),
    Code(f"{RULES}:documents", "of_an_agreement(viewer) & ", "", "page"),
    Code("partners.visibility:organisations", "Q(pk__in=viewer.organisation_ids)", "Q()", "page"),
    Code("partners.visibility:people", "Q(organisation__in=viewer.organisation_ids)", "Q()", "page"),
    # Surfaces that forget to ask
    Code("agreements.commitments.models.action_item:ActionItem.visible", "desk__in=viewer.desk_ids, ", "", "page"),
    Code(f"{SOURCES}:Citation.visible", "claim & ", "", "page"),
    Code(f"{SOURCES}:Citation.visible",
         " & Q(document__in=Document.objects.visible_to(viewer).order_by().values(\"pk\"))", "", "page"),
    Code("agreements.register.models.following:SavedView.visible", "rule = Q(created_by=viewer.user_id)",
         "rule = ~Q(pk=0)", "page"),
    Code("agreements.register.models.step:Step.visible", "rule & cls.seen_with_its_subject(viewer)", "rule", "page"),
    Code("agreements.pages.agreement:_citations", "Citation.objects.visible_to(viewer)", "Citation.objects", "page"),
    Code("agreements.pages.agreement:_commitments", "Commitment.objects.visible_to(viewer)", "Commitment.objects",
         "page"),
    Code("agreements.commitments.pages:_milestones", "Milestone.objects.visible_to(viewer)", "Milestone.objects",
         "page"),
    Code("agreements.commitments.pages:_reports", "Report.objects.visible_to(viewer)", "Report.objects", "page"),
    # The past, and what is told of it
    Code("tracker.history.gate:_then", "return of_event(_rule(model, viewer))", "return Q()", "history"),
    Code("tracker.history.gate:events_of", "_rule(model, viewer)", "Q()", "history"),
    Code("agreements.reminders.telling:tellable", "rule &= subject & about", "rule &= subject", "mail"),
    Code("agreements.reminders.digest:_lines", "row.pk not in told or ", "", "mail"),
    Code("agreements.reminders.digest:_lines", "and viewer.is_staff and row.step.name", "and row.step.name", "mail"),
    # Search, lists, data
    Code("partners.records:RecordQuerySet.visible_to", "rows = self.filter(self._kind.visible(viewer))", "rows = self",
         "api"),
    Code("partners.records:RecordQuerySet.visible_to", "rows._iterable_class = VeiledRows", "pass", "api"),
    Code("partners.viewsets:RecordViewSet.base_queryset", ".visible_to(self.viewer)", ".all()", "api"),
    # Fields
    Entry(Commitment.FIELDS.read_by, Role.PARTNER, Commitment.FIELDS.read_by[Role.PARTNER] | {"blocker"}, "page"),
    Entry(Commitment.VEILS, Part.WORDING, None, "page"),
    Entry(Agreement.VEILS, Part.SUMMARY, None, "api"),
    Entry(Participant.VEILS, Part.SIGNATORIES, None, "page"),
)  # fmt: skip
