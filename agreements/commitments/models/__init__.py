"""Gathers the models of commitments."""

from agreements.commitments.models.commitment import Commitment, Funding, Milestone
from agreements.commitments.models.report import Report

__all__ = ["Commitment", "Funding", "Milestone", "Report"]
