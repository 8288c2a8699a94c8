"""The request as it is behind the middleware. These are types alone: the middleware sets what they name."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from partners.models import User
from partners.viewers import Viewer


class AnyRequest(HttpRequest):
    """From anybody: `user` is a User or Django's AnonymousUser, and the viewer then a stranger."""

    viewer: Viewer
    name: str  # which stands in the log and in the history
    htmx: HtmxDetails


class Request(AnyRequest):
    """From someone who has signed in, as at each route that names its roles."""

    user: User


def signed_in(request: HttpRequest) -> Request:
    """For methods of Django's admin, which are declared for any request and run for operators alone."""
    return cast(Request, request)
