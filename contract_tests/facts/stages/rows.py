"""The rows that facts are about: customers, cases, queues."""

from typing import Final

from contract_tests.facts.place import DATA
from contract_tests.facts.world import Stage, World


async def _contact(world: World, name: str) -> None:
    body = {
        "firstname": "Ada",
        "lastname": world.values["mark"],
        "emailaddress1": f"{world.values['mark'].replace(' ', '.')}@example.com",
    }
    world.values[f"{name}.id"] = await world.operate("POST", "dataverse", f"{DATA}/contacts", body)
    world.values |= {f"{name}.email": body["emailaddress1"], f"{name}.lastname": body["lastname"]}


async def _incident(world: World, name: str) -> None:
    await world.stage("contact")
    world.new_name()
    body = {"title": world.values["mark"], "customerid_contact@odata.bind": f"/contacts({world.values['contact.id']})"}
    world.values[f"{name}.id"] = await world.operate("POST", "dataverse", f"{DATA}/incidents", body)
    world.values[f"{name}.title"] = body["title"]


async def _inactive_contact(world: World, name: str) -> None:
    await _contact(world, name)
    body = {"statecode": 1, "statuscode": 2}
    await world.operate("PATCH", "dataverse", f"{DATA}/contacts({world.values[f'{name}.id']})", body)


async def _resolved(world: World, name: str) -> None:
    """A case of its own that is closed."""
    await world.stage("contact")
    world.new_name()
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


async def _privileges(world: World, name: str) -> None:
    for member, privilege in (("read_user", "prvReadUser"), ("read_incident", "prvReadIncident")):
        path = f"{DATA}/privileges?$select=privilegeid&$filter=name eq '{privilege}'"
        found = await world.operate("GET", "dataverse", path)
        world.values[f"{name}.{member}"] = found["value"][0]["privilegeid"]


async def _queue(world: World, name: str) -> None:
    body = {"name": world.values["mark"]}
    world.values[f"{name}.id"] = await world.operate("POST", "dataverse", f"{DATA}/queues", body)
    world.values[f"{name}.name"] = body["name"]


async def _queued(world: World, name: str) -> None:
    await world.stage("incident")
    await world.stage("queue")
    target = {"@odata.type": "Microsoft.Dynamics.CRM.incident", "incidentid": world.values["incident.id"]}
    action = f"{DATA}/queues({world.values['queue.id']})/Microsoft.Dynamics.CRM.AddToQueue"
    made = await world.operate("POST", "dataverse", action, {"Target": target})
    world.values[f"{name}.id"] = made["QueueItemId"]


async def _inactive_item(world: World, name: str) -> None:
    """An item of a case of its own that is done with."""
    await world.stage("contact")
    await world.stage("queue")
    world.new_name()
    body = {"title": world.values["mark"], "customerid_contact@odata.bind": f"/contacts({world.values['contact.id']})"}
    case = await world.operate("POST", "dataverse", f"{DATA}/incidents", body)
    item = {
        "title": world.values["mark"],
        "objectid_incident@odata.bind": f"/incidents({case})",
        "queueid@odata.bind": f"/queues({world.values['queue.id']})",
    }
    world.values[f"{name}.id"] = await world.operate("POST", "dataverse", f"{DATA}/queueitems", item)
    inactive = {"statecode": 1, "statuscode": 2}
    await world.operate("PATCH", "dataverse", f"{DATA}/queueitems({world.values[f'{name}.id']})", inactive)


STAGES: Final[dict[str, Stage]] = {
    "contact": Stage(_contact, frozenset({"id", "email", "lastname"})),
    "inactive_contact": Stage(_inactive_contact, frozenset({"id", "email", "lastname"})),
    "resolved": Stage(_resolved, frozenset({"id"})),
    "privileges": Stage(_privileges, frozenset({"read_user", "read_incident"})),
    "incident": Stage(_incident, frozenset({"id", "title"})),
    "queue": Stage(_queue, frozenset({"id", "name"})),
    "queued": Stage(_queued, frozenset({"id"})),
    "inactive_item": Stage(_inactive_item, frozenset({"id"})),
}
