"""The operator's face of closed periods: read, never written."""

from __future__ import annotations

from django.contrib import admin

from agreements.briefings.frozen import FrozenPeriod, FrozenState
from partners.admin import ReadingAdmin


@admin.register(FrozenPeriod)
class FrozenPeriodAdmin(ReadingAdmin):
    list_display = ("first_on", "last_on", "desk", "closed_on", "closed_by", "count", "digest")
    list_select_related = ("desk", "closed_by")
    list_filter = ("desk",)
    search_fields = ("digest", "remark")


@admin.register(FrozenState)
class FrozenStateAdmin(ReadingAdmin):
    list_display = ("ref", "period", "desk", "counts_as")
    list_select_related = ("period__desk", "desk")
    list_filter = ("desk",)
    search_fields = ("ref", "title_vi", "title_en")
