"""The history of second factors, which are a library's own table; and what their change ends."""

from __future__ import annotations

import pghistory
from allauth.mfa.models import Authenticator

from partners import epochs


@pghistory.track(
    pghistory.InsertEvent("add"), pghistory.DeleteEvent("remove"),
    fields=["user", "type", "created_at"], model_name="FactorEvent",
)  # fmt: skip
class Factor(Authenticator):  # type: ignore[misc]  # allauth has no types
    """A second factor without its secret. Using one changes neither its secret nor its seed, so that ends nothing."""

    class Meta:
        proxy = True
        triggers = (
            epochs.of_rows("user_id", "type", "data->'secret'", "data->'seed'", "data->'credential'"),
        )  # fmt: skip
