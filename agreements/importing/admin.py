"""The operator's face of imports: whose, how far, and what went wrong."""

from __future__ import annotations

from django.contrib import admin

from agreements.importing.models import ImportBatch
from partners.admin import ReadingAdmin


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadingAdmin):
    list_display = ("file_name", "desk", "user", "state", "done", "total", "created_at")
    list_select_related = ("desk", "user")
    list_filter = ("state",)
