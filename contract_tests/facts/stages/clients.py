"""Clients that people sign in to, and APIs of the run's own that clients ask for."""

from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus

from contract_tests.facts.stages.making import make_application, make_principal, make_secret
from contract_tests.facts.stages.stage import Stage

if TYPE_CHECKING:
    from contract_tests.facts.world import World

_BACK: Final = "https://d365-contract.example.com/back"


async def _visited(world: "World", name: str) -> None:
    """A client that people's browsers come back to, and that lists no permission."""
    await make_application(world, name, web={"redirectUris": [_BACK]})
    await make_principal(world, name)
    await make_secret(world, name)
    world.values[f"{name}.back"] = quote_plus(_BACK)


async def _unconsented(world: "World", name: str) -> None:
    """A public client that nobody has consented to, and that is a resource too."""
    await _resource(world, name, isFallbackPublicClient=True)


async def _guarded(world: "World", name: str) -> None:
    """An API for clients that are assigned to it alone."""
    await _resource(world, name)
    await _change_principal(world, name, {"appRoleAssignmentRequired": True})


async def _closed(world: "World", name: str) -> None:
    """An API whose principal is disabled."""
    await _resource(world, name)
    await _change_principal(world, name, {"accountEnabled": False})


async def _looping(world: "World", name: str) -> None:
    """A client of its own, since the service may slow it down."""
    await make_application(world, name)
    await make_principal(world, name)
    await make_secret(world, name)


async def _resource(world: "World", name: str, **extra: object) -> None:
    await make_application(world, name, **extra)
    path = f"/v1.0/applications/{world.values[f'{name}.application_id']}"
    await world.operate("PATCH", "graph", path, {"identifierUris": [f"api://{world.values[f'{name}.client_id']}"]})
    await make_principal(world, name)


async def _change_principal(world: "World", name: str, change: dict[str, bool]) -> None:
    path = f"/v1.0/servicePrincipals/{world.values[f'{name}.principal_id']}"
    await world.operate("PATCH", "graph", path, change)


_REGISTERED: Final = frozenset({"application_id", "client_id", "name", "principal_id"})
_SIGNING: Final = _REGISTERED | {"key_id", "client_secret"}

STAGES: Final[dict[str, Stage]] = {
    "visited": Stage(_visited, _SIGNING | {"back"}),
    "unconsented": Stage(_unconsented, _REGISTERED),
    "guarded": Stage(_guarded, _REGISTERED),
    "closed": Stage(_closed, _REGISTERED),
    "looping": Stage(_looping, _SIGNING),
}
