"""Gathers the models of commitments."""

from agreements.commitments.models.action_item import ActionItem
from agreements.commitments.models.answer import Answer
from agreements.commitments.models.commitment import Commitment
from agreements.commitments.models.due_request import DueRequest
from agreements.commitments.models.funding import ExchangeRate, Funding
from agreements.commitments.models.indicator import Indicator, Measurement
from agreements.commitments.models.link import Link, LinkOpening
from agreements.commitments.models.milestone import Milestone
from agreements.commitments.models.report import Report

__all__ = [
    "ActionItem",
    "Answer",
    "Commitment",
    "DueRequest",
    "ExchangeRate",
    "Funding",
    "Indicator",
    "Link",
    "LinkOpening",
    "Measurement",
    "Milestone",
    "Report",
]  # fmt: skip
