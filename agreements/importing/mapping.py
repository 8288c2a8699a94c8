"""What the columns of a sheet probably mean: by their headings, by what stands in them, by what was kept before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agreements.importing.choices import becomes, kind_of
from agreements.importing.headings import SURE
from agreements.importing.models import ImportBatch, ImportMapping, ImportRow
from agreements.importing.parties import Directory, Unclear
from agreements.importing.targets import TARGETS, Reads, is_own_list, meaning, own_headings, plain
from agreements.termwords import UnreadableTerm, read_term
from agreements.vocabulary import Kind
from partners import reading
from partners.viewers import Viewer

MOSTLY = 0.8
FEW = 0.2
ENOUGH = 5  # cells by which a column is judged
LOOKED_AT = 50  # rows in which days are compared
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
# A heading that speaks of a day is believed, whatever stands below it: what cannot be read there is a fault.
SAYS_DAY = re.compile(r"\b(?:date|day|ngay|signed|sign\w*|expir\w*|effective|hieu luc|het han)\b")
KEPT = ("statuses", "kinds", "unsaid", "kind", "key", "blank_clears", "ours")  # beside the columns, of a kept mapping
BY_DAYS = ("signed", "effective", "expires")
Column = Mapping[str, Any]


def suggest(batch: ImportBatch, viewer: Viewer, directory: Directory) -> dict[str, Any]:
    """The first mapping of a file, for a person to look at."""
    headers, profile = batch.headers, batch.counts.get("profile", [])
    if is_own_list(headers):
        known = own_headings()
        own = {str(place): known[plain(name)] for place, name in enumerate(headers) if plain(name) in known}
        return completed({"columns": own, "key": "ref", "own": True, "blank_clears": True}, profile)
    columns = _by_headings(headers, profile)
    _by_values(columns, headers, profile, directory, _first_rows(batch))
    found: dict[str, Any] = {"columns": {str(place): name for place, name in sorted(columns.items())}}
    found["key"] = next((name for name in ("ref", "number") if name in columns.values()), "")
    if "number" in columns.values() and not _tells_apart(columns, profile, batch.total):
        found["key"] = ""
    found |= {"kind": Kind.MOU if "mou" in plain(batch.file_name).split() else "", "unsaid": "by_date"}
    if kept := _kept(headers, viewer):
        found |= applied(kept.mapping, headers)
    return completed(found, profile)


def _by_headings(headers: Sequence[str], profile: Sequence[Column]) -> dict[int, str]:
    """The surest first; most meanings are taken once."""
    weighed = sorted(((*meaning(name), place) for place, name in enumerate(headers)), key=lambda one: (-one[1], one[2]))
    columns: dict[int, str] = {}
    for name, sure, place in weighed:
        if (
            sure < SURE
            or (name in columns.values() and not TARGETS[name].many)
            or not _fits(name, headers[place], profile, place)
        ):
            continue
        columns[place] = name
    return columns


def _fits(name: str, heading: str, profile: Sequence[Column], place: int) -> bool:
    """Whether what stands in the column can be what its heading says."""
    column = profile[place] if place < len(profile) else {}
    filled = column.get("filled", 0)
    if filled < ENOUGH:
        return True
    days: float = column["days"] / filled
    reads = TARGETS[name].reads
    if reads == Reads.DATE:
        return bool(days > FEW or name == "expires" or _serials(column) or SAYS_DAY.search(plain(heading)))
    is_name = reads == Reads.PARTIES or name.startswith("title")
    return bool(days < MOSTLY) or not is_name


def _serials(column: Column) -> bool:
    days = sum(len(text) == 5 and reading.whole(text, most=99_999) is not None for text in column["values"])
    return days * 2 > len(column["values"])


def _by_values(
    columns: dict[int, str], headers: Sequence[str], profile: Sequence[Column], directory: Directory,
    rows: Sequence[Sequence[str]],
) -> None:  # fmt: skip
    """Of columns whose headings say nothing: days, countries, kinds and statuses are known by themselves."""
    for place, column in enumerate(profile[: len(headers)]):
        if place in columns or column["filled"] < ENOUGH:
            continue
        for name in _meant_by(column, directory):
            if name not in columns.values():
                columns[place] = name
                break
    _later_day(columns, profile, rows)
    if not {"title", "title_vi", "title_en"} & set(columns.values()):
        free = [place for place in range(min(len(headers), len(profile))) if place not in columns]
        long = [place for place in free if profile[place]["long"] * 2 > profile[place]["filled"] > 0]
        if long:
            columns[long[0]] = "title"


def _meant_by(column: Column, directory: Directory) -> Iterator[str]:
    values, filled = column["values"], column["filled"]
    if column["days"] >= MOSTLY * filled and any(reading.whole(text, most=reading.MOST_KEY) is None for text in values):
        yield from BY_DAYS[:1]
    if not values or column["long"]:
        return
    if _share(values, _is_term) > MOSTLY:
        yield "term"
    if _share(values, lambda text: bool(becomes(text))) > MOSTLY and len(values) < 15:
        yield "status"
    if _share(values, lambda text: bool(kind_of(text))) > MOSTLY and len(values) < 30:
        yield "kind"
    if _share(values, lambda text: _is_country(text, directory)) > MOSTLY:
        yield "country"


def _first_rows(batch: ImportBatch) -> list[list[str]]:
    rows = ImportRow.objects.filter(batch=batch, number__gt=batch.header_row).order_by("number")
    return list(rows.values_list("cells", flat=True)[:LOOKED_AT])


def _later_day(columns: dict[int, str], profile: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """A column of days that its heading does not tell, where each lies behind the day of signing or effect."""
    firsts = [place for place, name in columns.items() if name in ("signed", "effective")]
    if not firsts or {"expires", "term"} & set(columns.values()):
        return
    for place, column in enumerate(profile):
        if place in columns or column["filled"] == 0 or column["days"] < MOSTLY * column["filled"]:
            continue
        pairs = [
            (begins, ends)
            for cells in rows
            if place < len(cells)
            and (begins := _year(cells[firsts[0]] if firsts[0] < len(cells) else ""))
            and (ends := _year(cells[place]))
        ]
        if pairs and all(ends >= begins for begins, ends in pairs) and any(ends > begins for begins, ends in pairs):
            columns[place] = "expires"
            return


def _year(cell: str) -> int | None:
    """The year of a day, which is the same in whichever order its day and month stand."""
    found = _YEAR.search(cell)
    return int(found[0]) if found else None


def _share(values: Mapping[str, int], asked: Any) -> float:
    return sum(number for text, number in values.items() if asked(text)) / sum(values.values())


def _is_term(text: str) -> bool:
    try:
        term = read_term(text)
    except UnreadableTerm:
        return False
    return bool(term.months or term.begins or term.endless)


def _is_country(text: str, directory: Directory) -> bool:
    try:
        return bool(directory.country(text))
    except Unclear:
        return True


def _tells_apart(columns: Mapping[int, str], profile: Sequence[Column], total: int) -> bool:
    """Whether the numbers of a list differ from row to row, as far as they were counted."""
    place = next(place for place, name in columns.items() if name == "number")
    column: Column = profile[place] if place < len(profile) else {"values": {}, "filled": 0}
    return bool(column["values"]) and max(column["values"].values()) == 1 and column["filled"] * 10 >= total * 9


def completed(mapping: Mapping[str, Any], profile: Sequence[Column]) -> dict[str, Any]:
    """With the order of day and month of each column of days, and what its statuses and kinds mean."""
    found = dict(mapping)
    columns = found.get("columns", {})
    dates = [
        place for place, name in columns.items() if name in TARGETS and TARGETS[name].reads in (Reads.DATE, Reads.TERM)
    ]
    orders = {place: profile[int(place)]["order"] for place in dates if int(place) < len(profile)}
    decided = {order for order in orders.values() if order in ("first", "second")}
    said = found.get("order") or (next(iter(decided)) if len(decided) == 1 else "")
    found["orders"] = {
        place: order if order in ("first", "second") else said or "first" for place, order in orders.items() if order
    }
    open_ones = [place for place, order in orders.items() if order in ("either", "both") and not said]
    found["asks_order"] = open_ones
    for place, name in columns.items():
        values = profile[int(place)]["values"] if int(place) < len(profile) else {}
        if name == "status":
            known = found.get("statuses", {})
            found["statuses"] = {text: known.get(text) or str(becomes(text) or "") for text in values}
        if name == "kind":
            known = found.get("kinds", {})
            found["kinds"] = {text: known.get(text) or kind_of(text) for text in values}
    return found


def examples_of_order(batch: ImportBatch) -> list[str]:
    """Days that can be read both ways, for the question which is meant."""
    profile = batch.counts.get("profile", [])
    places = [int(place) for place in batch.mapping.get("asks_order", ())]
    return [text for place in places if place < len(profile) for text in profile[place]["either"]][:4]


# --- kept under a name ---------------------------------------------------------------------------------------------
def keep(batch: ImportBatch, name: str, viewer: Viewer) -> ImportMapping:
    """Keep what the columns mean, by their headings, for the next sheet of this kind."""
    by_heading = {plain(batch.headers[int(place)]): target for place, target in batch.columns.items()}
    said = {key: batch.mapping[key] for key in KEPT if key in batch.mapping} | {"by_heading": by_heading}
    assert viewer.user_id
    assert viewer.user_id
    kept, _made = ImportMapping.objects.update_or_create(
        user_id=viewer.user_id, name=name, defaults={"headers": [plain(one) for one in batch.headers], "mapping": said}
    )
    return kept


def applied(kept: Mapping[str, Any], headers: Sequence[str]) -> dict[str, Any]:
    """A kept mapping said of these columns."""
    by_heading = kept.get("by_heading", {})
    columns = {str(place): by_heading[plain(name)] for place, name in enumerate(headers) if plain(name) in by_heading}
    return {**{name: value for name, value in kept.items() if name in KEPT}, "columns": columns}


def _kept(headers: Sequence[str], viewer: Viewer) -> ImportMapping | None:
    """The newest that was kept for a sheet with these very columns."""
    wanted = {plain(name) for name in headers}
    rows = ImportMapping.objects.visible_to(viewer).filter(user=viewer.user_id).order_by("-pk")[:50]
    return next((row for row in rows if set(row.headers) == wanted), None)
