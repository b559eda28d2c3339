"""A provisioned tenant on real sockets, and this process's environment as `d365 run` would set it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from azure.identity import ClientSecretCredential
from PowerPlatform.Dataverse.client import DataverseClient

from contract_tests.clients.node_scripts import Steps, asking, found_node
from mock_services.clock import FakeClock
from mock_services.cloud import FakeCloud
from mock_services.serve import Served, serving
from mock_services.tenant import FakeTenant
from provisioning.settings import Integration


@pytest.fixture(scope="module")
def served_cloud() -> FakeCloud:
    """A cloud whose time runs, as real clients expect."""
    return FakeCloud(clock=FakeClock(running=True))


@pytest.fixture(scope="module")
def served_tenant(
    served_cloud: FakeCloud,
    provision_tenant: Callable[[FakeCloud, FakeTenant], Integration],
) -> Iterator[tuple[Served, FakeTenant, Integration]]:
    tenant = served_cloud.create_tenant()
    integration = provision_tenant(served_cloud, tenant)
    with serving(served_cloud) as served:
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


@pytest.fixture
def dataverse(four_values: Integration) -> Iterator[DataverseClient]:
    """Microsoft's Dataverse SDK as the integration."""
    secret = four_values.client_secret.get_secret_value()
    with ClientSecretCredential(four_values.tenant_id, four_values.client_id, secret) as credential:
        client = DataverseClient(four_values.environment_url, credential)
        yield client
        client.close()


@pytest.fixture
def administrator(
    served_tenant: tuple[Served, FakeTenant, Integration], four_values: Integration
) -> Iterator[DataverseClient]:
    """Microsoft's Dataverse SDK as the operator, who is System Administrator."""
    operator = served_tenant[1].operator
    with ClientSecretCredential(four_values.tenant_id, operator.client_id, operator.client_secret) as credential:
        client = DataverseClient(four_values.environment_url, credential)
        yield client
        client.close()


@pytest.fixture
def workload_token(served_cloud: FakeCloud) -> str:
    """What a cluster puts into a pod: its own token about the pod's service account."""
    issuer = served_cloud.issuers.open("https://oidc.cluster.example/")
    return issuer.token("system:serviceaccount:default:integration")


@pytest.fixture(scope="module")
def ask_node(provision_tenant: Callable[[FakeCloud, FakeTenant], Integration]) -> Iterator[Callable[[str], Steps]]:
    """Runs a script of Node's, against a provisioned tenant of the module's own that has an alternate key."""
    node = found_node()
    cloud = FakeCloud(clock=FakeClock(running=True))
    tenant = cloud.create_tenant()
    integration = provision_tenant(cloud, tenant)
    account = tenant.organisation.schema.table("account")
    tenant.organisation.define(replace(account, keys={"new_number": ("accountnumber",)}))
    with asking(node, cloud, tenant, integration) as ask:
        yield ask
