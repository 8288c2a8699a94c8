"""One's calendar feeds, and the address that a calendar program asks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.calendars.events import events_of
from agreements.calendars.models import Feed
from agreements.calendars.writing import calendar_of, name_of
from agreements.register.models import SavedView
from partners.models import Country
from partners.viewers import Viewer

MOST_FEEDS = 20


class FeedForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a new feed is to hold."""

    class Meta:
        model = Feed
        fields = ("kind", "country", "view")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        countries, views = Country.objects.visible_to(viewer), SavedView.objects.visible_to(viewer)
        self.fields["country"].queryset = countries.order_by("order_vi")  # type: ignore[attr-defined]
        self.fields["view"].queryset = views  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What the kind does not need falls away; what it needs must be there."""
        found: dict[str, Any] = super().clean() or {}
        for name in ("country", "view"):
            if found.get("kind") != name:
                found[name] = None
            elif not found.get(name) and name not in self.errors:
                self.add_error(name, gettext_lazy("Choose one."))
        return found


@require_http_methods(["GET", "POST"])
def feed_list(request: HttpRequest) -> HttpResponse:
    """One's feeds, and a new one; its address is shown once."""
    own = Feed.objects.visible_to(request.viewer).filter(user=request.viewer.user_id, revoked_at=None)
    asked = {name: request.GET[name] for name in ("country", "view") if request.GET.get(name)}
    initial = asked | ({"kind": next(iter(asked))} if asked else {})
    if code := asked.get("country"):
        initial["country"] = Country.objects.visible_to(request.viewer).filter(code=code.upper()).first()
    form = FeedForm(request.POST or None, viewer=request.viewer, initial=initial)
    address = ""
    if request.method == "POST" and form.is_valid():
        if own.count() >= MOST_FEEDS:
            form.add_error(None, _("You have %(most)s calendars: withdraw one first.") % {"most": MOST_FEEDS})
        else:
            _feed, secret = Feed.issue(request.user, **form.cleaned_data)
            address = settings.BASE_URL + reverse("calendar", args=[secret])
            form = FeedForm(viewer=request.viewer)
    facts = {"form": form, "feeds": own.select_related("country", "view"), "address": address}
    return render(request, "agreements/calendars/feed_list.html", facts, status=422 if form.errors else 200)


@require_POST
def feed_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a feed; its address is dead with the next fetch."""
    feed = Feed.objects.get_visible(request.viewer, pk=pk, user=request.viewer.user_id)
    feed.revoke(at=timezone.now())
    messages.success(request, _("The calendar is withdrawn."))
    return redirect("calendars")


@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """What the feed's person may see at this moment. A dead or a wrong secret is nothing, as every wrong address."""
    feed = Feed.redeem(secret, at=timezone.now())
    if feed is None:
        raise Http404
    viewer = Viewer.of(feed.user).reading_only()
    with translation.override(viewer.language):
        text = calendar_of(name_of(feed), events_of(feed, viewer))
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="agreements.ics"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
