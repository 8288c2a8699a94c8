"""Tables in the shapes that people keep them, with what they truly say beside them."""

from __future__ import annotations

import csv
import io
import json
import random
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]
PLACES = (
    ("Australia", "AU", "Úc"), ("Japan", "JP", "Nhật Bản"), ("Korea, Republic of", "KR", "Hàn Quốc"),
    ("France", "FR", "Pháp"), ("Germany", "DE", "Đức"), ("USA", "US", "Hoa Kỳ"), ("United Kingdom", "GB", "Anh"),
    ("Thailand", "TH", "Thái Lan"), ("Lao PDR", "LA", "Lào"), ("Taiwan", "TW", "Đài Loan"), ("Russia", "RU", "Nga"),
    ("The Netherlands", "NL", "Hà Lan"), ("Italy", "IT", "Ý"), ("China", "CN", "Trung Quốc"),
)  # fmt: skip
TOWNS = (  # noqa: SIM905
    "Adelaide Sydney Kyoto Osaka Busan Daegu Lyon Bordeaux Bonn Bremen Boston Austin Leeds Bristol Bangkok Vientiane "
    "Taipei Tainan Moscow Kazan Leiden Delft Pisa Turin Wuhan Nanjing Perth Nagoya Incheon Lille Kassel Denver York "
    "Chiang-Mai Hsinchu Tomsk Utrecht Padua Xiamen Brisbane Sendai Jeju Nantes Jena Tulsa Exeter"
).split()
FACULTIES = ("Engineering", "Law", "Medicine", "Economics", "Agriculture", "Education", "Science")


@dataclass(frozen=True)
class Truth:
    """What one row truly says."""

    partner: str
    country: str
    kind: str
    signed: date
    expires: date | None


def university(number: int, seed: int = 1) -> tuple[list[list[Any]], list[Truth]]:
    """A university's list, as its office keeps it: no title, names inverted here and there, terms in words."""
    chance = random.Random(seed)
    rows: list[list[Any]] = []
    truths = []
    for place in range(number):
        name, code, _vi = chance.choice(PLACES)
        town = chance.choice(TOWNS)
        form = chance.choice(("University of {}", "{} Institute of Technology", "{} National University", "{} College"))
        partner = f"{form.format(town)} {place // 40}"
        shown = (
            f"{town} {place // 40}, University of"
            if form.startswith("University") and chance.random() < 0.3
            else partner
        )
        partner = f"University of {town} {place // 40}" if form.startswith("University") else partner
        if " " in shown and chance.random() < 0.15:
            shown = shown.replace(" ", "\n", 1) if form.startswith("University of") and "," not in shown else shown
        shown = shown.replace("University\nof", "University of\n") if "\n" in shown else shown
        kind, word = chance.choice(
            (("mou", "MoU"), ("mou", "MOU"), ("agreement", "Agreement"), ("letter_of_intent", "LoI"))
        )
        signed = date(2005, 1, 1) + timedelta(days=chance.randrange(7000))
        years = chance.choice((3, 5, 5, None))
        expires = date(signed.year + years, signed.month, min(signed.day, 28)) if years else None
        term = f"{years} years" if years else chance.choice(("unlimited", "Indefinite", "No expiry"))
        rows.append(
            [
                place + 1,
                shown,
                name,
                chance.choice(FACULTIES),
                word,
                f"{signed:%d/%m/%Y}",
                term,
                chance.choice(("Active", "Expired")),
            ]
        )
        truths.append(Truth(partner, code, kind, signed, expires))
    return rows, truths


UNIVERSITY_HEADS = [
    "No.",
    "Partner\nInstitution",
    "Country",
    "",
    "Type of Agreement",
    "Date of\nSignature",
    "Duration",
    "Status",
]


def treaties(number: int, seed: int = 2) -> list[list[Any]]:
    """A collection of treaties: titles, several parties in one cell, former names, days in words."""
    chance = random.Random(seed)
    subjects = (
        "trade",
        "air services",
        "culture",
        "taxation",
        "extradition",
        "fisheries",
        "visas",
        "consular relations",
    )
    old = ("USSR", "Burma", "Ceylon", "German Democratic Republic")
    rows = []
    for place in range(number):
        signed = date(1946, 1, 1) + timedelta(days=chance.randrange(28000))
        states = [chance.choice(PLACES)[0].replace(", Republic of", "") for _one in range(chance.choice((1, 1, 2, 3)))]
        if chance.random() < 0.05:
            states = [chance.choice(old)]
        states = list(dict.fromkeys(states))
        title = f"Treaty on {chance.choice(subjects)} no. {place}"
        shown = chance.choice((f"{signed:%d-%b-%Y}", f"{signed:%Y-%m-%d}", f"{signed.day} {signed:%B %Y}"))
        force = signed + timedelta(days=300)
        rows.append(
            [f"I-{10000 + place}", title, "; ".join(["Viet Nam", *states]), shown, f"{force:%d-%b-%Y}", "In force"]
        )
    return rows


TREATY_HEADS = ["Registration Number", "Title", "Parties", "Date of conclusion", "Entry into force", "Status"]


def as_csv(rows: Rows, *, separator: str = ",", encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    text = out.getvalue()
    old = {"windows-1258": in_1258, "tcvn3": in_tcvn3}
    return old[encoding](text) if encoding in old else text.encode(encoding)


BY_LETTER = {
    **dict(zip("ĂÂÊÔƠƯĐăâêôơưđ", range(0xA1, 0xAF), strict=True)),
    "à": 0xB5, "ả": 0xB6, "ã": 0xB7, "á": 0xB8, "ạ": 0xB9, "ằ": 0xBB, "ắ": 0xBE, "ặ": 0xC6, "ầ": 0xC7, "ấ": 0xCA,
    "ậ": 0xCB, "è": 0xCC, "é": 0xD0, "ề": 0xD2, "ể": 0xD3, "ế": 0xD5, "ệ": 0xD6, "ì": 0xD7, "í": 0xDD, "ị": 0xDE,
    "ò": 0xDF, "ó": 0xE3, "ọ": 0xE4, "ồ": 0xE5, "ổ": 0xE6, "ố": 0xE8, "ộ": 0xE9, "ờ": 0xEA, "ở": 0xEB, "ớ": 0xED,
    "ợ": 0xEE, "ù": 0xEF, "ủ": 0xF1, "ú": 0xF3, "ụ": 0xF4, "ừ": 0xF5, "ử": 0xF6, "ữ": 0xF7, "ứ": 0xF8, "ự": 0xF9,
    "ý": 0xFD, "ỏ": 0xE1, "ẩ": 0xC8, "ẫ": 0xC9, "ẻ": 0xCE, "ẹ": 0xD1, "ễ": 0xD4, "ỉ": 0xD8, "ũ": 0xF2, "ỹ": 0xFC,
}  # fmt: skip
TONES = "\u0300\u0309\u0303\u0301\u0323"


def in_1258(text: str) -> bytes:
    """As old Windows writes Vietnamese: the vowel, then its tone."""
    return b"".join(map(_one_1258, unicodedata.normalize("NFC", text)))


def in_tcvn3(text: str) -> bytes:
    """As the fonts of the nineties write it, in lower case: one byte for each letter."""
    letters = unicodedata.normalize("NFC", text)
    return b"".join(bytes([BY_LETTER[one]]) if one in BY_LETTER else one.encode("windows-1252") for one in letters)


def _one_1258(char: str) -> bytes:
    try:
        return char.encode("windows-1258")
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", char)
        vowel = unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES))
        return vowel.encode("windows-1258") + "".join(part for part in parts if part in TONES).encode("windows-1258")


def as_xlsx(sheets: Mapping[str, Sequence[Any]], *, merged: Iterable[str] = ()) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for span in merged:
        book.worksheets[-1].merge_cells(span)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_ods(rows: Rows) -> bytes:
    def cell(value: Any) -> str:
        if isinstance(value, date):
            of_date = f'office:value-type="date" office:date-value="{value.isoformat()}"'
            return f"<table:table-cell {of_date}><text:p>x</text:p></table:table-cell>"
        lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
        return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="List">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", compress_type=zipfile.ZIP_STORED)
        packed.writestr("content.xml", content)
        packed.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?>'
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return out.getvalue()


def as_json_lines(heads: Sequence[str], rows: Rows) -> bytes:
    return "\n".join(json.dumps(dict(zip(heads, row, strict=True)), default=str) for row in rows).encode()


SHEET = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = {
    "[Content_Types].xml": (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    ),
    "_rels/.rels": (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'xmlns:r="{_REL}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def raw_xlsx(body: str) -> bytes:
    """A workbook whose one sheet has these rows as XML, however wild."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, text in _PARTS.items():
            packed.writestr(name, text)
        packed.writestr("xl/worksheets/sheet1.xml", SHEET.format(body))
    return out.getvalue()


def bomb() -> bytes:
    """Some 80 kB that are two million cells."""
    return raw_xlsx(("<row>" + "<c><v>1</v></c>" * 20 + "</row>") * 100_000)
