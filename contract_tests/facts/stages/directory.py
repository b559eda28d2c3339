"""Tokens and registrations that the directory refuses something to."""

from collections.abc import Callable
from typing import Any, Final

from contract_tests.facts.fact import Asked, NotAsked
from contract_tests.facts.stages.making import make_application, make_client, make_granted
from contract_tests.facts.world import Stage, World

_GRAPH_APP: Final = "00000003-0000-0000-c000-000000000000"
_OWNED_BY: Final = "18a4783c-866b-4cc7-a460-3d5e5662c884"
"""Application.ReadWrite.OwnedBy as an application role of Graph (permissions reference)."""
_TRUSTED: Final = 20
_SECRETS: Final = 2
_STEP_S: Final = 10
_IN_A_ROW: Final = 5
"""So many readers in a row must know what was written; the next one does too."""


async def _seen_everywhere(
    world: World, path: str, is_enough: Callable[[dict[str, Any]], bool] = lambda _told: True
) -> None:
    """Read it until several readers in a row have it as it should be. Raises NotAsked."""
    known, waited = 0, 0
    while known < _IN_A_ROW:
        answer = await world.send(Asked(service="graph", path=path))
        known = known + 1 if answer.is_success and is_enough(answer.json()) else 0
        if not known:
            if waited >= world.place.contract.patience_s:
                raise NotAsked(f"{path} is not seen everywhere")
            await world.pause(_STEP_S)
            waited += _STEP_S


async def _forged(world: World, name: str) -> None:
    """The operator's token with another signature of the same length."""
    head, _, signature = (await world.token("operator", "graph")).rpartition(".")
    world.values[f"{name}.graph"] = f"{head}.{'A' * len(signature)}"


async def _departed(world: World, actor: str) -> None:
    """A token whose service principal has been deleted since."""
    await make_client(world, actor)
    token = world.values[f"{actor}.graph"] = await world.token(actor, "graph")
    await world.operate("DELETE", "graph", f"/v1.0/servicePrincipals/{world.values[f'{actor}.principal_id']}")
    asked = Asked(service="graph", path="/v1.0/organization", headers={"authorization": f"Bearer {token}"})
    await world.patiently(asked, lambda told: told.status_code == 401)


async def _own_only(world: World, actor: str) -> None:
    """An application that may manage its own registrations and no others."""
    await make_client(world, actor)
    principal = world.values[f"{actor}.principal_id"]
    await _seen_everywhere(world, f"/v1.0/servicePrincipals/{principal}")
    graph = (await world.operate("GET", "graph", f"/v1.0/servicePrincipals(appId='{_GRAPH_APP}')"))["id"]
    world.values[f"{actor}.resource_id"] = graph
    body = {"principalId": principal, "resourceId": graph, "appRoleId": _OWNED_BY}
    await world.operate("POST", "graph", f"/v1.0/servicePrincipals/{principal}/appRoleAssignments", body)
    await world.sign_in_until(actor, "graph", lambda claims: bool(claims.get("roles")))


async def _personal(world: World, actor: str) -> None:
    """A registration for personal accounts too, with as many secrets as it may have."""
    extra = {"signInAudience": "AzureADandPersonalMicrosoftAccount", "api": {"requestedAccessTokenVersion": 2}}
    path = f"/v1.0/applications/{await make_application(world, actor, **extra)}"
    for _ in range(_SECRETS):
        await world.operate("POST", "graph", f"{path}/addPassword", {})
    await _seen_everywhere(world, path, lambda told: len(told["passwordCredentials"]) == _SECRETS)


async def _most_trusting(world: World, actor: str) -> None:
    """A registration with as many federated credentials as it may have."""
    path = f"/v1.0/applications/{await make_application(world, actor)}/federatedIdentityCredentials"
    for number in range(_TRUSTED):
        issuer, audiences = "https://token.actions.githubusercontent.com", ["api://AzureADTokenExchange"]
        body = {"name": f"trust{number}", "issuer": issuer, "subject": f"subject{number}", "audiences": audiences}
        await world.operate("POST", "graph", path, body)


STAGES: Final[dict[str, Stage]] = {
    "forged": Stage(_forged, frozenset({"graph"})),
    "departed": Stage(_departed, frozenset({"graph"})),
    "own_only": Stage(_own_only, frozenset({"application_id", "principal_id", "resource_id"})),
    "granted": Stage(make_granted, frozenset({"grant_id"})),
    "personal": Stage(_personal, frozenset({"application_id"})),
    "most_trusting": Stage(_most_trusting, frozenset({"application_id"})),
}
