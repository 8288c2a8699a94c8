"""Who may have keys to the API: what the settings say of roles, and of the second factor of staff."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.models import User
from partners.requests import Request
from partners.viewers import STAFF


def lacks_factor(user: User) -> bool:
    """Whether this is a member of staff who must have a second factor and has none."""
    return settings.STAFF_NEED_SECOND_FACTOR and user.role in STAFF and not is_mfa_enabled(user)


def may_have_keys(user: User) -> bool:
    """Asked whenever a key is made and whenever one is used: a policy that grew stricter holds for old keys too."""
    return user.role in settings.API_KEY_ROLES and not lacks_factor(user)


def refusal_of_key(request: Request) -> str | Promise:
    """Why this person cannot make a key now; empty where nothing is in the way."""
    user = request.user
    if user.role not in settings.API_KEY_ROLES:
        return _("Accounts of your role have no keys.")
    if not (settings.STAFF_NEED_SECOND_FACTOR and user.role in STAFF):
        return ""
    if not is_mfa_enabled(user):
        return _("Set up a second factor first: staff accounts need one.")
    if not any(record.get("method") == "mfa" for record in get_authentication_records(request, user)):
        return _("Confirm with your second factor first: this session was opened without it.")
    return ""
