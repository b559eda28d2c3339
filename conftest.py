"""For every test of this repository."""

import os

import pytest
from hypothesis import settings

# How long an example takes says something about the machine, not about the code: that is for the benchmarks. On CI the
# same examples every time, so that a change is judged by what it changed; at a desk, new ones with every run.
settings.register_profile("repository", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("repository")


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the fakes and the engine do, whatever else is installed."""
    return "asyncio"
