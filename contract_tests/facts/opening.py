"""Opens a world at a place, and leaves the place as it was."""

import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx

from contract_tests.facts.fact import NotAsked
from contract_tests.facts.made import held
from contract_tests.facts.place import DATA, Place
from contract_tests.facts.rails import Rails
from contract_tests.facts.stages import STAGES
from contract_tests.facts.sweeping import sweep
from contract_tests.facts.world import Elapse, Pause, Rehearse, World


@asynccontextmanager
async def opened(
    place: Place,
    *,
    may_write: bool,
    transport: httpx.AsyncBaseTransport | None = None,
    pause: Pause = anyio.sleep,
    elapse: Elapse | None = None,
    rehearse: Rehearse | None = None,
) -> AsyncIterator[World]:
    """A world at a place. A writing one is swept of what an earlier run has left, and of its own at the end.

    `transport`: another way there than the network. `rehearse`: the place is this world's own and is thrown away
    afterwards, so nothing is swept. Raises BadInput and NotAsked; an end that could not sweep everything leaves the
    journal for the next run.
    """
    inner = transport or network(place)
    rails = Rails(inner, place, may_write=may_write)
    async with httpx.AsyncClient(transport=rails, timeout=60) as client:
        if not may_write:
            world = World(place, client, rails, None, STAGES, pause, elapse)
            await _know_tenant(world)
            yield world
            return
        with held(place.journal) as made:
            world = World(place, client, rails, made, STAGES, pause, elapse, rehearse)
            await _know_tenant(world)
            if rehearse is not None:
                yield world
                return
            await sweep(world)
            try:
                yield world
            finally:
                with anyio.CancelScope(shield=True):
                    await sweep(world)
                    made.close()


def network(place: Place, proxy: str | None = None) -> httpx.AsyncBaseTransport:
    """The way to a place over the network; through the environment's proxy unless another is named."""
    verify: Any = ssl.create_default_context(cafile=str(place.ca_file)) if place.ca_file else True
    proxy = proxy or os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    return httpx.AsyncHTTPTransport(verify=verify, proxy=proxy)


async def _know_tenant(world: World) -> None:
    """Make sure that it is the tenant of the settings before anything else is asked."""
    told = (await world.operate("GET", "graph", "/v1.0/organization"))["value"][0]
    if str(told["id"]).lower() != world.place.tenant_id.lower():
        raise NotAsked(f"signed in to tenant {told['id']}, and the settings name {world.place.tenant_id}")
    domains = told.get("verifiedDomains") or []
    world.values["directory"] = str(told.get("displayName"))
    world.values["domain"] = next((str(each["name"]) for each in domains if each.get("isDefault")), "")
    whole = "RetrieveCurrentOrganization(AccessType=@p1)?@p1=Microsoft.Dynamics.CRM.EndpointAccessType'Default'"
    detail = (await world.operate("GET", "dataverse", f"{DATA}/{whole}"))["Detail"]
    if str(detail["TenantId"]).lower() != world.place.tenant_id.lower():
        raise NotAsked(f"the environment is of tenant {detail['TenantId']}, and the settings name another")
    world.values["environment_id"] = str(detail["EnvironmentId"])
    world.values["organization_id"] = str(detail["OrganizationId"])
