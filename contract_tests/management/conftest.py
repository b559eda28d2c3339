"""Bearers for Resource Manager's tests, got from the token service as anybody gets them."""

import httpx
import pytest

from contract_tests.power_platform.asking import Bearers
from mock_services.tenant import FakeTenant


@pytest.fixture
def bearers(wire: httpx.AsyncClient, tenant: FakeTenant) -> Bearers:
    """Sign-ins to the tenant, for applications and for people."""
    return Bearers(wire, tenant)
