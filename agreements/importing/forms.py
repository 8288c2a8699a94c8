"""What a person says of a file: whose it is, how it is read, what its columns mean, who is meant by a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.importing.choices import BECOMES
from agreements.importing.mapping import completed, examples_of_order
from agreements.importing.models import ImportBatch, ImportMapping
from agreements.importing.plaintext import ENCODINGS
from agreements.importing.taking import TAKEN
from agreements.importing.targets import KEYS, TARGETS, Reads
from agreements.vocabulary import Kind
from partners.models import Desk, Organisation
from partners.picking import OrganisationField, find_for, offer
from partners.viewers import Viewer

MOST_SAID = 60  # values of a column of choices that are asked about
SEPARATORS = [(",", _("comma")), (";", _("semicolon")), ("\t", _("tab")), ("|", _("bar"))]
ORDERS = [("first", _("the day first: 25/09/2023")), ("second", _("the month first: 9/25/2023"))]
UNSAID = [
    ("by_date", _("concluded where a day of signing stands, else a draft")),
    ("draft", _("a draft")),
    ("concluded", _("concluded: a manager registers it as signed or adopted")),
]


class FileForm(forms.Form):
    """The file, and the desk whose records its rows become."""

    upload = forms.FileField(label=_("File"), help_text=_("XLSX, ODS, CSV, TSV or JSON lines"))
    desk = forms.ModelChoiceField(Desk.objects.none(), label=_("Desk"), help_text=_("keeps what is imported"))

    def __init__(self, *args: Any, viewer: Viewer, **options: Any) -> None:
        super().__init__(*args, **options)
        own = Desk.objects.visible_to(viewer).filter(pk__in=viewer.desk_ids)
        offer(self, desk=own)
        self.fields["desk"].empty_label = None  # type: ignore[attr-defined]  # it chooses among rows
        self.fields["upload"].widget.attrs["accept"] = ",".join(TAKEN)


class ReadingForm(forms.Form):
    """How the file is read, where a person knows better."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=[(one, one) for one in ENCODINGS], required=False)
    separator = forms.ChoiceField(label=_("Columns are separated by"), choices=SEPARATORS, required=False)
    header_row = forms.IntegerField(label=_("Row of the headings"), min_value=0, max_value=100_000, required=False)

    def __init__(self, data: Any, *, batch: ImportBatch) -> None:
        found = batch.found
        super().__init__(data, initial={**found, "header_row": batch.header_row})
        sheets = [(one["name"], f"{one['name']} ({one['rows']} × {one['columns']})") for one in found.get("sheets", [])]
        if len(sheets) > 1:
            offer(self, sheet=sheets)
        else:
            del self.fields["sheet"]
        for name in ("encoding", "separator"):
            if not found.get(name):
                del self.fields[name]


class MappingForm(forms.Form):
    """What each column means, and what is said of all rows."""

    ours = OrganisationField(
        label=_("Our side, where no column names it"), required=False, help_text=_("takes part in each agreement")
    )
    order = forms.ChoiceField(label=_("Which number is the day?"), choices=ORDERS, required=False)
    key = forms.ChoiceField(
        label=_("A row is known again by"), required=False,
        help_text=_("what bears the same key is updated; all else is new"),
    )  # fmt: skip
    unsaid = forms.ChoiceField(label=_("A row without a status is"), choices=UNSAID, required=False)
    kind = forms.ChoiceField(
        label=_("Kind, where no column and no title says it"), required=False, choices=[("", "–"), *Kind.choices]
    )
    blank_clears = forms.BooleanField(
        label=_("An empty cell empties what stands there"), required=False,
        help_text=_("else it leaves it as it is"),
    )  # fmt: skip
    whole = forms.BooleanField(
        label=_("Import all rows or none"), required=False, help_text=_("else the good rows are imported")
    )
    keep_as = forms.CharField(
        label=_("Keep this meaning under a name"), required=False, max_length=80,
        help_text=_("it is offered for the next file with these columns"),
    )  # fmt: skip

    def __init__(self, data: Any, *, batch: ImportBatch, viewer: Viewer) -> None:
        self.batch = batch
        said = batch.mapping
        super().__init__(data, initial={**said, "order": said.get("order", "")})
        find_for(viewer, self, "ours")
        offered = [("", _("– not imported –")), *((name, target.label) for name, target in TARGETS.items())]
        self.columns = []
        for place, name in enumerate(batch.headers):
            field = forms.ChoiceField(
                label=name, choices=offered, required=False, initial=batch.columns.get(str(place))
            )
            self.fields[f"column_{place}"] = field
            self.columns.append((place, f"column_{place}"))
        offer(self, key=[("", _("nothing: every row is new")), *((name, TARGETS[name].label) for name in KEYS)])
        self.statuses = self._values("status", said.get("statuses", {}), [("", "–"), *BECOMES.items()])
        self.kinds = self._values("kindof", said.get("kinds", {}), [("", "–"), *Kind.choices])
        self.examples = examples_of_order(batch)
        if not self.examples:
            del self.fields["order"]

    def _values(self, prefix: str, known: Mapping[str, str], choices: Any) -> list[tuple[str, str]]:
        """A choice for each text that stands in a column of choices; the unclear ones first."""
        texts = sorted(known, key=lambda text: bool(known[text]))[:MOST_SAID]
        for number, text in enumerate(texts):
            self.fields[f"{prefix}_{number}"] = forms.ChoiceField(
                label=text, choices=choices, required=False, initial=known[text]
            )
        return [(f"{prefix}_{number}", text) for number, text in enumerate(texts)]

    def rows(self) -> list[dict[str, Any]]:
        """Each column with samples of what stands in it, for the page."""
        profile = self.batch.counts.get("profile", [])
        return [
            {
                "field": self[name],
                "filled": profile[place]["filled"] if place < len(profile) else 0,
                "samples": profile[place]["samples"] if place < len(profile) else [],
            }
            for place, name in self.columns
        ]

    def said_values(self) -> list[tuple[Any, list[Any]]]:
        """What statuses and kinds mean, for the page."""
        found = [
            (_("Statuses"), [self[name] for name, _t in self.statuses]),
            (_("Kinds"), [self[name] for name, _t in self.kinds]),
        ]
        return [(title, fields) for title, fields in found if fields]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        chosen = {str(place): str(said[name]) for place, name in self.columns if said.get(name)}
        for name in {one for one in chosen.values() if list(chosen.values()).count(one) > 1}:
            if not TARGETS[name].many and TARGETS[name].reads != Reads.TOLD:
                self.add_error(None, _("“%(label)s” is chosen for two columns.") % {"label": TARGETS[name].label})
        if said.get("key") and said["key"] not in chosen.values():
            self.add_error("key", _("No column means that."))
        if not chosen:
            self.add_error(None, _("Say of one column at least what it means."))
        return said

    def mapping(self) -> dict[str, Any]:
        """What was said, as it is kept beside the file."""
        said = self.cleaned_data
        ours = said.get("ours")
        found = {
            **{name: said.get(name) for name in ("key", "unsaid", "kind")},
            # Once it is said it is not asked again, and it stands.
            "order": said.get("order") or self.batch.mapping.get("order"),
            "blank_clears": said["blank_clears"], "whole": said["whole"],
            "ours": ours.pk if isinstance(ours, Organisation) else None,
            "columns": {str(place): said[name] for place, name in self.columns if said.get(name)},
            "statuses": {text: said[name] for name, text in self.statuses if said.get(name)},
            "kinds": {text: said[name] for name, text in self.kinds if said.get(name)},
            "own": bool(self.batch.mapping.get("own") and said.get("key") == "ref"),
        }  # fmt: skip
        return completed(found, self.batch.counts.get("profile", []))


class KeptForm(forms.Form):
    """A meaning of columns that was kept under a name."""

    kept = forms.ModelChoiceField(ImportMapping.objects.none(), label=_("Use a kept meaning"))

    def __init__(self, data: Any, *, viewer: Viewer) -> None:
        super().__init__(data)
        offer(self, kept=ImportMapping.objects.visible_to(viewer).filter(user=viewer.user_id))


class MeantForm(forms.Form):
    """Who is meant by a name that nobody here is called; left empty, it is made."""

    is_called = OrganisationField(label=_("It is"), required=False)

    def __init__(self, *args: Any, names: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["is_called"]
        assert isinstance(field, OrganisationField)
        field.names = names
