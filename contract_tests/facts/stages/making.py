"""The pieces that stages are made of: a registration, its principal, a secret, a consent grant, a user, a role.

Each names what it makes after the world's mark and keeps its ids as `{stage.member}`.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import SecretStr

from contract_tests.facts.fact import Asked
from contract_tests.facts.place import DATA, Credential
from contract_tests.facts.world import World

DATAVERSE_APP: Final = "00000007-0000-0000-c000-000000000000"


async def make_application(world: World, actor: str, **extra: Any) -> str:
    """A registration, and no more; its object id."""
    body = {"displayName": world.values["mark"], "signInAudience": "AzureADMyOrg", **extra}
    made = await world.operate("POST", "graph", "/v1.0/applications", body)
    world.values |= {
        f"{actor}.application_id": made["id"],
        f"{actor}.client_id": made["appId"],
        f"{actor}.name": made["displayName"],
    }
    return str(made["id"])


async def make_principal(world: World, actor: str, **extra: Any) -> None:
    """The registration's service principal."""
    body = {"appId": world.values[f"{actor}.client_id"], **extra}
    made = await world.operate("POST", "graph", "/v1.0/servicePrincipals", body)
    world.values[f"{actor}.principal_id"] = made["id"]


async def make_bystander(world: World, actor: str) -> None:
    """A registration and its principal, to be put into things and given things."""
    await make_application(world, actor)
    await make_principal(world, actor)


async def make_client(world: World, actor: str) -> None:
    """A registration that can sign in."""
    await make_bystander(world, actor)
    await make_secret(world, actor)


async def make_granted(world: World, actor: str) -> None:
    """A registration with consent to Dataverse, and nothing else."""
    await make_bystander(world, actor)
    await make_grant(world, actor)


async def make_member(world: World, actor: str) -> None:
    """A registration that can sign in and is a user of the environment, without a role."""
    await make_client(world, actor)
    await make_user(world, actor)


async def make_secret(world: World, actor: str, *, ends: str | None = None) -> None:
    """A client secret, with which the actor signs in from now on."""
    wish = {"displayName": actor} | ({"endDateTime": ends} if ends else {})
    path = f"/v1.0/applications/{world.values[f'{actor}.application_id']}/addPassword"
    made = await world.operate("POST", "graph", path, {"passwordCredential": wish})
    world.values |= {f"{actor}.key_id": made["keyId"], f"{actor}.client_secret": made["secretText"]}
    world.credentials[actor] = Credential(
        client_id=world.values[f"{actor}.client_id"], client_secret=SecretStr(made["secretText"])
    )


async def make_grant(world: World, actor: str) -> None:
    """Consent to `user_impersonation` for everybody."""
    found = await world.operate("GET", "graph", f"/v1.0/servicePrincipals?$filter=appId eq '{DATAVERSE_APP}'")
    world.values[f"{actor}.resource_id"] = str(found["value"][0]["id"])
    body = {
        "clientId": world.values[f"{actor}.principal_id"],
        "consentType": "AllPrincipals",
        "resourceId": world.values[f"{actor}.resource_id"],
        "scope": "user_impersonation",
    }
    # A grant may be written although its answer was 404; the next one is told that it exists (graph, consent by API).
    asked = Asked.model_validate(
        {"service": "graph", "method": "POST", "path": "/v1.0/oauth2PermissionGrants", "json": body}
    )
    made = await world.patiently(asked, lambda told: told.is_success or "already exists" in told.text)
    if not made.is_success:
        asked = Asked(service="graph", path=f"/v1.0/oauth2PermissionGrants?$filter=clientId eq '{body['clientId']}'")
        made = await world.patiently(asked, lambda told: bool(told.json().get("value")))
    told = made.json()
    world.values[f"{actor}.grant_id"] = told["id"] if "id" in told else told["value"][0]["id"]
    world.rails.know([world.values[f"{actor}.grant_id"]])


async def make_user(world: World, actor: str, unit: str = "") -> None:
    """The application user, in the root business unit unless another is named."""
    unit = unit or await root_unit(world)
    body = {
        "applicationid": world.values[f"{actor}.client_id"],
        "accessmode": 4,
        "businessunitid@odata.bind": f"/businessunits({unit})",
    }
    world.values[f"{actor}.user_id"] = await world.operate("POST", "dataverse", f"{DATA}/systemusers", body)


async def make_role(world: World, actor: str, privileges: Mapping[str, str]) -> None:
    """A security role with these privileges (name -> depth), given to the actor's user."""
    role = await new_role(world, await root_unit(world), privileges)
    link = f"{DATA}/systemusers({world.values[f'{actor}.user_id']})/systemuserroles_association/$ref"
    target = {"@odata.id": f"{world.place.environment_url}{DATA}/roles({role})"}
    await world.operate("POST", "dataverse", link, target)
    world.values |= {f"{actor}.role_id": role, f"{actor}.role_name": _role_name(world)}


async def new_role(world: World, unit: str, privileges: Mapping[str, str]) -> str:
    """A security role of a business unit with these privileges (name -> depth), given to nobody; its id."""
    body = {"name": _role_name(world), "businessunitid@odata.bind": f"/businessunits({unit})"}
    role = str(await world.operate("POST", "dataverse", f"{DATA}/roles", body))
    if not privileges:
        return role
    chosen = " or ".join(f"name eq '{name}'" for name in sorted(privileges))
    found = await world.operate("GET", "dataverse", f"{DATA}/privileges?$select=privilegeid,name&$filter={chosen}")
    rows = [
        {"Depth": privileges[row["name"]], "PrivilegeId": row["privilegeid"], "BusinessUnitId": unit}
        for row in found["value"]
    ]
    action = f"{DATA}/roles({role})/Microsoft.Dynamics.CRM.AddPrivilegesRole"
    await world.operate("POST", "dataverse", action, {"Privileges": rows})
    return role


def _role_name(world: World) -> str:
    return f"{world.values['mark']} role"


async def root_unit(world: World) -> str:
    """The id of the root business unit."""
    if "root.unit_id" not in world.values:
        path = f"{DATA}/businessunits?$select=businessunitid&$filter=parentbusinessunitid eq null"
        found = await world.operate("GET", "dataverse", path)
        world.values["root.unit_id"] = found["value"][0]["businessunitid"]
    return world.values["root.unit_id"]


async def disable_user(world: World, actor: str) -> None:
    """Disable the actor's user."""
    body = {"isdisabled": True, "applicationid": world.values[f"{actor}.client_id"]}
    await world.operate("PATCH", "dataverse", f"{DATA}/systemusers({world.values[f'{actor}.user_id']})", body)
