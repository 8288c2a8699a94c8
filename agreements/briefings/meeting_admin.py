"""The operator's face of meetings and their minutes: read, never written."""

from __future__ import annotations

from django.contrib import admin

from agreements.briefings.meeting import AgendaItem, Decision, Meeting, MinutedItem, Minutes
from partners.admin import ReadingAdmin


@admin.register(Meeting)
class MeetingAdmin(ReadingAdmin):
    list_display = ("title", "held_on", "desk", "state", "created_by")
    list_select_related = ("desk", "created_by")
    list_filter = ("state", "desk")
    search_fields = ("title", "place")


@admin.register(AgendaItem)
class AgendaItemAdmin(ReadingAdmin):
    list_display = ("number", "meeting", "agreement", "commitment")
    list_select_related = ("meeting", "agreement", "commitment")
    search_fields = ("agreement__ref", "commitment__ref")


@admin.register(Decision)
class DecisionAdmin(ReadingAdmin):
    list_display = ("item", "step", "action_item", "by", "on")
    list_select_related = ("item__agreement", "item__commitment", "step__agreement", "action_item", "by")
    search_fields = ("text", "item__agreement__ref")


@admin.register(Minutes)
class MinutesAdmin(ReadingAdmin):
    list_display = ("meeting", "written_by", "signed_by", "signed_on", "digest")
    list_select_related = ("meeting", "written_by", "signed_by")
    search_fields = ("digest", "meeting__title")


@admin.register(MinutedItem)
class MinutedItemAdmin(ReadingAdmin):
    list_display = ("ref", "minutes", "number", "desk")
    list_select_related = ("minutes__meeting", "desk")
    list_filter = ("desk",)
    search_fields = ("ref", "title_vi", "title_en")
