"""The bundled data and the importer."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Count

from agreements.exchange.files import BadFile
from agreements.exchange.loading import load
from agreements.models import Agreement, Citation, Commitment, Document, Milestone, Step
from partners.models import Country, Figure, FocalPoint, Organisation, Person
from tests.factories import TODAY, make_country, make_user

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
    for who in (Organisation, Person):
        assert not who.objects.filter(citations=None).exists(), "who is named cites where"
    named_only = Document.objects.filter(citations=None)
    assert not named_only.filter(named_in=None).exists(), "a paper bears something out, or is named in one that does"
    for language in ("vi", "en"):
        assert not Commitment.objects.filter(**{f"text_{language}": ""}).exists(), "a partner is asked to confirm words"
    planned = Agreement.objects.get(participants__organisation__code="cisa")
    assert (planned.stage, planned.signed_on, planned.standing(TODAY)) == ("draft", None, "planned")


def test_loading_twice_changes_nothing() -> None:
    first = load(SEEDS, on=TODAY)
    versions = list(Agreement.objects.order_by("pk").values_list("pk", "version", "updated_at"))
    second = load(SEEDS, on=TODAY)
    assert first.changes > 400
    assert second.changes == 0
    assert list(Agreement.objects.order_by("pk").values_list("pk", "version", "updated_at")) == versions
    assert Step.objects.count() == Agreement.objects.count()


def test_the_bundled_data_claim_no_more_than_the_documents() -> None:
    load(SEEDS, on=TODAY)
    stages = dict(Agreement.objects.values_list("ref", "stage"))
    assert {ref for ref, stage in stages.items() if stage == "signed"} == {
        "US-2023-03", "US-2024-01", "US-ND-01", "KR-ND-01", "ML-ND-01",
    }  # fmt: skip
    assert {ref for ref, stage in stages.items() if stage == "adopted"} == {"US-2023-01", "US-2023-02", "SG-2025-01"}
    for agreement in Agreement.objects.all():
        day = agreement.signed or agreement.announced
        assert agreement.ref.split("-")[1] == (str(day.on.year) if day else "ND"), "no number claims an unknown year"
    # The side that wrote a promise alone is nobody's promise to us.
    assert not Commitment.objects.filter(lead__isnull=False).exclude(lead__country__code="VN").exists()
    assert not Commitment.objects.filter(partner_owner__country__code="VN").exists()
    assert not Commitment.objects.filter(direction="theirs", partner_owner=None).exists()
    assert not Milestone.objects.filter(met_on=date(2025, 3, 31)).exists(), "“early 2025” is no day"
    assert not FocalPoint.objects.exists(), "nobody is named as one"
    assert not Organisation.objects.filter(kind="company", country=None).exists(), "each stands on a country's page"


# Two agreements and all they need: loaded in no time, where the bundled data takes seconds.
SMALL = {
    "lists.yaml": "desks: [{code: americas, name_vi: Châu Mỹ, name_en: Americas}]",
    "documents.yaml": """
- {code: speech, kind: press, language: en, title_vi: Nói, title_en: Speech, sha256: 0a1b2c}
- {code: answer, kind: press, language: en, title_vi: Đáp, title_en: Answer, sha256: 3d4e5f}
""",
    "organisations.yaml": """
- {code: gov-vn, country: VN, kind: government, name_vi: Chính phủ Việt Nam, name_en: Government of Viet Nam}
- {code: gov-us, country: US, kind: government, name_vi: Chính phủ Hoa Kỳ, name_en: Government of the United States}
""",
    "figures.yaml": """
- {country: US, key: trade, name_vi: Thương mại, name_en: Trade, value: 9, unit: USD, as_of: 2023, cites: ["speech:12"]}
""",
    "agreements/us.yaml": """
- ref: US-2023-01
  kind: mou
  legal_regime: international_agreement
  stage: signed
  desk: americas
  title_en: A memorandum
  signed: 09/2023
  participants:
    - {organisation: gov-vn}
    - {organisation: gov-us}
  cites: ["speech:1"]
  commitments:
    - {number: 1, kind: training, direction: theirs, title_en: Train engineers, lead: gov-vn, cites: ["speech:2"]}
- {ref: US-2024-01, kind: mou, legal_regime: international_agreement, stage: draft, desk: americas, title_en: A plan}
""",
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    for code in ("VN", "US"):
        make_country(code=code)
    folder = tmp_path / "small"
    (folder / "agreements").mkdir(parents=True)
    for name, text in SMALL.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_what_people_edited_is_kept(small: Path) -> None:
    assert load(small, on=TODAY).counts["agreement", "created"] == 2
    agreement = Agreement.objects.get(ref="US-2023-01")
    agreement.title_en = "As the desk calls it"
    agreement.stamp(make_user(role="officer").viewer()).save()
    Agreement.objects.filter(ref="US-2024-01").update(stage="in_review")
    outcome = load(small, on=TODAY)
    assert outcome.counts["agreement", "kept"] == 1
    agreement.refresh_from_db()
    assert agreement.title_en == "As the desk calls it"
    assert Agreement.objects.get(ref="US-2024-01").stage == "in_review"


def test_check_changes_nothing(small: Path) -> None:
    assert load(small, on=TODAY, check=True).counts["agreement", "created"] == 2
    assert not Agreement.objects.exists()


BROKEN = {
    "an unknown organisation": ("agreements/us.yaml", "{organisation: gov-us}", "{organisation: atlantis}", "atlantis"),
    "a bad date": ("agreements/us.yaml", "signed: 09/2023", "signed: 13/2023", "no month 13"),
    "an unknown column": ("agreements/us.yaml", "kind: mou", "colour: red\n  kind: mou", "colour"),
    "a bad choice": ("agreements/us.yaml", "kind: mou", "kind: nonsense", "nonsense"),
    "no YAML": ("agreements/us.yaml", "- ref: US-2023-01", "- ref: [", "us.yaml"),
    "no paragraph": ("figures.yaml", '"speech:12"', '"speech"', "document:paragraph"),
    "an unknown document": ("figures.yaml", "speech:12", "nowhere:12", "nowhere"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_and_nothing_is_saved(small: Path, name: str) -> None:
    file, old, new, reason = BROKEN[name]
    text = (small / file).read_text(encoding="utf-8")
    assert old in text
    (small / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadFile, match=reason) as problem:
        load(small, on=TODAY)
    assert file.split("/")[-1].split(".")[0] in str(problem.value) or reason in str(problem.value)
    assert not Organisation.objects.exists()


def test_source_texts_are_attached_and_their_paragraphs_checked(small: Path, tmp_path: Path) -> None:
    sources = tmp_path / "texts"
    sources.mkdir()
    documents, figures = small / "documents.yaml", small / "figures.yaml"
    text = documents.read_text(encoding="utf-8")
    made = {}
    for code, digest in (("speech", "0a1b2c"), ("answer", "3d4e5f")):
        made[code] = f"text of the {code}\n\n" + "\n".join(f"paragraph {number}" for number in range(2, 60))
        (sources / f"not {code}.txt").write_text(made[code], encoding="utf-8")
        text = text.replace(digest, hashlib.sha256(made[code].encode()).hexdigest()[:20])
    documents.write_text(text, encoding="utf-8")
    load(small, on=TODAY, sources=sources)
    assert dict(Document.objects.values_list("code", "content")) == made
    assert load(small, on=TODAY, sources=sources).changes == 0
    figures.write_text(figures.read_text(encoding="utf-8").replace("speech:12", "speech:99"), encoding="utf-8")
    with pytest.raises(BadFile, match="has 59 paragraphs; cited is 99"):
        load(small, on=TODAY, sources=sources)


def test_a_missing_text_is_said(small: Path, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    with pytest.raises(BadFile, match="no file there is the text"):
        load(small, on=TODAY, sources=tmp_path / "none")


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not a folder"):
        call_command("load", str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("kind", "stage", "says"),
    [
        ("programme", "signed", "neither signed nor adopted"), ("programme", "adopted", "neither signed nor adopted"),
        ("mou", "agreed", "Only cooperation without a paper"), ("mou", "adopted", "this one is not"),
    ],
)  # fmt: skip
def test_a_stage_that_its_kind_cannot_have_is_refused(small: Path, kind: str, stage: str, says: str) -> None:
    path = small / "agreements/us.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("kind: mou", f"kind: {kind}", 1).replace("stage: signed", f"stage: {stage}", 1), "utf-8"
    )
    with pytest.raises(BadFile, match=f"US-2023-01.*{says}"):
        load(small, on=TODAY)


def test_the_examples_call_nothing_signed_that_was_not(db: None) -> None:
    load(SEEDS, on=TODAY)
    stages = dict(Agreement.objects.values_list("stage").annotate(n=Count("pk")).order_by())
    assert stages == {"draft": 1, "signed": 5, "adopted": 3, "agreed": 12}
    assert set(Agreement.objects.filter(stage="agreed").values_list("kind", flat=True)) == {"programme"}
