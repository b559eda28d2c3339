"""What a rule is: which symptom points to which cause."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from provisioning.diagnosis.symptom import Probe, Trait
from provisioning.problems import Reach
from provisioning.said import Form

Certainty = Literal["certain", "likely", "possible"]


@dataclass(frozen=True)
class Rule:
    """Everything given must hold; what is left empty does not matter.

    `words` are searched for in the message, `challenge` in the WWW-Authenticate header, `request` in method and path.
    """

    ailment: str
    certainty: Certainty
    probes: frozenset[Probe] = frozenset()
    codes: frozenset[str] = frozenset()
    statuses: frozenset[int] = frozenset()
    forms: frozenset[Form] = frozenset()
    reaches: frozenset[Reach] = frozenset()
    words: re.Pattern[str] | None = None
    challenge: re.Pattern[str] | None = None
    request: re.Pattern[str] | None = None
    traits: frozenset[Trait] = frozenset()
    unless: frozenset[Trait] = frozenset()


TOKEN: Final = frozenset[Probe]({"token"})
READ: Final = frozenset[Probe]({"read_incidents"})
HANDOFF: Final = frozenset[Probe](
    {"find_contact", "create_contact", "create_incident", "create_note", "add_to_queue", "create_conversation"}
)
DATAVERSE: Final[frozenset[Probe]] = READ | HANDOFF | {"own_rights"}
ENVIRONMENT: Final[frozenset[Probe]] = DATAVERSE | {"operator_environment"}
OPERATOR_TOKEN: Final = frozenset[Probe]({"operator_token"})
OPERATOR_ENVIRONMENT: Final = frozenset[Probe]({"operator_environment"})
GRAPH: Final = frozenset[Probe]({"operator_graph"})
POWER_PLATFORM: Final = frozenset[Probe]({"operator_power_platform"})


def aadsts(*numbers: int) -> frozenset[str]:
    """Codes of the token service."""
    return frozenset(f"AADSTS{number}" for number in numbers)


def traits(*names: Trait) -> frozenset[Trait]:
    """A set of traits."""
    return frozenset(names)


def words(pattern: str) -> re.Pattern[str]:
    """Words in any case."""
    return re.compile(pattern, re.IGNORECASE)


def rivals(
    probes: frozenset[Probe],
    codes: frozenset[str],
    *ailments: str,
    unless: frozenset[Trait] = frozenset(),
    said: re.Pattern[str] | None = None,
) -> tuple[Rule, ...]:
    """Causes that one answer cannot tell apart, the commonest first, until one of the traits is seen."""
    return tuple(
        Rule(name, "possible" if place else "likely", probes, codes, words=said, unless=unless)
        for place, name in enumerate(ailments)
    )
