"""Gathers the rooms' models for Django."""

from agreements.commitments.models import (
    Action,
    BulkChange,
    Commitment,
    DueRequest,
    ExchangeRate,
    Funding,
    Indicator,
    Link,
    LinkOpening,
    Measurement,
    Milestone,
    Position,
    Report,
)
from agreements.procedures.models import (
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
    CalendarDay,
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
    "Action", "Agreement", "Amendment", "BulkChange", "CalendarDay", "Citation", "Comment", "Commitment", "Document",
    "DueRequest", "ExchangeRate", "Funding", "Indicator", "InstrumentType", "Link", "LinkOpening", "Measurement",
    "Milestone", "Note", "Opening", "Participant", "Pause", "Position", "Procedure", "ProcedureStep", "Proceeding",
    "ProceedingStep", "Reminder", "ReminderRule", "Report", "Share", "SignatoryLevel", "Step",
]  # fmt: skip
