"""Who may call the API. Kept apart from the viewsets, as Django REST framework loads it with its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from rest_framework import exceptions, permissions

from partners.viewers import Role, Viewer

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


def viewer_of(request: Request) -> Viewer:
    """The viewer behind a request, made once; a reading key has no hands."""
    known: Viewer | None = getattr(request, "known_viewer", None)
    if known is None:
        known = request.user.viewer() if request.user and request.user.is_authenticated else Viewer()
        if request.auth is not None:  # a key; who is signed in has none
            known = replace(known, by_key=True)
        if getattr(request.auth, "read_only", False):
            known = known.reading_only()
        request.known_viewer = known  # type: ignore[attr-defined]  # kept on the request for the next to ask
    return known


class DenyAll(permissions.BasePermission):
    """The default: a view that forgets to declare its actions answers nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False


class KnownViewer(permissions.BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return viewer_of(request).is_known


class Declared(permissions.BasePermission):
    """The action stands in the view's table, for the viewer's role."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        action = getattr(view, "action", None)
        if action in (None, "metadata"):
            return viewer_of(request).is_known
        declared: Mapping[str, frozenset[Role]] = getattr(view, "declared", {})
        if action not in declared:
            raise exceptions.MethodNotAllowed(request.method or "")
        viewer = viewer_of(request)
        writes = request.method not in permissions.SAFE_METHODS
        return viewer.role in declared[action] and not (writes and viewer.read_only)
