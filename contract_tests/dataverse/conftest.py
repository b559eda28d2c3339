import httpx
import pytest

from contract_tests.dataverse.asking import CLIENT_ID, Caller, caller
from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant


@pytest.fixture
def administrator(cloud: FakeCloud, tenant: FakeTenant, wire: httpx.AsyncClient) -> Caller:
    """The operator's app, a System Administrator."""
    return caller(cloud, tenant, wire, tenant.operator.client_id)


@pytest.fixture
def integration(cloud: FakeCloud, tenant: FakeTenant, wire: httpx.AsyncClient) -> Caller:
    """The integration's app; a test admits its user with the privileges it wants."""
    return caller(cloud, tenant, wire, CLIENT_ID)
