"""Following and no longer; what one follows, and the lists one has kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agreements.commitments.models import Commitment
from agreements.register.models import Agreement, Follow, SavedView
from agreements.register.rules import following
from agreements.reminders.models import Mute
from agreements.vocabulary import RecordList, ViewAudience
from partners import reading
from partners.models import Country
from partners.refusals import Refused
from partners.requests import Request
from partners.viewers import Viewer

SHOWN = 200
# What can be followed: its name in a form, its rows, and the column that a form gives.
FOLLOWABLE: dict[str, tuple[Any, str]] = {
    "agreement": (Agreement, "ref"),
    "commitment": (Commitment, "ref"),
    "country": (Country, "code"),
    "view": (SavedView, "pk"),
}


class ViewForm(forms.Form):
    """A list under a name."""

    name = forms.CharField(max_length=80)
    page = forms.ChoiceField(choices=RecordList.choices)
    query = forms.CharField(max_length=1000, required=False)
    audience = forms.ChoiceField(choices=ViewAudience.choices)


@require_GET
def following_page(request: Request) -> HttpResponse:
    viewer = request.viewer
    followed = Follow.objects.filter(user=viewer.user_id, view=OuterRef("pk"))
    views = following.views_for(viewer).annotate(is_followed=Exists(followed))
    context = {
        "views": [_with_rights(view, viewer) for view in views.select_related("desk", "created_by")[:SHOWN]],
        "follows": _seen(viewer)[:SHOWN],
    }
    return render(request, "agreements/reminders/following.html", context)


def _with_rights(view: SavedView, viewer: Viewer) -> SavedView:
    view.may_remove = following.may_remove(view, viewer)
    return view


def _seen(viewer: Viewer) -> Any:
    """What the viewer follows and may still see; lists stand beside it."""
    return following.seen(viewer).filter(view=None)


@require_POST
def follow(request: Request) -> HttpResponse:
    """Follow one record, country or list, or no longer."""
    found = [name for name in FOLLOWABLE if request.POST.get(name)]
    if len(found) != 1:
        raise Http404
    model, column = FOLLOWABLE[found[0]]
    value = request.POST[found[0]]
    if column == "pk" and reading.key(value) is None:
        raise Http404
    record = model.objects.get_visible(request.viewer, **{column: value})
    if request.POST.get("wish") == "off":
        following.unfollow(request.viewer, **{found[0]: record})
        messages.success(request, _("You no longer follow it."))
    else:
        following.follow(request.viewer, **{found[0]: record})
        if found[0] in ("agreement", "commitment"):
            Mute.objects.filter(user=request.viewer.user_id, **{found[0]: record}).delete()
        messages.success(request, _("You will be told of what happens here."))
    return redirect("following" if request.POST.get("back") == "following" else record)


@require_POST
def view_keep(request: Request) -> HttpResponse:
    """Keep a list, with its filters, under a name."""
    form = ViewForm(request.POST)
    if not form.is_valid():
        for problems in form.errors.values():
            messages.error(request, " ".join(map(str, problems)))
        return redirect("following")
    try:
        view = following.keep(request.viewer, **form.cleaned_data)
    except Refused as no:
        messages.error(request, no.reason)
        page, query = form.cleaned_data["page"], form.cleaned_data["query"]
        return redirect(SavedView(page=page, query=query).get_absolute_url())
    messages.success(request, _("“%(name)s” is kept.") % {"name": view})
    return redirect(view)


@require_POST
def view_remove(request: Request, pk: int) -> HttpResponse:
    """Put a kept list away; whoever follows it is told of it no longer."""
    view = SavedView.objects.get_visible(request.viewer, pk=pk)
    if not following.may_remove(view, request.viewer):
        raise Http404
    following.remove(view, by=request.viewer)
    messages.success(request, _("“%(name)s” is removed.") % {"name": view})
    return redirect("following")
