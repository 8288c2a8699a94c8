"""Letters: a strict grammar over the template alone, words that stay words, and a row of what was made."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction

from agreements.briefings import grammar, letters
from agreements.briefings.letterfields import LEAVE_THE_HOUSE, About, LetterKind, fields_of, values_of
from agreements.exchange.loading import load
from agreements.models import Letter, Letterhead, LetterTemplate
from partners.refusals import Refused
from tests.agreements.briefings.decree30 import Read
from tests.agreements.briefings.papers import text_of
from tests.conftest import Cast
from tests.factories import make_agreement

KNOWN = {"agreement.title", "agreement.ref"}
SEEDS = Path(__file__).resolve().parents[3] / "seeds"


@pytest.fixture
def template(cast: Cast) -> LetterTemplate:
    made = LetterTemplate(
        code="note", kind="legal_note", name_en="Note", subject_en="Advice on {agreement.ref}",
        text_en="About {agreement.title}.\nPlease advise.", addressee_en="The legal department",
    )  # fmt: skip
    made.full_clean()
    made.save()
    return made


@pytest.fixture
def reminder(cast: Cast) -> LetterTemplate:
    made = LetterTemplate(
        code="remind", kind="partner_reminder", name_en="Reminder", subject_en="Commitment {commitment.ref}",
        text_en="{commitment.title} is due {commitment.due}.", addressee_en="{commitment.partner}",
    )  # fmt: skip
    made.full_clean()
    made.save()
    return made


def words(cast: Cast, letter: Letter, form: str = "docx") -> str:
    answer = cast.client("linh").get(f"/letters/{letter.pk}/letter.{form}")
    assert answer.status_code == 200
    return text_of(answer.content, form)


def test_fields_are_filled_and_values_are_never_read() -> None:
    values = {"agreement.title": "{agreement.ref} {{x}} #eval {% x %}", "agreement.ref": "US-1"}
    filled = grammar.fill("On {agreement.title} ({agreement.ref}).", values)
    assert filled == "On {agreement.ref} {{x}} #eval {% x %} (US-1)."


@pytest.mark.parametrize(
    "text",
    [
        "{agreement.secret}", "{agreement.title.upper}", "{agreement}", "{ agreement.title }", "{agreement.title!r}",
        "{agreement.title:>9}", "{0}", "{}", "{{agreement.title}}", "{agreement.title", "agreement.title}", "{%x%}",
        "{agreement.__class__}", "{agreement.title}}", "${agreement.tite}",
    ],
)  # fmt: skip
def test_what_is_no_known_field_is_refused(text: str) -> None:
    with pytest.raises(grammar.BadTemplate):
        grammar.parse(text, KNOWN)


def test_a_template_with_an_unknown_field_is_not_saved_and_the_field_is_named(template: LetterTemplate) -> None:
    template.text_en = "About {agreement.notes}."
    with pytest.raises(ValidationError) as refused:
        template.full_clean()
    assert "{agreement.notes}" in refused.value.message_dict["text_en"][0]
    assert "{agreement.title}" in refused.value.message_dict["text_en"][0], "and which there are"


def test_a_field_of_a_commitment_has_no_place_in_a_letter_on_an_agreement(template: LetterTemplate) -> None:
    template.subject_en = "On {commitment.ref}"
    with pytest.raises(ValidationError):
        template.full_clean()


@pytest.mark.parametrize("kind", LEAVE_THE_HOUSE)
def test_a_letter_to_a_partner_has_no_field_of_ours(kind: LetterKind, reminder: LetterTemplate) -> None:
    assert {"commitment.blocker", "procedure.step"} & set(fields_of(kind)) == set()
    assert {"commitment.blocker", "procedure.step"} <= set(fields_of(LetterKind.REPORT_REQUEST))
    reminder.text_en = "Blocked: {commitment.blocker}"
    with pytest.raises(ValidationError):
        reminder.full_clean()


def test_every_field_of_every_kind_has_a_value(cast: Cast) -> None:
    about = About(cast.agreement, cast.commitment, cast.linh.viewer())
    for kind in LetterKind:
        values = values_of(kind, about)
        assert set(values) == set(fields_of(kind))
        assert values["agreement.ref"] == "US-2023-01"


def test_an_operator_is_told_in_the_administration(cast: Cast, template: LetterTemplate) -> None:
    address = f"/admin/agreements/lettertemplate/{template.pk}/change/"
    client = cast.client("operator")
    page = client.get(address)
    assert "{agreement.partners}" in page.content.decode()
    given = {
        "code": "note", "kind": "legal_note", "name_vi": "", "name_en": "Note", "subject_vi": "", "subject_en": "x",
        "addressee_vi": "", "addressee_en": "", "text_vi": "", "text_en": "{agreement.nothing}", "archived_because": "",
    }  # fmt: skip
    refused = client.post(address, given)
    assert refused.status_code == 200
    assert "There is no field {agreement.nothing} here." in refused.content.decode()
    assert client.post(address, {**given, "text_en": "{agreement.title}"}).status_code == 302
    template.refresh_from_db()
    assert template.text_en == "{agreement.title}"


def test_a_letter_is_chosen_edited_kept_and_taken(cast: Cast, template: LetterTemplate) -> None:
    client, where = cast.client("linh"), "/agreements/US-2023-01/letters/new/"
    assert "Note" in client.get(where).content.decode()
    chosen = f"{where}?template={template.pk}&language=en"
    page = client.get(chosen).content.decode()
    assert f"About {cast.agreement.title}." in page
    said = {
        "number": "05/BNG", "on": "25/11/2026", "addressee": "Law", "subject": "Advice {agreement.ref} <b>",
        "text": "Typed {{ 7*7 }} #eval(1)\n\nSecond.", "on_behalf": "For the Minister", "office": "Director",
        "signatory": "Minh",
    }  # fmt: skip
    answer = client.post(chosen, said)
    letter = Letter.objects.get()
    assert answer.headers["Location"] == f"/letters/{letter.pk}/"
    assert (letter.number, letter.on, letter.created_by) == ("05/BNG", date(2026, 11, 25), cast.linh)
    assert letter.subject == "Advice {agreement.ref} <b>", "what a person types is no template"
    for form in ("docx", "pdf"):
        text = words(cast, letter, form)
        assert "{{ 7*7 }} #eval(1)" in text
        assert "05/BNG" in text
    seen = [one.text for one in Read(client.get(f"/letters/{letter.pk}/letter.docx").content).paragraphs()]
    assert seen.index("To: Law") > seen.index("Re: Advice {agreement.ref} <b>") > seen.index("No. 05/BNG")
    assert seen.index("Minh") > seen.index("DIRECTOR") > seen.index("FOR THE MINISTER") > seen.index("Second.")
    assert client.get(f"/letters/{letter.pk}/letter.xlsx").status_code == 404
    assert "Advice {agreement.ref} &lt;b&gt;" in client.get("/agreements/US-2023-01/letters/").content.decode()


def test_a_letter_without_its_subject_or_text_is_not_made(cast: Cast, template: LetterTemplate) -> None:
    chosen = f"/agreements/US-2023-01/letters/new/?template={template.pk}&language=en"
    answer = cast.client("linh").post(chosen, {"on": "25/11/2026", "subject": "", "text": ""})
    assert answer.status_code == 422
    assert not Letter.objects.exists()


def test_a_language_that_a_template_lacks_and_a_template_for_others_are_refused(
    cast: Cast, template: LetterTemplate, reminder: LetterTemplate
) -> None:
    client, where = cast.client("linh"), "/agreements/US-2023-01/letters/new/"
    answer = client.get(f"{where}?template={template.pk}&language=vi")
    assert "no text in that language" in answer.content.decode()
    assert client.get(f"{where}?template={reminder.pk}&language=en").status_code == 422
    with pytest.raises(Refused):
        letters.make(
            reminder, About(cast.agreement, None, cast.linh.viewer()), language="en", on=date(2026, 1, 1), said={}
        )


def test_only_the_desk_writes_and_only_staff_who_see_the_record_read(cast: Cast, template: LetterTemplate) -> None:
    where = "/agreements/US-2023-01/letters/new/"
    codes = {name: cast.client(name).get(where).status_code for name in ("linh", "minh", "huy", "sara", "auditor")}
    assert codes == {"linh": 200, "minh": 200, "huy": 404, "sara": 404, "auditor": 404}
    said: dict[str, Any] = {"subject": "x", "text": "y"}
    about = About(cast.agreement, None, cast.linh.viewer())
    letter = letters.make(template, about, language="en", on=date(2026, 1, 1), said=said)
    for address in (f"/letters/{letter.pk}/", f"/letters/{letter.pk}/letter.docx"):
        readers = {name: cast.client(name).get(address).status_code for name in ("huy", "auditor", "sara", "omar")}
        assert readers == {"huy": 200, "auditor": 200, "sara": 404, "omar": 404}
    cast.agreement.restricted = True
    cast.agreement.save()
    assert cast.client("huy").get(f"/letters/{letter.pk}/").status_code == 404


def test_who_has_every_desk_reads_letters_on_commitments(cast: Cast, reminder: LetterTemplate) -> None:
    about = About(cast.agreement, cast.commitment, cast.linh.viewer())
    letter = letters.make(reminder, about, language="en", on=date(2026, 1, 1), said={"subject": "x", "text": "y"})
    names = ("linh", "huy", "auditor", "operator", "sara")
    readers = {name: cast.client(name).get(f"/letters/{letter.pk}/").status_code for name in names}
    assert readers == {"linh": 200, "huy": 200, "auditor": 200, "operator": 200, "sara": 404}


def test_a_kept_letter_never_changes(cast: Cast, template: LetterTemplate) -> None:
    about = About(cast.agreement, None, cast.linh.viewer())
    letter = letters.make(template, about, language="en", on=date(2026, 1, 1), said={"subject": "x", "text": "y"})
    with pytest.raises(ProgrammingError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(text="z")


def test_only_what_may_leave_the_house_is_addressed_to_a_partner(reminder: LetterTemplate) -> None:
    reminder.kind = LetterKind.REPORT_REQUEST
    with pytest.raises(ValidationError) as refused:
        reminder.full_clean()
    assert set(refused.value.message_dict) == {"addressee_en"}
    reminder.addressee_en, reminder.text_en = "{commitment.lead}", "Ask {commitment.partner}."
    reminder.full_clean()


@pytest.mark.parametrize(
    ("text", "is_kept"), [("Due …, by “…”.", False), ("…", False), ("And so on… “…as they said”", True)]
)
def test_a_letter_with_a_gap_is_not_kept(cast: Cast, template: LetterTemplate, text: str, is_kept: bool) -> None:
    chosen = f"/agreements/US-2023-01/letters/new/?template={template.pk}&language=en"
    answer = cast.client("linh").post(chosen, {"on": "25/11/2026", "subject": "x", "text": text})
    assert (answer.status_code == 302) is is_kept is Letter.objects.exists()


@pytest.mark.parametrize(
    ("facts", "concluded", "term"),
    [
        ({"stage": "adopted", "kind": "joint_statement"}, "adopted on 10/09/2023", "…"),
        ({"stage": "agreed", "kind": "programme", "open_ended": True}, "agreed on 10/09/2023", "until terminated"),
        ({"expires_on": date(2028, 12, 31)}, "signed on 10/09/2023", "until 31/12/2028"),
    ],
)
def test_a_letter_says_how_it_was_concluded(cast: Cast, facts: dict[str, Any], concluded: str, term: str) -> None:
    paper = make_agreement(desk=cast.desk, **facts)
    paper.refresh_from_db()
    values = values_of(LetterKind.LEGAL_NOTE, About(paper, None, cast.linh.viewer()))
    assert (values["agreement.concluded"], values["agreement.term"]) == (concluded, term)


def test_who_issues_it_is_what_an_operator_wrote_down(cast: Cast, template: LetterTemplate) -> None:
    Letterhead.objects.create(
        code="desk", desk=cast.desk, organisation=cast.home, place_en="Ha Noi", symbol="X", office_en="Director",
        signatory="Minh", on_behalf_en="For the Minister", recipients_en="As above\nArchive",
    )  # fmt: skip
    said = letters.draft(template, About(cast.agreement, None, cast.linh.viewer()), "en")
    assert (said["office"], said["signatory"], said["on_behalf"]) == ("Director", "Minh", "For the Minister")
    about = About(cast.agreement, None, cast.linh.viewer())
    letter = letters.make(template, about, language="en", on=date(2026, 1, 1), said=said)
    made = letters.paper(letter)
    assert made.head
    assert (made.head.parent, made.head.body) == (cast.home.name_en or cast.home.name_vi, cast.desk.name_en)
    assert made.recipients == ("As above", "Archive")


def test_what_is_written_down_later_changes_no_letter(cast: Cast, template: LetterTemplate) -> None:
    """Neither another letterhead, nor another desk; and a signature left out is left out."""
    known = Letterhead.objects.create(
        code="desk", desk=cast.desk, organisation=cast.home, place_en="Ha Noi", symbol="X", office_en="Director",
        signatory="Minh", recipients_en="Archive",
    )  # fmt: skip
    about = About(cast.agreement, None, cast.linh.viewer())
    said = {"subject": "x", "text": "y", "office": "", "signatory": ""}
    letter = letters.make(template, about, language="en", on=date(2026, 1, 1), said=said)
    before = letters.paper(Letter.objects.get(pk=letter.pk))
    assert before.head and (before.head.body, before.head.place) == (cast.desk.name_en, "Ha Noi")
    assert (before.signature, before.recipients) == (None, ("Archive",))
    known.place_en, known.signatory, known.recipients_en = "Hue", "Huy", "Nobody"
    known.save()
    cast.agreement.desk = cast.other_desk
    cast.agreement.save()
    assert letters.paper(Letter.objects.get(pk=letter.pk)) == before
    for form in ("docx", "pdf"):
        assert "Made for" not in words(cast, letter, form) and cast.linh.name not in words(cast, letter, form)


@pytest.mark.django_db
def test_the_reference_templates_and_letterheads_load_twice_alike() -> None:
    load(SEEDS, on=date(2026, 11, 23))
    assert set(LetterTemplate.objects.values_list("kind", flat=True)) == set(LetterKind.values)
    for one in LetterTemplate.objects.all():
        assert all(
            getattr(one, f"{name}_{language}") for name in ("name", "subject", "text") for language in ("vi", "en")
        )
    assert Letterhead.objects.filter(desk=None).count() == 1
    assert load(SEEDS, on=date(2026, 11, 23)).changes == 0
