"""The named states that only fakes can be brought to: a disabled environment, a locked account, a lapsed resource.

Whatever the operator can bring about over HTTP on objects of the run's own is a stage instead (`stages/`), so that a
tenant can be asked too. A fact with a rehearsal is asked in a tenant of its own.
"""

from typing import Final

from contract_tests.facts.rehearsals import environments
from contract_tests.facts.rehearsals.rehearsal import Rehearsal

REHEARSALS: Final[dict[str, Rehearsal]] = {**environments.REHEARSALS}
