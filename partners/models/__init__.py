"""Gathers the models for Django."""

from partners.models.absences import Absence, Draft
from partners.models.countries import Country, Figure, Relation
from partners.models.organisations import Assessment, Desk, Organisation, Sector
from partners.models.people import ApiToken, FocalPoint, Membership, Person, User

__all__ = [
    "Absence", "ApiToken", "Assessment", "Country", "Desk", "Draft", "Figure", "FocalPoint", "Membership",
    "Organisation", "Person", "Relation", "Sector", "User",
]  # fmt: skip
