"""Fixtures of Graph's tests."""

import httpx
import pytest

from contract_tests.graph.asking import EVERYTHING, Graph, claims_of_app, claims_of_person
from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant


@pytest.fixture
def graph(wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant) -> Graph:
    """Graph as the operator's application meets it, with every permission of a set-up."""
    return Graph(wire, cloud, claims_of_app(tenant, *EVERYTHING))


@pytest.fixture
def administrator(wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant) -> Graph:
    """Graph as the Global Administrator meets it through the Azure CLI."""
    return Graph(wire, cloud, claims_of_person(tenant, "Directory.AccessAsUser.All", "User.Read"))


@pytest.fixture
def adele(tenant: FakeTenant) -> str:
    """The object id of a person without a role."""
    return tenant.directory.add_user(f"adele@{tenant.domain}", "Adele Vance", "no matter").id
