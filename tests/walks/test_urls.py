"""Every address x every role. The table is written by hand; an address without a row fails."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from agreements.briefings import letters, meetings, periods
from agreements.briefings.letterfields import About
from agreements.briefings.scopes import Scope, Span
from agreements.importing import taking
from agreements.models import (
    ActionItem,
    Amendment,
    Document,
    FrozenPeriod,
    HeldPaper,
    ImportBatch,
    Indicator,
    Letter,
    LetterTemplate,
    Meeting,
    Milestone,
    Participant,
    ProcedureStep,
    Proceeding,
    ProceedingStep,
    Report,
    Share,
)
from agreements.sources import holding
from partners.models import Person
from tests.conftest import ROLES, Cast
from tests.factories import TODAY, make_document, make_procedure
from tests.papers import PNG
from tests.walks.api_addresses import API

IN, GONE, OK, NO = 302, 404, 200, 405  # sent to sign in; nothing here; a page; other method only
# name: answers to GET for anonymous, linh, huy, minh, sara, omar, auditor, operator
TABLE: dict[str, tuple[int, ...]] = {
    "home": (IN, OK, OK, OK, OK, OK, OK, OK),
    "inbox": (IN, OK, OK, OK, OK, OK, OK, OK),
    "inbox_read_all": (IN, NO, NO, NO, NO, NO, NO, NO),
    "inbox_act": (IN, NO, NO, NO, NO, NO, NO, NO),
    "inbox_open": (IN, GONE, GONE, GONE, GONE, GONE, GONE, GONE),  # another's
    "reminders": (IN, GONE, GONE, OK, GONE, GONE, OK, OK),
    "agreement_reminders": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "pulse": (IN, GONE, GONE, GONE, GONE, GONE, OK, OK),
    "pulse_try_again": (IN, GONE, GONE, GONE, GONE, GONE, GONE, NO),
    "pulse_try_servers": (IN, GONE, GONE, GONE, GONE, GONE, GONE, NO),
    "help": (IN, OK, OK, OK, OK, OK, OK, OK),
    "tour": (IN, NO, NO, NO, NO, NO, NO, NO),
    "design": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "changes": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "waiting_decide": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "waiting": (IN, OK, OK, OK, OK, OK, OK, OK),
    "review": (IN, GONE, GONE, OK, GONE, GONE, GONE, GONE),
    "palette": (IN, OK, OK, OK, OK, OK, OK, OK),
    "search": (IN, OK, OK, OK, OK, OK, OK, OK),
    "timeline": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "as_of": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "handover": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "frozen_periods": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "frozen_period": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "frozen_compared": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "meetings": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "meeting": (IN, OK, GONE, OK, GONE, GONE, OK, OK),
    "meeting_act": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "meeting_item": (IN, OK, GONE, OK, GONE, GONE, OK, OK),
    "quality": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "partner_map": (IN, OK, OK, OK, OK, OK, OK, OK),
    "partners": (IN, OK, OK, OK, OK, OK, OK, OK),
    "organisation_new": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "organisation_suggestions": (IN, OK, OK, OK, OK, OK, OK, OK),
    "profile": (IN, OK, OK, OK, OK, OK, OK, OK),
    "organisation_merge": (IN, GONE, GONE, OK, GONE, GONE, GONE, OK),
    "person_merge": (IN, GONE, GONE, OK, GONE, GONE, GONE, OK),
    "drafts": (IN, OK, OK, OK, OK, OK, OK, OK),
    "absence_new": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "absence_end": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "profile_account": (IN, NO, NO, NO, NO, NO, NO, NO),
    # Auditors and operators take files where they were given the right.
    "export_agreements": (IN, OK, OK, OK, OK, OK, GONE, GONE),
    "take_agreements": (IN, OK, OK, OK, OK, OK, GONE, GONE),
    "export_commitments": (IN, OK, OK, OK, OK, OK, GONE, GONE),
    "take_commitments": (IN, OK, OK, OK, OK, OK, GONE, GONE),
    "export_partners": (IN, OK, OK, OK, OK, OK, GONE, GONE),
    "take_partners": (IN, OK, OK, OK, OK, OK, GONE, GONE),
    "export_actions": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "take_actions": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "export_meetings": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "take_meetings": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "export_periods": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "take_periods": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "export_changes": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "take_changes": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "taken": (IN, OK, OK, OK, OK, OK, OK, OK),
    "exports": (IN, OK, OK, OK, OK, OK, OK, OK),
    "export_file": (IN, GONE, GONE, GONE, GONE, GONE, GONE, GONE),  # nothing was asked for
    "imports": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "import_new": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "import": (IN, OK, GONE, OK, GONE, GONE, GONE, GONE),  # one's own; a manager of its desk
    "import_columns": (IN, OK, GONE, GONE, GONE, GONE, GONE, GONE),
    "import_read": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "import_partners": (IN, OK, GONE, GONE, GONE, GONE, GONE, GONE),
    "import_act": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "import_faults": (IN, OK, GONE, GONE, GONE, GONE, GONE, GONE),
    "briefings": (IN, OK, OK, OK, OK, OK, OK, OK),
    "briefing": (IN, OK, OK, OK, OK, OK, OK, OK),
    "agreement_letters": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "agreement_letter": (IN, OK, GONE, OK, GONE, GONE, GONE, GONE),
    "commitment_letter": (IN, OK, GONE, OK, GONE, GONE, GONE, GONE),
    "letter": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "letter_file": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "following": (IN, OK, OK, OK, OK, OK, OK, OK),
    "follow": (IN, NO, NO, NO, NO, NO, NO, NO),
    "view_keep": (IN, NO, NO, NO, NO, NO, NO, NO),
    "view_remove": (IN, NO, NO, NO, NO, NO, NO, NO),
    "calendars": (IN, OK, OK, OK, OK, OK, OK, OK),
    "feed_revoke": (IN, NO, NO, NO, NO, NO, NO, NO),
    "calendar": (GONE,) * 8,  # a forged secret
    "closed": (GONE,) * 8,  # allauth's ways to sign up and to change one's own address
    "token_withdraw": (IN, NO, NO, NO, NO, NO, NO, NO),
    "session_end": (IN, NO, NO, NO, NO, NO, NO, NO),
    "others_end": (IN, NO, NO, NO, NO, NO, NO, NO),
    "agreements": (IN, OK, OK, OK, OK, OK, OK, OK),
    "agreements_give": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "agreements_bulk_undo": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "agreement_new": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "agreement": (IN, OK, OK, OK, OK, GONE, OK, OK),
    # Signed papers are corrected by the desk's manager alone.
    "agreement_edit": (IN, GONE, GONE, OK, GONE, GONE, GONE, GONE),
    "agreement_share": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "agreement_sharing": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "agreement_as_partner": (IN, IN, GONE, IN, GONE, GONE, GONE, GONE),  # without an organisation: back to the form
    "share_revoke": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "commitment_share": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "country_share": (IN, GONE, GONE, OK, GONE, GONE, GONE, GONE),
    "similar_agreements": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "commitment_similar": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "agreement_archive": (IN, GONE, GONE, NO, GONE, GONE, GONE, GONE),
    "agreement_rectify": (IN, GONE, GONE, NO, GONE, GONE, GONE, NO),
    "undo": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "agreement_comment": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "comment_resolve": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "amendment": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    # One waits already: they are led to it.
    "amendment_new": (IN, IN, GONE, IN, GONE, GONE, GONE, GONE),
    "amendment_edit": (IN, OK, GONE, OK, GONE, GONE, GONE, GONE),
    "amendment_act": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "procedure": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "procedure_open": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "procedure_close": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "procedure_step": (IN, OK, GONE, OK, GONE, GONE, GONE, GONE),
    "dossier_return": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "agreement_note": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "agreement_paper": (IN, OK, GONE, OK, GONE, GONE, GONE, GONE),
    "agreement_act": (IN, NO, NO, NO, GONE, GONE, GONE, NO),
    "commitment_new": (IN, OK, GONE, OK, GONE, GONE, GONE, GONE),
    "commitments": (IN, OK, OK, OK, OK, OK, OK, OK),
    "commitment": (IN, OK, OK, OK, OK, GONE, OK, OK),
    "commitment_edit": (IN, OK, GONE, OK, GONE, GONE, GONE, GONE),
    "commitments_bulk": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "commitments_bulk_undo": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "commitment_quick": (IN, OK, GONE, OK, GONE, GONE, GONE, GONE),
    "commitment_day": (IN, NO, NO, NO, NO, NO, GONE, GONE),
    "commitment_drop": (IN, NO, NO, NO, NO, NO, GONE, GONE),
    "day_decide": (IN, NO, NO, NO, NO, NO, GONE, GONE),
    "commitment_block": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "commitment_unblock": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "commitment_nudge": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "commitment_answer": (IN, GONE, GONE, GONE, NO, NO, GONE, GONE),
    "commitment_on_behalf": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "answer_settle": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "part_new": (IN, OK, GONE, OK, GONE, GONE, GONE, GONE),
    "part_edit": (IN, OK, GONE, OK, GONE, GONE, GONE, GONE),
    "indicator_measure": (IN, OK, GONE, OK, GONE, GONE, GONE, GONE),
    "actions": (IN, OK, OK, OK, GONE, GONE, OK, OK),
    "action_new": (IN, OK, OK, OK, GONE, GONE, GONE, GONE),
    "action": (IN, OK, GONE, OK, GONE, GONE, OK, OK),
    "action_edit": (IN, OK, GONE, OK, GONE, GONE, GONE, GONE),
    "action_act": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "oversight": (IN, GONE, GONE, OK, GONE, GONE, OK, OK),
    "report_edit": (IN, GONE, GONE, GONE, GONE, GONE, GONE, GONE),  # this report is handed in
    "commitment_link": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "link_revoke": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "reminder_answer": (GONE,) * 8,  # a forged secret
    "by_link": (GONE,) * 8,  # a forged secret
    "commitment_report": (IN, NO, NO, NO, NO, NO, GONE, GONE),
    "report_decide": (IN, NO, NO, NO, GONE, GONE, GONE, GONE),
    "document": (IN, OK, OK, OK, OK, GONE, OK, OK),
    "document_file": (IN, GONE, GONE, GONE, GONE, GONE, GONE, GONE),  # this document has no file
    "held_file": (IN, OK, GONE, GONE, GONE, GONE, GONE, GONE),  # its owner's alone
    "country": (IN, OK, OK, OK, OK, GONE, OK, OK),
    "organisation": (IN, OK, OK, OK, OK, GONE, OK, OK),
    "date_in_words": (IN, OK, OK, OK, OK, OK, OK, OK),
    "api_schema": (401, OK, OK, OK, OK, OK, OK, OK),
    "api_docs": (IN, OK, OK, OK, OK, OK, OK, OK),
    "mails": (GONE,) * 8,  # a demonstration alone shows them
    "healthz": (OK,) * 8,
    "pulsez": (503,) * 8,  # nobody has answered yet
    "readyz": (OK,) * 8,
    "favicon": (IN,) * 8,
    "admin_lead_on": (IN, GONE, GONE, GONE, GONE, GONE, GONE, IN),  # records of a kind that has another name now
    "set_language": (IN,) * 8,
    "api-agreements-list": (401, OK, OK, OK, OK, OK, OK, OK),
    "api-agreements-detail": (401, OK, OK, OK, OK, GONE, OK, OK),
    "api-agreements-acts": (401, OK, OK, OK, OK, GONE, OK, OK),
    "api-agreements-act": (401, NO, NO, NO, NO, NO, NO, NO),
    "api-commitments-list": (401, OK, OK, OK, OK, OK, OK, OK),
    "api-commitments-detail": (401, OK, OK, OK, OK, GONE, OK, OK),
    "api-countries-list": (401, OK, OK, OK, OK, OK, OK, OK),
    "api-countries-detail": (401, OK, OK, OK, OK, GONE, OK, OK),
    "api-organisations-list": (401, OK, OK, OK, OK, OK, OK, OK),
    "api-organisations-detail": (401, OK, OK, OK, OK, GONE, OK, OK),
    "api-imports-list": (401, OK, OK, OK, 403, 403, 403, 403),
    "api-imports-detail": (401, OK, GONE, OK, 403, 403, 403, 403),
    "api-imports-rows": (401, OK, GONE, OK, 403, 403, 403, 403),
    **dict.fromkeys(
        ("api-imports-check", "api-imports-write", "api-imports-undo", "api-imports-accept"),
        (401, NO, NO, NO, NO, NO, NO, NO),
    ),
    **API,
}
ARGUMENTS = {
    "ref": "US-2023-01", "code": "US", "pk": 1, "number": 1, "name": "suspend", "form": "csv", "part": "milestones",
    "secret": "forged", "what": "signup", "old": "position", "rest": "", "digest": "none",
    "kind": "agreement",
}  # fmt: skip
OTHERS = ("account_", "mfa_", "admin:")  # allauth's and the admin's own: walked below

OWN_ROWS: dict[str, Any] = {
    "action": ActionItem, "action_edit": ActionItem, "part_edit": Milestone, "indicator_measure": Indicator,
    "report_edit": Report,
}  # fmt: skip
# By how their names begin; none of them need be there.
ROWS_OF: list[tuple[tuple[str, ...], Any]] = [
    (("import", "api-imports"), ImportBatch), (("meeting",), Meeting), (("person_merge",), Person),
    (("procedure_step", "api-proceeding-steps"), ProceedingStep), (("api-proceedings",), Proceeding),
    (("api-procedure-steps",), ProcedureStep), (("api-documents",), Document), (("api-reports",), Report),
    (("api-milestones",), Milestone), (("api-indicators",), Indicator), (("api-amendments",), Amendment),
    (("api-shares",), Share), (("api-participants",), Participant),
    (("api-action-items",), ActionItem), (("api-people",), Person),
]  # fmt: skip


def patterns(resolver: URLResolver, namespace: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            found += patterns(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        else:
            found.append((namespace + (entry.name or str(entry.pattern)), entry))
    return found


@cache
def entries() -> dict[str, URLPattern]:
    return dict(reversed(patterns(get_resolver())))  # of equal names the first counts


def own_names() -> set[str]:
    return {name for name in entries() if not name.startswith(OTHERS)}


def address(name: str, cast: Cast) -> str:
    arguments = dict(ARGUMENTS)
    if name.startswith(("commitment", "api-commitment", "part_")) and name != "commitment_new":
        arguments["ref"] = cast.commitment.ref
    if name in ("organisation", "organisation_merge", "api-organisations-detail"):
        arguments["code"] = "gov-us"
    if name.startswith("document"):
        arguments["pk"] = Document.objects.get().pk
    if name in OWN_ROWS:
        arguments["pk"] = OWN_ROWS[name].objects.get().pk
    if name.startswith("letter"):
        written = Letter.objects.values_list("pk", flat=True).first()
        arguments["pk"], arguments["form"] = written or 1, "docx"
    if name.startswith("frozen_"):
        closed = FrozenPeriod.objects.order_by("pk").values_list("pk", flat=True)
        arguments["other"], arguments["pk"] = closed or (1, 2)
    for beginnings, model in ROWS_OF:
        if name.startswith(beginnings) and name != "meetings":
            arguments["pk"] = model.objects.values_list("pk", flat=True).first() or 1
    if name == "held_file":
        arguments["key"] = HeldPaper.objects.values_list("key", flat=True).first() or "none"
    pattern = entries()[name]
    needed = pattern.pattern.regex.groupindex if hasattr(pattern.pattern, "regex") else {}
    return reverse(name, kwargs={key: arguments[key] for key in needed if key != "format"})


def test_every_address_has_a_row() -> None:
    names = own_names()
    assert names - {"api-root"} == set(TABLE), "an address without a row, or a row without an address"
    assert len(names) > 40


def furnish(cast: Cast) -> None:
    """Something behind every address."""
    make_document(agreement=cast.agreement, audience="partner")
    Report.objects.create(commitment=cast.commitment, on=TODAY, text="x", created_by=cast.linh)
    Share.objects.get()
    Milestone.objects.create(commitment=cast.commitment, title_en="x")
    Indicator.objects.create(commitment=cast.commitment, title_en="x", target=5)
    ActionItem.objects.create(desk=cast.desk, title="x", owner=cast.linh)
    Amendment.objects.create(agreement=cast.agreement, number=1, text_en="x")
    proceeding = Proceeding.objects.create(agreement=cast.agreement, procedure=make_procedure(), opened_on=TODAY)
    ProceedingStep.objects.create(proceeding=proceeding, step=proceeding.procedure.steps.get())
    Person.objects.create(name="Ann", organisation=cast.us)
    holding.hold(SimpleUploadedFile("a.png", PNG), by=cast.viewer("linh"), at=timezone.now())
    sheet = SimpleUploadedFile("list.csv", b"Title,Partner\nMemorandum,Somebody\n")
    taking.accept(sheet, cast.desk, by=cast.viewer("linh"), language="en")
    template = LetterTemplate.objects.create(
        code="note", kind="legal_note", name_en="Note", subject_en="On {agreement.ref}", text_en="Please advise."
    )
    about = About(cast.agreement, None, cast.viewer("linh"))
    letters.make(template, about, language="en", on=TODAY, said=letters.draft(template, about, "en"))
    year = Span(date(2025, 1, 1), date(2025, 12, 31))
    meetings.open_one(
        Scope(), year, desk=cast.desk, title="Review", held_on=TODAY, place="", topics=["report"],
        by=cast.viewer("minh"),
    )  # fmt: skip
    for number in (2024, 2025):
        periods.close(cast.desk, Span(date(number, 1, 1), date(number, 12, 31)), by=cast.viewer("minh"))


@pytest.mark.parametrize("role", ROLES)
def test_addresses_answer_each_role(role: str, cast: Cast) -> None:
    furnish(cast)
    client = cast.client(role)
    client.raise_request_exception = False  # a page that breaks is named with the others, its traceback in the log
    answers = {name: client.get(address(name, cast)).status_code for name in TABLE}
    expected = {name: row[ROLES.index(role)] for name, row in TABLE.items()}
    wrong = [f"{name}: {answer}, not {expected[name]}" for name, answer in answers.items() if answer != expected[name]]
    assert wrong == [], role


def test_strangers_and_absent_records_get_the_same_page(cast: Cast) -> None:
    """What Omar may not see looks exactly like what does not exist."""
    omar = cast.client("omar")
    hidden, absent = omar.get("/agreements/US-2023-01/"), omar.get("/agreements/US-1999-99/")

    def strip(page: Any, ref: str) -> Any:
        return page.content.decode().replace(ref, "").split('name="csrfmiddlewaretoken"')[0]

    assert hidden.status_code == absent.status_code == 404
    assert strip(hidden, "US-2023-01") == strip(absent, "US-1999-99")


ADMIN_PAGES = (
    "/admin/", "/admin/login/", "/admin/login/?next=/", "/admin/partners/user/",
    "/admin/agreements/agreement/1/change/",
)  # fmt: skip


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("operator", "anonymous")])
def test_for_others_than_the_operator_there_is_no_admin(role: str, cast: Cast) -> None:
    client = cast.client(role)
    for path in ADMIN_PAGES:
        assert client.get(path).status_code == 404, path
        assert client.post(path).status_code == 404, path


def test_the_operator_signs_in_on_the_way_to_an_admin_page(cast: Cast) -> None:
    page = "/admin/partners/user/"
    answer = cast.client("anonymous").get(page, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == f"/accounts/login/?next={page}"
    client = cast.client("operator")
    assert client.get(f"/admin/login/?next={page}").headers["Location"] == page
    assert client.get("/admin/login/?next=//elsewhere.example/").headers["Location"] == "/admin/"


def test_every_admin_page_opens_for_the_operator(cast: Cast) -> None:
    client = cast.client("operator")
    pages = [name for name in entries() if name.startswith("admin:")]
    lists = [name for name in pages if name.endswith(("_changelist", "_add")) or name == "admin:index"]
    assert len(lists) > 35
    for name in lists:
        assert client.get(reverse(name)).status_code in (200, 403), name
        if name.endswith("_changelist"):
            assert client.get(reverse(name), {"q": "ban dan"}).status_code == 200, name
