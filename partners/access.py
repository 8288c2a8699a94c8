"""Who may use an address, and with whose eyes it looks: written at the route, read by `tracker.surfaces`."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from functools import wraps
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.http.response import HttpResponseBase

from partners.requests import AnyRequest
from partners.viewers import DESK_STAFF, STAFF, Role

View = Callable[..., HttpResponseBase]


class Eyes(Enum):
    """Whose rights decide what a surface shows."""

    ASKER = auto()  # the viewer of the request, through `visible_to`
    OWNER = auto()  # the person whom it was made for, as they may see at the moment of telling
    OPERATOR = auto()  # whoever runs the register: its administration and its shell
    NOBODY = auto()  # it shows no record: it works, or says that it does


def _page_of(request: AnyRequest) -> str:
    """Where to go on after signing in: the page that was asked for, or the one whose form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    is_ours = came_from.netloc == request.get_host()
    return urlunsplit(("", "", came_from.path, came_from.query, "")) if is_ours else "/"


def allow(*roles: Role) -> Callable[[View], View]:
    """Only these roles; a stranger is sent to sign in, another role finds nothing here."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: AnyRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            viewer = request.viewer
            if not viewer.is_known:
                return redirect_to_login(_page_of(request))
            if viewer.role not in roles:
                raise Http404
            return view(request, *args, **kwargs)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]  # a function's note
        guarded.eyes = Eyes.ASKER  # type: ignore[attr-defined]  # a function's note
        return guarded

    return guard


everyone = allow(*Role)
staff_only = allow(*STAFF)
desk_only = allow(*DESK_STAFF)
manager_only = allow(Role.MANAGER)


def open_to_all(view: View, eyes: Eyes) -> View:
    """No sign-in needed: said aloud, so that no address is open by oversight, nor shows anything by its own rule."""
    view.roles = None  # type: ignore[attr-defined]  # a function's note
    view.eyes = eyes  # type: ignore[attr-defined]  # a function's note
    return view
