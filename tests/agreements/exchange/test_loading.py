"""The bundled data and the importer."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from agreements.exchange.loading import BadFile, load
from agreements.models import Agreement, Citation, Commitment, Document, Step
from partners.models import Country, Figure, Organisation
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
SEEDS = Path(settings.BASE_DIR) / "seeds"


def test_the_bundled_data_is_whole() -> None:
    load(SEEDS, on=TODAY)
    assert Organisation.objects.count() >= 30
    assert Agreement.objects.count() >= 10
    assert Commitment.objects.count() >= 25
    assert Figure.objects.count() >= 10
    named = Country.objects.exclude(organisations=None).count()
    assert named >= 10
    assert Country.objects.get(code="TW").name_vi == "Đài Loan"
    assert not Agreement.objects.filter(citations=None).exists(), "every agreement cites its source"
    assert not Commitment.objects.filter(citations=None).exists(), "every commitment cites its source"
    assert not Figure.objects.filter(citations=None).exists()
    assert not Citation.objects.filter(paragraph=None).exists()
    for model in (Agreement, Commitment):
        assert not model.objects.filter(title_vi="").exists()
        assert not model.objects.filter(title_en="").exists()


def test_planned_stays_planned() -> None:
    load(SEEDS, on=TODAY)
    memorandum = Agreement.objects.get(participants__organisation__code="cisa")
    assert (memorandum.stage, memorandum.signed_on, memorandum.standing(TODAY)) == ("draft", None, "planned")


def test_loading_twice_changes_nothing() -> None:
    first = load(SEEDS, on=TODAY)
    versions = list(Agreement.objects.order_by("pk").values_list("pk", "version", "updated_at"))
    second = load(SEEDS, on=TODAY)
    assert first.changes > 400
    assert second.changes == 0
    assert list(Agreement.objects.order_by("pk").values_list("pk", "version", "updated_at")) == versions
    assert Step.objects.count() == Agreement.objects.count()


def test_what_people_edited_is_kept(cast: object) -> None:
    load(SEEDS, on=TODAY)
    agreement = Agreement.objects.get(ref="KR-2026-01")
    agreement.title_en = "As the desk calls it"
    agreement.stamp(cast.viewer("linh")).save()  # type: ignore[attr-defined]
    Agreement.objects.filter(ref="SG-2025-01").update(stage="suspended")
    outcome = load(SEEDS, on=TODAY)
    assert outcome.counts["agreement", "kept"] == 1
    agreement.refresh_from_db()
    assert agreement.title_en == "As the desk calls it"
    assert Agreement.objects.get(ref="SG-2025-01").stage == "suspended"


def test_check_changes_nothing() -> None:
    outcome = load(SEEDS, on=TODAY, check=True)
    assert outcome.changes > 400
    assert not Agreement.objects.exists()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SEEDS, tmp_path / "seeds"))


BROKEN = {
    "an unknown organisation": ("agreements/us.yaml", "{organisation: gov-us}", "{organisation: atlantis}", "atlantis"),
    "a bad date": ("agreements/us.yaml", "signed: 09/2023", "signed: 13/2023", "no month 13"),
    "an unknown column": ("agreements/us.yaml", "kind: mou", "colour: red\n  kind: mou", "colour"),
    "a bad choice": ("agreements/us.yaml", "kind: mou", "kind: nonsense", "nonsense"),
    "no YAML": ("agreements/us.yaml", "- ref: US-2023-01", "- ref: [", "us.yaml"),
    "no paragraph": ("figures.yaml", '"technology-diplomacy-2025:12"', '"technology"', "document:paragraph"),
    "an unknown document": ("figures.yaml", "technology-diplomacy-2025:12", "nowhere:12", "nowhere"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_and_nothing_is_saved(copy: Path, name: str) -> None:
    file, old, new, reason = BROKEN[name]
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadFile, match=reason) as problem:
        load(copy, on=TODAY)
    assert file.split("/")[-1].split(".")[0] in str(problem.value) or reason in str(problem.value)
    assert not Organisation.objects.exists()


def test_source_texts_are_attached_and_their_paragraphs_checked(copy: Path, tmp_path: Path) -> None:
    sources = tmp_path / "texts"
    sources.mkdir()
    documents = copy / "documents.yaml"
    text = documents.read_text(encoding="utf-8")
    for number, digest in enumerate(("da311ceeff", "b75f0052fc", "123c72e9d1", "3a7d72e6a4", "66d0d5892a")):
        made = f"text {number}\n\n" + "\n".join(f"paragraph {n}" for n in range(2, 60))
        (sources / f"{number}.txt").write_text(made, encoding="utf-8")
        full = next(word for word in text.split() if word.startswith(digest))
        text = text.replace(full, hashlib.sha256(made.encode()).hexdigest()[:20])
    documents.write_text(text, encoding="utf-8")
    load(copy, on=TODAY, sources=sources)
    assert Document.objects.exclude(content="").count() == 5
    assert load(copy, on=TODAY, sources=sources).changes == 0
    figures = copy / "figures.yaml"
    figures.write_text(figures.read_text(encoding="utf-8").replace("2025:12", "2025:99"), encoding="utf-8")
    with pytest.raises(BadFile, match="has 59 paragraphs; cited is 99"):
        load(copy, on=TODAY, sources=sources)


def test_a_missing_text_is_said(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    with pytest.raises(BadFile, match="no file there is the text"):
        load(copy, on=TODAY, sources=tmp_path / "none")


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not a folder"):
        call_command("load", str(tmp_path / "nowhere"))
