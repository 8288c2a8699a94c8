"""What somebody in the application's role would try against the history, in SQL."""

from __future__ import annotations

EVENTS = "agreements_agreementevent"
CONTEXT = "5f0e2f0e-0000-4000-8000-000000000001"
# Statements between ;; run one after another in one transaction. Where the last one asks something, true is an act that
# succeeded; else one that is not refused is.
ACTS = {
    "add an event": "INSERT INTO agreements_shareevent SELECT * FROM agreements_shareevent LIMIT 1",
    "change an event": f"UPDATE {EVENTS} SET title_en = 'x'",
    "take an event out": f"DELETE FROM {EVENTS}",
    "empty the events": f"TRUNCATE {EVENTS}",
    "drop the events": f"DROP TABLE {EVENTS}",
    "switch the triggers of the events off": f"ALTER TABLE {EVENTS} DISABLE TRIGGER ALL",
    "switch the triggers of a table off": "ALTER TABLE agreements_agreement DISABLE TRIGGER USER",
    "drop a trigger": "DROP TRIGGER pgtrigger_update_update_{of_agreement} ON agreements_agreement",
    "rename a trigger": "ALTER TRIGGER pgtrigger_update_update_{of_agreement} ON agreements_agreement RENAME TO x",
    "change the events' columns": f"ALTER TABLE {EVENTS} DROP COLUMN title_en",
    "rename the events": f"ALTER TABLE {EVENTS} RENAME TO aside",
    "own the events": f"ALTER TABLE {EVENTS} OWNER TO CURRENT_USER",
    "hang a trigger on a table": (
        "CREATE TRIGGER x BEFORE INSERT ON agreements_agreement FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "put a rule before the events": f"CREATE RULE x AS ON INSERT TO {EVENTS} DO INSTEAD NOTHING",
    "be as a replica": "SET session_replication_role = 'replica'",
    "ask the triggers to look away": (
        "SELECT set_config('pgtrigger.ignore', '{{pgtrigger_update_update_{of_agreement}}}', true);;"
        "UPDATE agreements_agreement SET place = 'Past the history';;"
        f"SELECT NOT EXISTS (SELECT FROM {EVENTS} WHERE place = 'Past the history')"
    ),
    "replace an actor by using a context again": (
        "SELECT set_config('pghistory.context_id', (SELECT id::text FROM pghistory_context LIMIT 1), true), "
        "set_config('pghistory.context_metadata', '{{\"user\": 0}}', true);;"
        "UPDATE agreements_agreement SET place = 'Huế';;"
        "SELECT EXISTS (SELECT FROM pghistory_context WHERE metadata = '{{\"user\": 0}}')"
    ),
    "change a context": "UPDATE pghistory_context SET metadata = '{{}}'",
    "add a context": f"INSERT INTO pghistory_context VALUES ('{CONTEXT}', now(), now(), '{{{{}}}}')",
    "take a context out": "DELETE FROM pghistory_context",
    "empty the contexts": "TRUNCATE pghistory_context",
    "change a seal": "UPDATE tracker_seal SET at = now()",
    "take a seal out": "DELETE FROM tracker_seal",
    "empty the seals": "TRUNCATE tracker_seal",
    "reword an act": "UPDATE agreements_step SET reason = 'x'",
    "date an act back": "UPDATE agreements_step SET at = now() - interval '1 year'",
    "give an act to someone else": "UPDATE agreements_step SET by_id = NULL",
    "take an act out": "DELETE FROM agreements_step",
    "give a look to someone else": "UPDATE agreements_opening SET user_id = user_id + 1",
    "date a look back": "UPDATE agreements_opening SET first_at = now() - interval '1 year'",
    "take a look out": "DELETE FROM agreements_opening",
    "change the log of links": "UPDATE agreements_linkopening SET address = NULL",
    "change the log of the administration": "UPDATE django_admin_log SET change_message = 'x'",
    "take out of the log of the administration": "DELETE FROM django_admin_log",
    "delete an agreement": "DELETE FROM agreements_agreement",
    "delete a commitment": "DELETE FROM agreements_commitment",
    "delete a note": "DELETE FROM agreements_note",
    "delete an account": "DELETE FROM partners_user",
    "empty the agreements and all that hangs on them": "TRUNCATE agreements_agreement CASCADE",
    "become the owner": "SET ROLE {owner}",
    "become the owner for the session": "SET SESSION AUTHORIZATION {owner}",
    "make oneself a superuser": "ALTER ROLE CURRENT_USER SUPERUSER",
    "pass row-level security": "ALTER ROLE CURRENT_USER BYPASSRLS",
    "join the owner": "GRANT {owner} TO CURRENT_USER",
    "make a role": "CREATE ROLE tampering",
    "make a database": "CREATE DATABASE tampering",
    "give oneself rights": (
        f"GRANT INSERT ON {EVENTS} TO CURRENT_USER;; SELECT has_table_privilege('{EVENTS}', 'INSERT')"
    ),
    "give everybody rights": f"GRANT ALL ON {EVENTS} TO PUBLIC;; SELECT has_table_privilege('{EVENTS}', 'INSERT')",
    "rewrite the function of a trigger": (
        "CREATE OR REPLACE FUNCTION pgtrigger_update_update_{of_agreement}() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NEW; END'"
    ),
    "alter the function of a trigger": "ALTER FUNCTION pgtrigger_update_update_{of_agreement}() SECURITY INVOKER",
    "rewrite what the triggers ask": (
        "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE sql "
        "AS 'SELECT true'"
    ),
    "note a context by hand": "SELECT _pgh_attach_context()",
    "make a table": "CREATE TABLE tampering (id integer)",
    "make a passing table before the events": f"CREATE TEMPORARY TABLE {EVENTS.removesuffix('event')} (id integer)",
    "make a function": "CREATE FUNCTION tampering() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "make a schema": "CREATE SCHEMA tampering",
    "add an extension": "CREATE EXTENSION pageinspect",
    "edit the catalogue": "UPDATE pg_trigger SET tgenabled = 'D'",
    "run a program on the server": f"COPY {EVENTS} TO PROGRAM 'true'",
    "load a file of the server": "COPY agreements_note (text) FROM '/etc/passwd'",
    "write a file on the server": "COPY agreements_note TO '/tmp/tampering'",
    "read a file of the server": "SELECT pg_read_file('PG_VERSION')",
    "list a folder of the server": "SELECT pg_ls_dir('.')",
    "load a file as a large object": "SELECT lo_import('/etc/passwd')",
    "change the server's settings": "ALTER SYSTEM SET log_statement = 'none'",
    "change the owner's settings": "ALTER ROLE {owner} SET session_replication_role = 'replica'",
    "change the database's settings": "ALTER DATABASE {database} SET session_replication_role = 'replica'",
    "drop the database": "DROP DATABASE {database}",
}  # fmt: skip
