"""A provisioned tenant on real sockets, and this process's environment as `d365 run` would set it."""

from collections.abc import Callable, Iterator

import pytest

from mock_services.clock import FakeClock
from mock_services.cloud import FakeCloud
from mock_services.serve import Served, serving
from mock_services.tenant import FakeTenant
from provisioning.settings import Integration


@pytest.fixture(scope="module")
def served_tenant(
    provision_tenant: Callable[[FakeCloud, FakeTenant], Integration],
) -> Iterator[tuple[Served, FakeTenant, Integration]]:
    cloud = FakeCloud(clock=FakeClock(running=True))
    tenant = cloud.create_tenant()
    integration = provision_tenant(cloud, tenant)
    with serving(cloud) as served:
        yield served, tenant, integration


@pytest.fixture
def four_values(served_tenant: tuple[Served, FakeTenant, Integration], monkeypatch: pytest.MonkeyPatch) -> Integration:
    """The integration's values, in a process whose proxy and authority lead to the fakes."""
    served, _, integration = served_tenant
    for variable in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(variable, str(served.authority_file))
    for variable in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(variable, served.proxy_url)
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(variable, "localhost,127.0.0.1")
    return integration
