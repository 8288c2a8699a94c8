"""The operator's face of the files that are written: whose, how far, and what went wrong."""

from __future__ import annotations

from django.contrib import admin

from agreements.exchange.models import Export, FileTaken
from partners.admin import ReadingAdmin


@admin.register(Export)
class ExportAdmin(ReadingAdmin):
    list_display = ("page", "kind", "user", "state", "done", "total", "created_at")
    list_select_related = ("user",)
    list_filter = ("state",)


@admin.register(FileTaken)
class FileTakenAdmin(ReadingAdmin):
    list_display = ("page", "form", "user", "rows", "restricted", "reason", "at")
    list_select_related = ("user",)
    list_filter = ("page", "form")
    search_fields = ("user__name", "reason", "query")
