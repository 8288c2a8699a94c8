"""The design system on one page: tokens and components as the style sheet has them now."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from partners.requests import Request
from partners.states import Tone

STYLE_SHEET = Path(__file__).parent / "static" / "tracker" / "app.css"
TOKEN = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})")
# What is written on what: each pair reads at 4.5 to 1 or better in both themes, which a test measures.
PAIRS = (
    ("ink", "paper"), ("ink", "card"), ("soft", "paper"), ("soft", "card"), ("link", "paper"), ("link", "card"),
    ("brand", "card"), ("on-brand", "brand"), ("on-brand", "brand-deep"), ("ok", "ok-bg"), ("warn", "warn-bg"),
    ("bad", "bad-bg"), ("mute", "mute-bg"), ("info", "info-bg"), ("bad", "card"),
)  # fmt: skip


@lru_cache(maxsize=1)
def tokens() -> tuple[dict[str, str], dict[str, str]]:
    """Colours by name, light and dark, read from the style sheet."""
    light, _mark, rest = STYLE_SHEET.read_text(encoding="utf-8").partition(
        "@media screen and (prefers-color-scheme: dark)"
    )
    dark, _mark, _rest = rest.partition("/* --- ground --- */")
    return dict(TOKEN.findall(light)), dict(TOKEN.findall(dark))


class Sample(forms.Form):
    """Fields as forms show them, with a hint, an error and a choice."""

    title = forms.CharField(label=_("Title"), initial="Bản ghi nhớ", help_text=_("as on the paper"))
    signed = forms.CharField(label=_("Signed on"), initial="31/2/2026")
    kind = forms.ChoiceField(label=_("Kind"), choices=[("mou", "MoU"), ("treaty", "Treaty")])
    summary = forms.CharField(label=_("Summary"), widget=forms.Textarea({"rows": 2}), required=False)
    restricted = forms.BooleanField(label=_("restricted"), required=False)

    def clean_signed(self) -> str:
        raise forms.ValidationError(_("There is no such day."))


@require_GET
def components(request: Request) -> HttpResponse:
    """Every token and component, for whoever builds a page or judges its look."""
    light, dark = tokens()
    form = Sample({"title": "Bản ghi nhớ", "signed": "31/2/2026", "kind": "mou"})
    form.is_valid()
    said = (
        ("success", _("Saved.")), ("warning", _("Compare, then save again.")), ("error", _("This day has passed.")),
    )  # fmt: skip
    context = {
        "colours": [(name, light[name], dark.get(name, "")) for name in light],
        "pairs": PAIRS, "form": form, "said": said, "tones": list(Tone),
        "heats": range(5),
    }  # fmt: skip
    return render(request, "tracker/design.html", context)
