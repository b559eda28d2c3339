"""Planned faults: the call that was meant, as often as was meant, in the service's own words."""

import httpx
import pytest

from mock_services.cloud import FakeCloud
from mock_services.faults import Fault, Kind
from mock_services.hosts import Service
from mock_services.tenant import FakeTenant

URLS = {
    Service.LOGIN: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    Service.GRAPH: "https://graph.microsoft.com/v1.0/applications",
    Service.DATAVERSE: "https://contoso.crm4.dynamics.com/api/data/v9.2/incidents",
}


@pytest.mark.parametrize(
    ("service", "content_type", "words"),
    [
        (Service.LOGIN, "text/plain", "Too Many Requests"),
        (Service.GRAPH, "application/json", '"TooManyRequests"'),
        (Service.DATAVERSE, "application/json", '"0x80072322"'),
    ],
)
async def test_a_throttled_service_says_so_in_its_own_dialect(
    cloud: FakeCloud, tenant: FakeTenant, wire: httpx.AsyncClient, service: Service, content_type: str, words: str
) -> None:
    with cloud.faults.planned(Fault(Kind.THROTTLED, service, retry_after_s=60)):
        answer = await wire.get(URLS[service])
    assert answer.status_code == 429
    assert answer.headers["content-type"].startswith(content_type)
    assert answer.headers["retry-after"] == "60"
    assert words in answer.text


async def test_only_the_meant_calls_are_struck_and_only_so_often(
    cloud: FakeCloud, tenant: FakeTenant, wire: httpx.AsyncClient
) -> None:
    fault = cloud.faults.plan(Fault(Kind.UNAVAILABLE, Service.GRAPH, "GET", "/applications$", after=1, times=2))
    other = [(await wire.get("https://graph.microsoft.com/v1.0/organization")).status_code for _ in range(3)]
    meant = [(await wire.get(URLS[Service.GRAPH])).status_code for _ in range(5)]
    assert other == [401, 401, 401]
    assert meant == [401, 503, 503, 401, 401]
    assert fault.struck == 2


@pytest.mark.parametrize(("kind", "happened"), [(Kind.LOST_BEFORE, 0), (Kind.LOST_AFTER, 1)])
async def test_a_lost_call_took_effect_or_not_as_planned(
    cloud: FakeCloud, tenant: FakeTenant, wire: httpx.AsyncClient, kind: Kind, happened: int
) -> None:
    token = (
        await wire.post(
            f"https://login.microsoftonline.com/{tenant.id}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": tenant.operator.client_id,
                "client_secret": tenant.operator.client_secret,
                "scope": "https://graph.microsoft.com/.default",
            },
        )
    ).json()["access_token"]
    before = len(tenant.directory.applications())
    with cloud.faults.planned(Fault(kind, Service.GRAPH, "POST")), pytest.raises(httpx.ReadError):
        await wire.post(URLS[Service.GRAPH], json={"displayName": "Lost"}, headers={"Authorization": f"Bearer {token}"})
    assert len(tenant.directory.applications()) - before == happened


async def test_the_journal_tells_a_fault_from_a_refusal(
    cloud: FakeCloud, tenant: FakeTenant, wire: httpx.AsyncClient
) -> None:
    with cloud.faults.planned(Fault(Kind.GATEWAY_PAGE, Service.GRAPH)):
        answer = await wire.get(URLS[Service.GRAPH])
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    assert [entry.code for entry in cloud.journal] == ["fault: gateway_page"]
