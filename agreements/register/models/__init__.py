"""Gathers the register's models."""

from agreements.register.models.agreement import Agreement, precision_field
from agreements.register.models.note import Note
from agreements.register.models.participant import Participant
from agreements.register.models.share import Share
from agreements.register.models.step import Step

__all__ = ["Agreement", "Note", "Participant", "Share", "Step", "precision_field"]
