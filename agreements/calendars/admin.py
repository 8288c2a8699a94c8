"""The operator sees who has which calendar, and withdraws one that was passed on."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.calendars.models import Feed
from partners.admin import ReadingAdmin


@admin.register(Feed)
class FeedAdmin(ReadingAdmin):
    list_display = ("user", "kind", "country", "created_at", "used_at", "revoked_at")
    list_select_related = ("user", "country")
    list_filter = ("kind",)
    search_fields = ("user__name", "user__email")
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description=_("Withdraw"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Feed]) -> None:
        count = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        messages.success(request, _("%(count)s withdrawn.") % {"count": count})
