"""What somebody with a superuser's account would do to the history; each says what has to be named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from agreements.models import Agreement, Note
from tests.conftest import Cast
from tests.trust.application_acts import CONTEXT, EVENTS
from tracker.history import anchors, sealing
from tracker.history.models import Seal


def run(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchone()[0] if cursor.description else cursor.rowcount


def first(table: str = EVENTS, key: str = "pgh_id", where: str = "true") -> int:
    return int(run(f"SELECT min({key}) FROM {table} WHERE {where}"))


def last(table: str = EVENTS, key: str = "pgh_id", where: str = "true") -> int:
    return int(run(f"SELECT max({key}) FROM {table} WHERE {where}"))


def copied(table: str, pk: int, **values: str) -> None:
    """A row of the history added by hand, made of another."""
    names = [name for (name,) in _columns(table) if name not in {"folded", "pgh_id", *values}]
    named = [f'"{name}"' for name in names]
    run(
        f"INSERT INTO {table} ({', '.join([*named, *values])}) SELECT {', '.join([*named, *values.values()])} "
        f"FROM {table} WHERE pgh_id = {pk}"
    )


def _columns(table: str) -> list[tuple[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
                       "AND NOT attisdropped AND attgenerated = ''", [table])  # fmt: skip
        return list(cursor.fetchall())


Found = tuple[str, Any]  # the place and the row that a fault has to name


def changed_event(cast: Cast) -> Found:
    run(f"UPDATE {EVENTS} SET title_en = 'forged' WHERE pgh_id = %s", first())
    return EVENTS, first()


def deleted_event(cast: Cast) -> Found:
    pk = first()
    run(f"DELETE FROM {EVENTS} WHERE pgh_id = %s", pk)
    return EVENTS, pk


def swapped_events(cast: Cast) -> Found:
    one, other = first(), last(where="pgh_id <= (SELECT (marks->>'agreements_agreementevent')::int FROM tracker_seal "
                               "ORDER BY id DESC LIMIT 1)")  # fmt: skip
    assert one != other
    run(f"UPDATE {EVENTS} SET pgh_id = -1 WHERE pgh_id = %s", one)
    run(f"UPDATE {EVENTS} SET pgh_id = %s WHERE pgh_id = %s", one, other)
    run(f"UPDATE {EVENTS} SET pgh_id = %s WHERE pgh_id = -1", other)
    return EVENTS, one


def sealed_event_dated_back(cast: Cast) -> Found:
    run(f"UPDATE {EVENTS} SET pgh_created_at = pgh_created_at - interval '9 days' WHERE pgh_id = %s", last())
    return EVENTS, last()


def new_event_dated_back(cast: Cast) -> Found:
    copied(EVENTS, last(), pgh_created_at="now() - interval '30 days'")
    return EVENTS, last()


def new_event_dated_back_and_sealed(cast: Cast) -> Found:
    copied(EVENTS, last(), pgh_created_at="now() - interval '30 days'")
    assert sealing.seal(at=datetime.now(UTC))
    return EVENTS, last()


def new_event_dated_ahead_and_sealed(cast: Cast) -> Found:
    copied(EVENTS, last(), pgh_created_at="now() + interval '30 days'")
    assert sealing.seal(at=datetime.now(UTC))
    return EVENTS, last()


def event_slipped_in(cast: Cast) -> Found:
    """Into a gap that a transaction left which was rolled back."""
    table = "agreements_noteevent"
    gap = int(run(f"SELECT min(pgh_id) - 1 FROM {table}"))
    assert not run(f"SELECT count(*) FROM {table} WHERE pgh_id = %s", gap)
    copied(table, last(table), pgh_id=str(gap))
    return table, gap


def event_slipped_in_below(cast: Cast) -> Found:
    copied(EVENTS, first(), pgh_id="-7")
    return EVENTS, -7


def act_reworded_in_its_event(cast: Cast) -> Found:
    run("UPDATE agreements_stepevent SET reason = 'forged' WHERE pgh_id = %s", first("agreements_stepevent"))
    return "agreements_stepevent", first("agreements_stepevent")


def act_reworded_in_its_row(cast: Cast) -> Found:
    run("UPDATE agreements_step SET reason = 'forged'")
    return "agreements_step", first("agreements_step", "id")


def act_reworded_in_both(cast: Cast) -> Found:
    run("UPDATE agreements_step SET reason = 'forged'")
    run("UPDATE agreements_stepevent SET reason = 'forged'")
    return "agreements_stepevent", first("agreements_stepevent")


def act_dated_back(cast: Cast) -> Found:
    run('UPDATE agreements_step SET at = at - interval \'1 day\', "on" = "on" - 1')
    return "agreements_step", first("agreements_step", "id")


def act_taken_out(cast: Cast) -> Found:
    pk = first("agreements_step", "id")
    run("DELETE FROM agreements_step WHERE id = %s", pk)
    return "agreements_step", pk


def actor_replaced(cast: Cast) -> Found:
    run("UPDATE pghistory_context SET metadata = metadata || '{\"user\": -1}'")
    return "agreements_noteevent", first("agreements_noteevent", where="pgh_context_id IS NOT NULL")


def actor_taken_out(cast: Cast) -> Found:
    run("DELETE FROM pghistory_context")
    return "agreements_noteevent", first("agreements_noteevent", where="pgh_context_id IS NOT NULL")


def actor_exchanged_for_another(cast: Cast) -> Found:
    run(f"INSERT INTO pghistory_context VALUES ('{CONTEXT}', now(), now(), '{{\"user\": -1}}')")
    pk = first("agreements_noteevent", where="pgh_context_id IS NOT NULL")
    run(f"UPDATE agreements_noteevent SET pgh_context_id = '{CONTEXT}' WHERE pgh_id = %s", pk)
    return "agreements_noteevent", pk


def tail_cut_off(cast: Cast) -> Found:
    """The last seal, and all that it sealed and that came after it."""
    seal = Seal.objects.latest("pk")
    for table, entry in seal.tables.items():
        key = "id" if table == "django_admin_log" else "pgh_id"
        run(f"DELETE FROM {table} WHERE {key} > %s", entry["after"])
    run("DELETE FROM tracker_seal WHERE id = %s", seal.pk)
    return "seal", seal.digest[:16]


def tail_cut_off_and_sealed_on(cast: Cast) -> Found:
    found = tail_cut_off(cast)
    before = Seal.objects.latest("pk").digest
    copied(EVENTS, first())
    made = sealing.seal(at=datetime.now(UTC))
    assert made
    anchors.note(made, before=before)
    return found


def all_seals_taken_out(cast: Cast) -> Found:
    digest = Seal.objects.latest("pk").digest
    run("DELETE FROM tracker_seal")
    return "seal", digest[:16]


def row_edited_alone(cast: Cast) -> Found:
    run("UPDATE agreements_commitment SET delivery = 'delivered' WHERE id = %s", cast.commitment.pk)
    return "agreements_commitment", cast.commitment.pk


def one_row_edited_by_a_replica(cast: Cast) -> Found:
    Agreement.objects.filter(pk=cast.agreement.pk).update(title_en="forged")
    return "agreements_agreement", cast.agreement.pk


def row_deleted(cast: Cast) -> Found:
    pk = first("agreements_note", "id")
    run("DELETE FROM agreements_note WHERE id = %s", pk)
    return "agreements_note", pk


def row_added(cast: Cast) -> Found:
    return "agreements_note", Note.objects.create(agreement=cast.agreement, text="never written down").pk


def role_of_an_account(cast: Cast) -> Found:
    run("UPDATE partners_user SET role = 'operator' WHERE id = %s", cast.linh.pk)
    return "partners_user", cast.linh.pk


def seal_taken_out(cast: Cast) -> Found:
    run("DELETE FROM tracker_seal WHERE id = %s", first("tracker_seal", "id"))
    return "seal", ""


def seal_rewritten(cast: Cast) -> Found:
    """By who can compute digests and has no key."""
    changed_event(cast)
    one = Seal.objects.earliest("pk")
    one.tables[EVENTS]["digest"] = "0" * 64
    run("UPDATE tracker_seal SET signature = repeat('0', 64) WHERE id = %s", one.pk)
    return "seal", ""


def seal_dated_back(cast: Cast) -> Found:
    run("UPDATE tracker_seal SET at = at - interval '1 day'")
    return "seal", ""


def seal_made_to_name_nothing(cast: Cast) -> Found:
    run("UPDATE tracker_seal SET prints = ''")
    return "seal", ""


def look_given_to_another(cast: Cast) -> Found:
    run("UPDATE agreements_opening SET user_id = %s", cast.omar.pk)
    return "agreements_opening", first("agreements_opening", "id")


def look_taken_out(cast: Cast) -> Found:
    pk = first("agreements_opening", "id")
    run("DELETE FROM agreements_opening")
    return "agreements_opening", pk


def look_taken_out_of_the_history(cast: Cast) -> Found:
    pk = first("agreements_openingevent")
    run("DELETE FROM agreements_openingevent")
    return "agreements_openingevent", pk


def log_of_the_administration_changed(cast: Cast) -> Found:
    run("UPDATE django_admin_log SET change_message = 'nothing'")
    return "django_admin_log", first("django_admin_log", "id")


def log_of_the_administration_cut(cast: Cast) -> Found:
    pk = first("django_admin_log", "id")
    run("DELETE FROM django_admin_log")
    return "django_admin_log", pk


def trigger_switched_off(cast: Cast) -> Found:
    run("ALTER TABLE agreements_share DISABLE TRIGGER USER")
    return "agreements_share", ""


def trigger_rewritten(cast: Cast) -> Found:
    name = run("SELECT tgfoid::regproc::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_update_update_%' "
               "AND tgrelid = 'agreements_agreement'::regclass")  # fmt: skip
    run(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    return "agreements_agreement", ""


def triggers_made_to_look_away(cast: Cast) -> Found:
    run("CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE plpgsql "
        "AS 'BEGIN RETURN true; END'")  # fmt: skip
    return "_pgtrigger_should_ignore", ""


def columns_dropped(cast: Cast) -> Found:
    run("ALTER TABLE agreements_shareevent DROP COLUMN organisation_id")
    return "agreements_shareevent", ""


KINDS: list[Callable[[Cast], Found]] = [
    changed_event, deleted_event, swapped_events, sealed_event_dated_back, new_event_dated_back,
    new_event_dated_back_and_sealed, new_event_dated_ahead_and_sealed, event_slipped_in, event_slipped_in_below,
    act_reworded_in_its_event, act_reworded_in_its_row, act_reworded_in_both, act_dated_back, act_taken_out,
    actor_replaced, actor_taken_out, actor_exchanged_for_another, tail_cut_off, tail_cut_off_and_sealed_on,
    all_seals_taken_out, row_edited_alone, one_row_edited_by_a_replica, row_deleted, row_added, role_of_an_account,
    seal_taken_out, seal_rewritten, seal_dated_back, seal_made_to_name_nothing, look_given_to_another, look_taken_out,
    look_taken_out_of_the_history, log_of_the_administration_changed, log_of_the_administration_cut,
    trigger_switched_off, trigger_rewritten, triggers_made_to_look_away, columns_dropped,
]  # fmt: skip
