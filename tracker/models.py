"""Gathers the hall's own models for Django."""

from tracker.history.models import Seal

__all__ = ["Seal"]
