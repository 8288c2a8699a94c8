"""Who may use an address: written at the route, read by the tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.http.response import HttpResponseBase

from partners.requests import AnyRequest
from partners.viewers import DESK_STAFF, STAFF, Role

View = Callable[..., HttpResponseBase]


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

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]  # a function's note, for the tests
        return guarded

    return guard


everyone = allow(*Role)
staff_only = allow(*STAFF)
desk_only = allow(*DESK_STAFF)
manager_only = allow(Role.MANAGER)


def open_to_all(view: View) -> View:
    """No sign-in needed: said aloud, so that no address is open by oversight."""
    view.roles = None  # type: ignore[attr-defined]  # a function's note, for the tests
    return view
