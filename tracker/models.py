"""Gathers the hall's own models for Django."""

from tracker.history.models import Seal
from tracker.pulse.models import Pulse
from tracker.search.models import Word

__all__ = ["Pulse", "Seal", "Word"]
