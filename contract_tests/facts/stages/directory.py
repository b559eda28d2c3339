"""Groups, owners, policies and deleted objects of the directory."""

from typing import Final

from contract_tests.facts.stages.stage import Stage

STAGES: Final[dict[str, Stage]] = {}
