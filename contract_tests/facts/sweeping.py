"""Removes what runs have made: what the journal tells, then whatever else carries our mark."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import httpx

from contract_tests.facts.fact import Asked, NotAsked
from contract_tests.facts.rails import MARK

if TYPE_CHECKING:
    from contract_tests.facts.made import Thing
    from contract_tests.facts.world import World

_DATA: Final = "/api/data/v9.2"

# Collection -> the member that finds what was asked for: our own unique name, or an id that is ours already.
_GRAPH: Final = {"applications": "displayName", "servicePrincipals": "appId", "oauth2PermissionGrants": "clientId"}
_DATAVERSE: Final = {
    "incidents": "title",
    "annotations": "subject",
    "contacts": "lastname",
    "queues": "name",
    "systemusers": "applicationid",
    "roles": "name",
}
_LAST_ID: Final = re.compile(r"\(([0-9a-fA-F-]{36})\)\s*$")
_LONGEST_LAG_S: Final = 60
_BIN: Final = "directory/deletedItems/microsoft.graph.application"
_KEYS: Final = {
    "incidents": "incidentid",
    "annotations": "annotationid",
    "contacts": "contactid",
    "queues": "queueid",
    "systemusers": "systemuserid",
    "roles": "roleid",
}


def can_remove(asked: Asked) -> bool:
    """Whether a create of this kind leaves something that has to be removed by itself."""
    return _place(asked) is not None


def kind_and_name(asked: Asked, body: Any, mark: str) -> tuple[str, str]:
    """What the journal calls a create: its collection, and the value that finds it again."""
    place = _place(asked)
    if place is None:
        raise LookupError(f"{asked.path} is no collection that can be swept")
    service, collection = place
    member = {**_GRAPH, **_DATAVERSE}[collection]
    told = body.get(member) if isinstance(body, Mapping) else None
    return f"{service}:{collection}", str(told or mark)


def removal_ids(kind: str, answer: httpx.Response) -> tuple[str, ...]:
    """The id by which what a create has made is removed again; none where its answer does not tell."""
    collection = kind.partition(":")[2]
    named = _LAST_ID.search(answer.headers.get("odata-entityid", ""))
    if named:
        return (named[1],)
    told = answer.json() if answer.content else {}
    id_ = told.get(_KEYS.get(collection, "id")) if isinstance(told, dict) else None
    return (str(id_),) if id_ else ()


async def sweep(world: "World") -> None:
    """Remove it all. What cannot be removed now stays in the journal for the next run. Raises NotAsked."""
    if world.made is None:
        raise NotAsked("this run only reads")
    world.values["mark"] = MARK
    failed: NotAsked | None = None
    for thing in sorted(world.made.left, key=_order):
        try:
            await _remove_thing(world, thing)
            world.made.gone(thing)
        except NotAsked as problem:
            failed = failed or problem
    if failed is not None:
        raise failed
    await _remove_marked(world)


def _place(asked: Asked) -> tuple[str, str] | None:
    path = asked.path.partition("?")[0].strip("/")
    if asked.service == "graph" and path.removeprefix("v1.0/") in _GRAPH:
        return "graph", path.removeprefix("v1.0/")
    collection = path.removeprefix(_DATA.strip("/")).strip("/")
    if asked.service == "dataverse" and collection in _DATAVERSE:
        return "dataverse", collection
    return None


def _order(thing: "Thing") -> tuple[int, int]:
    """Cases before their customers, users before their roles and applications; within a kind the newest first."""
    collections = [*(f"dataverse:{each}" for each in _DATAVERSE), "graph:oauth2PermissionGrants"]
    collections += ["graph:servicePrincipals", "graph:applications"]
    return collections.index(thing.kind), -thing.number


async def _remove_thing(world: "World", thing: "Thing") -> None:
    service, _, collection = thing.kind.partition(":")
    if service == "graph":
        ids = thing.ids or tuple(await _graph_ids(world, collection, f"{_GRAPH[collection]} eq '{thing.name}'"))
        for id_ in ids:
            await _remove_from_graph(world, collection, id_, is_young=thing.is_young)
        return
    member = _DATAVERSE[collection]
    literal = thing.name if member == "applicationid" else f"'{thing.name}'"
    for id_ in thing.ids or tuple(await _rows(world, collection, f"{member} eq {literal}")):
        await _remove_row(world, collection, id_)


async def _remove_marked(world: "World") -> None:
    """Whatever carries our mark, made by whichever run: a journal may be lost with its machine."""
    for collection, member in _DATAVERSE.items():
        begins = f"%23 {MARK} " if collection == "systemusers" else f"{MARK} "
        named = "fullname" if collection == "systemusers" else member
        for id_ in await _rows(world, collection, f"startswith({named},'{begins}')"):
            await _remove_row(world, collection, id_)
    for id_ in await _graph_ids(world, "applications", f"startswith(displayName,'{MARK} ')"):
        await _remove_from_graph(world, "applications", id_)
    # A registration that was deleted a moment ago may have been seen in the bin too late to be removed from there.
    for id_ in await _graph_ids(world, _BIN, f"startswith(displayName,'{MARK} ')"):
        await _delete(world, "graph", f"/v1.0/directory/deletedItems/{id_}")


async def _graph_ids(world: "World", collection: str, condition: str) -> list[str]:
    found = await world.operate("GET", "graph", f"/v1.0/{collection}?$filter={condition}")
    ids = [str(each["id"]) for each in found["value"]]
    world.rails.know(ids)
    return ids


async def _rows(world: "World", collection: str, condition: str) -> list[str]:
    key = _KEYS[collection]
    path = f"{_DATA}/{collection}?$select={key}&$filter={condition}"
    if collection == "roles":
        path += " and _parentroleid_value eq null"  # the copies in other business units go with it
    found = await world.operate("GET", "dataverse", path)
    ids = [str(each[key]) for each in found["value"]]
    world.rails.know(ids)
    return ids


async def _remove_from_graph(world: "World", collection: str, id_: str, *, is_young: bool = False) -> None:
    world.rails.know([id_])
    await _delete(world, "graph", f"/v1.0/{collection}/{id_}", is_young=is_young)
    if collection == "applications":  # what is deleted stays in the bin for 30 days and counts against the quota
        await _delete(world, "graph", f"/v1.0/directory/deletedItems/{id_}")


async def _remove_row(world: "World", collection: str, id_: str) -> None:
    world.rails.know([id_])
    path = f"{_DATA}/{collection}({id_})"
    if collection == "systemusers":
        await _disable(world, id_)
        await _delete(world, "dataverse", path)  # the first only marks the row as deleted
    await _delete(world, "dataverse", path)


async def _disable(world: "World", id_: str) -> None:
    path = f"{_DATA}/systemusers({id_})"
    answer = await world.send(
        Asked.model_validate({"service": "dataverse", "path": f"{path}?$select=applicationid,isdisabled"})
    )
    if answer.status_code == 404:
        return
    if not answer.is_success:
        raise NotAsked(f"GET {path} was refused: {answer.status_code} {answer.text[:300]}")
    body = {"isdisabled": True, "applicationid": answer.json()["applicationid"]}
    if not answer.json()["isdisabled"]:
        await world.operate("PATCH", "dataverse", path, body)


async def _delete(world: "World", service: str, path: str, *, is_young: bool = False) -> None:
    """Gone already is as good as removed; what is young may only seem to be gone. Raises NotAsked."""
    asked = Asked.model_validate({"service": service, "method": "DELETE", "path": path})
    doubtful = {httpx.codes.CONFLICT, *([httpx.codes.NOT_FOUND] if is_young else [])}
    answer = await world.patiently(asked, lambda told: told.status_code not in doubtful, at_most_s=_LONGEST_LAG_S)
    if not answer.is_success and answer.status_code != httpx.codes.NOT_FOUND:
        raise NotAsked(f"DELETE {path} was refused: {answer.status_code} {answer.text[:300]}")
