"""Fixtures of the token service's tests."""

import pytest

from contract_tests.login.asking import Registered
from mock_services.tenant import FakeTenant


@pytest.fixture
def registered(tenant: FakeTenant) -> Registered:
    """An application of the tenant with a principal and a secret, and nothing granted."""
    return Registered(tenant)
