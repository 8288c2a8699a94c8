"""What a viewer sees between us and a country, and how it is asked: of any rows, or of a country by kept texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from agreements.commitments.models import Commitment
from agreements.register.models import Agreement, Participant
from partners import kept
from partners.models import Country
from partners.viewers import Viewer


@dataclass(frozen=True)
class Between:
    """Agreements and commitments, and who asks of them."""

    agreements: Any
    commitments: Any
    viewer: Viewer

    @classmethod
    def us_and(cls, country: int, code: str, viewer: Viewer) -> Between:
        participants = Participant.objects.visible_to(viewer).live().filter(organisation__country=country)
        agreements = Agreement.objects.visible_to(viewer).filter(pk__in=participants.values("agreement"))
        return cls(agreements, Commitment.objects.visible_to(viewer).of_country(code), viewer)


# A question: of these, the rows. It holds nothing of its surroundings.
Ask = Callable[[Between], Any]


@dataclass(frozen=True)
class Asking:
    """Answers questions of what stands between us and a country."""

    between: Callable[[], Between]
    viewer: Viewer
    records: Callable[[Ask], list[Any]]
    rows: Callable[[Ask], list[tuple[Any, ...]]]

    @classmethod
    def of(cls, between: Between) -> Asking:
        """Of any agreements and commitments: each question is written anew."""

        def answer(ask: Ask) -> list[Any]:
            return list(ask(between))

        return cls(lambda: between, between.viewer, answer, answer)

    @classmethod
    def of_country(cls, country: Country, viewer: Viewer) -> Asking:
        """Of a country, by texts that are kept."""
        at_home = country.code == settings.HOME_COUNTRY
        given = (viewer, country.pk, country.code)
        return cls(
            lambda: Between.us_and(country.pk, country.code, viewer),
            viewer,
            lambda ask: kept.records(_asked, *given, ask=ask, at_home=at_home),
            lambda ask: kept.rows(_asked, *given, ask=ask, at_home=at_home),
        )

    def of_open_papers(self) -> Asking:
        """The lists do not tell a partner who takes part behind a commitment that is shared alone."""
        if self.viewer.is_staff:
            return self
        between = self.between()
        # Their keys, which are few: as one question with all else the planner lost its way in it.
        papers = list(Agreement.objects.visible_to(self.viewer).order_by().values_list("pk", flat=True))
        return Asking.of(replace(between, commitments=between.commitments.filter(agreement__in=papers)))


def _asked(viewer: Viewer, country: int, code: str, *, ask: Ask, at_home: bool) -> Any:
    return ask(Between.us_and(country, settings.HOME_COUNTRY if at_home else code, viewer))
