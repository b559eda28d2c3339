"""Removes what runs have made: what the journal tells, then whatever else carries our mark."""

from collections.abc import Callable
from math import inf
from typing import Final

import httpx

from contract_tests.facts.fact import Asked, NotAsked
from contract_tests.facts.made import Made, Thing
from contract_tests.facts.place import DATA
from contract_tests.facts.rails import MARK, SLUG
from contract_tests.facts.sweepable import BY_NAME, KINDS, Kind
from contract_tests.facts.world import World

_DEFINITIONS: Final = frozenset({"EntityDefinitions", "GlobalOptionSetDefinitions"})
_LONGEST_LAG_S: Final = 60
_BINNED: Final = {
    "servicePrincipals": "microsoft.graph.servicePrincipal",
    "applications": "microsoft.graph.application",
    "groups": "microsoft.graph.group",
}
_BIN: Final = "directory/deletedItems"


async def sweep(world: World) -> None:
    """Remove it all. What cannot be removed now stays in the journal for the next run. Raises NotAsked."""
    if world.made is None:
        raise NotAsked("this run only reads")
    world.values["mark"] = MARK
    unseen, failed = await _remove_all(world, world.made, sorted(world.made.left, key=_order))
    # What is young may only seem to be gone. All of it is looked for again together, so that the wait is one for all.
    patience, waited, step = min(world.place.contract.patience_s, _LONGEST_LAG_S), 0.0, 1.0
    while unseen and waited < patience:
        await world.pause(step)
        waited, step = waited + step, step * 2
        unseen, problem = await _remove_all(world, world.made, unseen)
        failed = failed or problem
    for thing in unseen:
        world.made.gone(thing)
    if failed is not None:
        raise failed
    await _remove_marked(world)


async def _remove_all(world: World, made: Made, things: list[Thing]) -> tuple[list[Thing], NotAsked | None]:
    """Remove each; gives those young ones that were not seen, and the first problem."""
    unseen: list[Thing] = []
    failed: NotAsked | None = None
    for thing in things:
        try:
            is_seen = await _remove_thing(world, thing)
        except NotAsked as problem:
            failed = failed or problem
            continue
        if is_seen or not thing.is_young:
            made.gone(thing)
        else:
            unseen.append(thing)
    return unseen, failed


def _order(thing: Thing) -> tuple[int, int]:
    """By kind; within a kind the newest first."""
    return KINDS.index(BY_NAME[thing.kind]), -thing.number


async def _remove_thing(world: World, thing: Thing) -> bool:
    """Whether it was there."""
    kind = BY_NAME[thing.kind]
    ids = thing.ids or tuple(await _found(world, kind, thing.name))
    return bool(ids) and all([await _remove(world, kind, id_) for id_ in ids])


async def _remove_marked(world: World) -> None:
    """Whatever carries our mark, made by whichever run: a journal may be lost with its machine."""
    for kind in KINDS:
        if kind.marked:
            for id_ in await _listed(world, kind):
                await _remove(world, kind, id_)
    # What was deleted a moment ago may have been seen in the bin too late to be removed from there.
    for kept in _BINNED.values():
        for id_ in await _ids(world, "graph", f"{_BIN}/{kept}?$filter=startswith(displayName,'{MARK} ')", "id"):
            await _delete(world, "graph", f"/v1.0/{_BIN}/{id_}")


async def _found(world: World, kind: Kind, name: str) -> list[str]:
    """The ids of what a create whose answer was lost has made."""
    if kind.collection in _DEFINITIONS:
        return await _definitions(world, kind, name)
    literal = name if kind.finds == "applicationid" else f"'{name}'"
    return await _ids(world, kind.service, f"{kind.collection}?$filter={kind.finds} eq {literal}", kind.key)


async def _listed(world: World, kind: Kind) -> list[str]:
    """The ids of all that carry our mark."""
    if kind.collection in _DEFINITIONS:
        return await _definitions(world, kind, SLUG)
    path = f"{kind.collection}?$filter=startswith({kind.marked},'{kind.begins}')"
    if kind.collection == "roles":
        path += " and _parentroleid_value eq null"  # the copies in other business units go with it
    if kind.collection == "teams":
        path += " and isdefault eq false"  # those go with their business unit
    return await _ids(world, kind.service, path, kind.key)


async def _definitions(world: World, kind: Kind, name: str) -> list[str]:
    """Definitions take hardly any filter: all are read, and told apart here."""
    found = await world.operate("GET", "dataverse", f"{DATA}/{kind.collection}?$select={kind.key},{kind.finds}")
    ids = [str(each[kind.key]) for each in found["value"] if name.lower() in str(each[kind.finds]).lower()]
    world.rails.know(ids)
    return ids


async def _ids(world: World, service: str, path: str, key: str) -> list[str]:
    root = "/v1.0" if service == "graph" else DATA
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


async def _remove(world: World, kind: Kind, id_: str) -> bool:
    """Whether it was there."""
    world.rails.know([id_])
    if kind.service == "graph":
        is_seen = await _delete(world, "graph", f"/v1.0/{kind.collection}/{id_}")
        if kind.collection in _BINNED:  # what is deleted stays in the bin for 30 days and counts against the quota
            is_seen = await _delete(world, "graph", f"/v1.0/{_BIN}/{id_}") or is_seen
        return is_seen
    path = f"{DATA}/{kind.collection}({id_})"
    if kind.in_steps:
        await _disable(world, path, kind.finds)
        await _delete(world, "dataverse", path)  # the first only marks the row as deleted
    if kind.collection == "businessunits":
        chosen = f"businessunits?$filter=_parentbusinessunitid_value eq {id_}"
        for below in await _ids(world, "dataverse", chosen, kind.key):
            await _remove(world, kind, below)
        await _disable(world, path)
    return await _delete(world, "dataverse", path)


async def _disable(world: World, path: str, *together: str) -> None:
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


async def _delete(world: World, service: str, path: str) -> bool:
    """Whether it was there; gone already is as good as removed. Raises NotAsked."""
    asked = Asked.model_validate({"service": service, "method": "DELETE", "path": path})
    answer = await _by_whoever_may(
        world, asked, lambda told: told.status_code != httpx.codes.CONFLICT, at_most_s=_LONGEST_LAG_S
    )
    if not answer.is_success and answer.status_code != httpx.codes.NOT_FOUND:
        raise NotAsked(f"DELETE {path} was refused: {answer.status_code} {answer.text[:300]}")
    return answer.is_success


async def _by_whoever_may(
    world: World, asked: Asked, is_enough: Callable[[httpx.Response], bool], *, at_most_s: float = inf
) -> httpx.Response:
    """As the operator; what a person has made, an operator who sets integrations up may not remove."""
    answer = await world.patiently(asked, is_enough, at_most_s=at_most_s)
    if answer.status_code == httpx.codes.FORBIDDEN and asked.service == "graph" and world.place.person is not None:
        asked = asked.model_copy(update={"who": "person"})
        answer = await world.patiently(asked, is_enough, at_most_s=at_most_s)
    return answer
