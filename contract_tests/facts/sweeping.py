"""Removes what runs have made: what the journal tells, then whatever else carries our mark."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Final

import httpx

from contract_tests.facts.fact import Asked, NotAsked
from contract_tests.facts.rails import MARK, SLUG

if TYPE_CHECKING:
    from contract_tests.facts.made import Thing
    from contract_tests.facts.world import World

_DATA: Final = "/api/data/v9.2"


@dataclass(frozen=True)
class _Kind:
    """A collection of which a run may make something."""

    service: str
    collection: str
    finds: str
    """The member that finds again what was asked for: our own unique name, or an id that is ours already."""
    key: str = "id"
    marked: str = ""
    """The member that carries our mark; "" where it goes with something else that does."""
    begins: str = f"{MARK} "

    @property
    def name(self) -> str:
        """What the journal calls it."""
        return f"{self.service}:{self.collection}"


def _rows_named(collection: str, member: str, key: str) -> _Kind:
    return _Kind("dataverse", collection, member, key, member)


_KINDS: Final = (
    _Kind("dataverse", "EntityDefinitions", "SchemaName", "MetadataId", "SchemaName"),
    _Kind("dataverse", "GlobalOptionSetDefinitions", "Name", "MetadataId", "Name"),
    _rows_named("incidents", "title", "incidentid"),
    _rows_named("annotations", "subject", "annotationid"),
    *(_rows_named(each, "subject", "activityid") for each in ("tasks", "phonecalls", "emails")),
    _rows_named("contacts", "lastname", "contactid"),
    _rows_named("accounts", "name", "accountid"),
    _rows_named("queues", "name", "queueid"),
    _rows_named("duplicaterules", "name", "duplicateruleid"),
    _rows_named("fieldsecurityprofiles", "name", "fieldsecurityprofileid"),
    _rows_named("teams", "name", "teamid"),
    _Kind("dataverse", "systemusers", "applicationid", "systemuserid", "fullname", f"%23 {MARK} "),
    _rows_named("roles", "name", "roleid"),
    _rows_named("businessunits", "name", "businessunitid"),
    _Kind("graph", "groups", "displayName", marked="displayName"),
    _Kind("graph", "oauth2PermissionGrants", "clientId"),
    _Kind("graph", "servicePrincipals", "appId"),
    _Kind("graph", "applications", "displayName", marked="displayName"),
)
"""In the order of removal: cases before their customers, users before their roles and applications."""
_BY_NAME: Final = {each.name: each for each in _KINDS}
_DEFINITIONS: Final = frozenset({"EntityDefinitions", "GlobalOptionSetDefinitions"})
_LAST_ID: Final = re.compile(r"\(([0-9a-fA-F-]{36})\)\s*$")
_LONGEST_LAG_S: Final = 60
_BINNED: Final = {
    "servicePrincipals": "microsoft.graph.servicePrincipal",
    "applications": "microsoft.graph.application",
    "groups": "microsoft.graph.group",
}
_BIN: Final = "directory/deletedItems"


def can_remove(asked: Asked) -> bool:
    """Whether a create of this kind leaves something that has to be removed by itself."""
    return _kind_of(asked) is not None


def kind_and_name(asked: Asked, body: Any, mark: str) -> tuple[str, str]:
    """What the journal calls a create: its collection, and the value that finds it again."""
    kind = _kind_of(asked)
    if kind is None:
        raise LookupError(f"{asked.path} is no collection that can be swept")
    told = body.get(kind.finds) if isinstance(body, Mapping) else None
    return kind.name, str(told or mark)


def removal_ids(kind: str, answer: httpx.Response) -> tuple[str, ...]:
    """The id by which what a create has made is removed again; none where its answer does not tell."""
    named = _LAST_ID.search(answer.headers.get("odata-entityid", ""))
    if named:
        return (named[1],)
    told = answer.json() if answer.content else {}
    id_ = told.get(_BY_NAME[kind].key) if isinstance(told, dict) else None
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


def _kind_of(asked: Asked) -> _Kind | None:
    path = asked.path.partition("?")[0].strip("/")
    root = {"graph": "v1.0/", "dataverse": f"{_DATA.strip('/')}/"}.get(asked.service, "-")
    return _BY_NAME.get(f"{asked.service}:{path.removeprefix(root)}") if path.startswith(root) else None


def _order(thing: "Thing") -> tuple[int, int]:
    """By kind; within a kind the newest first."""
    return _KINDS.index(_BY_NAME[thing.kind]), -thing.number


async def _remove_thing(world: "World", thing: "Thing") -> None:
    kind = _BY_NAME[thing.kind]
    for id_ in thing.ids or tuple(await _found(world, kind, thing.name)):
        await _remove(world, kind, id_, is_young=thing.is_young)


async def _remove_marked(world: "World") -> None:
    """Whatever carries our mark, made by whichever run: a journal may be lost with its machine."""
    for kind in _KINDS:
        if kind.marked:
            for id_ in await _listed(world, kind):
                await _remove(world, kind, id_)
    # What was deleted a moment ago may have been seen in the bin too late to be removed from there.
    for kept in _BINNED.values():
        for id_ in await _ids(world, "graph", f"{_BIN}/{kept}?$filter=startswith(displayName,'{MARK} ')", "id"):
            await _delete(world, "graph", f"/v1.0/{_BIN}/{id_}")


async def _found(world: "World", kind: _Kind, name: str) -> list[str]:
    """The ids of what a create whose answer was lost has made."""
    if kind.collection in _DEFINITIONS:
        return await _definitions(world, kind, name)
    literal = name if kind.finds == "applicationid" else f"'{name}'"
    return await _ids(world, kind.service, f"{kind.collection}?$filter={kind.finds} eq {literal}", kind.key)


async def _listed(world: "World", kind: _Kind) -> list[str]:
    """The ids of all that carry our mark."""
    if kind.collection in _DEFINITIONS:
        return await _definitions(world, kind, SLUG)
    path = f"{kind.collection}?$filter=startswith({kind.marked},'{kind.begins}')"
    if kind.collection == "roles":
        path += " and _parentroleid_value eq null"  # the copies in other business units go with it
    if kind.collection == "teams":
        path += " and isdefault eq false"  # those go with their business unit
    return await _ids(world, kind.service, path, kind.key)


async def _definitions(world: "World", kind: _Kind, name: str) -> list[str]:
    """Definitions take hardly any filter: all are read, and told apart here."""
    found = await world.operate("GET", "dataverse", f"{_DATA}/{kind.collection}?$select={kind.key},{kind.finds}")
    ids = [str(each[kind.key]) for each in found["value"] if name.lower() in str(each[kind.finds]).lower()]
    world.rails.know(ids)
    return ids


async def _ids(world: "World", service: str, path: str, key: str) -> list[str]:
    root = "/v1.0" if service == "graph" else _DATA
    select = f"&$select={key}" if service == "dataverse" else ""
    asked = Asked.model_validate({"service": service, "path": f"{root}/{path}{select}"})
    answer = await _by_whoever_may(
        world, asked, lambda told: told.is_success or told.status_code == httpx.codes.FORBIDDEN
    )
    if answer.status_code == httpx.codes.FORBIDDEN:
        return []  # who may not read them cannot have made any
    if not answer.is_success:
        raise NotAsked(f"GET {root}/{path} was refused: {answer.status_code} {answer.text[:300]}")
    ids = [str(each[key]) for each in answer.json()["value"]]
    world.rails.know(ids)
    return ids


async def _remove(world: "World", kind: _Kind, id_: str, *, is_young: bool = False) -> None:
    world.rails.know([id_])
    if kind.service == "graph":
        await _delete(world, "graph", f"/v1.0/{kind.collection}/{id_}", is_young=is_young)
        if kind.collection in _BINNED:  # what is deleted stays in the bin for 30 days and counts against the quota
            await _delete(world, "graph", f"/v1.0/{_BIN}/{id_}")
        return
    path = f"{_DATA}/{kind.collection}({id_})"
    if kind.collection == "systemusers":
        await _disable(world, path, "applicationid")
        await _delete(world, "dataverse", path)  # the first only marks the row as deleted
    if kind.collection == "businessunits":
        chosen = f"businessunits?$filter=_parentbusinessunitid_value eq {id_}"
        for below in await _ids(world, "dataverse", chosen, kind.key):
            await _remove(world, kind, below)
        await _disable(world, path)
    await _delete(world, "dataverse", path)


async def _disable(world: "World", path: str, *together: str) -> None:
    """What must be disabled before it can be deleted; `together` must be sent along."""
    select = ",".join(("isdisabled", *together))
    answer = await world.send(Asked.model_validate({"service": "dataverse", "path": f"{path}?$select={select}"}))
    if answer.status_code == 404:
        return
    if not answer.is_success:
        raise NotAsked(f"GET {path} was refused: {answer.status_code} {answer.text[:300]}")
    if not answer.json()["isdisabled"]:
        body = {"isdisabled": True, **{name: answer.json()[name] for name in together}}
        await world.operate("PATCH", "dataverse", path, body)


async def _delete(world: "World", service: str, path: str, *, is_young: bool = False) -> None:
    """Gone already is as good as removed; what is young may only seem to be gone. Raises NotAsked."""
    asked = Asked.model_validate({"service": service, "method": "DELETE", "path": path})
    doubtful = {httpx.codes.CONFLICT, *([httpx.codes.NOT_FOUND] if is_young else [])}
    answer = await _by_whoever_may(
        world, asked, lambda told: told.status_code not in doubtful, at_most_s=_LONGEST_LAG_S
    )
    if not answer.is_success and answer.status_code != httpx.codes.NOT_FOUND:
        raise NotAsked(f"DELETE {path} was refused: {answer.status_code} {answer.text[:300]}")


async def _by_whoever_may(
    world: "World", asked: Asked, is_enough: Callable[[httpx.Response], bool], *, at_most_s: float = inf
) -> httpx.Response:
    """As the operator; what a person has made, an operator who sets integrations up may not remove."""
    answer = await world.patiently(asked, is_enough, at_most_s=at_most_s)
    if answer.status_code == httpx.codes.FORBIDDEN and asked.service == "graph" and world.place.person is not None:
        asked = asked.model_copy(update={"who": "person"})
        answer = await world.patiently(asked, is_enough, at_most_s=at_most_s)
    return answer
