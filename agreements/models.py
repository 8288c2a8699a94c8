"""Gathers the rooms' models for Django."""

from agreements.commitments.models import Commitment, Funding, Milestone, Report
from agreements.procedures.models import (
    CalendarDay,
    Pause,
    Procedure,
    ProcedureStep,
    Proceeding,
    ProceedingStep,
    SignatoryLevel,
)
from agreements.register.models import (
    Agreement,
    Amendment,
    Comment,
    InstrumentType,
    Note,
    Opening,
    Participant,
    Share,
    Step,
)
from agreements.reminders.models import Reminder, ReminderRule
from agreements.sources.models import Citation, Document

__all__ = [
    "Agreement", "Amendment", "CalendarDay", "Citation", "Comment", "Commitment", "Document", "Funding",
    "InstrumentType", "Milestone", "Note", "Opening", "Participant", "Pause", "Procedure", "ProcedureStep",
    "Proceeding", "ProceedingStep", "Reminder", "ReminderRule", "Report", "Share", "SignatoryLevel", "Step",
]  # fmt: skip
