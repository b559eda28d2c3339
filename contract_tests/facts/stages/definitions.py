"""Tables, columns, keys and choices of the run's own."""

from typing import Final

from contract_tests.facts.stages.stage import Stage

STAGES: Final[dict[str, Stage]] = {}
