"""What must hold of the two smallest fakes, Resource Manager and the portal's back end, for any input."""

import asyncio
from functools import cache
from urllib.parse import quote

import httpx
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.power_platform.asking import Bearers
from mock_services.cloud import FakeCloud

HOSTS = st.sampled_from(["management.azure.com", "management.chinacloudapi.cn", "main.iam.ad.ext.azure.com"])
GUID = "38fc3999-5f71-4c15-a82c-358a0b4d84f9"
WORDS = st.sampled_from(
    ["tenants", "subscriptions", "metadata", "endpoints", "api", "RegisteredApplications", "Consent"]
)
PATHS = st.lists(WORDS | st.sampled_from([GUID, ""]) | st.text(max_size=8), max_size=5)
VERBS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"])
QUERIES = st.dictionaries(
    st.sampled_from(["api-version", "onBehalfOfAll"]), st.sampled_from(["2022-12-01", "true"]) | st.text(max_size=12)
)


@cache
def world() -> tuple[FakeCloud, list[dict[str, str]]]:
    cloud = FakeCloud(seed=13)
    tenant = cloud.create_tenant()

    async def sign_in() -> list[dict[str, str]]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(cloud)) as client:
            bearers = Bearers(client, tenant)
            scopes = "https://management.azure.com/.default", "74658136-14ec-4630-ad9b-26e160ff0fc6/.default"
            return [{}, *[await bearers.person(scope) for scope in scopes], await bearers.application(scopes[0])]

    return cloud, asyncio.run(sign_in())


@given(host=HOSTS, path=PATHS, verb=VERBS, query=QUERIES, who=st.integers(0, 3), body=st.binary(max_size=40))
def test_any_request_is_answered_in_its_services_envelope(
    host: str, path: list[str], verb: str, query: dict[str, str], who: int, body: bytes
) -> None:
    cloud, bearers = world()
    url = f"https://{host}/" + "/".join(quote(part, safe="") for part in path)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(cloud)) as client:
            return await client.request(verb, url, params=query, headers=bearers[who], content=body)

    answer = asyncio.run(ask())
    assert answer.status_code in {200, 204, 400, 401, 403, 404, 501, 503}
    if answer.status_code >= 400 and answer.content and verb != "HEAD":
        document = answer.json()
        assert "Message" in document or set(document["error"]) == {"code", "message"}
