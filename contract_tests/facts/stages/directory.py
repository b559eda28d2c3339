"""Groups, owners, policies and deleted objects of the directory."""

from typing import TYPE_CHECKING, Final

from contract_tests.facts.fact import Asked, NotAsked
from contract_tests.facts.stages.making import make_application, make_principal, make_secret
from contract_tests.facts.stages.stage import Stage

if TYPE_CHECKING:
    from contract_tests.facts.world import World

_GRAPH_APP: Final = "00000003-0000-0000-c000-000000000000"
_OWNED_BY: Final = "18a4783c-866b-4cc7-a460-3d5e5662c884"
"""Application.ReadWrite.OwnedBy as an application role of Graph (permissions reference)."""
_TRUSTED: Final = 20
_SECRETS: Final = 2
_IN_A_ROW: Final = 5
"""So many readers in a row must know what was written; the next one does too."""

# What refusals need ------------------------------------------------------------------------------------------------


async def _forged(world: "World", name: str) -> None:
    """The operator's token with another signature of the same length."""
    head, _, signature = (await world.token("operator", "graph")).rpartition(".")
    world.values[f"{name}.graph"] = f"{head}.{'A' * len(signature)}"


async def _departed(world: "World", actor: str) -> None:
    """A token whose service principal has been deleted since."""
    await make_application(world, actor)
    await make_principal(world, actor)
    await make_secret(world, actor)
    token = world.values[f"{actor}.graph"] = await world.token(actor, "graph")
    await world.operate("DELETE", "graph", f"/v1.0/servicePrincipals/{world.values[f'{actor}.principal_id']}")
    asked = Asked(service="graph", path="/v1.0/organization", headers={"authorization": f"Bearer {token}"})
    await world.patiently(asked, lambda told: told.status_code == 401)


async def _own_only(world: "World", actor: str) -> None:
    """An application that may manage its own registrations and no others."""
    await make_application(world, actor)
    await make_principal(world, actor)
    await make_secret(world, actor)
    principal = world.values[f"{actor}.principal_id"]
    graph = (await world.operate("GET", "graph", f"/v1.0/servicePrincipals(appId='{_GRAPH_APP}')"))["id"]
    world.values[f"{actor}.resource_id"] = graph
    body = {"principalId": principal, "resourceId": graph, "appRoleId": _OWNED_BY}
    await world.operate("POST", "graph", f"/v1.0/servicePrincipals/{principal}/appRoleAssignments", body)
    await world.sign_in_until(actor, "graph", lambda claims: bool(claims.get("roles")))


async def _personal(world: "World", actor: str) -> None:
    """A registration for personal accounts too, with as many secrets as it may have."""
    extra = {"signInAudience": "AzureADandPersonalMicrosoftAccount", "api": {"requestedAccessTokenVersion": 2}}
    path = f"/v1.0/applications/{await make_application(world, actor, **extra)}"
    for _ in range(_SECRETS):
        await world.operate("POST", "graph", f"{path}/addPassword", {})
    known = 0
    for _ in range(100):
        answer = await world.send(Asked(service="graph", path=path))
        known = known + 1 if answer.is_success and len(answer.json()["passwordCredentials"]) == _SECRETS else 0
        if known == _IN_A_ROW:
            return
        await world.pause(1 if known else 10)
    raise NotAsked("its secrets are not seen everywhere")


async def _trusting(world: "World", actor: str) -> None:
    """A registration with as many federated credentials as it may have."""
    path = f"/v1.0/applications/{await make_application(world, actor)}/federatedIdentityCredentials"
    for number in range(_TRUSTED):
        issuer, audiences = "https://token.actions.githubusercontent.com", ["api://AzureADTokenExchange"]
        body = {"name": f"trust{number}", "issuer": issuer, "subject": f"subject{number}", "audiences": audiences}
        await world.operate("POST", "graph", path, body)


_REFUSED: Final[dict[str, Stage]] = {
    "forged": Stage(_forged, frozenset({"graph"})),
    "departed": Stage(_departed, frozenset({"graph"})),
    "own_only": Stage(_own_only, frozenset({"application_id", "principal_id", "resource_id"})),
    "personal": Stage(_personal, frozenset({"application_id"})),
    "trusting": Stage(_trusting, frozenset({"application_id"})),
}

STAGES: Final[dict[str, Stage]] = {**_REFUSED}
