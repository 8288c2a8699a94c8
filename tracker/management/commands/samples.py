"""Makes samples of papers, as somebody would get them. Nothing of it stays in the register."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.test import override_settings
from django.utils import translation

from agreements.briefings import agenda, asking, letters, meetings, minutes
from agreements.briefings.content import Paper
from agreements.briefings.drawing import draw
from agreements.briefings.kinds import MAKERS
from agreements.briefings.letterfields import OF_COMMITMENTS, OF_PROCEDURES, About
from agreements.briefings.meeting import AgendaItem, Decision, Meeting
from agreements.briefings.models import LetterTemplate
from agreements.briefings.scopes import Scope, Span
from agreements.commitments.models import ActionItem, Commitment
from agreements.commitments.rules import due_requests
from agreements.dates import PartialDate, Precision
from agreements.procedures import proceeding
from agreements.register.models import Agreement
from agreements.vocabulary import FileForm, PaperKind
from partners import reading
from partners.models import Desk, User
from partners.viewers import Role, Viewer

LANGUAGES = ("vi", "en")
ADDRESS = "https://register.example"  # where links lead, wherever samples are made
FORMS = (FileForm.DOCX, FileForm.PDF)
# Of the bundled facts.
AGREEMENT, COMMITMENT = "US-2023-03", "US-2023-03-1"
KINDS = (
    (PaperKind.COUNTRY_BRIEF, "country=US"), (PaperKind.QUALITY, ""), (PaperKind.AGREEMENT, f"ref={AGREEMENT}"),
    (PaperKind.COMMITMENT, f"ref={COMMITMENT}"),
)  # fmt: skip
# What a writer fills in where the record leaves a gap, and whom a letter inside the house is addressed to.
ADDRESSEES = {
    "opinion_request": ("Bộ Tư pháp", "Ministry of Justice"),
    "legal_note": ("Vụ Pháp chế", "Legal department"),
}
UNKNOWN = {"vi": "(chưa xác định)", "en": "(not known yet)"}
WORDS = {
    "vi": {
        "title": "Họp kiểm điểm tình hình thực hiện cam kết", "place": "Phòng họp tầng 2",
        "note": "Đơn vị làm việc với đối tác và báo cáo lại trong tháng sau.",
        "reason": "Kinh phí được bố trí trong năm sau.", "action": "Gửi công văn đề nghị đối tác thông báo tiến độ",
    },
    "en": {
        "title": "Review of the commitments", "place": "Meeting room, second floor",
        "note": "The desk speaks with the partner and reports back next month.",
        "reason": "The money is in next year's budget.", "action": "Write to the partner and ask how it stands",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    name: str
    language: str
    paper: Paper


class Command(BaseCommand):
    help = "Makes samples of papers from the bundled facts into a folder, in both languages, as DOCX and PDF."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--reader", required=True, help="e-mail of the manager whose eyes they are made with")

    def handle(self, *args: Any, folder: Path, reader: str, **options: Any) -> None:
        user = User.objects.filter(email=reader).first()
        if user is None:
            raise CommandError(f"Nobody has the address {reader}.")
        folder.mkdir(parents=True, exist_ok=True)
        for language in LANGUAGES:
            with override_settings(BASE_URL=ADDRESS), transaction.atomic():
                for sample in samples(user.viewer(), language):
                    for form in FORMS:
                        path = folder / f"{sample.name}-{language}.{form}".replace("_", "-")
                        path.write_bytes(draw(sample.paper, form))
                        self.stdout.write(str(path))
                transaction.set_rollback(True)  # letters and a meeting were made for it


def samples(viewer: Viewer, language: str) -> Iterator[Sample]:
    quarter = Span.of(PartialDate(viewer.on, Precision.QUARTER)).before
    said = ((PaperKind.REVIEW_PACK, f"period={quarter.whole.plain if quarter.whole else ''}"),)
    for kind, query in (*said, (PaperKind.HANDOVER, f"person={keeper().pk}"), *KINDS):
        yield Sample(kind, language, made(kind, query, viewer, language))
    for template in LetterTemplate.objects.live().order_by("kind"):
        yield Sample(f"letter_{template.kind}", language, letter(template, viewer, language))
    with translation.override(language):
        held = meeting(quarter, viewer, language)
    yield Sample("minutes", language, made(PaperKind.MINUTES, f"meeting={held.pk}", viewer, language))


def made(kind: PaperKind, query: str, viewer: Viewer, language: str) -> Paper:
    form = asking.form_of(MAKERS[kind], reading.query(query), viewer)
    if not form.is_valid():
        raise CommandError(f"{kind}: {form.errors.as_json()}")
    return asking.made(MAKERS[kind], form, language=language)


def keeper() -> User:
    """An officer of the desk, rather one who keeps something, so that there is something to hand over."""
    keeps = Exists(Agreement.objects.filter(owner=OuterRef("pk")))
    officers = User.objects.filter(role=Role.OFFICER, is_active=True, desks__agreements__ref=AGREEMENT)
    return officers.annotate(keeps=keeps).order_by("-keeps", "pk")[0]


def letter(template: LetterTemplate, viewer: Viewer, language: str) -> Paper:
    agreement = Agreement.objects.select_related("desk", "instrument_type").get(ref=AGREEMENT)
    rows = Commitment.objects.select_related("agreement__desk", "agreement__instrument_type", "lead", "partner_owner")
    commitment = rows.get(ref=COMMITMENT) if template.kind in OF_COMMITMENTS else None
    if template.kind in OF_PROCEDURES:
        fitting = proceeding.fitting(agreement, viewer.on).filter(needs_reason=False)
        proceeding.open_for(agreement, fitting[0], by=viewer, reason=WORDS[language]["reason"])
    about = About(agreement, commitment, viewer)
    drafted = letters.draft(template, about, language)
    words = {name: text.replace("…", UNKNOWN[language]) for name, text in drafted.items()}
    if template.kind in ADDRESSEES:
        words["addressee"] = ADDRESSEES[template.kind][LANGUAGES.index(language)]
    return letters.paper(letters.make(template, about, language=language, on=viewer.on, said=words))


def meeting(quarter: Span, viewer: Viewer, language: str) -> Meeting:
    """Opened from the pack, with decisions of each kind, ended by an officer and signed off by the reader."""
    words, other = WORDS[language], officer(viewer)
    desk = Desk.objects.get(agreements__ref=AGREEMENT)
    topics = [topic.value for topic in agenda.ORDER]
    held = meetings.open_one(
        Scope(), quarter, desk=desk, title=f"{words['title']}, {quarter}", held_on=viewer.on, place=words["place"],
        topics=topics, by=viewer,
    )  # fmt: skip
    decide(held, viewer, words)
    present = f"{viewer.name}\n{other.name}"
    meetings.note_present(held, present=present, place=words["place"], by=other)
    meetings.end(held, by=other)
    held.refresh_from_db()
    minutes.sign(held, seen=minutes.seen_now(held), by=viewer)
    return held


def officer(viewer: Viewer) -> Viewer:
    return replace(keeper().viewer(), on=viewer.on)


def decide(held: Meeting, viewer: Viewer, words: dict[str, str]) -> None:
    """A new day that is asked for, work that is agreed, and notes."""
    for item in AgendaItem.objects.filter(meeting=held).select_related("agreement", "commitment").order_by("number"):
        if item.commitment and due_requests.may_ask(item.commitment, viewer):
            later = PartialDate(date(viewer.on.year + 1, 12, 31), Precision.DAY)
            due_requests.ask(item.commitment, later, reason=words["reason"], by=viewer)
            step = item.commitment.steps.order_by("-pk")[0]
            Decision.objects.create(item=item, step=step, by_id=viewer.user_id or 0, on=viewer.on)
        if item.number % 3 == 1 and viewer.works_at(item.agreement.desk_id):
            action = ActionItem(
                desk_id=item.agreement.desk_id, title=words["action"], owner=keeper(), meeting=held.title,
                met_on=held.held_on, due_on=viewer.on + timedelta(days=30),
            )  # fmt: skip
            action.stamp(viewer).save()
            Decision.objects.create(item=item, action_item=action, by_id=viewer.user_id or 0, on=viewer.on)
        if item.number % 3 == 2:
            Decision.objects.create(item=item, text=words["note"], by=keeper(), on=viewer.on)
