"""Business units, teams, roles and users beside the actors."""

from typing import Final

from contract_tests.facts.stages.stage import Stage

STAGES: Final[dict[str, Stage]] = {}
