"""Files that leave: no cell that a spreadsheet would run, whatever parts its cells; pictures that tell nothing more."""

from __future__ import annotations

import csv
import io
import itertools
import struct
import time
import zlib

from openpyxl import load_workbook

from agreements.exchange.tables import as_csv, as_xlsx, safe, unsafe
from agreements.register.lists.columns import AGREEMENT_COLUMNS
from agreements.register.models import Agreement
from agreements.sources.pictures import bare
from partners import texts
from tests.conftest import Cast
from tests.factories import make_agreement
from tests.trust.conftest import Figure

STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
BEFORE = ("", " ", "\t", "\n", "\r\n", ";", ",", "x;", "x,", "x\t", "x\n", "\u200b", "\ufeff", "\u202e", "\u00a0", "'",
          '"', "|", "a; b;\u200b ", "\u3000", "''", "x|", "\x0b", "\u2028", "\u00ad", "x\r")  # fmt: skip
AFTER = ("1+1", "cmd|' /C calc'!A0")
SEPARATORS = (",", ";", "\t", "|")
FORMULA = tuple("=+-@＝＋－＠")


def test_no_cell_is_a_formula_in_any_program(cast: Cast, figure: Figure) -> None:
    payloads = [f"{before}{start}{after}" for before, start, after in itertools.product(BEFORE, STARTS, AFTER)]
    for payload in payloads:
        make_agreement(desk=cast.desk, title="x").__class__.objects.filter(title_en="x").update(title_en=payload)
    columns = [column for column in AGREEMENT_COLUMNS if column.name in ("ref", "title_en", "title_vi")]
    rows = Agreement.objects.filter(title_en__in=payloads).order_by("pk")
    text = "".join(as_csv(rows, columns)).removeprefix("\ufeff")
    wrong = []
    for separator in SEPARATORS:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            wrong += [cell for cell in line if cell.strip(' "\u00a0\u3000\n\t\r').startswith(FORMULA)]
    for raw in text.splitlines():
        wrong += [raw] if raw.strip(' "').startswith(FORMULA) else []
    book = load_workbook(io.BytesIO(as_xlsx(rows, columns, title="x")))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    wrong += [str(cell.value) for cell in cells if cell.data_type == "f"]
    assert len(cells) > len(payloads)
    figure("FI4", len(wrong), 0, cases=len(payloads), floor=400)


def test_what_was_made_safe_is_read_back() -> None:
    for before, start, after in itertools.product(BEFORE[:-5], STARTS, AFTER):
        text = (
            f"{before}{start}{after}".replace("\u200b", "")
            .replace("\ufeff", "")
            .replace("\u202e", "")
            .replace("\r", "")
        )
        assert unsafe(safe(text)) == text
    for plain in ("Thỏa thuận", "a, b; c", "'quoted'", "it's", "1 - 2", "a\nb", ""):
        assert safe(plain) == unsafe(plain) == plain


def test_a_cell_costs_what_it_is_long() -> None:
    """Each separator was followed to the end of its run: a name of commas held a thread for minutes."""
    began = time.process_time()
    for text in ("," * 200_000, "\t,'" * 70_000, ",=" * 100_000):
        assert unsafe(safe(text)) == texts.clean(text)
    assert time.process_time() - began < 5


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def segment(kind: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(data) + 2) + data


def test_a_png_says_nothing_beside_what_it_shows() -> None:
    head, data, end = chunk(b"IHDR", b"\0" * 13), chunk(b"IDAT", zlib.compress(b"\0\0")), chunk(b"IEND", b"")
    said = [chunk(kind, b"HANOI 21.03") for kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"prVt")]
    mark = b"\x89PNG\r\n\x1a\n"
    assert bare(mark + head + b"".join(said) + data + said[0] + end + b"HANOI") == mark + head + data + end
    assert b"HANOI" not in bare(mark + head + said[0][:-6])


def test_a_jpeg_says_nothing_but_which_way_is_up() -> None:
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, 6, 0, 0) + b"GPS HANOI"
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0HANOI")
    said = [segment(0xE1, b"Exif\0\0" + tiff), xmp, segment(0xED, b"HANOI"), segment(0xFE, b"HANOI")]
    shown = [segment(0xE0, b"JFIF\0"), segment(0xE2, b"ICC_PROFILE\0x"), segment(0xDB, b"q"), segment(0xDA, b"s")]
    scan = b"\x12\xff\x00\x34\xff\xd0\x56"
    kept = bare(b"\xff\xd8" + shown[0] + b"".join(said) + b"".join(shown[1:]) + scan + b"\xff\xd9HANOI")
    assert b"HANOI" not in kept
    assert all(part in kept for part in [*shown, scan])
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in kept
    assert kept.endswith(b"\xff\xd9")


def test_a_jpeg_carries_no_smaller_picture() -> None:
    """The thumbnail was made before somebody cut the picture, or blacked a name out."""
    head = b"JFIF\0\1\1\0\0\1\0\1"
    thumbnails = [segment(0xE0, head + b"\2\1HANOI."), segment(0xE0, b"JFXX\0\x10HANOI"), segment(0xE0, b"HANOI")]
    shown = [segment(0xDB, b"q"), segment(0xDA, b"s")]
    kept = bare(b"\xff\xd8" + b"".join(thumbnails + shown) + b"\x12\xff\xd9")
    assert kept == b"\xff\xd8" + segment(0xE0, head + b"\0\0") + b"".join(shown) + b"\x12\xff\xd9"
