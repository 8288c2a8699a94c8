"""The rows of a table in a file, read in a process of its own: `python -m agreements.importing.extractor < file`.

It runs under limits of memory and time and prints JSON, a line for what was found and then one for each row. What it
cannot take is a last line `{"refused": reason}`. It imports nothing of ours but `plaintext`, which does not either.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import Any

MEMORY_BYTES = 640 * 1024**2  # of address space; what is touched of it is a fraction
CPU_SECONDS = 15
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MOST_CELLS = 2_500_000
MOST_IN_CELL = 20_000  # characters
MOST_SHEETS = 50
# A workbook unpacks to ten or twenty times its size; what unpacks to a hundred times as much holds nothing but itself.
MOST_UNPACKED, UNSUSPECTED, MOST_RATIO = 400 * 1024**2, 20 * 1024**2, 100
JUDGED_ROWS = 200
MOST_MERGED = 20_000  # cells that are filled because they are merged with another
ZIP, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Row = list[str]


class Refused(Exception):
    """What is wrong with the file, as a word that `tables.REASONS` explains."""


def read(content: bytes, said: dict[str, Any]) -> tuple[dict[str, Any], Iterator[Row], Iterator[str]]:
    """What the file is, its rows, and the texts of its other sheets. `said` may name sheet, encoding and separator."""
    if content.startswith((ZIP, COMPOUND)):
        return _workbook(content, said)
    from agreements.importing import plaintext  # noqa: PLC0415  (only what the file needs is loaded under the limit)

    try:
        found, rows = plaintext.read(content, said)
    except plaintext.NoTable as no:
        raise Refused(str(no)) from None
    return found, _careful(rows, plaintext.NoTable), iter(())


def _careful(rows: Iterator[Row], no_table: type[Exception]) -> Iterator[Row]:
    """What is found wrong only on the way is refused alike."""
    try:
        yield from rows
    except no_table as no:
        raise Refused(str(no)) from None


def _workbook(content: bytes, said: dict[str, Any]) -> tuple[dict[str, Any], Iterator[Row], Iterator[str]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum  # noqa: PLC0415

    if content.startswith(ZIP):
        _refuse_bombs(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError:
        raise Refused("locked") from None
    except (CalamineError, OSError, ValueError):
        raise Refused("broken") from None
    names = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    hidden = {one.name for one in book.sheets_metadata if str(one.visible).rpartition(".")[2] != "Visible"}
    if len(names) > MOST_SHEETS:
        raise Refused("sheets")
    sheets, known = [], {}
    for name in names:
        try:
            sheet = book.get_sheet_by_name(name)
        except (CalamineError, OSError, ValueError):
            raise Refused("broken") from None
        known[name] = sheet
        size = (sheet.total_height, sheet.total_width) if sheet.start else (-1, -1)
        sheets.append({"name": name, "rows": size[0] + 1, "columns": size[1] + 1, "hidden": name in hidden})
    wanted = said.get("sheet") if said.get("sheet") in known else _fullest(sheets)
    if not wanted:
        raise Refused("empty")
    kind = "xlsx" if content.startswith(ZIP) and b"mimetypeapplication/vnd.oasis" not in content[:200] else "ods"
    kind = kind if content.startswith(ZIP) else "xls"
    found = {"kind": kind, "sheets": sheets, "sheet": wanted}
    found, rows, drawn = _in_letters(found, _sheet_rows(known[wanted]), str(said.get("encoding") or ""))
    return found, rows, _texts((sheet for name, sheet in known.items() if name != wanted), drawn)


def _in_letters(
    found: dict[str, Any], rows: Iterator[Row], wanted: str
) -> tuple[dict[str, Any], Iterator[Row], Callable[[str], str]]:
    """Sheets of the nineties hold the bytes of their fonts: what was found says so, unless another way is wanted.

    Last comes how each cell is drawn.
    """
    from agreements.importing import plaintext  # noqa: PLC0415

    top = list(islice(rows, JUDGED_ROWS))
    rows = chain(top, rows)
    if wanted not in ("", plaintext.OLD_FONTS):
        return found | {"encoding": wanted}, rows, str
    if not plaintext.is_of_old_fonts(top):
        return found, rows, str
    drawn = ([plaintext.of_old_fonts(cell) for cell in row] for row in rows)
    return found | {"encoding": plaintext.OLD_FONTS}, drawn, plaintext.of_old_fonts


def _fullest(sheets: list[dict[str, Any]]) -> str:
    """The first of the largest sheets that can be seen."""
    seen = [one for one in sheets if not one["hidden"]] or sheets
    best = max(seen, key=lambda one: one["rows"] * one["columns"], default=None)
    return str(best["name"]) if best and best["rows"] else ""


def _refuse_bombs(content: bytes) -> None:
    """Look at what the packed parts say they unpack to. The limit of memory holds for those that say too little."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Refused("broken") from None
    if unpacked > MOST_UNPACKED or (unpacked > UNSUSPECTED and unpacked > MOST_RATIO * len(content)):
        raise Refused("bomb")


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    if not sheet.start:
        return
    if sheet.total_width + 1 > MOST_COLUMNS:
        raise Refused("columns")
    if (sheet.total_height + 1) * (sheet.total_width + 1) > 4 * MOST_CELLS:
        raise Refused("cells")
    merged = _merged(sheet.merged_cell_ranges or [])
    above, left = sheet.start[0], [""] * sheet.start[1]
    held: dict[tuple[int, int], str] = {}
    for _empty in range(above):
        yield []
    for number, cells in enumerate(sheet.iter_rows(), above):
        row = left + [_said(cell) for cell in cells]
        for column in merged.get(number, ()):
            origin = merged[number][column]
            if origin == (number, column):
                held[origin] = row[column] if column < len(row) else ""
            elif column < len(row) and not row[column]:
                row[column] = held.get(origin, "")
        yield row


def _texts(sheets: Iterable[Any], drawn: Callable[[str], str]) -> Iterator[str]:
    """What is said in them, row by row: a mark of secrecy may stand on any sheet."""
    for sheet in sheets:
        for cells in sheet.iter_rows() if sheet.start else ():
            if words := [drawn(cell) for cell in cells if isinstance(cell, str) and cell.strip()]:
                yield "\n".join(words)


def _merged(ranges: Iterable[Any]) -> dict[int, dict[int, tuple[int, int]]]:
    """For each cell that is merged with others, by row and column, the cell whose words are theirs."""
    found: dict[int, dict[int, tuple[int, int]]] = {}
    filled = 0
    for (top, left), (bottom, right) in ranges:
        filled += (bottom - top + 1) * (right - left + 1)
        if filled > MOST_MERGED:
            break  # a picture drawn of cells, which a table is not
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                found.setdefault(row, {})[column] = (top, left)
    return found


def _said(cell: Any) -> str:
    """A cell as text that is read back as what it is: days and numbers as programs write them."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell) if isinstance(cell, int | time | timedelta) else ""


def bounded(rows: Iterable[Row]) -> Iterator[tuple[int, Row]]:
    """The rows that hold something, each with its number in the file and without its empty end. Raises Refused."""
    kept = cells = 0
    for number, row in enumerate(rows, 1):
        while row and not row[-1].strip():
            row.pop()
        if not row:
            continue
        kept, cells = kept + 1, cells + len(row)
        if len(row) > MOST_COLUMNS:
            raise Refused("columns")
        if kept > MOST_ROWS:
            raise Refused("rows")
        if cells > MOST_CELLS:
            raise Refused("cells")
        if any(len(cell) > MOST_IN_CELL for cell in row):
            raise Refused("cell")
        yield number, row


def limit() -> None:
    """Take no more from here on than this, whatever the file asks for; nothing is written but to the parent."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    limit()
    out = sys.stdout
    try:
        found, rows, beside = read(sys.stdin.buffer.read(), json.loads(sys.argv[1]))
        json.dump(found, out)
        out.write("\n")
        for line in bounded(rows):
            json.dump(line, out)
            out.write("\n")
        for words in beside:
            json.dump({"beside": words}, out)
            out.write("\n")
        out.write("[]\n")  # the file was read to its end
    except Refused as no:
        out.write(json.dumps({"refused": str(no)}) + "\n")


if __name__ == "__main__":
    main()
