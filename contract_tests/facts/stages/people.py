"""Applications that people sign in through."""

from typing import Final

from contract_tests.facts.stages.making import make_application, make_grant, make_principal, make_secret
from contract_tests.facts.world import Stage, World


async def _for_assigned_people(world: World, actor: str) -> None:
    """One that may use Dataverse for everybody, of whom only those it is assigned to may use it; that is nobody yet."""
    await make_application(world, actor)
    await make_principal(world, actor, appRoleAssignmentRequired=True)
    await make_grant(world, actor)
    await make_secret(world, actor)


_SIGNING: Final = frozenset({"application_id", "client_id", "name", "principal_id", "key_id", "client_secret"})

STAGES: Final[dict[str, Stage]] = {
    "for_assigned_people": Stage(_for_assigned_people, _SIGNING | {"grant_id", "resource_id"}),
}
