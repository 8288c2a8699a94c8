"""A paper as PDF. The template is ours and fixed; what a paper says goes in as data, and is never read as markup."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin

import typst
from django.conf import settings

from agreements.briefings import decree
from agreements.briefings.content import Block, Bullets, Facts, Heading, Line, PageBreak, Paper, Paragraph, Row, Table
from partners import texts

TEMPLATE = (Path(__file__).parent / "paper.typ").read_bytes()
# For readers by machine, PDF/UA; it cannot be kept where no font here has some sign, such as an emoji in a title.
STANDARDS: tuple[Literal["ua-1", "1.7"], ...] = ("ua-1", "1.7")
MOST_UNBROKEN = 600  # characters in a cell; a row with more may go over to the next page
_LONG = re.compile(r"\S{41,}")
_PIECES = re.compile(r"\S{20}")
NO_BREAK = "\u00a0"
ZERO_WIDTH = "\u200b"  # where a line may be broken


def draw(paper: Paper) -> bytes:
    given = {"paper": json.dumps(_data(paper), ensure_ascii=False)}
    made_at = paper.made_at.astimezone(UTC).replace(microsecond=0)
    problem: typst.TypstError | None = None
    for standard in STANDARDS:
        try:
            made = typst.compile(TEMPLATE, sys_inputs=given, pdf_standards=standard, timestamp=made_at)
        except typst.TypstError as refused:
            problem = refused
        else:
            assert isinstance(made, bytes)
            return made
    assert problem is not None
    raise problem


def _data(paper: Paper) -> dict[str, Any]:
    """What the template draws: texts ready to be set, and the layout by name."""
    state, words = decree.state_of(paper), decree.WORDS[paper.language]
    return {
        "language": paper.language,
        "fonts": [decree.FONT, *decree.FALLBACKS],
        "bold_italics": [decree.FONT, *decree.BOLD_ITALICS],
        "page": asdict(decree.PAGE),
        "looks": {name: asdict(look) for name, look in decree.LOOKS.items()},
        "left": decree.LEFT_SHARE, "first_line": decree.FIRST_LINE, "after": decree.AFTER,
        "spacing": decree.LINE_SPACING,
        "title": text_of(f"{paper.kind} {paper.subject}".strip()),
        "author": text_of(paper.head.body if paper.head else paper.reader),
        "parent": text_of(paper.head.parent.upper()) if paper.head else "",
        "issuer": text_of(paper.head.body.upper()) if paper.head else "",
        "state": state[0] if state else "", "motto": state[1] if state else "",
        "number": text_of(decree.number_of(paper)),
        "about": "" if paper.kind else text_of(f"{words.about} {paper.subject}"),
        "date": text_of(decree.place_and_day(paper)),
        "kind": text_of(paper.kind.upper()),
        "subject": text_of(paper.subject) if paper.kind else "",
        "to": words.to, "addressees": [text_of(name) for name in paper.addressees],
        "bases": [text_of(text) for text in decree.bases_of(paper)],
        "spreads": [
            {"wide": is_wide, "blocks": [_block(block) for block in blocks]}
            for is_wide, blocks in decree.spreads_of(paper)
        ],
        "copies": words.copies, "recipients": [text_of(text) for text in decree.recipients_of(paper)],
        "signature": _signature(paper),
        "made": text_of(decree.made_line(paper)),
    }  # fmt: skip


def _signature(paper: Paper) -> dict[str, Any]:
    sign = paper.signature
    lines = [text_of(text.upper()) for text in (sign.on_behalf, sign.office) if text] if sign else []
    return {"lines": lines, "name": text_of(sign.name) if sign else ""}


def text_of(text: str) -> str:
    """Clean, and with places where a word that is longer than any line may be broken."""
    return _LONG.sub(lambda found: _PIECES.sub(rf"\g<0>{ZERO_WIDTH}", found[0]), texts.clean(text))


def _line(content: Line) -> list[dict[str, Any]]:
    return [
        {
            "text": _led(text_of(run.text)), "href": urljoin(f"{settings.BASE_URL}/", run.href) if run.href else "",
            "strong": run.is_strong, "quiet": run.is_quiet,
        }
        for run in content
    ]  # fmt: skip


def _led(text: str) -> str:
    """A space at the beginning is lost behind a link where the line is broken: one that stays, and may break after."""
    return f"{NO_BREAK}{ZERO_WIDTH}{text[1:]}" if text.startswith(" ") else text


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"is": "heading", "text": text_of(block.text), "level": min(max(block.level, 1), 3)}
        case Paragraph():
            return {"is": "paragraph", "line": _line(block.line)}
        case Bullets():
            return {"is": "bullets", "lines": [_line(one) for one in block.lines]}
        case Facts():
            return {"is": "facts", "rows": [[text_of(name), _line(value)] for name, value in block.rows]}
        case PageBreak():
            return {"is": "break"}
        case Table():
            return _table(block)


def _table(block: Table) -> dict[str, Any]:
    if not block.rows:
        quiet = [{"text": text_of(block.if_empty), "href": "", "strong": False, "quiet": True}]
        return {"is": "paragraph", "line": quiet if block.if_empty else []}
    return {
        "is": "table", "caption": text_of(block.caption),
        "titles": [text_of(column.title) for column in block.columns],
        "shares": decree.widths_of(block, is_wide=block.is_wide),
        "numbers": [column.is_number for column in block.columns],
        "rows": [_row(row) for row in block.rows],
    }  # fmt: skip


def _row(row: Row) -> dict[str, Any]:
    longest = max((sum(len(run.text) for one in lines for run in one) for lines in row.cells), default=0)
    return {
        "group": _line(row.group), "total": row.is_total, "long": longest > MOST_UNBROKEN,
        "cells": [[_line(one) for one in lines] for lines in row.cells],
    }  # fmt: skip
