"""Fixtures for anyone's tests: a fresh fake tenant each, and a client whose real host names it answers.

Loaded by pytest wherever the distribution is installed, so nothing heavy is imported before a fixture is used.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import cache
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from mock_services.cloud import FakeCloud
    from mock_services.signing import SigningKeys
    from mock_services.tenant import FakeTenant


@pytest.fixture
def cloud() -> FakeCloud:
    """An empty fake cloud whose clock stands still."""
    from mock_services.cloud import FakeCloud

    return FakeCloud(keys=_signing_keys())


@pytest.fixture
def tenant(cloud: FakeCloud) -> Iterator[FakeTenant]:
    """A fresh healthy tenant with one Dataverse organisation, at a standing clock."""
    made = cloud.create_tenant()
    yield made
    cloud.drop(made)


@pytest.fixture
async def wire(cloud: FakeCloud) -> AsyncIterator[httpx.AsyncClient]:
    """An httpx client; while it is in use, every httpx client in the process talks to the fakes."""
    import httpx

    from mock_services.intercept import intercept

    with intercept(cloud):
        async with httpx.AsyncClient() as client:
            yield client


@cache
def _signing_keys() -> SigningKeys:
    """One key a process: making one takes 60 ms, and it guards nothing."""
    from mock_services.signing import SigningKeys

    return SigningKeys()


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the fakes and the engine do."""
    return "asyncio"
