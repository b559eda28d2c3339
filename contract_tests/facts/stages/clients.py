"""Public clients that people sign in to, and APIs of the run's own that clients ask for."""

from typing import Any, Final

from contract_tests.facts.stages.making import make_application, make_grant, make_principal, make_secret
from contract_tests.facts.world import Stage, World


async def _unconsented(world: World, name: str) -> None:
    """A public client that nobody has consented to, and that is a resource too."""
    await _make_resource(world, name, isFallbackPublicClient=True)


async def _public(world: World, name: str) -> None:
    """A public client that everybody has consented to. It has a secret, which it is not to show."""
    await make_application(world, name, isFallbackPublicClient=True)
    await make_principal(world, name)
    await make_secret(world, name)
    await make_grant(world, name)


async def _guarded(world: World, name: str) -> None:
    """An API for clients that are assigned to it alone."""
    await _make_resource(world, name)
    await _change_principal(world, name, {"appRoleAssignmentRequired": True})


async def _closed(world: World, name: str) -> None:
    """An API whose principal is disabled."""
    await _make_resource(world, name)
    await _change_principal(world, name, {"accountEnabled": False})


async def _make_resource(world: World, name: str, **extra: Any) -> None:
    await make_application(world, name, **extra)
    path = f"/v1.0/applications/{world.values[f'{name}.application_id']}"
    await world.operate("PATCH", "graph", path, {"identifierUris": [f"api://{world.values[f'{name}.client_id']}"]})
    await make_principal(world, name)


async def _change_principal(world: World, name: str, change: dict[str, bool]) -> None:
    path = f"/v1.0/servicePrincipals/{world.values[f'{name}.principal_id']}"
    await world.operate("PATCH", "graph", path, change)


_MADE: Final = frozenset({"application_id", "client_id", "name", "principal_id"})

STAGES: Final[dict[str, Stage]] = {
    "unconsented": Stage(_unconsented, _MADE),
    "public": Stage(_public, _MADE | {"key_id", "client_secret", "grant_id", "resource_id"}),
    "guarded": Stage(_guarded, _MADE),
    "closed": Stage(_closed, _MADE),
}
