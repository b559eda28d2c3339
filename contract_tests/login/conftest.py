"""Fixtures of the token service's tests."""

from collections.abc import AsyncIterator

import httpx
import pytest

from contract_tests.login.asking import Registered
from contract_tests.login.browser import Browser
from mock_services.cloud import FakeCloud
from mock_services.intercept import FakeTransport
from mock_services.tenant import FakeTenant


@pytest.fixture
def registered(tenant: FakeTenant) -> Registered:
    """An application of the tenant with a principal and a secret, and nothing granted."""
    return Registered(tenant)


@pytest.fixture
async def browser(cloud: FakeCloud) -> AsyncIterator[Browser]:
    """A browser that is signed in to nothing."""
    async with Browser(httpx.AsyncClient(transport=FakeTransport(cloud))) as window:
        yield window
