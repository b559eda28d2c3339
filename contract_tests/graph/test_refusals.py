"""Every refusal of the tables, each from state: that it is met, and that it reads as its row says.

The subjects' own tests say more about most of them; here none may be missing, and none may be without a way to it.
"""

import httpx
import pytest

from contract_tests.graph.asking import EVERYTHING, Graph, claims_of_app
from contract_tests.graph.provocations import MORE, PROVOKED, Site, reads_as
from mock_services.cloud import FakeCloud
from mock_services.graph.refusals import REFUSALS, Refusal
from mock_services.tenant import FakeTenant


@pytest.fixture
async def site(wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant) -> Site:
    graph = Graph(wire, cloud, claims_of_app(tenant, *EVERYTHING, *MORE))
    application = await graph.register()
    return Site(wire, cloud, tenant, graph, application, (await graph.principal(application["appId"]))["id"])


@pytest.mark.parametrize("row", PROVOKED, ids=lambda row: f"{row.status} {row.template[:40]}")
async def test_each_refusal_is_met_as_its_row_says(site: Site, row: Refusal) -> None:
    answer = await PROVOKED[row](site)
    assert reads_as(answer, row), answer.text


def test_no_refusal_is_without_a_way_to_it() -> None:
    assert set(PROVOKED) == set(REFUSALS)


def test_every_row_says_where_it_is_known_from_and_stands_once() -> None:
    assert all(row.evidence for row in REFUSALS)
    assert len(set(REFUSALS)) == len(REFUSALS)
