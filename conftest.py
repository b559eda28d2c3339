"""For every test of this repository."""

import pytest
from hypothesis import settings

# How long an example takes says something about the machine, not about the code: that is for the benchmarks.
settings.register_profile("repository", deadline=None)
settings.load_profile("repository")


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the fakes and the engine do, whatever else is installed."""
    return "asyncio"
