"""The lives that an agreement can have: where it stands on the day of the run, and the days that led there.

A line of the table is a life; each comes in turn. To add one, add a line.
"""

from __future__ import annotations

from dataclasses import dataclass

from agreements.register.models.renewal import Renewal
from agreements.vocabulary import Kind, LegalRegime, Stage

Days = tuple[int, int] | None  # from so many days to so many: from today, unless it says otherwise

STATEMENTS = (Kind.JOINT_STATEMENT, Kind.ACTION_PLAN)
REGIMES = {
    Kind.TREATY: LegalRegime.TREATY, Kind.CONTRACT: LegalRegime.OTHER, Kind.OTHER: LegalRegime.OTHER,
    **dict.fromkeys((*STATEMENTS, Kind.LETTER_OF_INTENT), LegalRegime.POLITICAL),
}  # fmt: skip


@dataclass(frozen=True)
class Plot:
    """A life in days. `effect` is counted from the signing; the others from today."""

    stage: Stage
    kinds: tuple[Kind, ...] = ()  # any but cooperation without a paper
    begun: Days = None
    announced: Days = None
    signed: Days = None
    provisional: Days = None
    effect: Days = None
    takes_effect: Days = None
    ends: Days = None
    ended: Days = None  # an act ended it on that day
    endings: tuple[str, ...] = ()
    renewal: Renewal = Renewal.NONE
    leaves: Days = None  # a notice takes it out of force on that day
    stated: bool = False  # its days follow from a rule and a length, as the paper has them
    exact: bool = False  # its days are known to the day

    @property
    def has_a_past(self) -> bool:
        return self.signed is not None


RUNS = Plot(Stage.SIGNED, signed=(-2400, -200), effect=(0, 60), ends=(200, 1500))
OPEN_ENDED = Plot(Stage.SIGNED, signed=(-3000, -150), effect=(0, 30))
EXPRESS = Plot(Stage.SIGNED, signed=(-1500, -300), effect=(0, 60), ends=(120, 900), renewal=Renewal.EXPRESS)
RENEWED = Plot(Stage.SIGNED, signed=(-2900, -800), effect=(0, 60), ends=(120, 700), renewal=Renewal.TACIT)
EXPIRES = Plot(Stage.SIGNED, signed=(-1500, -400), effect=(0, 30), ends=(3, 85), exact=True)
RENEWS = Plot(
    Stage.SIGNED, signed=(-2000, -800), effect=(0, 30), ends=(5, 85), renewal=Renewal.TACIT, exact=True
)  # fmt: skip
EXPIRED = Plot(Stage.SIGNED, signed=(-2000, -700), effect=(0, 30), ends=(-200, -2), exact=True)
ADOPTED = Plot(Stage.ADOPTED, STATEMENTS, signed=(-1400, -40))
WITHOUT_PAPER = Plot(Stage.AGREED, (Kind.PROGRAMME,), signed=(-1200, -60))
SIGNED = Plot(Stage.SIGNED, (Kind.AGREEMENT, Kind.PROTOCOL, Kind.MOU), signed=(-300, -10))
PENDING = Plot(
    Stage.SIGNED, (Kind.TREATY, Kind.AGREEMENT), signed=(-300, -40), takes_effect=(10, 150), ends=(900, 2000)
)  # fmt: skip
PROVISIONAL = Plot(Stage.SIGNED, (Kind.TREATY, Kind.AGREEMENT), signed=(-400, -60), provisional=(-50, -5), exact=True)
DRAFT = Plot(Stage.DRAFT, begun=(-120, -3))
PLANNED = Plot(Stage.DRAFT, begun=(-200, -20), announced=(-150, -10))
IN_REVIEW = Plot(Stage.IN_REVIEW, begun=(-90, -20), announced=(-100, -30))
TO_REGISTER = Plot(Stage.IN_REVIEW, begun=(-30, -12), signed=(-60, -35), ends=(700, 1400), exact=True)
CLEARED = Plot(Stage.CLEARED, begun=(-160, -60), announced=(-50, -5))
SUSPENDED = Plot(
    Stage.SUSPENDED, signed=(-2000, -500), effect=(0, 60), ends=(300, 900), ended=(-200, -20)
)  # fmt: skip
ENDED = Plot(
    Stage.ENDED, signed=(-2600, -900), effect=(0, 60), ended=(-700, -20),
    endings=("expiry", "termination", "denunciation", "withdrawal", "supersession", "completion"),
)  # fmt: skip
NOTICE = Plot(Stage.SIGNED, signed=(-2200, -500), effect=(0, 30), ends=(300, 900), leaves=(15, 170))
STATED = Plot(Stage.SIGNED, (Kind.AGREEMENT, Kind.MOU, Kind.PROTOCOL), signed=(-1400, -260), stated=True, exact=True)
GIVEN_UP = Plot(Stage.ENDED, begun=(-500, -200), ended=(-150, -10), endings=("not_concluded",))

PLOTS = (
    RUNS, IN_REVIEW, EXPIRES, ADOPTED, RENEWED, RUNS, DRAFT, EXPRESS, ENDED, OPEN_ENDED, TO_REGISTER, RENEWS, RUNS,
    WITHOUT_PAPER, EXPIRED, SIGNED, PLANNED, EXPIRES, PENDING, RUNS, ADOPTED, CLEARED, PROVISIONAL, RENEWED, SUSPENDED,
    STATED, GIVEN_UP, RENEWS, OPEN_ENDED, ENDED, NOTICE, STATED,
)  # fmt: skip
