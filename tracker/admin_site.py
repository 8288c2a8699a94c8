"""The operator's admin site."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

OWN = ("partners", "agreements")


class OperatorSite(admin.AdminSite):
    """Holds the register's own tables alone: not the second factors' secrets, nor groups that nothing reads."""

    site_header = _("Agreements register: administration")
    site_title = _("Administration")
    index_title = _("Reference lists, users, rules and corrections")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        own = [model for model in models if model._meta.app_label in OWN]
        super().register(own, admin_class, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One sign-in for all, with its second factor."""
        return redirect(f"/accounts/login/?next={request.path}")
