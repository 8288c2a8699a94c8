"""Triggers that mark the agreement of what was changed, in the change's own transaction.

They insert a line, read no other row than those that lead to the agreement, and wait for no lock: see decision 15.
"""

from __future__ import annotations

from collections.abc import Mapping

# Those of rows that came, went, or changed in what counts.
FUNCTION = """
CREATE FUNCTION {verb}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO {into} (agreement_id)
        SELECT DISTINCT marked FROM (
            SELECT {agreement} AS marked, row.id, {columns} FROM new_rows row {join}
            EXCEPT SELECT {agreement}, row.id, {columns} FROM old_rows row {join}
        ) changed;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO {into} (agreement_id) SELECT DISTINCT {agreement} FROM new_rows row {join};
    ELSE
        INSERT INTO {into} (agreement_id) SELECT DISTINCT {agreement} FROM old_rows row {join};
    END IF;
    RETURN NULL;
END $$;
"""
OLD, NEW = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
EVENTS = {"INSERT": NEW, "UPDATE": f"{OLD} {NEW}", "DELETE": OLD}
OF_A_COMMITMENT = {
    "agreement": "c.agreement_id", "join": "JOIN agreements_commitment c ON c.id = row.commitment_id",
}  # fmt: skip


def marked(into: str, verb: str, by: Mapping[str, Mapping[str, str]]) -> str:
    """Functions and triggers `verb`_name that mark into a table of marks.

    For each name: what leads from its `row` to the agreement, by which `join`, and the `columns` whose change counts;
    and the `table` where it is not that of the model of this name.
    """
    return "".join(
        FUNCTION.format(into=into, verb=verb, name=name, **of)
        + "".join(
            f"CREATE TRIGGER {verb}_{event.lower()} AFTER {event} ON {of.get('table', f'agreements_{name}')} "
            f"REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {verb}_{name}();"
            for event, rows in EVENTS.items()
        )
        for name, of in by.items()
    )
