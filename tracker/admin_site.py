"""The operator's admin site."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

OWN = ("partners", "agreements")
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class OperatorSite(admin.AdminSite):
    """Holds the register's own tables alone: not the second factors' secrets, nor groups that nothing reads."""

    site_header = _("Agreements register: administration")
    site_title = _("Administration")
    index_title = _("Reference lists, users, rules and corrections")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        own = [model for model in models if model._meta.app_label in OWN]
        super().register(own, admin_class, **options)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """For whoever has signed in and is no operator, there is nothing here."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def for_operators(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            return guarded(request, *args, **kwargs)

        return cast(View, for_operators)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One sign-in for all, with its second factor; then on to the page that was asked for."""
        asked_for = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(asked_for, allowed_hosts=None):
            asked_for = reverse("admin:index")
        if self.has_permission(request):
            return redirect(asked_for)
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(asked_for)


RENAMED = {"action": "actionitem", "position": "answer"}


def lead_on(request: HttpRequest, old: str, rest: str) -> HttpResponse:
    """To where records of a renamed kind stand now: somebody has kept the old address."""
    return redirect(f"/admin/agreements/{RENAMED[old]}/{rest}")
