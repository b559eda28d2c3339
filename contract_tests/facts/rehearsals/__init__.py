"""The named states that only fakes can be brought to: a disabled environment, a locked account, a lapsed resource.

Whatever the operator can bring about over HTTP on objects of the run's own is a stage instead (`stages/`), so that a
tenant can be asked too. A fact with a rehearsal is asked in a tenant of its own.
"""

from typing import Final

from contract_tests.facts.rehearsals import directory, environments, limits, people, platform, principals, sign_ins
from contract_tests.facts.rehearsals.rehearsal import Rehearsal

REHEARSALS: Final[dict[str, Rehearsal]] = {
    **directory.REHEARSALS,
    **environments.REHEARSALS,
    **limits.REHEARSALS,
    **people.REHEARSALS,
    **platform.REHEARSALS,
    **principals.REHEARSALS,
    **sign_ins.REHEARSALS,
}
