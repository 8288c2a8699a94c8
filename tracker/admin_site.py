"""The operator's admin site."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class OperatorSite(admin.AdminSite):
    site_header = _("Agreements register: administration")
    site_title = _("Administration")
    index_title = _("Reference lists, users, rules and corrections")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One sign-in for all, with its second factor."""
        return redirect(f"/accounts/login/?next={request.path}")
