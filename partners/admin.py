"""The operator's admin: the same gate, the same field tables, and nothing is deleted."""

from __future__ import annotations

from typing import Any, cast

import structlog
from allauth.account.forms import ResetPasswordForm
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.db.models import Field, ForeignKey, Model, QuerySet, URLField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.epochs import end_everything
from partners.models import (
    Absence,
    ApiToken,
    Assessment,
    Country,
    Desk,
    Figure,
    FocalPoint,
    Membership,
    Organisation,
    Person,
    Relation,
    Sector,
    Session,
    User,
)
from partners.records import Record, RecordQuerySet
from partners.requests import signed_in

log = structlog.get_logger()
ENDS = _("A change ends this person's sessions, keys, calendars and links.")
STAMPS = ("created_at", "created_by", "updated_at", "updated_by", "version", "archived_at")


# Columns that the machine needs and nobody reads.
FOR_MACHINES = {
    "folded", "folded_aliases", "order_vi", "agreed", "digest", "precision", "before", "epoch", "keys", "seen",
}  # fmt: skip


def is_for_machines(column: Field[Any, Any]) -> bool:
    return column.name in FOR_MACHINES or column.name.endswith(("_precision", "_hash"))


class Gated:
    """Rows that the operator may see. `tracker.surfaces` refuses a page or an inline without it."""

    def get_queryset(self, request: HttpRequest) -> RecordQuerySet[Any]:
        rows = cast("Any", super()).get_queryset(request)
        assert isinstance(rows, RecordQuerySet)
        return rows.visible_to(signed_in(request).viewer)


class GatedAdmin(Gated, admin.ModelAdmin[Any]):
    """Rows through `visible_to`; columns that rules protect are shown, not written; no deletion."""

    list_per_page = 50
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    show_full_result_count = False
    fixed: tuple[str, ...] = ()  # columns beside those without an editor that the admin must not write

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        columns = [f for f in self.model._meta.concrete_fields if not f.primary_key and not is_for_machines(f)]
        uneditable = [f.name for f in columns if not f.editable]
        # What the field table locks is set once, when the row is made, and by rules after that.
        locked = set(self.model.FIELDS.locked.split()) - set(STAMPS) - {"archived_because"} if obj else set()
        fixed = (*uneditable, *self.fixed, *(f.name for f in columns if f.name in locked))
        return list(dict.fromkeys(fixed))

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [f.name for f in self.model._meta.concrete_fields if is_for_machines(f)]

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        links = [f for f in self.model._meta.get_fields() if isinstance(f, ForeignKey) or f.many_to_many]
        editable = [f for f in links if getattr(f, "editable", False) and not f.auto_created]
        return [f.name for f in editable if f.related_model in self.admin_site._registry]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Folded search where the table has it: operators leave out accents too."""
        has_folded = any(f.name == "folded" for f in self.model._meta.fields)
        if term and has_folded and isinstance(queryset, RecordQuerySet):
            return queryset.search(term, signed_in(request).viewer), False
        return super().get_search_results(request, queryset, term)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Which columns were written, and of which row: what they held stands in the history."""
        super().save_related(request, form, formsets, change)
        inlines = [formset.prefix for formset in formsets if formset.has_changed()]
        columns = [*form.changed_data, *inlines]
        log.warning(
            "administered", model=self.model._meta.label, row=form.instance.pk, made=not change, columns=columns
        )


class ReadingAdmin(GatedAdmin):
    """What is written by rules alone is only read here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class RecordAdmin(GatedAdmin):
    """Stamps who changed what; a reason for archiving archives, and taking it away brings the row back."""

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        fields = [name for name in super().get_fields(request, obj) if name not in STAMPS]
        return [*(n for n in fields if n != "archived_because"), "archived_because", *(STAMPS if obj else ())]

    def save_model(self, request: HttpRequest, obj: Record, form: Any, change: bool) -> None:
        is_written = not change or set(form.changed_data) - obj.DECIDED
        obj.stamp(signed_in(request).viewer if is_written else None)
        if bool(obj.archived_because) != bool(obj.archived_at):
            obj.archived_at = timezone.now() if obj.archived_because else None
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for record in formset.save(commit=False):
            record.stamp(signed_in(request).viewer)
            record.save()
        formset.save_m2m()


@admin.register(Country)
class CountryAdmin(RecordAdmin):
    list_display = ("code", "name_vi", "name_en", "region")
    list_filter = ("region",)
    search_fields = ("name_vi",)


@admin.register(Organisation)
class OrganisationAdmin(RecordAdmin):
    list_display = ("label", "name_vi", "name_en", "kind", "country")
    list_filter = ("kind", ("country", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("country",)
    search_fields = ("name_vi",)

    @admin.display(description=_("short name"), ordering="short_name")
    def label(self, organisation: Organisation) -> str:
        return organisation.label


@admin.register(Desk, Sector)
class NamedAdmin(RecordAdmin):
    list_display = ("code", "name_vi", "name_en")
    search_fields = ("code", "name_vi", "name_en")


@admin.register(Relation)
class RelationAdmin(RecordAdmin):
    list_display = ("country", "level", "since_on")
    list_select_related = ("country",)
    list_filter = ("level",)
    search_fields = ("country__name_vi", "country__name_en")


@admin.register(Figure)
class FigureAdmin(RecordAdmin):
    list_display = ("country", "name_vi", "value", "unit", "as_of")
    list_select_related = ("country",)
    search_fields = ("name_vi", "name_en", "key")


@admin.register(Person)
class PersonAdmin(RecordAdmin):
    list_display = ("name", "organisation", "title_vi")
    list_select_related = ("organisation",)
    search_fields = ("name",)


@admin.register(FocalPoint)
class FocalPointAdmin(RecordAdmin):
    list_display = ("person", "organisation", "sector", "from_on", "to_on")
    list_select_related = ("person", "organisation", "sector")
    search_fields = ("person__name",)


@admin.register(Assessment)
class AssessmentAdmin(RecordAdmin):
    list_display = ("organisation", "risk", "assessed_on", "valid_until_on")
    list_filter = ("risk",)
    list_select_related = ("organisation",)
    search_fields = ("organisation__name_vi", "organisation__name_en")


@admin.register(Absence)
class AbsenceAdmin(RecordAdmin):
    list_display = ("user", "deputy", "from_on", "to_on")
    list_select_related = ("user", "deputy")
    search_fields = ("user__name", "deputy__name")


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    list_display = ("user", "organisation", "from_on", "to_on")
    list_select_related = ("user", "organisation")
    search_fields = ("user__name", "user__email")


@admin.register(User)
class UserAdmin(GatedAdmin):
    """Accounts are made without a password: the person sets it by a link sent to the address."""

    list_display = ("name", "email", "role", "language", "is_active", "last_login")
    list_filter = ("role", "is_active", "desks")
    search_fields = ("name", "email")
    fields = (
        "email",
        "name",
        "role",
        "desks",
        "language",
        "mails",
        "digest_at",
        "time_zone",
        "quiet_from",
        "quiet_until",
        "rests",
        "shortcuts",
        "takes_files",
        "is_active",
        "last_login",
    )
    readonly_fields = ("last_login",)
    actions = ("send_password_link", "remove_second_factor", "end_sessions", "end_all")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["last_login"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """What ends what is said beside the fields that do it."""
        texts = dict.fromkeys(("email", "role", "desks", "is_active"), ENDS)
        texts["takes_files"] = _("unknown: as others of the role")
        return super().get_form(request, obj, change, **{**options, "help_texts": texts})

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.email = obj.email.lower()
        if not change:
            obj.set_unusable_password()
        if change and obj == request.user and not (obj.is_active and obj.role == "operator"):
            messages.error(request, _("You cannot take your own access away."))
            obj.is_active, obj.role = True, "operator"
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Send a link to set the password"))
    def send_password_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.filter(is_active=True):
            form = ResetPasswordForm({"email": user.email})
            if form.is_valid():
                form.save(request)
                log.warning("password_link_sent", account=user.pk)
                messages.success(request, _("Sent to %(email)s.") % {"email": user.email})

    @admin.action(description=_("Remove the second factor, for someone who has lost it"))
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.exclude(pk=signed_in(request).user.pk):
            Authenticator.objects.filter(user=user).delete()
            log.warning("factor_removed", account=user.pk)
            messages.success(request, _("%(name)s sets up a new one at the next sign-in.") % {"name": user})

    @admin.action(description=_("Sign out everywhere"))
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        log.warning("sessions_ended", accounts=[user.pk for user in queryset])
        Session.objects.filter(user__in=queryset).exclude(user=signed_in(request).user).delete()
        messages.success(request, _("Their sessions have ended. Keys, calendars and links go on."))

    @admin.action(description=_("End sessions, keys, calendars, links and files"))
    def end_all(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        log.warning("everything_ended", accounts=[user.pk for user in queryset])
        count = end_everything(queryset.exclude(pk=signed_in(request).user.pk))
        messages.success(request, _("Of %(count)s accounts everything has ended.") % {"count": count})


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin[ApiToken]):
    """Seen and withdrawn here; made by their owners alone."""

    list_display = ("name", "user", "read_only", "expires_on", "used_at", "refused_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__name", "user__email")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
