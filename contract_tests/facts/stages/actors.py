"""Who asks: applications that are set up as far as a fact needs them, and the operator's own aged tokens."""

from datetime import timedelta
from typing import Final

from contract_tests.facts.fact import Asked, NotAsked, Service
from contract_tests.facts.place import DATA
from contract_tests.facts.stages.making import (
    disable_user,
    make_application,
    make_bystander,
    make_client,
    make_grant,
    make_member,
    make_role,
    make_secret,
    root_unit,
)
from contract_tests.facts.world import Stage, World

_LIFE: Final = timedelta(minutes=30)

HANDOFF: Final = dict.fromkeys(
    [
        "prvReadContact",
        "prvCreateContact",
        "prvWriteContact",
        "prvAppendContact",
        "prvAppendToContact",
        "prvReadIncident",
        "prvCreateIncident",
        "prvWriteIncident",
        "prvAppendIncident",
        "prvAppendToIncident",
        "prvReadNote",
        "prvCreateNote",
        "prvAppendNote",
        "prvReadQueue",
        "prvReadUser",
        "prvReadBusinessUnit",
    ],
    "Global",
)
"""What the vendor's handoff needs (dataverse-security, operation to privileges)."""
NARROW: Final = {"prvReadContact": "Global", "prvReadUser": "Global"}
DELEGATE: Final = {"prvReadContact": "Global", "prvReadUser": "Global", "prvActOnBehalfOfAnotherUser": "Global"}
BLIND: Final = {"prvCreateContact": "Global", "prvReadUser": "Global"}
SHALLOW: Final = {"prvReadIncident": "Basic", "prvReadContact": "Basic", "prvReadUser": "Global"}


async def _registered(world: World, actor: str) -> None:
    await make_application(world, actor)


async def _without_principal(world: World, actor: str) -> None:
    await make_application(world, actor)
    await make_secret(world, actor)


async def _integration(world: World, actor: str) -> None:
    await make_member(world, actor)
    await make_grant(world, actor)
    await make_role(world, actor, HANDOFF)


async def _narrow(world: World, actor: str) -> None:
    await make_member(world, actor)
    await make_role(world, actor, NARROW)


async def _delegate(world: World, actor: str) -> None:
    await make_member(world, actor)
    await make_role(world, actor, DELEGATE)


async def _blind(world: World, actor: str) -> None:
    await make_member(world, actor)
    await make_role(world, actor, BLIND)


async def _owning(world: World, actor: str) -> None:
    """A disabled user whom a contact belongs to."""
    await make_member(world, actor)
    await make_role(world, actor, HANDOFF)
    body = {"lastname": world.values["mark"]}
    asked = {"service": "dataverse", "method": "POST", "path": f"{DATA}/contacts", "who": actor, "json": body}
    made = await world.send(Asked.model_validate(asked))
    if not made.is_success:
        raise NotAsked(f"its contact was refused: {made.status_code} {made.text[:300]}")
    await disable_user(world, actor)


async def _shallow(world: World, actor: str) -> None:
    await make_member(world, actor)
    await make_role(world, actor, SHALLOW)


async def _disabled_user(world: World, actor: str) -> None:
    await make_member(world, actor)
    await disable_user(world, actor)


async def _disabled_principal(world: World, actor: str) -> None:
    await make_client(world, actor)
    path = f"/v1.0/servicePrincipals/{world.values[f'{actor}.principal_id']}"
    await world.operate("PATCH", "graph", path, {"accountEnabled": False})


async def _expired(world: World, actor: str) -> None:
    await make_bystander(world, actor)
    ends = (await world.now() + _LIFE).strftime("%Y-%m-%dT%H:%M:%SZ")
    await make_secret(world, actor, ends=ends)
    await world.let_pass(_LIFE * 2)


async def _aged(world: World, name: str) -> None:
    """The operator's tokens, older than any token lives."""
    services: tuple[Service, ...] = ("graph", "dataverse", "power_platform", "management")
    for service in services:
        world.values[f"{name}.{service}"] = await world.token("operator", service)
    await world.let_pass(_LIFE * 4)


async def _root(world: World, _name: str) -> None:
    await root_unit(world)


_REGISTERED: Final = frozenset({"application_id", "client_id", "name"})
_SIGNING: Final = _REGISTERED | {"principal_id", "key_id", "client_secret"}
_USING: Final = _SIGNING | {"user_id"}
_WORKING: Final = _USING | {"role_id", "role_name"}

STAGES: Final[dict[str, Stage]] = {
    "registered": Stage(_registered, _REGISTERED),
    "without_principal": Stage(_without_principal, _SIGNING - {"principal_id"}),
    "without_user": Stage(make_client, _SIGNING),
    "without_role": Stage(make_member, _USING),
    "disabled_user": Stage(_disabled_user, _USING),
    "disabled_principal": Stage(_disabled_principal, _SIGNING),
    "narrow": Stage(_narrow, _WORKING),
    "shallow": Stage(_shallow, _WORKING),
    "blind": Stage(_blind, _WORKING),
    "owning": Stage(_owning, _WORKING),
    "delegate": Stage(_delegate, _WORKING),
    "integration": Stage(_integration, _WORKING | {"grant_id", "resource_id"}),
    "expired": Stage(_expired, _SIGNING, needs_clock=True),
    "aged": Stage(_aged, frozenset({"graph", "dataverse", "power_platform", "management"}), needs_clock=True),
    "root": Stage(_root, frozenset({"unit_id"})),
}
"""`integration` is the whole set-up; `narrow` has a role without cases, `shallow` one that reaches its own rows only,
`delegate` may act for others and read no cases, and `blind` may make contacts and read none."""
