"""One agreement while it is composed: what its other parts ask of it, and what is noted of its past."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from agreements.acts import Act
from agreements.examples.plots import Plot
from agreements.examples.words import Both, said_of
from agreements.examples.world import DeskStaff, World
from agreements.register.models import Step
from agreements.sources.models import Document
from agreements.vocabulary import CONCLUDED_OR_SUSPENDED, Audience
from partners.models import Organisation, User


@dataclass
class Life:
    """One agreement while it is composed, and all that its other parts ask of it."""

    world: World
    number: int
    plot: Plot
    staff: DeskStaff
    officer: User
    manager: User
    ours: Organisation
    theirs: list[Organisation]
    area: dict[str, Any]
    topic: Both
    agreement: Any = None
    entered: date = date.min
    parties: list[Organisation] = field(default_factory=list)
    papers: dict[str, Any] = field(default_factory=dict)  # by kind
    steps: list[tuple[date, Any]] = field(default_factory=list)
    over: date = date.max  # the day on which it ended or was suspended
    ending: str = ""
    notified: date | None = None  # the last side's day, where it enters into force by notification
    notifying: Any = None  # the participant whose day that is
    successor: Life | None = None  # of one that ended because another took its place
    last_number: int = 0  # of its commitments
    carried: list[Any] = field(default_factory=list)  # commitments that its end has added to its successor

    @property
    def binds(self) -> bool:
        return self.agreement.stage in CONCLUDED_OR_SUSPENDED

    @property
    def why_over(self) -> str:
        return str(said_of("endings", self.agreement.ending, "default").vi)

    @property
    def since(self) -> date:
        """From when on something can have happened to what was promised."""
        return self.agreement.signed_on or self.entered

    def add(self, model: Any, day: date, *, by: Any = None, **values: Any) -> Any:
        """A record that somebody entered on a day; the desk's officer, where nobody is named."""
        return self.world.rows.add(model, at=self.world.at(day), by=by or self.officer, **values)

    def act(self, act: Act, day: date, *, by: Any = None, about: Any = None, **said: Any) -> None:
        """A step, told long ago; they are written at the end, one day after another."""
        at = self.world.at(day)
        known = {"agreement": self.agreement, "name": act.value, "on": day, "by": by, "at": at, "told_at": at}
        step = self.world.rows.make(Step, **known, **said)
        step.about = about
        self.steps.append((day, step))

    def paper(self, kind: str, day: date) -> Any:
        """The paper of a kind, added on a day if it is not there yet."""
        if kind not in self.papers:
            title = said_of("papers", kind)
            audience = Audience.PARTNER if kind == "signed_text" else self.world.turn_of(Document, "audience")
            self.papers[kind] = self.add(
                Document, day, agreement=self.agreement, kind=kind, audience=audience, published_on=day,
                language=self.world.turn("language of a paper", ("vi", "en")), edition=1,
                title_vi=f"{title.vi}: {self.topic.vi}", title_en=f"{title.en}: {self.topic.en}",
            )  # fmt: skip
        return self.papers[kind]

    def finish(self) -> None:
        """Hand the steps over in the order of their days."""
        for _day, step in sorted(self.steps, key=lambda one: one[0]):
            self.world.rows.take(step)
        self.steps = []
        if self.successor:
            self.successor.finish()
