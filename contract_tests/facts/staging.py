"""The named states that facts are asked in, each brought about over HTTP by the operator's rights alone."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr

from contract_tests.facts.fact import Asked, NotAsked, Service
from contract_tests.facts.place import Credential

if TYPE_CHECKING:
    from contract_tests.facts.world import World

DATA: Final = "/api/data/v9.2"
DATAVERSE_APP: Final = "00000007-0000-0000-c000-000000000000"
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


@dataclass(frozen=True)
class Stage:
    """One state: what brings it about, and the variables that a fact can then name as `{stage.member}`."""

    make: Callable[["World", str], Awaitable[None]]
    gives: frozenset[str]
    needs_clock: bool = False


async def _application(world: "World", actor: str, **extra: Any) -> str:
    """A registration, and no more; its object id."""
    body = {"displayName": world.values["mark"], "signInAudience": "AzureADMyOrg", **extra}
    made = await world.operate("POST", "graph", "/v1.0/applications", body)
    world.values |= {
        f"{actor}.application_id": made["id"],
        f"{actor}.client_id": made["appId"],
        f"{actor}.name": made["displayName"],
    }
    return str(made["id"])


async def _principal(world: "World", actor: str) -> None:
    body = {"appId": world.values[f"{actor}.client_id"]}
    made = await world.operate("POST", "graph", "/v1.0/servicePrincipals", body)
    world.values[f"{actor}.principal_id"] = made["id"]


async def _secret(world: "World", actor: str, *, ends: str | None = None) -> None:
    wish = {"displayName": actor} | ({"endDateTime": ends} if ends else {})
    path = f"/v1.0/applications/{world.values[f'{actor}.application_id']}/addPassword"
    made = await world.operate("POST", "graph", path, {"passwordCredential": wish})
    world.values |= {f"{actor}.key_id": made["keyId"], f"{actor}.client_secret": made["secretText"]}
    world.credentials[actor] = Credential(
        client_id=world.values[f"{actor}.client_id"], client_secret=SecretStr(made["secretText"])
    )


async def _grant(world: "World", actor: str) -> None:
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


async def _user(world: "World", actor: str) -> None:
    unit = await _root_unit(world)
    body = {
        "applicationid": world.values[f"{actor}.client_id"],
        "accessmode": 4,
        "businessunitid@odata.bind": f"/businessunits({unit})",
    }
    world.values[f"{actor}.user_id"] = await world.operate("POST", "dataverse", f"{DATA}/systemusers", body)


async def _role(world: "World", actor: str, privileges: Mapping[str, str]) -> None:
    unit = await _root_unit(world)
    body = {"name": f"{world.values['mark']} role", "businessunitid@odata.bind": f"/businessunits({unit})"}
    role = await world.operate("POST", "dataverse", f"{DATA}/roles", body)
    chosen = " or ".join(f"name eq '{name}'" for name in sorted(privileges))
    found = await world.operate("GET", "dataverse", f"{DATA}/privileges?$select=privilegeid,name&$filter={chosen}")
    rows = [
        {"Depth": privileges[row["name"]], "PrivilegeId": row["privilegeid"], "BusinessUnitId": unit}
        for row in found["value"]
    ]
    action = f"{DATA}/roles({role})/Microsoft.Dynamics.CRM.AddPrivilegesRole"
    await world.operate("POST", "dataverse", action, {"Privileges": rows})
    link = f"{DATA}/systemusers({world.values[f'{actor}.user_id']})/systemuserroles_association/$ref"
    target = {"@odata.id": f"{world.place.environment_url}{DATA}/roles({role})"}
    await world.operate("POST", "dataverse", link, target)
    world.values |= {f"{actor}.role_id": role, f"{actor}.role_name": body["name"]}


async def _root_unit(world: "World") -> str:
    if "root.unit_id" not in world.values:
        path = f"{DATA}/businessunits?$select=businessunitid&$filter=parentbusinessunitid eq null"
        found = await world.operate("GET", "dataverse", path)
        world.values["root.unit_id"] = found["value"][0]["businessunitid"]
    return world.values["root.unit_id"]


async def _registered(world: "World", actor: str) -> None:
    await _application(world, actor)


async def _without_principal(world: "World", actor: str) -> None:
    await _application(world, actor)
    await _secret(world, actor)


async def _without_user(world: "World", actor: str) -> None:
    await _application(world, actor)
    await _principal(world, actor)
    await _secret(world, actor)


async def _without_role(world: "World", actor: str) -> None:
    await _without_user(world, actor)
    await _user(world, actor)


async def _integration(world: "World", actor: str) -> None:
    await _without_role(world, actor)
    await _grant(world, actor)
    await _role(world, actor, HANDOFF)


async def _narrow(world: "World", actor: str) -> None:
    await _without_role(world, actor)
    await _role(world, actor, NARROW)


async def _delegate(world: "World", actor: str) -> None:
    await _without_role(world, actor)
    await _role(world, actor, DELEGATE)


async def _blind(world: "World", actor: str) -> None:
    await _without_role(world, actor)
    await _role(world, actor, BLIND)


async def _owning(world: "World", actor: str) -> None:
    """A disabled user whom a contact belongs to."""
    await _without_role(world, actor)
    await _role(world, actor, HANDOFF)
    body = {"lastname": world.values["mark"]}
    asked = {"service": "dataverse", "method": "POST", "path": f"{DATA}/contacts", "who": actor, "json": body}
    made = await world.send(Asked.model_validate(asked))
    if not made.is_success:
        raise NotAsked(f"its contact was refused: {made.status_code} {made.text[:300]}")
    await _disable(world, actor)


async def _shallow(world: "World", actor: str) -> None:
    await _without_role(world, actor)
    await _role(world, actor, SHALLOW)


async def _disabled_user(world: "World", actor: str) -> None:
    await _without_role(world, actor)
    await _disable(world, actor)


async def _disable(world: "World", actor: str) -> None:
    body = {"isdisabled": True, "applicationid": world.values[f"{actor}.client_id"]}
    await world.operate("PATCH", "dataverse", f"{DATA}/systemusers({world.values[f'{actor}.user_id']})", body)


async def _disabled_principal(world: "World", actor: str) -> None:
    await _without_user(world, actor)
    path = f"/v1.0/servicePrincipals/{world.values[f'{actor}.principal_id']}"
    await world.operate("PATCH", "graph", path, {"accountEnabled": False})


async def _expired(world: "World", actor: str) -> None:
    await _application(world, actor)
    await _principal(world, actor)
    ends = (await world.now() + _LIFE).strftime("%Y-%m-%dT%H:%M:%SZ")
    await _secret(world, actor, ends=ends)
    await world.let_pass(_LIFE * 2)


async def _aged(world: "World", name: str) -> None:
    """The operator's tokens, older than any token lives."""
    services: tuple[Service, ...] = ("graph", "dataverse", "power_platform")
    for service in services:
        world.values[f"{name}.{service}"] = await world.token("operator", service)
    await world.let_pass(_LIFE * 4)


async def _contact(world: "World", name: str) -> None:
    body = {
        "firstname": "Ada",
        "lastname": world.values["mark"],
        "emailaddress1": f"{world.values['mark'].replace(' ', '.')}@example.com",
    }
    world.values[f"{name}.id"] = await world.operate("POST", "dataverse", f"{DATA}/contacts", body)
    world.values |= {f"{name}.email": body["emailaddress1"], f"{name}.lastname": body["lastname"]}


async def _incident(world: "World", name: str) -> None:
    await world.stage("contact")
    world.values["mark"] = world.new_name()
    body = {"title": world.values["mark"], "customerid_contact@odata.bind": f"/contacts({world.values['contact.id']})"}
    world.values[f"{name}.id"] = await world.operate("POST", "dataverse", f"{DATA}/incidents", body)
    world.values[f"{name}.title"] = body["title"]


async def _inactive_contact(world: "World", name: str) -> None:
    await _contact(world, name)
    body = {"statecode": 1, "statuscode": 2}
    await world.operate("PATCH", "dataverse", f"{DATA}/contacts({world.values[f'{name}.id']})", body)


async def _resolved(world: "World", name: str) -> None:
    """A case of its own that is closed."""
    await world.stage("contact")
    world.values["mark"] = world.new_name()
    body = {"title": world.values["mark"], "customerid_contact@odata.bind": f"/contacts({world.values['contact.id']})"}
    case = await world.operate("POST", "dataverse", f"{DATA}/incidents", body)
    resolution = {
        "@odata.type": "Microsoft.Dynamics.CRM.incidentresolution",
        "subject": world.values["mark"],
        "incidentid@odata.bind": f"/incidents({case})",
    }
    told = {"IncidentResolution": resolution, "Status": 5}
    await world.operate("POST", "dataverse", f"{DATA}/CloseIncident", told)
    world.values[f"{name}.id"] = case


async def _privileges(world: "World", name: str) -> None:
    for member, privilege in (("read_user", "prvReadUser"), ("read_incident", "prvReadIncident")):
        path = f"{DATA}/privileges?$select=privilegeid&$filter=name eq '{privilege}'"
        found = await world.operate("GET", "dataverse", path)
        world.values[f"{name}.{member}"] = found["value"][0]["privilegeid"]


async def _queue(world: "World", name: str) -> None:
    body = {"name": world.values["mark"]}
    world.values[f"{name}.id"] = await world.operate("POST", "dataverse", f"{DATA}/queues", body)
    world.values[f"{name}.name"] = body["name"]


async def _queued(world: "World", name: str) -> None:
    await world.stage("incident")
    await world.stage("queue")
    target = {"@odata.type": "Microsoft.Dynamics.CRM.incident", "incidentid": world.values["incident.id"]}
    action = f"{DATA}/queues({world.values['queue.id']})/Microsoft.Dynamics.CRM.AddToQueue"
    made = await world.operate("POST", "dataverse", action, {"Target": target})
    world.values[f"{name}.id"] = made["QueueItemId"]


async def _root(world: "World", _name: str) -> None:
    await _root_unit(world)


_REGISTERED: Final = frozenset({"application_id", "client_id", "name"})
_SIGNING: Final = _REGISTERED | {"principal_id", "key_id", "client_secret"}
_USING: Final = _SIGNING | {"user_id"}
_WORKING: Final = _USING | {"role_id", "role_name"}

STAGES: Final[dict[str, Stage]] = {
    "registered": Stage(_registered, _REGISTERED),
    "without_principal": Stage(_without_principal, _SIGNING - {"principal_id"}),
    "without_user": Stage(_without_user, _SIGNING),
    "without_role": Stage(_without_role, _USING),
    "disabled_user": Stage(_disabled_user, _USING),
    "disabled_principal": Stage(_disabled_principal, _SIGNING),
    "narrow": Stage(_narrow, _WORKING),
    "shallow": Stage(_shallow, _WORKING),
    "blind": Stage(_blind, _WORKING),
    "owning": Stage(_owning, _WORKING),
    "delegate": Stage(_delegate, _WORKING),
    "integration": Stage(_integration, _WORKING | {"grant_id", "resource_id"}),
    "expired": Stage(_expired, _SIGNING, needs_clock=True),
    "aged": Stage(_aged, frozenset({"graph", "dataverse", "power_platform"}), needs_clock=True),
    "contact": Stage(_contact, frozenset({"id", "email", "lastname"})),
    "inactive_contact": Stage(_inactive_contact, frozenset({"id", "email", "lastname"})),
    "resolved": Stage(_resolved, frozenset({"id"})),
    "privileges": Stage(_privileges, frozenset({"read_user", "read_incident"})),
    "incident": Stage(_incident, frozenset({"id", "title"})),
    "queue": Stage(_queue, frozenset({"id", "name"})),
    "queued": Stage(_queued, frozenset({"id"})),
    "root": Stage(_root, frozenset({"unit_id"})),
}
"""`integration` is the whole set-up; `narrow` has a role without cases, `shallow` one that reaches its own rows only,
`delegate` may act for others and read no cases, and `blind` may make contacts and read none."""
