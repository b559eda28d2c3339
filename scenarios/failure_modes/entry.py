"""What a failure mode is."""

import difflib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from provisioning.conversation import Handoff
from provisioning.diagnosis.ailments import AILMENTS, GENERAL_FACTS
from provisioning.settings import Integration
from provisioning.transport import Answer
from scenarios.failure_modes.look_alikes import looking_like
from scenarios.failure_modes.operator_wire import OperatorWire
from scenarios.failure_modes.scene import Scene


class SetupStep(StrEnum):
    """The six steps of the vendor's set-up guide, in its order and words, and what comes around them."""

    REGISTER_APP = "1 Register an app"
    CLIENT_SECRET = "2 Create a client secret"  # noqa: S105 - the guide's heading
    API_PERMISSIONS = "3 Grant API permissions"
    APPLICATION_USER = "4 Create an Application User"
    SECURITY_ROLE = "5 Assign a security role"
    ENVIRONMENT_URL = "6 Copy the environment URL"
    TEST_AND_SAVE = "7 Test & Save"
    OPERATOR = "8 The operator's own rights"
    HANDOFF = "9 Hand a conversation off"

    @property
    def number(self) -> int:
        """Its place, from 1."""
        return int(self.value[0])


@dataclass(frozen=True)
class Symptom:
    """What is seen on the wire: which call fails, and how."""

    call: str
    """`token` or `probe` (Test & Save's two), `none` where it passes all the same, `handoff`, or `operator`."""
    status: int | None
    """HTTP status; None where no answer comes, or no request can be sent."""
    code: str = ""
    """AADSTS number as `AADSTS7000222`, Dataverse's hexadecimal code, or Graph's word; empty where there is none."""


Strike = Callable[[Scene], Integration]
"""Breaks a healthy tenant through its state; gives the four values as the customer then pastes them."""

Paste = Callable[[Integration], Integration]
"""Spoils the four values alone. It touches no tenant, so that a real one may be asked the same."""

Mend = Callable[[Scene], Integration]
"""The remedy, applied through the state; gives the four values as they are then pasted."""

Request = Callable[[Scene], Handoff]
"""The handoff that shows the failure."""

Act = Callable[[OperatorWire], Awaitable[Answer]]
"""What an operator asks for; the answer is the one that shows the failure."""


@dataclass(frozen=True)
class FailureMode:
    """One way in which a set-up, or a handoff after it, goes wrong.

    Whose turn it is and the remedy stand in the doctor's book under the same name: one sentence for everybody.
    """

    name: str
    """Named for what is seen: `login.secret_expired`."""
    step: SetupStep
    title: str
    symptom: Symptom
    causes: tuple[str, ...]
    """How it comes about, commonest first."""
    evidence: str
    """Where status, code and wording are known from."""
    seen: str
    """When that was last seen, as a year or a month."""
    strike: Strike | None = field(default=None, repr=False)
    paste: Paste | None = field(default=None, repr=False)
    handoff: Request | None = field(default=None, repr=False)
    act: Act | None = field(default=None, repr=False)
    mend: Mend | None = field(default=None, repr=False)
    """None where the remedy is not to do the same again: other values, another request."""
    mended_act: Act | None = field(default=None, repr=False)
    """What the operator asks for instead, where the remedy is to ask for something else."""
    repairable: bool = False
    """Whether `d365 repair` mends it."""
    asks_strangers: bool = False
    """Live, its calls would reach a host that may be somebody else's."""

    def __post_init__(self) -> None:
        if self.strike is not None and self.paste is not None:
            raise ValueError(f"{self.name}: give `strike` or `paste`, not both")
        if not (self.strike or self.paste or self.handoff or self.act):
            raise ValueError(f"{self.name}: nothing in it goes wrong")
        if self.name not in AILMENTS:
            raise ValueError(f"{self.name}: the doctor's book does not know it")

    @property
    def family(self) -> str:
        """The kind of trouble that `d365 explain --json` speaks of."""
        return AILMENTS[self.name].family

    @property
    def whose_turn(self) -> str:
        """Who acts."""
        return AILMENTS[self.name].whose_turn

    @property
    def remedy(self) -> str:
        """What to do, as one sentence."""
        return AILMENTS[self.name].remedy.format_map(GENERAL_FACTS)

    @property
    def looks_like(self) -> tuple[str, ...]:
        """Other failure modes that the same call alone cannot tell from this one."""
        return looking_like(self.name)

    @property
    def safe_live(self) -> bool:
        """Whether a real tenant may be asked: nothing in it is changed, and nobody else is bothered."""
        return self.paste is not None and self.handoff is None and self.act is None and not self.asks_strangers

    def apply(self, scene: Scene) -> Integration:
        """Break this tenant, or the values; gives the four values as the customer then pastes them."""
        if self.paste is not None:
            return self.paste(scene.integration)
        return self.strike(scene) if self.strike is not None else scene.integration

    def cure(self, scene: Scene) -> Integration:
        """Apply the remedy; gives the four values as they are then pasted."""
        return self.mend(scene) if self.mend is not None else scene.integration


class UnknownFailureMode(ValueError):
    """No failure mode has this name; the message offers the nearest."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = list(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "`d365 failures` lists them."
        super().__init__(f"no failure mode {name!r}: {hint}")
