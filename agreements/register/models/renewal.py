"""How a term is prolonged."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Renewal(TextChoices):
    NONE = "none", _("No renewal")
    TACIT = "tacit", _("Renews unless someone objects")
    EXPRESS = "express", _("Renews only if both agree")
