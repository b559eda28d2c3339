"""The fakes without sockets: real host names answered in this process, every other host refused."""

import httpx
import pytest

from mock_services.cloud import FakeCloud
from mock_services.intercept import NotAFakeHost, intercept
from mock_services.tenant import FakeTenant

METADATA = "/v2.0/.well-known/openid-configuration"


async def test_a_request_to_any_other_host_is_refused_before_it_leaves(wire: httpx.AsyncClient) -> None:
    with pytest.raises(NotAFakeHost, match=r"example\.com is not a fake"):
        await wire.get("https://example.com/")


async def test_two_tenants_of_one_cloud_do_not_know_each_other(cloud: FakeCloud, wire: httpx.AsyncClient) -> None:
    contoso, fabrikam = cloud.create_tenant("Contoso"), cloud.create_tenant("Fabrikam", region="crm11")
    answer = await wire.post(
        f"https://login.microsoftonline.com/{fabrikam.id}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": contoso.operator.client_id,
            "client_secret": contoso.operator.client_secret,
            "scope": "https://graph.microsoft.com/.default",
        },
    )
    assert answer.status_code == 401
    assert len(fabrikam.journal) == 1
    assert len(contoso.journal) == 0


async def test_a_dataverse_host_without_an_organisation_answers_a_page_not_an_odata_error(
    tenant: FakeTenant, wire: httpx.AsyncClient
) -> None:
    answer = await wire.get("https://nobody.crm4.dynamics.com/api/data/v9.2/incidents")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


async def test_a_named_host_without_a_fake_says_that_it_is_a_gap(wire: httpx.AsyncClient) -> None:
    answer = await wire.get("https://api.powerplatform.com/appmanagement/environments?api-version=2022-12-01")
    assert answer.status_code == 501
    assert "api.powerplatform.com" in answer.text


def test_a_synchronous_client_is_answered_too(cloud: FakeCloud, tenant: FakeTenant) -> None:
    with intercept(cloud), httpx.Client() as client:
        answer = client.get(f"https://login.microsoftonline.com/{tenant.id}{METADATA}")
    assert answer.json()["issuer"] == f"https://login.microsoftonline.com/{tenant.id}/v2.0"


def test_same_seed_same_ids(tenant: FakeTenant) -> None:
    again = FakeCloud().create_tenant()
    other = FakeCloud(seed=7).create_tenant()
    assert (again.id, again.operator.client_secret) == (tenant.id, tenant.operator.client_secret)
    assert other.id != tenant.id
