"""What verify comes to: healthy, or a named cause with whose turn it is; every check and warning beside it."""

from dataclasses import dataclass
from typing import Any, Literal

from provisioning.diagnosis.doctor import Cause
from provisioning.said import Said

CheckOutcome = Literal["passed", "failed", "warned", "skipped"]


@dataclass(frozen=True)
class Check:
    """One thing looked at; `seconds` by the clock handed in."""

    name: str
    outcome: CheckOutcome
    detail: str = ""
    said: Said | None = None
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "name": self.name,
            "outcome": self.outcome,
            "detail": self.detail,
            "said": self.said.to_json() if self.said else None,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class Verdict:
    """The end of an examination. `causes` are ranked, the first is the diagnosis; none where it is healthy."""

    checks: tuple[Check, ...]
    warnings: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    said: Said | None = None
    suspected: tuple[Cause, ...] = ()
    """What does not fail Test & Save, and may fail a handoff; each is a warning too."""

    @property
    def healthy(self) -> bool:
        """Whether nothing failed."""
        return not self.causes

    @property
    def failure(self) -> str:
        """The diagnosis by name; "" where it is healthy."""
        return self.causes[0].name if self.causes else ""

    @property
    def family(self) -> str:
        """The diagnosis's family."""
        return self.causes[0].family if self.causes else ""

    @property
    def certainty(self) -> str:
        """How sure the diagnosis is: certain, likely or possible."""
        return self.causes[0].certainty if self.causes else ""

    @property
    def whose_turn(self) -> str:
        """Who acts next."""
        return self.causes[0].whose_turn if self.causes else ""

    @property
    def remedy(self) -> str:
        """What to do, as one sentence."""
        return self.causes[0].remedy if self.causes else ""

    @property
    def could_check(self) -> bool:
        """False where the way there failed, so that nothing is known of the integration itself."""
        unheard = self.family.startswith("network.") or self.failure == "dataverse.unavailable"
        return not unheard and self.family not in _NOTHING_KNOWN

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values; holds no secret."""
        return {
            "healthy": self.healthy,
            "failure": self.failure,
            "family": self.family,
            "certainty": self.certainty,
            "whose_turn": self.whose_turn,
            "remedy": self.remedy,
            "said": self.said.to_json() if self.said else None,
            "causes": [cause.to_json() for cause in self.causes],
            "suspected": [cause.to_json() for cause in self.suspected],
            "checks": [check.to_json() for check in self.checks],
            "warnings": list(self.warnings),
        }


_NOTHING_KNOWN = frozenset({"login.throttled_or_transient", "dataverse.throttled"})
