"""For every test of this repository."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the fakes and the engine do, whatever else is installed."""
    return "asyncio"
