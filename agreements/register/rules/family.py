"""The family tree of an agreement: what it carries out, and what carries it out, as far as the viewer sees."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection

from agreements.register.models import Agreement
from partners.viewers import Viewer

MOST = 200
DEEPEST = 12


@dataclass
class Branch:
    agreement: Agreement
    is_this: bool = False
    children: list[Branch] = field(default_factory=list)


def tree_of(agreement: Agreement, viewer: Viewer) -> Branch | None:
    """The tree that holds the agreement, from the highest visible ancestor down; None where it stands alone.

    Two queries. A hidden agreement ends the tree there: what hangs below it is not drawn, or it would show.
    """
    relatives = _relatives(agreement.pk)
    if len(relatives) < 2:
        return None
    visible = Agreement.objects.visible_to(viewer).filter(pk__in=relatives)
    rows = {row.pk: row for row in visible.select_related("instrument_type")}
    # Links are followed by the rows' own columns: where they are held back, they are empty.
    root, passed = agreement.pk, {agreement.pk}
    while root in rows and (above := rows[root].parent_id) in rows and above not in passed:
        root = above
        passed.add(root)
    branches = {pk: Branch(row, is_this=pk == agreement.pk) for pk, row in rows.items()}
    for pk, branch in branches.items():
        if (parent := rows[pk].parent_id) in branches and pk != root:
            branches[parent].children.append(branch)
    for branch in branches.values():
        branch.children.sort(key=lambda one: (str(one.agreement.signed_on or ""), one.agreement.pk))
    top = branches.get(root)
    return top if top and top.children else None


def _relatives(pk: int) -> list[int]:
    """The whole family by key: up to the root, then down, to a depth and a number that end it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE above AS (
                SELECT id, parent_id, 0 AS height FROM agreements_agreement WHERE id = %(pk)s
                UNION
                SELECT a.id, a.parent_id, height + 1 FROM agreements_agreement a JOIN above ON a.id = above.parent_id
                WHERE height < %(deepest)s
            ), family AS (
                (SELECT id, parent_id, 0 AS depth FROM above ORDER BY height DESC LIMIT 1)
                UNION
                SELECT a.id, a.parent_id, depth + 1 FROM agreements_agreement a JOIN family ON a.parent_id = family.id
                WHERE depth < %(deepest)s * 2
            )
            SELECT id FROM above
            UNION
            (SELECT id FROM family ORDER BY depth, id LIMIT %(most)s)
            """,
            {"pk": pk, "deepest": DEEPEST, "most": MOST},
        )
        return [row[0] for row in cursor.fetchall()]
