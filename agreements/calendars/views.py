"""One's calendar feeds, and the address that a calendar program asks."""

from __future__ import annotations

from typing import Any

import structlog
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
from agreements.calendars.models import Feed, FeedKind
from agreements.calendars.writing import calendar_of, name_of
from agreements.register.lists.filters import choices_for
from agreements.register.rules.following import MOST_VIEWS, views_for
from partners.attempts import wait_after_guess
from partners.picking import offer
from partners.requests import Request
from partners.viewers import Viewer

log = structlog.get_logger()
MOST_FEEDS = 20


class FeedForm(forms.Form):
    """What a new feed is to hold: one's own matters, a country or a saved view."""

    of = forms.ChoiceField(label=gettext_lazy("What it holds"))

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.countries = {f"country:{row.code}": row for row in choices_for(viewer)["countries"]}
        self.views = {f"view:{row.pk}": row for row in views_for(viewer)[:MOST_VIEWS]}
        choices: list[Any] = [(FeedKind.MINE.value, FeedKind.MINE.label)]
        for label, rows in ((_("Country or territory"), self.countries), (_("Saved views"), self.views)):
            if rows:
                choices.append((label, list(rows.items())))
        offer(self, of=choices)

    def feed(self) -> dict[str, Any]:
        """The columns of the feed that was chosen."""
        value = self.cleaned_data["of"]
        kind = value.partition(":")[0]
        return {"kind": kind, "country": self.countries.get(value), "view": self.views.get(value)}


@require_http_methods(["GET", "POST"])
def feed_list(request: Request) -> HttpResponse:
    """One's feeds, and a new one; its address is shown once."""
    own = Feed.objects.visible_to(request.viewer).living().filter(user=request.viewer.user_id)
    form = FeedForm(request.POST or None, viewer=request.viewer, initial={"of": request.GET.get("of", "")})
    address = ""
    if request.method == "POST" and form.is_valid():
        if own.count() >= MOST_FEEDS:
            form.add_error(None, _("You have %(most)s calendars: withdraw one first.") % {"most": MOST_FEEDS})
        else:
            feed, secret = Feed.issue(request.user, **form.feed())
            log.info("feed_made", feed=feed.pk)
            address = settings.BASE_URL + reverse("calendar", args=[secret])
    context = {"form": form, "feeds": own.select_related("country", "view"), "address": address}
    return render(request, "agreements/calendars/feed_list.html", context, status=422 if form.errors else 200)


@require_POST
def feed_revoke(request: Request, pk: int) -> HttpResponse:
    """Withdraw a feed; its address is dead with the next fetch."""
    feed = Feed.objects.get_visible(request.viewer, pk=pk, user=request.viewer.user_id)
    feed.revoke(at=timezone.now())
    log.info("feed_withdrawn", feed=feed.pk)
    messages.success(request, _("The calendar is withdrawn."))
    return redirect("calendars")


@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """What the feed's person may see at this moment. A dead or a wrong secret is nothing, as every wrong address."""
    feed = Feed.redeem(secret, at=timezone.now())
    if feed is None:
        if wait := wait_after_guess(request, "calendar"):
            return HttpResponse(status=429, headers={"Retry-After": str(wait)})
        raise Http404
    viewer = feed.user.viewer().reading_only()
    with translation.override(viewer.language):
        text = calendar_of(name_of(feed), events_of(feed, viewer))
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="agreements.ics"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
