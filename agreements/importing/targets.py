"""What a column of a sheet can mean: one row for each meaning, with the headings by which it is known.

Headings are compared folded: without case, marks and punctuation. The whole heading tells most, then its words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from agreements.register.lists.columns import AGREEMENT_COLUMNS
from partners.folding import fold


class Reads(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    DATE = "date"
    TERM = "term"
    CHOICE = "choice"
    PARTIES = "parties"
    NUMBER = "number"
    TOLD = "told"  # worked out by the register: never written, and a fault where it says otherwise


@dataclass(frozen=True)
class Target:
    name: str
    label: Any
    reads: Reads
    called: tuple[str, ...] = ()  # folded headings
    many: bool = False  # several columns may mean it


def _target(name: str, label: Any, reads: Reads, called: str, *, many: bool = False) -> Target:
    return Target(name, label, reads, tuple(one.strip() for one in called.split("|") if one.strip()), many)


TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        _target("ref", _("Reference"), Reads.TEXT, "reference|so ho so|ref|ma ho so|reference no"),
        _target(
            "number", _("Number in your own list"), Reads.TEXT,
            "id|code|ma so|so hieu|agreement no|agreement number|agreement id|contract no|record id|document no|"
            "file no|"
            "registration number|registration no|so dang ky|ky hieu|so ky hieu|uid|unts no|treaty number|so van ban|"
            "treaty series number|series number|contract number",
        ),
        _target(
            "title", _("Title, in whichever language it is"), Reads.TEXT,
            "title|name|agreement|agreement title|agreement name|title of agreement|name of agreement|ten van ban|"
            "ten thoa thuan|ten goi|tieu de|noi dung|ten|trich yeu|document title|treaty|treaty title|mou|"
            "mou title|memorandum|description of agreement|titre|intitule|titel|titulo|titolo|ten hiep dinh|"
            "ten dieu uoc|ten thoa thuan quoc te|ten bien ban|ten mou|project title|purpose", many=True,
        ),
        _target(
            "title_vi", _("Title in Vietnamese"), Reads.TEXT,
            "title in vietnamese|vietnamese title|tieu de tieng viet|ten tieng viet|title vi|ten van ban tieng viet|"
            "ten thoa thuan tieng viet|title vietnamese",
        ),
        _target(
            "title_en", _("Title in English"), Reads.TEXT,
            "title in english|english title|tieu de tieng anh|ten tieng anh|title en|ten van ban tieng anh|"
            "ten thoa thuan tieng anh|title english",
        ),
        _target(
            "kind", _("Kind"), Reads.CHOICE,
            "kind|type|agreement type|type of agreement|document type|loai|loai van ban|loai hinh|loai thoa thuan|"
            "hinh thuc|hinh thuc van ban|category|instrument|type of instrument|kind of agreement|nature|form|loai vb",
        ),
        _target(
            "regime", _("Legal regime"), Reads.CHOICE, "legal regime|che do phap ly|legal nature|legal status of text"
        ),
        _target(
            "party", _("Parties, ours and theirs"), Reads.PARTIES,
            "parties|participants|cac ben|cac ben tham gia|cac ben ky|cac ben ky ket|parties to the agreement|"
            "contracting parties|signatory parties|parties involved|states|ben tham gia|party|"
            "countries and organisations|countries and organizations|signatories", many=True,
        ),
        _target(
            "partner", _("The partner's side"), Reads.PARTIES,
            "partner|partner institution|partner university|institution|university|organisation|organization|"
            "counterpart|doi tac|doi tac nuoc ngoai|ten doi tac|partner name|name of partner|name of institution|"
            "partner organisation|partner organization|foreign partner|ben nuoc ngoai|phia nuoc ngoai|co quan doi tac|"
            "truong doi tac|ten truong|ten truong doi tac|institution name|name of university|party b|ben b|"
            "other party|other parties|signatory partner|co quan nuoc ngoai|phia doi tac|to chuc|don vi doi tac|"
            "partners|host institution|collaborator|partenaire|etablissement partenaire|universite", many=True,
        ),
        _target(
            "ours", _("Our side"), Reads.PARTIES,
            "our side|phia ta|phia viet nam|ben viet nam|co quan viet nam|party a|ben a|implementing agency|"
            "lead agency|co quan chu tri|don vi chu tri|don vi thuc hien|"
            "vietnamese party|vietnamese partner|co quan ky ket|co quan de xuat|ministry|agency|home institution|"
            "co quan ky", many=True,
        ),
        _target(
            "unit", _("Faculty or unit of ours"), Reads.TEXT,
            "faculty|school|department|unit|khoa|don vi|campus|campus unit|college|division|faculty department|"
            "khoa vien|phong ban|sponsoring unit|originating unit", many=True,
        ),
        _target(
            "country", _("Country of the partner"), Reads.CHOICE,
            "country|countries|nation|quoc gia|nuoc|ten nuoc|nuoc doi tac|country region|country name|"
            "partner country|country of partner|quoc gia vung lanh tho|country or territory|location|pays|land|pais|"
            "countries and territories|quoc gia doi tac|nuoc ky ket",
        ),
        _target(
            "signed", _("Signed or adopted on"), Reads.DATE,
            "signed|signed on|date signed|date of signature|signing date|date of signing|signature date|"
            "signature|ngay ky|ngay ky ket|thoi gian ky|nam ky|year signed|year of signature|signed or adopted|"
            "signed event date|"
            "date|date concluded|date of conclusion|date of adoption|ky ngay|ngay thang nam ky|agreement date|year|"
            "nam|date de signature|unterzeichnet|thoi diem ky|signed date|ngay ky hoac thong qua|execution date",
        ),
        _target(
            "effective", _("In effect from"), Reads.DATE,
            "in effect from|effective|effective date|entry into force|date of entry into force|effective from|"
            "start|start date|begin|commencement|commencement date|valid from|ngay hieu luc|hieu luc tu|"
            "co hieu luc tu|ngay co hieu luc|tu ngay|ngay bat dau|from|bat dau|in force|date effective|"
            "thoi diem co hieu luc|starts|entree en vigueur|"
            "eif|eif date|date of eif|definitive eif event|eif event date",
        ),
        _target(
            "expires", _("Expires"), Reads.DATE,
            "expires|expiry|expiry date|expiration|expiration date|end|end date|valid until|valid to|until|"
            "het hieu luc|ngay het hieu luc|het han|ngay het han|den ngay|ngay ket thuc|hieu luc den|to|ket thuc|"
            "termination date|renewal date|expiring|ngay het han hieu luc|due to expire|ends|date of expiry|"
            "thoi diem het hieu luc",
        ),
        _target(
            "term", _("Term, such as “5 years” or “2019-2024”"), Reads.TERM,
            "term|duration|validity|period|validity period|thoi han|thoi han hieu luc|hieu luc|thoi hieu|"
            "length|years|so nam|period of validity|term of agreement|duree|laufzeit|thoi gian hieu luc|"
            "thoi gian thuc hien|giai doan|hieu luc van ban|agreement period|period of agreement|tenure|valid for|"
            "term years|duration years",
        ),
        _target(
            "renewal", _("Renewal"), Reads.TERM,
            "renewal|gia han|auto renew|auto renewal|renewable|tu dong gia han|renewal clause|dieu khoan gia han|"
            "renewal terms|automatic renewal",
        ),
        _target(
            "status", _("Status, by which it is a draft or concluded"), Reads.CHOICE,
            "status|state|tinh trang|trang thai|stage|giai doan thuc hien|tinh trang hieu luc|agreement status|"
            "current status|active|situation|tinh hinh|statut",
        ),
        _target(
            "summary", _("Summary, in whichever language it is"), Reads.TEXT,
            "summary|description|remarks|notes|note|ghi chu|tom tat|mo ta|noi dung chinh|scope|noi dung hop tac|"
            "areas of cooperation|main content|comment|comments|objective|objectives|muc tieu|noi dung tom tat|"
            "abstract|"
            "area of cooperation|activities|hoat dong", many=True,
        ),
        _target("summary_vi", _("Summary in Vietnamese"), Reads.TEXT, "summary in vietnamese|tom tat tieng viet"),
        _target("summary_en", _("Summary in English"), Reads.TEXT, "summary in english|tom tat tieng anh"),
        _target(
            "announced", _("Announced"), Reads.DATE, "announced|announced on|cong bo|ngay cong bo|date announced"
        ),
        _target(
            "sectors", _("Sectors"), Reads.CHOICE,
            "sector|sectors|subject|subjects|"
            "field|linh vuc|linh vuc hop tac|nganh|field of cooperation|fields|theme|area|topic",
        ),
        _target(
            "place", _("Place of signing"), Reads.TEXT,
            "place|place of signing|noi ky|dia diem|dia diem ky|place of signature|city|venue|signed at|signed in|lieu|"
            "signed location|location of signing|location of signature|signing location|signing place",
        ),
        _target(
            "occasion", _("Visit or event"), Reads.TEXT, "occasion|event|visit|su kien|dip|dip ky|chuyen tham|nhan dip"
        ),
        _target(
            "languages", _("Languages of equal authenticity"), Reads.TEXT,
            "language|languages|ngon ngu|ngon ngu ban goc|languages of equal authenticity|authentic languages",
        ),
        _target(
            "signatory_ours", _("Who signed for us"), Reads.TEXT,
            "signatory|signed by|nguoi ky|signatories|nguoi ky phia viet nam|our signatory|nguoi ky viet nam",
        ),
        _target(
            "signatory_theirs", _("Who signed for the partner"), Reads.TEXT,
            "partner signatory|nguoi ky doi tac|nguoi ky phia doi tac|nguoi ky nuoc ngoai|foreign signatory|"
            "nguoi ky phia nuoc ngoai|signed by partner",
        ),
        _target(
            "notice_months", _("Notice period in months"), Reads.NUMBER,
            "notice period in months|notice months|thoi han thong bao thang|notice period",
        ),
        _target("standing", _("Standing, as the register tells it"), Reads.TOLD, "standing|hieu luc hien tai"),
        _target("last_notice", _("Last day to give notice"), Reads.TOLD, "last day to give notice"),
        _target("desk", _("Desk"), Reads.TOLD, "desk"),
        _target("owner", _("Kept by"), Reads.TOLD, "kept by|nguoi phu trach"),
        _target("updated", _("Last change"), Reads.TOLD, "last change"),
        _target("reasons", _("What is wrong, of an earlier try"), Reads.TOLD, ""),
    )
}  # fmt: skip
# Columns of our own lists, by the name that the list has for them.
OWN = {
    "ref": "ref", "title_vi": "title_vi", "title_en": "title_en", "kind": "kind", "regime": "regime",
    "standing": "standing", "signed": "signed", "effective": "effective", "expires": "expires", "renewal": "renewal",
    "notice": "last_notice", "participants": "party", "countries": "countries", "place": "place", "desk": "desk",
    "owner": "owner", "updated": "updated",
}  # fmt: skip
TARGETS["countries"] = _target("countries", _("Countries, as the register tells them"), Reads.TOLD, "")
KEYS = ("ref", "number", "title", "title_vi", "title_en")
REASONS = _("What is wrong")  # the heading of the reasons in a file of faults


def plain(heading: str) -> str:
    """A heading as it is compared: its words, folded, in brackets or not."""
    return " ".join(re.findall(r"[^\W_]+", fold(heading)))


@cache
def known_headings() -> dict[str, str]:
    """Whole headings and what they mean."""
    found = {called: target.name for target in TARGETS.values() for called in target.called}
    for language in ("vi", "en"):
        with override(language):
            found |= {plain(str(target.label)): target.name for target in TARGETS.values()}
            found[plain(str(REASONS))] = "reasons"
    return found


@cache
def own_headings() -> dict[str, str]:
    """The headings of our own lists."""
    found: dict[str, str] = {}
    for language in ("vi", "en"):
        with override(language):
            found |= {plain(str(column.label)): OWN[column.name] for column in AGREEMENT_COLUMNS}
    return found


def is_own_list(headers: Sequence[str]) -> bool:
    """Whether it is a list of ours that somebody took away, edited and brings back."""
    known = own_headings()
    found = {known.get(plain(heading)) for heading in headers}
    return "ref" in found and sum(plain(heading) in known for heading in headers) * 5 >= len(headers) * 4


def meaning(heading: str) -> tuple[str, float]:
    """What a heading means, and how surely, from 0 to 1."""
    asked = plain(heading)
    if not asked:
        return "", 0.0
    known = known_headings()
    if asked in known:
        return known[asked], 1.0
    without = plain(re.sub(r"\(.*?\)|\[.*?\]|/.*", " ", heading))
    for shorter in (without, re.sub(r"\s+(?:no\s+)?[0-9]{1,2}$", "", without)):  # `Party 1`, `Party 2`
        if shorter in known:
            return known[shorter], 0.95
    best, score = "", 0.0
    words = set(asked.split())
    for called, name in known.items():
        of = called.split()
        if len(of) > 1 and f" {called} " in f" {asked} ":
            likeness = 0.6 + 0.3 * len(of) / len(words)
        elif len(of) == 1 and called in words and len(called) > 2:
            likeness = 0.3 + 0.3 / len(words)
        else:
            continue
        if likeness > score:
            best, score = name, likeness
    return best, min(score, 0.94)
