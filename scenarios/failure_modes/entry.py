"""What a failure mode is."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from mock_services.tenant import FakeTenant
from provisioning.settings import Integration


class SetupStep(StrEnum):
    """The six steps of the vendor's set-up guide, in its order and words."""

    REGISTER_APP = "1 Register an app"
    CLIENT_SECRET = "2 Create a client secret"  # noqa: S105 - the guide's heading
    API_PERMISSIONS = "3 Grant API permissions"
    APPLICATION_USER = "4 Create an Application User"
    SECURITY_ROLE = "5 Assign a security role"
    ENVIRONMENT_URL = "6 Copy the environment URL"


@dataclass(frozen=True)
class Symptom:
    """What Test & Save sees on the wire: which of its two calls fails, and how."""

    call: str
    """`token`, `probe`, or `none` where Test & Save passes all the same."""
    status: int | None
    """HTTP status; None where no request can be sent."""
    code: str = ""
    """AADSTS number as `AADSTS7000222`, or Dataverse's hexadecimal code; empty where the answer has none."""


Strike = Callable[[FakeTenant, Integration], Integration]
"""Breaks a healthy tenant through its state; gives the four values as the customer then pastes them."""

Paste = Callable[[Integration], Integration]
"""Spoils the four values alone. It touches no tenant, so that a real one may be asked the same."""


@dataclass(frozen=True)
class FailureMode:
    """One way in which a set-up goes wrong."""

    name: str
    """Named for what is seen: `login.secret_expired`."""
    family: str
    """The kind of trouble that `d365 explain --json` speaks of."""
    step: SetupStep
    title: str
    symptom: Symptom
    whose_turn: str
    remedy: str
    evidence: str
    strike: Strike | None = field(default=None, repr=False)
    paste: Paste | None = field(default=None, repr=False)
    asks_strangers: bool = False
    """Live, its calls would reach a host that may be somebody else's."""
    looks_like: tuple[str, ...] = ()
    """Other failure modes that a client with only the four values cannot always tell apart from this one."""

    def __post_init__(self) -> None:
        if (self.strike is None) is (self.paste is None):
            raise ValueError(f"{self.name}: give either `strike` or `paste`")

    @property
    def safe_live(self) -> bool:
        """Whether a real tenant may be asked: nothing in it is changed, and nobody else is bothered."""
        return self.paste is not None and not self.asks_strangers

    def apply(self, tenant: FakeTenant, integration: Integration) -> Integration:
        """Break this tenant, or the values; gives the four values as the customer then pastes them."""
        if self.paste is not None:
            return self.paste(integration)
        assert self.strike is not None  # noqa: S101 - one of the two, see __post_init__
        return self.strike(tenant, integration)


class UnknownFailureMode(ValueError):
    """No failure mode has this name; the message offers the nearest."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = list(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "`d365 failures` lists them."
        super().__init__(f"no failure mode {name!r}: {hint}")
