"""Gathers the hall's own models for Django."""

from tracker.factors import Factor
from tracker.heartbeat.models import Heartbeat
from tracker.history.models import Seal
from tracker.search.models import Word

__all__ = ["Factor", "Heartbeat", "Seal", "Word"]
