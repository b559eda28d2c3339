"""Business units, teams, roles and users beside the actors."""

from typing import Any, Final

from contract_tests.facts.place import DATA
from contract_tests.facts.stages.definitions import label, text_column
from contract_tests.facts.stages.making import make_bystander, make_member, make_role, make_user, new_role, root_unit
from contract_tests.facts.world import Stage, World

_ACCESS: Final = 1  # teamtype
_READ_CONTACTS: Final = {"prvReadContact": "Global"}
ASSIGNING: Final = dict.fromkeys(["prvReadUser", "prvReadRole", "prvAssignRole", "prvReadBusinessUnit"], "Global")


async def _unit(world: World, name: str) -> None:
    world.values[f"{name}.id"] = await _make_unit(world, world.values["mark"], await root_unit(world))
    world.values[f"{name}.name"] = world.values["mark"]
    world.values[f"{name}.team_id"] = await _default_team(world, world.values[f"{name}.id"])


async def _disabled_unit(world: World, name: str) -> None:
    unit = world.values[f"{name}.id"] = await _make_unit(world, world.values["mark"], await root_unit(world))
    await _change(world, f"businessunits({unit})", {"isdisabled": True})


async def _branch(world: World, name: str) -> None:
    """A business unit with one below it."""
    world.values[f"{name}.id"] = await _make_unit(world, world.values["mark"], await root_unit(world))
    world.new_name()
    world.values[f"{name}.below_id"] = await _make_unit(world, world.values["mark"], world.values[f"{name}.id"])


async def _owning_unit(world: World, name: str) -> None:
    """A disabled business unit whose default team owns a contact."""
    unit = world.values[f"{name}.id"] = await _make_unit(world, world.values["mark"], await root_unit(world))
    team = await _default_team(world, unit)
    await _give(world, team, await new_role(world, unit, _READ_CONTACTS))
    await _make_contact(world, team)
    await _change(world, f"businessunits({unit})", {"isdisabled": True})


async def _team(world: World, name: str) -> None:
    world.values[f"{name}.id"] = await _make_team(world)


async def _access_team(world: World, name: str) -> None:
    world.values[f"{name}.id"] = await _make_team(world, teamtype=_ACCESS)


async def _blind_team(world: World, name: str) -> None:
    """A team whose role lets it read no contacts."""
    world.values[f"{name}.id"] = await _make_team(world)
    await _give(world, world.values[f"{name}.id"], await new_role(world, await root_unit(world), {}))


async def _owning_team(world: World, name: str) -> None:
    """A team that a contact belongs to."""
    team = world.values[f"{name}.id"] = await _make_team(world)
    await _give(world, team, await new_role(world, await root_unit(world), _READ_CONTACTS))
    await _make_contact(world, team)


async def _branch_user(world: World, actor: str) -> None:
    """An application user without roles, in a business unit below the root."""
    await world.stage("unit")
    world.new_name()
    await make_bystander(world, actor)
    await make_user(world, actor, unit=world.values["unit.id"])


async def _copied_role(world: World, name: str) -> None:
    """A role of the root business unit, and its copy in the unit below."""
    await world.stage("unit")
    world.new_name()
    role = world.values[f"{name}.root_id"] = await new_role(world, await root_unit(world), {})
    chosen = f"_parentrootroleid_value eq {role} and _businessunitid_value eq {world.values['unit.id']}"
    found = await world.operate("GET", "dataverse", f"{DATA}/roles?$select=roleid&$filter={chosen}")
    world.values[f"{name}.id"] = str(found["value"][0]["roleid"])
    world.rails.know([world.values[f"{name}.id"]])


async def _support_role(world: World, name: str) -> None:
    chosen = f"name eq 'Support User' and _businessunitid_value eq {await root_unit(world)}"
    found = await world.operate("GET", "dataverse", f"{DATA}/roles?$select=roleid&$filter={chosen}")
    world.values[f"{name}.id"] = found["value"][0]["roleid"]


async def _assigning(world: World, actor: str) -> None:
    """Who may give roles away, and holds next to nothing that is in them."""
    await make_member(world, actor)
    await make_role(world, actor, ASSIGNING)


async def _secured(world: World, actor: str) -> None:
    """Who may do everything with a table of the run's own, but for its secured column; and a row of it."""
    schema = f"new_{world.values['slug']}"
    body = {
        "@odata.type": "Microsoft.Dynamics.CRM.EntityMetadata",
        "SchemaName": schema,
        "DisplayName": label(world.values["mark"]),
        "DisplayCollectionName": label(world.values["mark"]),
        "OwnershipType": "UserOwned",
        "HasActivities": False,
        "HasNotes": False,
        "Attributes": [text_column("new_Name", IsPrimaryName=True), text_column("new_Secret", IsSecured=True)],
    }
    await world.operate("POST", "dataverse", f"{DATA}/EntityDefinitions", body)
    told = f"{DATA}/EntityDefinitions(LogicalName='{schema.lower()}')?$select=EntitySetName"
    rows = world.values[f"{actor}.set"] = (await world.operate("GET", "dataverse", told))["EntitySetName"]
    row = {"new_name": world.values["mark"], "new_secret": "kept"}
    world.values[f"{actor}.id"] = await world.operate("POST", "dataverse", f"{DATA}/{rows}", row)
    await make_member(world, actor)
    await make_role(world, actor, {f"prv{verb}{schema}": "Global" for verb in ("Read", "Create", "Write")})


async def _make_unit(world: World, name: str, parent: str) -> str:
    body = {"name": name, "parentbusinessunitid@odata.bind": f"/businessunits({parent})"}
    return str(await world.operate("POST", "dataverse", f"{DATA}/businessunits", body))


async def _default_team(world: World, unit: str) -> str:
    chosen = f"_businessunitid_value eq {unit} and isdefault eq true"
    found = await world.operate("GET", "dataverse", f"{DATA}/teams?$select=teamid&$filter={chosen}")
    world.rails.know([found["value"][0]["teamid"]])
    return str(found["value"][0]["teamid"])


async def _make_team(world: World, **members: Any) -> str:
    unit = await root_unit(world)
    body = {"name": world.values["mark"], "businessunitid@odata.bind": f"/businessunits({unit})", **members}
    return str(await world.operate("POST", "dataverse", f"{DATA}/teams", body))


async def _give(world: World, team: str, role: str) -> None:
    target = {"@odata.id": f"{world.place.environment_url}{DATA}/roles({role})"}
    await world.operate("POST", "dataverse", f"{DATA}/teams({team})/teamroles_association/$ref", target)


async def _make_contact(world: World, team: str) -> None:
    body = {"lastname": world.values["mark"], "ownerid@odata.bind": f"/teams({team})"}
    await world.operate("POST", "dataverse", f"{DATA}/contacts", body)


async def _change(world: World, path: str, body: dict[str, Any]) -> None:
    await world.operate("PATCH", "dataverse", f"{DATA}/{path}", body)


_ID: Final = frozenset({"id"})
_USER: Final = frozenset({"application_id", "client_id", "name", "principal_id", "user_id"})
_WORKING: Final = _USER | {"key_id", "client_secret", "role_id", "role_name"}

STAGES: Final[dict[str, Stage]] = {
    "unit": Stage(_unit, frozenset({"id", "name", "team_id"})),
    "disabled_unit": Stage(_disabled_unit, _ID),
    "branch": Stage(_branch, frozenset({"id", "below_id"})),
    "owning_unit": Stage(_owning_unit, _ID),
    "team": Stage(_team, _ID),
    "access_team": Stage(_access_team, _ID),
    "blind_team": Stage(_blind_team, _ID),
    "owning_team": Stage(_owning_team, _ID),
    "branch_user": Stage(_branch_user, _USER),
    "copied_role": Stage(_copied_role, frozenset({"id", "root_id"})),
    "support_role": Stage(_support_role, _ID),
    "assigning": Stage(_assigning, _WORKING),
    "secured": Stage(_secured, _WORKING | {"set", "id"}),
}
"""`branch` has a business unit below it, `owning_unit` is disabled and its team owns a contact, and `secured` may use
all of a table but one column. A role's copy is the one in `unit`."""
