"""The history of links between records: columns are tracked with their model, links of many to many with this."""

from __future__ import annotations

from typing import Any

import pghistory


def tracked(name: str, through: Any, *, module: str, triggers: Any = ()) -> Any:
    """A proxy of the table behind a many-to-many field, so that each link and each end of one is an event."""
    meta = type("Meta", (), {"proxy": True, "triggers": list(triggers), "app_label": through._meta.app_label})
    proxy = type(name, (through,), {"__module__": module, "Meta": meta, "__doc__": f"{through._meta.db_table}"})
    return pghistory.track(pghistory.InsertEvent("add"), pghistory.DeleteEvent("remove"))(proxy)
