"""What comes in as text is read in one place for each kind of value, and cleaned at known doors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.test_house_rules import CODE, ROOT

PARSERS = {"partners/reading.py", "agreements/dates.py", "agreements/amounts.py"}
GUARDS = {"isdigit", "isdecimal", "isnumeric"}
BARE_DAYS = {"serializers.DateField", "serializers.DateTimeField", "serializers.TimeField"}
READERS = {"fromisoformat", "strptime", "parse_date", "parse_datetime", "parse_time"}
FROM_OUTSIDE = {"request", "data", "posted", "asked", "query", "text", "value", "wanted", "mark", "sent"}
# Files that turn bytes into text, and how that text is cleaned.
DOORS = {
    "agreements/examples/words.py": "our own words for examples",
    "agreements/exchange/files.py": "texts.clean over every row",
    "agreements/exchange/loading.py": "texts.clean over every paper",
    "agreements/exchange/tables.py": "our own rows on their way out",
    "agreements/importing/plaintext.py": "a process of its own, whose rows taking.py cleans",
    "agreements/jobs/queues.py": "the text of an error",
    "agreements/reminders/bounces.py": "texts.line over what a report says",
    "agreements/reminders/relay.py": "texts.line over what the mail server says",
    "agreements/sources/extractor.py": "a process of its own, whose answer reading.py cleans",
    "agreements/sources/papers.py": "looks whether it is text at all",
    "agreements/sources/reading.py": "texts.clean over the text of a paper",
    "agreements/sources/scanning.py": "texts.line over what the scanner says",
    "partners/authentication.py": "compared by its digest, kept nowhere",
    "partners/draft_views.py": "reading.json_of",
    "partners/reading.py": "the parser",
    "tracker/database/roles.py": "a password that PostgreSQL has digested",
    "tracker/design.py": "our own style sheet",
    "tracker/door.py": "the door",
    "tracker/history/anchors.py": "our own notes of seals",
    "tracker/mails.py": "our own mails, in a demonstration",
}
BYTES_TO_TEXT = {"decode", "read_text", "message_from_bytes", "safe_load", "load_workbook", "body", "reader"}


def ours() -> Iterator[tuple[str, ast.Module]]:
    for path in CODE:
        name = str(path.relative_to(ROOT))
        if name.startswith(("agreements/", "partners/", "tracker/")) and "embedded" not in path.parts:
            yield name, ast.parse(Path(path).read_text(encoding="utf-8"))


def names_in(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def parsed_by_hand(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in GUARDS | READERS:
            yield ast.unparse(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            if node.func.id in {"int", "float"} and names_in(node.args[0]) & FROM_OUTSIDE:
                yield ast.unparse(node)
            if node.func.id == "QueryDict" and not isinstance(node.args[0], ast.Constant):
                yield ast.unparse(node)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"json.loads", *BARE_DAYS}:
            yield ast.unparse(node)


def test_nobody_parses_by_hand() -> None:
    known = {
        "agreements/sources/reading.py: json.loads(done.stdout)",  # from a process of our own
        "agreements/importing/taking.py: json.loads(line)",  # likewise
        # In that process, which imports nothing of ours; what it says is cleaned by `taking`.
        "agreements/importing/extractor.py: json.loads(sys.argv[1])",
        "agreements/importing/plaintext.py: json.loads(text, parse_int=str, parse_float=str, parse_constant=str)",
        "partners/viewsets.py: json.loads(body)",  # what PostgreSQL wrote for us
        "tracker/history/anchors.py: datetime.fromisoformat",  # written by ourselves
        "agreements/commitments/models/indicator.py: float((value - self.baseline) / (self.target - self.baseline))",
    }
    files = [(name, tree) for name, tree in ours() if name not in PARSERS]
    found = {f"{name}: {one}" for name, tree in files for one in parsed_by_hand(tree)}
    assert len(files) > 200
    assert found == known, "partners/reading.py has a parser for each kind of value"


def test_text_comes_in_by_known_doors_alone() -> None:
    found = set()
    for name, tree in ours():
        used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        whole = ast.unparse(tree)
        if used & (BYTES_TO_TEXT - {"body", "reader"}) or "request.body" in whole or "csv.reader" in whole:
            found.add(name)
    assert found == set(DOORS), "text that comes in is cleaned by partners/texts.py: say here how"


def test_forms_of_records_have_one_base() -> None:
    """It says above the form what is wrong with a column that is not on it."""
    bare = {
        f"{name}: {node.name}"
        for name, tree in ours()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any("forms.ModelForm" in ast.unparse(base) for base in node.bases)
    }
    assert bare == {"partners/forms.py: RecordForm"}
