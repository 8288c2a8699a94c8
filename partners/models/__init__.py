"""Gathers the models for Django."""

from partners.models.absences import Absence, Draft, same_eyes, whose_eyes
from partners.models.attempts import Attempt
from partners.models.countries import Country, Figure, Relation
from partners.models.credentials import ApiToken, Session
from partners.models.entries import Entry
from partners.models.kept import KeptAnswer
from partners.models.organisations import Assessment, Desk, Organisation, Sector
from partners.models.people import FocalPoint, Membership, Person, User, UserDesk

__all__ = [
    "Absence", "ApiToken", "Assessment", "Attempt", "Country", "Desk", "Draft", "Entry", "Figure", "FocalPoint",
    "KeptAnswer", "Membership", "Organisation", "Person", "Relation", "Sector", "Session", "User", "UserDesk",
    "same_eyes", "whose_eyes",
]  # fmt: skip
