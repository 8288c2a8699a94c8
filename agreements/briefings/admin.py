"""The operator's faces of what is put on paper: who issues it, the words of letters, and the letters that were made."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from agreements.briefings import frozen_admin, meeting_admin  # noqa: F401  (registers closed periods and meetings)
from agreements.briefings.letterfields import LetterKind, fields_of
from agreements.briefings.models import Letter, Letterhead, LetterTemplate
from partners.admin import ReadingAdmin, RecordAdmin


@admin.register(Letterhead)
class LetterheadAdmin(RecordAdmin):
    list_display = ("code", "organisation", "desk", "symbol", "signatory")
    list_select_related = ("organisation", "desk")
    search_fields = ("code", "organisation__name_vi", "desk__name_vi")


@admin.register(LetterTemplate)
class LetterTemplateAdmin(RecordAdmin):
    list_display = ("code", "kind", "name_vi", "name_en")
    list_filter = ("kind",)
    search_fields = ("code", "name_vi", "name_en")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*super().get_fields(request, obj), "may_say"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "may_say"]

    @admin.display(description=_("fields that may stand in its texts"))
    def may_say(self, template: LetterTemplate) -> SafeString:
        known = fields_of(template.kind or LetterKind.LEGAL_NOTE)
        return format_html_join("", "{{{}}}: {}<br>", ((name, one.label) for name, one in known.items()))


@admin.register(Letter)
class LetterAdmin(ReadingAdmin):
    list_display = ("subject", "kind", "agreement", "number", "on", "created_by")
    list_select_related = ("agreement", "created_by")
    list_filter = ("kind", "language")
    search_fields = ("subject", "number", "agreement__ref")
