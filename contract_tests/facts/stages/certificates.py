"""Applications that sign in by certificate or by the token of another issuer, and their assertions."""

from typing import Final

from contract_tests.facts.stages.stage import Stage

STAGES: Final[dict[str, Stage]] = {}
