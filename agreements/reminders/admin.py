"""The operator's faces of the reminders: the rules as rows, and the ledger with what is in doubt."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.register.models import Follow, SavedView
from agreements.reminders import ledger
from agreements.reminders.models import Mute, Reminder, ReminderRule
from partners.admin import ReadingAdmin, RecordAdmin


@admin.register(ReminderRule)
class ReminderRuleAdmin(RecordAdmin):
    list_display = ("code", "watched", "told", "channel", "offsets", "is_active")
    list_filter = ("watched", "is_active")
    search_fields = ("code",)


@admin.register(Reminder)
class ReminderAdmin(ReadingAdmin):
    """The ledger. What is in doubt waits for a person, who looks into the mail server's log and decides."""

    list_display = ("recipient", "agreement", "commitment", "day", "offset", "state", "sent_at", "error")
    list_select_related = ("recipient", "agreement", "commitment")
    list_filter = ("state", "rule")
    search_fields = ("recipient__name", "recipient__email", "agreement__ref", "message_id")
    actions = ("send_again", "arrived")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_staff)

    @admin.action(description=_("Send again what was refused or is in doubt"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> None:
        count = ledger.send_again(queryset)
        messages.success(request, _("%(count)s put back into the queue.") % {"count": count})

    @admin.action(description=_("It has arrived, as the mail server's log shows"))
    def arrived(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> None:
        count = ledger.arrived(queryset, at=timezone.now())
        messages.success(request, _("%(count)s marked as sent.") % {"count": count})


@admin.register(Mute)
class MuteAdmin(ReadingAdmin):
    """What people have asked not to be told of: the answer to "I was never reminded"."""

    list_display = ("user", "agreement", "commitment", "created_at")
    list_select_related = ("user", "agreement", "commitment")
    search_fields = ("user__name", "agreement__ref")


@admin.register(Follow)
class FollowAdmin(ReadingAdmin):
    """Who asked to be told of what."""

    list_display = ("user", "agreement", "commitment", "country", "view", "created_at")
    list_select_related = ("user", "agreement", "commitment", "country", "view")
    search_fields = ("user__name", "agreement__ref", "commitment__ref")


@admin.register(SavedView)
class SavedViewAdmin(ReadingAdmin):
    list_display = ("name", "page", "audience", "desk", "created_by", "created_at")
    list_select_related = ("desk", "created_by")
    list_filter = ("page", "audience")
    search_fields = ("name", "created_by__name")
