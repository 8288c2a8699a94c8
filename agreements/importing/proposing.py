"""What is proposed of a file that was just read: what its columns mean, and who our side is."""

from __future__ import annotations

from agreements.importing import mapping
from agreements.importing.models import ImportBatch
from agreements.importing.parties import Directory
from agreements.register.models import Agreement
from partners.models import Organisation
from partners.viewers import Viewer

NEWEST = 200  # agreements of the desk in which our side is looked for


def propose(batch: ImportBatch, viewer: Viewer) -> None:
    """The first mapping, with the side that is ours in this desk's agreements."""
    batch.mapping = {"ours": our_side(batch, viewer), **mapping.suggest(batch, viewer, Directory.of(viewer))}
    batch.save(update_fields=["mapping"])


def our_side(batch: ImportBatch, viewer: Viewer) -> int | None:
    """Of our organisations the one that takes part in most of the desk's newest agreements."""
    newest = Agreement.objects.visible_to(viewer).filter(desk=batch.desk_id).order_by("-pk").values("pk")[:NEWEST]
    ours = Organisation.objects.visible_to(viewer).filter(
        is_example=False, participations__agreement__in=list(newest.values_list("pk", flat=True))
    )
    found = [one.pk for one in ours.select_related("country") if one.is_ours]
    return max(set(found), key=found.count) if found else None
