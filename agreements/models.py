"""Gathers the rooms' models for Django."""

from agreements.commitments.models import Commitment, Funding, Milestone, Report
from agreements.register.models import Agreement, Note, Participant, Share, Step
from agreements.reminders.models import Reminder, ReminderRule
from agreements.sources.models import Citation, Document

__all__ = [
    "Agreement", "Citation", "Commitment", "Document", "Funding", "Milestone", "Note", "Participant",
    "Reminder", "ReminderRule", "Report", "Share", "Step",
]  # fmt: skip
