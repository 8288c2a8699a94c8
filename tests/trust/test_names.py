"""Names that tell: what is given a name that a hidden row has answers as if the name were free."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db.models import UniqueConstraint
from django.utils import timezone

from partners.models import Organisation
from tests.conftest import Cast
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db
OPERATORS = "given by operators alone, who see archived rows too"
SERVER = "given by the server; no form and no API takes it"
DIGEST = "of a random secret"
# Every unique column, and why nobody learns from it of a row that they may not see.
UNIQUE = {
    "agreements.Agreement.ref": SERVER,
    "agreements.CalendarDay.on": OPERATORS,
    "agreements.Commitment.ref": SERVER,
    "agreements.Document.code": SERVER,
    "agreements.Feed.digest": DIGEST,
    "agreements.HeldPaper.key": SERVER,
    "agreements.InstrumentType.code": OPERATORS,
    "agreements.LetterTemplate.code": OPERATORS,
    "agreements.Letterhead.code": OPERATORS,
    "agreements.Link.digest": DIGEST,
    "agreements.Procedure.code": OPERATORS,
    "agreements.ReminderRule.code": OPERATORS,
    "agreements.SignatoryLevel.code": OPERATORS,
    "partners.ApiToken.digest": DIGEST,
    "partners.Country.code": OPERATORS,
    "partners.Desk.code": OPERATORS,
    "partners.Organisation.code": "asked of visible rows; of two alike the server changes one",
    "partners.Sector.code": OPERATORS,
    "partners.User.email": OPERATORS,
}
OWN = [model for app in ("agreements", "partners") for model in apps.get_app_config(app).get_models()]


def test_every_unique_column_says_why_it_tells_nothing() -> None:
    columns = {
        f"{model._meta.label}.{column.name}": column
        for model in OWN
        for column in model._meta.local_concrete_fields
        if column.unique and not column.primary_key and not column.is_relation and "pgh_id" not in vars(model)
    }
    assert columns.keys() == UNIQUE.keys()
    assert [name for name, why in UNIQUE.items() if why == SERVER and columns[name].editable] == []


def test_what_is_unique_together_begins_at_a_row_that_one_sees() -> None:
    """Of several columns one leads to a record that came through the gate: what clashes is seen with it."""
    together = [(model, one) for model in OWN for one in model._meta.constraints if isinstance(one, UniqueConstraint)]
    alone = [
        one.name
        for model, one in together
        if one.fields and not any(model._meta.get_field(name).is_relation for name in one.fields)
    ]
    assert len(together) > 10
    assert alone == []


@pytest.mark.parametrize("name", ["linh", "huy", "minh"])
def test_a_code_that_a_hidden_organisation_has_answers_as_a_free_one(cast: Cast, name: str) -> None:
    hidden = make_organisation(country="US")
    gone = {"archived_at": timezone.now(), "archived_because": "gone"}
    Organisation.objects.filter(pk=hidden.pk).update(code="hidden-one", **gone)
    api = cast.api(name)
    made, changed = [], []
    for code in ("hidden-one", "free-one"):
        new: Any = {"code": code, "name_en": f"Of {code}", "kind": cast.us.kind, "country": "US"}
        own = make_organisation(country="US")
        changed.append(api.patch(f"/api/v1/organisations/{own.code}/", {"code": code}, format="json").status_code)
        Organisation.objects.filter(code="free-one").update(code="another")
        made.append(api.post("/api/v1/organisations/", new, format="json").status_code)
    assert made == [201, 201]
    assert changed == [200, 200]
    seen = api.post("/api/v1/organisations/", {"code": cast.us.code, "name_en": "Again"}, format="json")
    assert seen.status_code == 400, "what one sees taken is said to be"


@pytest.mark.parametrize("name", ["huy", "sara", "omar"])
def test_hidden_and_missing_references_answer_alike(cast: Cast, name: str) -> None:
    """References are consecutive, as they are cited on paper; asking for the next one tells nothing."""
    client = cast.client(name)
    missing = cast.hidden.ref[:-2] + "99"
    for path in ("/agreements/{}/", "/history/agreements/{}/", "/api/v1/agreements/{}/"):
        answers = [client.get(path.format(ref)) for ref in (cast.hidden.ref, missing)]
        assert answers[0].status_code == answers[1].status_code, path
        if name != "huy":
            assert answers[0].status_code == 404, path
