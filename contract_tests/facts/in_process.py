"""The fakes as a place to ask, in this process: what tests and the mutants of `benchmarks.contract_mutants` use."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr

from contract_tests.facts.opening import opened
from contract_tests.facts.place import Contract, Credential, Person, Place
from contract_tests.facts.rehearsals import REHEARSALS
from contract_tests.facts.rehearsals.rehearsal import Fakes
from contract_tests.facts.world import Rehearse, World
from mock_services.cloud import FakeCloud
from mock_services.intercept import FakeTransport
from mock_services.tenant import FakeTenant

Around = Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]

_PLENTY = 20_000


@asynccontextmanager
async def own_world(cloud: FakeCloud, folder: Path, *, around: Around | None = None) -> AsyncIterator[World]:
    """A world whose fake tenant is nobody else's, for facts with a rehearsal."""
    others = {each.id for each in cloud.tenants}
    tenant = cloud.create_tenant()

    async def rehearse(world: World, name: str) -> None:
        await REHEARSALS[name].make(Fakes(cloud, tenant), world, name)

    try:
        async with fake_world(cloud, tenant, folder, around=around, rehearse=rehearse) as world:
            yield world
    finally:
        for each in cloud.tenants:  # a rehearsal may have made another one besides
            if each.id not in others:
                cloud.drop(each)


@asynccontextmanager
async def fake_world(
    cloud: FakeCloud,
    tenant: FakeTenant,
    folder: Path,
    *,
    around: Around | None = None,
    patience_s: float = 0,
    rehearse: Rehearse | None = None,
) -> AsyncIterator[World]:
    """A fake tenant, of which everything may be asked. Waiting moves its clock.

    `around` makes another transport of the fakes' own, one that changes what is told. `patience_s`: how long to wait
    for what is young, where the tenant's replicas are slow.
    """

    async def elapse(time: timedelta) -> None:
        tenant.clock.advance(time)

    async def pause(seconds: float) -> None:
        tenant.clock.advance(seconds=seconds)

    transport: httpx.AsyncBaseTransport = FakeTransport(cloud)
    async with opened(
        place_of(tenant, folder, patience_s=patience_s),
        may_write=True,
        transport=around(transport) if around else transport,
        pause=pause,
        elapse=elapse,
        rehearse=rehearse,
    ) as world:
        yield world


def place_of(tenant: FakeTenant, folder: Path, *, patience_s: float = 0) -> Place:
    """Where a fake tenant is, for its operator."""
    secret = SecretStr(str(tenant.operator.client_secret))
    return Place(
        tenant_id=tenant.id,
        environment_url=f"https://{tenant.organisation.host}",
        operator=Credential(client_id=tenant.operator.client_id, client_secret=secret),
        person=Person(username=tenant.operator.username, password=SecretStr(str(tenant.operator.password))),
        stand_in=True,
        contract=Contract(journal=folder / "made.jsonl", most_requests=_PLENTY, patience_s=patience_s),
    )
