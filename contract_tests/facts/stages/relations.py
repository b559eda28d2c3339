"""Objects of the directory that own, hold and grant one another: what lists of relations are asked about."""

from typing import Any, Final

from contract_tests.facts.stages.making import make_application, make_bystander, make_granted, make_principal
from contract_tests.facts.world import Stage, World

_OBJECTS: Final = "https://graph.microsoft.com/v1.0/directoryObjects"
_DIRECTORY_READERS: Final = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
_APP_ROLES: Final = {
    "listed": "deadbeef-0000-4000-8000-00000000b001",
    "listed_by": "deadbeef-0000-4000-8000-00000000b006",
    "given": "deadbeef-0000-4000-8000-00000000b002",
    "taken_on": "deadbeef-0000-4000-8000-00000000b003",
    "removed": "deadbeef-0000-4000-8000-00000000b004",
    "withdrawn": "deadbeef-0000-4000-8000-00000000b005",
}
"""Ids of our own, one for each thing that facts do with an application role."""


async def _person_id(world: World) -> str:
    return str((await world.operate("GET", "graph", "/v1.0/me", who="person"))["id"])


async def _group(world: World, title: str, *, owners: list[str], members: list[str], **extra: Any) -> str:
    """A security group that a person makes; its id."""
    body = {
        "displayName": title,
        "mailEnabled": False,
        "mailNickname": world.values["slug"],
        "securityEnabled": True,
        "owners@odata.bind": [f"{_OBJECTS}/{each}" for each in owners],
        "members@odata.bind": [f"{_OBJECTS}/{each}" for each in members],
        **extra,
    }
    return str((await world.operate("POST", "graph", "/v1.0/groups", body, who="person"))["id"])


async def _circle(world: World, name: str) -> None:
    """Three groups in each other: outer holds a principal and inner; inner holds the person, another and core.

    The person and the principal own outer, and the principal's own registration and service principal.
    """
    await make_bystander(world, f"{name}.guest")
    world.new_name()
    await make_bystander(world, name)
    values, mark = world.values, world.values["mark"]
    person, principal = await _person_id(world), values[f"{name}.principal_id"]
    values |= {f"{name}.person_id": person, f"{name}.guest_id": values[f"{name}.guest.principal_id"]}
    held: list[str] = []
    for title, members in (("core", []), ("inner", [person, values[f"{name}.guest_id"]]), ("outer", [principal])):
        owners = [person, principal] if title == "outer" else [person]
        made = await _group(world, f"{mark} {title}", owners=owners, members=[*members, *held])
        values |= {f"{name}.{title}_id": made, f"{name}.{title}_name": f"{mark} {title}"}
        held = [made]
    for owned in (f"applications/{values[f'{name}.application_id']}", f"servicePrincipals/{principal}"):
        for owner in (person, principal):
            reference = {"@odata.id": f"{_OBJECTS}/{owner}"}
            await world.operate("POST", "graph", f"/v1.0/{owned}/owners/$ref", reference)


async def _entrusted(world: World, name: str) -> None:
    """A principal that holds a directory role, and a group that holds the same role."""
    await make_bystander(world, name)
    principal, person = world.values[f"{name}.principal_id"], await _person_id(world)
    title = f"{world.values['mark']} entrusted"
    group = await _group(world, title, owners=[person], members=[principal], isAssignableToRole=True)
    world.values |= {f"{name}.group_id": group, f"{name}.template_id": _DIRECTORY_READERS}
    for holder in (principal, group):
        body = {"principalId": holder, "roleDefinitionId": _DIRECTORY_READERS, "directoryScopeId": "/"}
        made = await world.operate(
            "POST", "graph", "/v1.0/roleManagement/directory/roleAssignments", body, who="person"
        )
        world.values[f"{name}.assignment_id"] = made["id"]


async def _revoked(world: World, name: str) -> None:
    """An application whose grant was taken away."""
    await make_granted(world, name)
    await world.operate("DELETE", "graph", f"/v1.0/oauth2PermissionGrants/{world.values[f'{name}.grant_id']}")


async def _offering(world: World, name: str) -> None:
    """An API with application roles."""
    roles = [
        {
            "id": id_,
            "value": f"Contract.{value}",
            "displayName": value,
            "description": value,
            "allowedMemberTypes": ["Application"],
            "isEnabled": True,
        }
        for value, id_ in _APP_ROLES.items()
    ]
    await make_application(world, name, appRoles=roles)
    await make_principal(world, name)
    world.values |= {f"{name}.{value}": id_ for value, id_ in _APP_ROLES.items()}


_MADE: Final = frozenset({"application_id", "client_id", "name", "principal_id"})
_GROUPS: Final = frozenset(f"{each}_{member}" for each in ("outer", "inner", "core") for member in ("id", "name"))

STAGES: Final[dict[str, Stage]] = {
    "bystander": Stage(make_bystander, _MADE),
    "circle": Stage(_circle, _MADE | _GROUPS | {"person_id", "guest_id"}, needs_person=True),
    "entrusted": Stage(_entrusted, _MADE | {"group_id", "template_id", "assignment_id"}, needs_person=True),
    "revocable": Stage(make_granted, _MADE | {"grant_id", "resource_id"}),
    "revoked": Stage(_revoked, _MADE | {"grant_id", "resource_id"}),
    "offering": Stage(_offering, _MADE | _APP_ROLES.keys()),
}
