"""What the laws of failure modes share: one provisioned tenant, put back after each."""

from collections.abc import AsyncIterator

import pytest

from scenarios.failure_modes.performing import Stage
from scenarios.failure_modes.ward import Ward


@pytest.fixture(scope="session")
def ward() -> Ward:
    return Ward()


@pytest.fixture
async def stage(ward: Ward) -> AsyncIterator[Stage]:
    """The healthy tenant, and our way onto its wire."""
    async with ward.stage() as stage:
        yield stage
