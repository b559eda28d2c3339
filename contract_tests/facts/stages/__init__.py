"""The named states that facts are asked in, each brought about over HTTP by the operator's rights alone."""

from typing import Final

from contract_tests.facts.stages import (
    actors,
    certificates,
    clients,
    definitions,
    directory,
    people,
    principals,
    relations,
    rows,
)
from contract_tests.facts.world import Stage

STAGES: Final[dict[str, Stage]] = {
    **actors.STAGES,
    **certificates.STAGES,
    **clients.STAGES,
    **definitions.STAGES,
    **directory.STAGES,
    **people.STAGES,
    **principals.STAGES,
    **relations.STAGES,
    **rows.STAGES,
}
