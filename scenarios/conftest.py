"""What every scenario has: an operator of the tenant, and an engine whose clock is the tenant's."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from pydantic import SecretStr

from provisioning.clock import RealClock
from provisioning.engine import Engine, Event
from provisioning.guard import TenantGuard, connect_guarded
from provisioning.receipt import Receipt
from provisioning.settings import Integration, Operator, Settings
from provisioning.transport import Transport
from provisioning.verdict import Verdict
from scenarios.tenant_clock import TenantClock

if TYPE_CHECKING:
    import httpx

    from scenarios.in_memory_keyring import InMemory


@pytest.fixture
def clock(tenant: Any) -> TenantClock:
    return TenantClock(tenant)


@pytest.fixture
def operator_settings(tenant: Any) -> Settings:
    """Everything by default, by an operator who may do it all."""
    return Settings(
        tenant_id=tenant.id,
        environment_url=f"https://{tenant.organisation.host}",
        operator=Operator(
            client_id=tenant.operator.client_id, client_secret=SecretStr(str(tenant.operator.client_secret))
        ),
    )


@pytest.fixture
def receipt() -> Receipt:
    return Receipt()


@pytest.fixture
def events() -> list[Event]:
    """What the engine told while it worked."""
    return []


@pytest.fixture
def transport(wire: httpx.AsyncClient, clock: TenantClock) -> Transport:
    return Transport(wire, clock)


@pytest.fixture
def engine(
    operator_settings: Settings,
    transport: Transport,
    clock: TenantClock,
    receipt: Receipt,
    events: list[Event],
) -> Engine:
    return Engine(operator_settings, transport, clock, receipt, events.append)


@dataclass(frozen=True)
class Anywhere:
    """A provisioned integration and its engine, in a fake tenant or in the real one of `--live`."""

    engine: Engine
    integration: Integration

    async def prove(self, pasted: Integration) -> Verdict:
        """As `d365 verify` would with these values: the guard rails are around what was pasted."""
        places = {"tenant_id": pasted.tenant_id, "environment_url": pasted.environment_url}
        transport = self.engine.transport
        rails, transport.guard = transport.guard, TenantGuard(self.engine.settings.model_copy(update=places))
        try:
            return await self.engine.verify(pasted)
        finally:
            transport.guard = rails


@dataclass(frozen=True)
class LiveSetUp:
    """What one live run makes for itself, under a name that nobody else uses."""

    settings: Settings
    receipt: Receipt
    integration: Integration


@pytest.fixture(scope="session")
def live_set_up(live_settings: Settings | None) -> Iterator[LiveSetUp | None]:
    """Live, one set-up serves the whole run and is removed at its end; None in a run that is not live."""
    if live_settings is None:
        yield None
        return
    name = f"d365-harness live {secrets.token_hex(4)}"
    settings = live_settings.model_copy(update={"application_name": name, "generated_role": name, "role": None})
    receipt = Receipt()

    async def set_up() -> Integration:
        async with connect_guarded(settings, RealClock(), receipt) as transport:
            return (await Engine(settings, transport, RealClock(), receipt).provision()).integration

    async def remove() -> None:
        async with connect_guarded(settings, RealClock(), receipt) as transport:
            await Engine(settings, transport, RealClock(), receipt).undo()

    try:
        yield LiveSetUp(settings, receipt, anyio.run(set_up))
    finally:
        anyio.run(remove)


@pytest.fixture
async def anywhere_fake(engine: Engine) -> Anywhere:
    return Anywhere(engine, (await engine.provision()).integration)


@pytest.fixture
async def anywhere_live(live_set_up: LiveSetUp) -> AsyncIterator[Anywhere]:
    async with connect_guarded(live_set_up.settings, RealClock(), live_set_up.receipt) as transport:
        engine = Engine(live_set_up.settings, transport, RealClock(), live_set_up.receipt)
        yield Anywhere(engine, live_set_up.integration)


@pytest.fixture
def anywhere(request: pytest.FixtureRequest, live_set_up: LiveSetUp | None) -> Anywhere:
    """For scenarios marked `safe_live`: fake and live differ here and nowhere else."""
    chosen: Anywhere = request.getfixturevalue("anywhere_live" if live_set_up else "anywhere_fake")
    return chosen


@pytest.fixture
def ring() -> Iterator[InMemory]:
    """The machine's keyring is one in memory."""
    import keyring

    from scenarios.in_memory_keyring import InMemory

    before, ring = keyring.get_keyring(), InMemory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)
