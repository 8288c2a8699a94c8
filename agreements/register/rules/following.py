"""Following a record, a country or a list, and no longer; keeping a list under a name."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.register.models import Follow, SavedView
from agreements.register.models.following import filters_of
from agreements.vocabulary import ViewAudience
from partners import kept
from partners.refusals import Refused
from partners.viewers import DESK_STAFF, Role, Viewer

MOST_VIEWS = 100
FOR_ALL = (Role.MANAGER, Role.OPERATOR)


def follow(viewer: Viewer, **record: Any) -> None:
    """Follow what the caller has found visible: `agreement=`, `commitment=`, `country=` or `view=`."""
    Follow.objects.get_or_create(user_id=viewer.user_id or 0, **record)


def unfollow(viewer: Viewer, **record: Any) -> None:
    Follow.objects.filter(user=viewer.user_id, **record).delete()


def is_followed(viewer: Viewer, **record: Any) -> bool:
    """Of a record or a country that is given by name."""
    [(kind, followed)] = record.items()
    return bool(viewer.user_id) and kept.exists(_followed, viewer, followed.pk, kind=kind)


def _followed(viewer: Viewer, pk: int, *, kind: str) -> Any:
    return Follow.objects.filter(user=viewer.user_id, **{kind: pk})


def audiences(viewer: Viewer) -> list[ViewAudience]:
    """For whom a viewer may keep a list."""
    allowed = [ViewAudience.PRIVATE]
    if viewer.role in DESK_STAFF and viewer.desk_ids:
        allowed.append(ViewAudience.DESK)
    if viewer.role in FOR_ALL:
        allowed.append(ViewAudience.EVERYONE)
    return allowed


def keep(viewer: Viewer, *, name: str, page: str, query: str, audience: str) -> SavedView:
    """Keep a list under a name. Raises Refused with what is wrong."""
    if audience not in audiences(viewer):
        raise Refused(_("You cannot keep a list for them."))
    if SavedView.objects.live().filter(created_by=viewer.user_id).count() >= MOST_VIEWS:
        raise Refused(_("You keep %(most)s lists: remove one first.") % {"most": MOST_VIEWS})
    desk = min(viewer.desk_ids) if audience == ViewAudience.DESK else None
    view = SavedView(
        name=" ".join(name.split()), page=page, query=filters_of(query), audience=audience, desk_id=desk
    )  # fmt: skip
    try:
        view.stamp(viewer).full_clean()
    except ValidationError as wrong:
        raise Refused(" ".join(wrong.messages)) from None
    view.save()
    return view


def may_remove(view: SavedView, viewer: Viewer) -> bool:
    return view.created_by_id == viewer.user_id or viewer.role == Role.OPERATOR


def remove(view: SavedView, *, by: Viewer) -> None:
    """Put a kept list away; whoever follows it is told of it no longer."""
    view.archived_at, view.archived_because = timezone.now(), _("removed by its author")
    view.stamp(by).save()


def seen(viewer: Viewer) -> Any:
    """What the viewer follows and may still see."""
    readable = Q(view__in=views_for(viewer).order_by().values("pk"))
    for name in ("agreement", "commitment", "country"):
        kind: Any = Follow._meta.get_field(name).related_model
        readable |= Q(**{f"{name}__in": kind.objects.visible_to(viewer).order_by().values("pk")})
    rows = Follow.objects.visible_to(viewer).filter(readable, user=viewer.user_id)
    return rows.select_related("agreement", "commitment", "country")


def kept_lists(viewer: Viewer, page: str, query: str) -> dict[str, Any]:
    """What a list page shows of saved views: those to choose from, and what this list would be kept as. One query."""
    return {
        "saved_views": kept.records(_views_of, viewer, page=page),
        "saved_page": page, "saved_query": filters_of(query),
        "audiences": audiences(viewer),
    }  # fmt: skip


def _views_of(viewer: Viewer, *, page: str) -> Any:
    return views_for(viewer).filter(page=page)[:MOST_VIEWS]


def views_for(viewer: Viewer) -> Any:
    """The lists that are offered to the viewer: not what others keep for themselves, though auditors may see that."""
    offered = Q(created_by=viewer.user_id) | ~Q(audience=ViewAudience.PRIVATE)
    return SavedView.objects.visible_to(viewer).filter(offered)
