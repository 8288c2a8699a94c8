"""What row-level security would cost on the five tables that matter most: decision 22 rests on this.

python3 dev.py test --nightly tests/measure/test_row_security.py -s
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from agreements.models import Agreement
from partners.viewers import Viewer
from tests.conftest import Cast
from tests.factories import make_share
from tests.measure import test_at_100_000
from tests.measure.test_search import fill_all
from tests.roles import owner

pytestmark = [pytest.mark.nightly, pytest.mark.django_db]
AGREEMENTS = 20_000
TIMES = 8
TABLES = ("agreements_agreement", "agreements_commitment", "agreements_document", "agreements_note", "agreements_share")
# The rules of agreements/visibility.py, said a second time. What shares open is asked in a function of the owner's:
# the policy of shares asks for agreements, and that of agreements for shares. Each setting is read once a query.
POLICIES = """
CREATE FUNCTION viewer_role() RETURNS text LANGUAGE sql STABLE LEAKPROOF AS $$
    SELECT current_setting('register.role', true) $$;
CREATE FUNCTION viewer_desks() RETURNS bigint[] LANGUAGE sql STABLE LEAKPROOF AS $$
    SELECT current_setting('register.desks', true)::bigint[] $$;
CREATE FUNCTION viewer_organisations() RETURNS bigint[] LANGUAGE sql STABLE LEAKPROOF AS $$
    SELECT current_setting('register.organisations', true)::bigint[] $$;
CREATE FUNCTION opened_agreements() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT a.id FROM agreements_agreement a JOIN agreements_share s ON s.agreement_id = a.id
    WHERE s.organisation_id = ANY (viewer_organisations()) AND s.revoked_at IS NULL AND s.archived_at IS NULL
    AND (s.until_on IS NULL OR s.until_on >= current_date) AND a.archived_at IS NULL
    AND a.stage IN ('cleared', 'signed', 'suspended', 'ended')
    UNION SELECT p.agreement_id FROM agreements_share s JOIN partners_organisation o ON o.country_id = s.country_id
    JOIN agreements_participant p ON p.organisation_id = o.id AND p.archived_at IS NULL
    JOIN agreements_agreement a ON a.id = p.agreement_id AND a.desk_id = s.desk_id AND NOT a.restricted
    WHERE s.organisation_id = ANY (viewer_organisations()) AND s.revoked_at IS NULL AND s.archived_at IS NULL $$;
CREATE FUNCTION opened_commitments() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT commitment_id FROM agreements_share
    WHERE organisation_id = ANY (viewer_organisations()) AND revoked_at IS NULL AND archived_at IS NULL
    AND commitment_id IS NOT NULL $$;
CREATE POLICY viewer ON agreements_agreement USING (CASE
    WHEN (SELECT viewer_role()) IN ('auditor', 'operator') THEN true
    WHEN (SELECT viewer_role()) = 'partner' THEN id IN (SELECT opened_agreements())
    ELSE archived_at IS NULL AND (desk_id = ANY ((SELECT viewer_desks())::bigint[])
        OR (stage <> 'draft' AND NOT restricted)) END);
CREATE POLICY viewer ON agreements_commitment USING (CASE
    WHEN (SELECT viewer_role()) IN ('auditor', 'operator') THEN true
    WHEN (SELECT viewer_role()) = 'partner' THEN archived_at IS NULL AND (agreement_id IN (SELECT opened_agreements())
        OR id IN (SELECT opened_commitments()))
    ELSE archived_at IS NULL AND EXISTS (SELECT FROM agreements_agreement a WHERE a.id = agreement_id) END);
CREATE POLICY viewer ON agreements_document USING (CASE
    WHEN (SELECT viewer_role()) IN ('auditor', 'operator') THEN true
    WHEN (SELECT viewer_role()) = 'partner' THEN audience = 'partner' AND agreement_id IN (SELECT opened_agreements())
    ELSE agreement_id IS NULL OR EXISTS (SELECT FROM agreements_agreement a WHERE a.id = agreement_id) END);
CREATE POLICY viewer ON agreements_note USING ((SELECT viewer_role()) <> 'partner'
    AND EXISTS (SELECT FROM agreements_agreement a WHERE a.id = agreement_id));
CREATE POLICY viewer ON agreements_share USING (CASE
    WHEN (SELECT viewer_role()) = 'partner' THEN organisation_id = ANY ((SELECT viewer_organisations())::bigint[])
    ELSE agreement_id IS NULL OR EXISTS (SELECT FROM agreements_agreement a WHERE a.id = agreement_id) END);
"""
PAGES = {
    "list": "/agreements/",
    "list, searched": "/agreements/?q=ban+dan",
    "palette": "/search/palette/?q=hop+tac",
    "commitments": "/commitments/",
    "API": "/api/v1/agreements/",
}


def look_as(viewer: Viewer) -> None:
    """What each transaction would begin with."""
    said = {
        "role": str(viewer.role), "desks": _array(viewer.desk_ids), "organisations": _array(viewer.organisation_ids),
    }  # fmt: skip
    with connection.cursor() as cursor:
        for name, value in said.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [f"register.{name}", value])


def _array(ids: Any) -> str:
    return "{" + ",".join(map(str, ids)) + "}"


def measured(cast: Cast, before: Callable[[str], None]) -> dict[str, float]:
    """Milliseconds, in the middle of some."""
    found = {}
    for who in ("linh", "sara"):
        client, api = cast.client(who), cast.api(who)
        before(who)
        for name, path in PAGES.items():
            ask = api if name == "API" else client
            times = []
            for _ in range(TIMES):
                began = time.perf_counter()
                assert ask.get(path).status_code == 200, path
                times.append((time.perf_counter() - began) * 1000)
            found[f"{name}, {who}"] = statistics.median(times[1:])
    return found


def test_what_row_level_security_costs(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_at_100_000, "AGREEMENTS", AGREEMENTS)
    fill_all(cast)
    for agreement in Agreement.objects.filter(ref__startswith="ZZ-").order_by("pk")[:200]:
        make_share(agreement=agreement, organisation=cast.us)
    plain = measured(cast, lambda who: None)
    seen = {who: visible(cast, who) for who in ("linh", "sara", "auditor")}
    with owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(POLICIES)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    guarded = measured(cast, lambda who: look_as(cast.viewer(who)))
    for who, count in seen.items():
        look_as(cast.viewer(who))
        assert Agreement.objects.count() == count, f"the policies say what the gate says, to {who}"
    ratios = {name: guarded[name] / milliseconds for name, milliseconds in plain.items()}
    for name, ratio in ratios.items():
        milliseconds = plain[name]
        print(f"{name}: {milliseconds:.0f} ms, with policies {guarded[name]:.0f} ms, {ratio:.1f} x")  # noqa: T201
    assert ratios["list, linh"] > 3, "decision 22 rests on this: look again"


def visible(cast: Cast, who: str) -> int:
    return Agreement.objects.visible_to(cast.viewer(who)).count()
