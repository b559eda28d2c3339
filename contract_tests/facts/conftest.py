"""The world that facts are asked of: one fake tenant for all of a process, or the tenant of `--live`."""

from collections.abc import AsyncIterator

import pytest

from contract_tests.facts.in_process import fake_world
from contract_tests.facts.world import World
from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for the session, since the world is shared."""
    return "asyncio"


@pytest.fixture(scope="session")
def contract_cloud() -> FakeCloud:
    """The cloud of this process's world."""
    return FakeCloud()


@pytest.fixture(scope="session")
def contract_tenant(contract_cloud: FakeCloud) -> FakeTenant:
    """The tenant that the facts of this process are asked of; nobody else's."""
    return contract_cloud.create_tenant()


@pytest.fixture(scope="session")
async def world(
    contract_cloud: FakeCloud, contract_tenant: FakeTenant, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A world in which everything may be asked."""
    async with fake_world(contract_cloud, contract_tenant, tmp_path_factory.mktemp("contract")) as made:
        yield made
