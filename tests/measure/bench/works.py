"""The table of issue 17: each kind of work, how each side is asked for it, and what is aimed at."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.db import connection

from partners.folding import fold
from tests.measure import registers

MOST_VALUES = 400
READABLE = "stage IN ('signed', 'adopted', 'agreed') AND NOT restricted AND archived_at IS NULL"


@dataclass
class Values:
    """What is asked for: references, countries, places deep in a list, words."""

    refs: list[str] = field(default_factory=list)
    promises: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    deep: list[tuple[int, str]] = field(default_factory=list)
    middle: list[int] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @classmethod
    def read(cls) -> Values:
        found = cls()
        found.refs = _column(f"SELECT ref FROM agreements_agreement WHERE {READABLE} ORDER BY md5(ref) LIMIT %s")
        found.promises = _column(
            "SELECT c.ref FROM agreements_commitment c JOIN agreements_agreement a ON a.id = c.agreement_id "
            f"WHERE a.{READABLE.replace('AND NOT r', 'AND NOT a.r').replace('AND arch', 'AND a.arch')} "
            "ORDER BY md5(c.ref) LIMIT %s"
        )
        found.countries = _column(
            "SELECT k.code FROM by_hand.agreement a JOIN by_hand.country k ON k.id = a.country_id "
            "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s", 20,
        )  # fmt: skip
        found.deep = _rows(
            f"SELECT id, signed_on::text FROM agreements_agreement WHERE signed_on IS NOT NULL AND {READABLE} "
            "ORDER BY signed_on DESC, id DESC OFFSET (SELECT count(*) / 3 FROM agreements_agreement) LIMIT %s"
        )
        found.middle = _column(
            "SELECT id FROM agreements_agreement ORDER BY id DESC "
            "OFFSET (SELECT count(*) / 2 FROM agreements_agreement) LIMIT %s"
        )
        found.words = _words(_column(f"SELECT title_vi FROM agreements_agreement WHERE {READABLE} LIMIT %s"))
        return found


def _rows(statement: str, most: int = MOST_VALUES) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [most])
        found: list[Any] = cursor.fetchall()
    return found


def _column(statement: str, most: int = MOST_VALUES) -> list[Any]:
    return [value for (value,) in _rows(statement, most)]


def _words(titles: list[str]) -> list[str]:
    """Two words of some titles, as one types them: in a row, without marks."""
    rng, asked = random.Random(5), []
    for title in titles:
        words = [word for word in fold(title).replace(",", " ").split() if word.isalpha()]
        if len(words) > 4:
            start = rng.randrange(1, len(words) - 2)
            asked.append(" ".join(words[start : start + 2]))
    return asked


Path = Callable[[Values, int], str]


@dataclass(frozen=True)
class Work:
    """One line of the table. The times are those of the limit unless `over` names another."""

    name: str
    ours: Path
    limit: Path | None = None
    drf: Path | None = None
    most: float | None = None  # times
    p95: float | None = None  # milliseconds
    over: str = "limit"
    by_key: bool = True  # a key to the API; a session of a browser otherwise
    body: Callable[[Values, int], Mapping[str, Any]] | None = None


def at(path: str) -> Path:
    return lambda values, turn: path


def _ref(values: Values, turn: int) -> str:
    return values.refs[turn % len(values.refs)]


def _country(values: Values, turn: int) -> str:
    return values.countries[turn % len(values.countries)]


def _word(values: Values, turn: int) -> str:
    return quote(values.words[turn % len(values.words)])


def _cursor(values: Values, turn: int) -> str:
    return quote(base64.b64encode(f"p={values.middle[turn % len(values.middle)]}".encode()).decode())


def _mark(values: Values, turn: int) -> str:
    key, day = values.deep[turn % len(values.deep)]
    return f"{key}~{day}"


def _drf_cursor(values: Values, turn: int) -> str:
    _key, day = values.deep[turn % len(values.deep)]
    return quote(base64.b64encode(f"p={day}".encode()).decode())


def new_agreement(values: Values, turn: int) -> Mapping[str, Any]:
    """With two participants and five commitments, as any of the sides takes it."""
    title = f"Measured {turn}"
    return {
        "title_en": title, "title_vi": f"Đo lường {turn}", "kind": "mou", "summary_en": "x" * 480,
        "participants": [{"organisation": code, "role": "principal"} for code in (registers.OURS, registers.THEIRS)],
        "commitments": [{"title_en": f"{title}, promise {n}", "due": f"2030-01-0{n}"} for n in range(1, 6)],
    }  # fmt: skip


def bodies(body: Mapping[str, Any]) -> dict[str, bytes]:
    """The same in the words of each side."""
    promises = [dict(row) for row in body["commitments"]]
    ours = {
        **body, "desk": registers.DESKS[0], "legal_regime": "other",
        "commitments": [{**row, "direction": "ours"} for row in promises],
    }  # fmt: skip
    limit = {**body, "commitments": [{"title_vi": "", **row} for row in promises]}
    drf = {"title_en": body["title_en"], "title_vi": body["title_vi"], "kind": body["kind"], "country": None,
           "summary": body["summary_en"], "participants": body["participants"], "signed_on": None, "expires_on": None,
           "commitments": [{"title_en": row["title_en"], "due_on": row["due"]} for row in promises]}  # fmt: skip
    return {name: json.dumps(one).encode() for name, one in (("ours", ours), ("limit", limit), ("drf", drf))}


LIST = Work(
    "API list of 50, filtered", lambda v, n: f"/api/v1/agreements/?stage=signed&country={_country(v, n)}",
    lambda v, n: f"/agreements?stage=signed&country={_country(v, n)}",
    lambda v, n: f"/agreements/?stage=signed&country__code={_country(v, n)}", most=4,
)  # fmt: skip
FIRST = Work("API first page", at("/api/v1/agreements/"), at("/agreements"), at("/agreements/"), most=4)
DEEP = Work(
    "API deep page", lambda v, n: f"/api/v1/agreements/?cursor={_cursor(v, n)}",
    lambda v, n: f"/agreements?after={_mark(v, n)}", lambda v, n: f"/agreements/?cursor={_drf_cursor(v, n)}",
    most=1.1, over="API first page",
)  # fmt: skip
RECORD = Work(
    "API record with its commitments", lambda v, n: f"/api/v1/agreements/{_ref(v, n)}/?expand=commitments",
    lambda v, n: f"/agreements/{_ref(v, n)}", lambda v, n: f"/agreements/{_ref(v, n)}/", most=8,
)  # fmt: skip
API = (
    LIST, FIRST, DEEP, RECORD,
    Work("API commitments", at("/api/v1/commitments/"), at("/commitments"), most=4),
)  # fmt: skip
CREATE = Work(
    "new agreement with 5 commitments", at("/api/v1/agreements/"), at("/agreements"), at("/agreements/"), most=4,
    body=new_agreement,
)  # fmt: skip


def _search(values: Values, turn: int) -> str:
    return f"/agreements?q={_word(values, turn)}"


def _page(name: str, ours: Path, limit: Path | None = None, **more: Any) -> Work:
    return Work(name, ours, limit, by_key=False, **more)


SEARCH = (
    _page("palette", lambda v, n: f"/search/palette/?q={_word(v, n)}", _search, most=3, p95=100),
    _page("search page", lambda v, n: f"/search/?q={_word(v, n)}", _search, most=3, p95=100),
)
FIGURES = (
    _page("first page", at("/"), at("/"), most=4, p95=150),
    _page("first page, the whole ministry", at("/?of=house"), at("/"), most=4, p95=150),
    _page("overview", at("/oversight/"), at("/overview"), most=4, p95=150),
    _page(
        "country", lambda v, n: f"/countries/{_country(v, n)}/", lambda v, n: f"/countries/{_country(v, n)}", most=4,
        p95=150,
    ),
    _page("partners as tiles", at("/partners/map/"), at("/overview"), most=4, p95=150),
)  # fmt: skip
ADMIN = "the stock admin's list"
CHANGE_LIST = Work(ADMIN, at("/admin/peer/agreement/"), by_key=False)
PAGES = tuple(
    _page(name, path, most=0.2, p95=120, over=ADMIN)
    for name, path in {
        "agreements": at("/agreements/"),
        "agreements, filtered": lambda v, n: f"/agreements/?stage=signed&country={_country(v, n)}",
        "agreements, deep": lambda v, n: f"/agreements/?after={_mark(v, n)}",
        "agreements, by expiry": at("/agreements/?sort=expires"),
        "agreement": lambda v, n: f"/agreements/{_ref(v, n)}/",
        "commitments": at("/commitments/"),
        "commitment": lambda v, n: f"/commitments/{v.promises[n % len(v.promises)]}/",
        "what waits": at("/waiting/"),
        "inbox": at("/inbox/"),
    }.items()
)
WORKS = (*API, CREATE, *SEARCH, *FIGURES, *PAGES)
