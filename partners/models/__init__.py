"""Gathers the models for Django."""

from partners.models.countries import Country, Figure, Relation
from partners.models.organisations import Desk, Organisation, Sector
from partners.models.people import ApiToken, FocalPoint, Membership, Person, User

__all__ = [
    "ApiToken", "Country", "Desk", "Figure", "FocalPoint", "Membership",
    "Organisation", "Person", "Relation", "Sector", "User",
]  # fmt: skip
