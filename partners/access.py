"""Who may use an address: written at the route, read by the tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.http.response import HttpResponseBase

from partners.requests import AnyRequest
from partners.viewers import DESK_STAFF, STAFF, Role

View = Callable[..., HttpResponseBase]


def allow(*roles: Role) -> Callable[[View], View]:
    """Only these roles; a stranger is sent to sign in, another role finds nothing here."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: AnyRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            viewer = request.viewer
            if not viewer.is_known:
                return redirect_to_login(request.get_full_path())
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
