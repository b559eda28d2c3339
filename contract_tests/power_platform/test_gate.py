"""The gate of the admin API: tokens, versions, paths and verbs."""

import httpx
import pytest

from contract_tests.power_platform.asking import BAP, SERVICE, VERSION, Bearers, error_of
from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant

ADMIN_LIST = f"{BAP}/scopes/admin/environments"


async def test_the_bearer_is_checked_for_presence_signature_audience_and_age(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, bearers: Bearers
) -> None:
    async def told(headers: dict[str, str]) -> tuple[int, str]:
        return error_of(await wire.get(ADMIN_LIST, params=VERSION, headers=headers))

    good = await bearers.person()
    assert await told({}) == (401, "AuthenticationFailed")
    assert await told({"Authorization": "Basic eDp5"}) == (401, "AuthenticationFailed")
    assert await told({"Authorization": "Bearer nonsense"}) == (401, "InvalidAuthenticationToken")
    assert await told({"Authorization": good["Authorization"][:-4] + "AAAA"}) == (401, "InvalidAuthenticationToken")
    stranger = cloud.signing_keys.sign({"tid": "11111111-2222-4333-8444-555555555555", "exp": 2e10, "nbf": 0})
    assert await told({"Authorization": f"Bearer {stranger}"}) == (401, "InvalidAuthenticationToken")
    early = cloud.signing_keys.sign(
        {"tid": tenant.id, "exp": 2e10, "nbf": 1.9e10, "aud": "https://service.powerapps.com"}
    )
    assert await told({"Authorization": f"Bearer {early}"}) == (401, "InvalidAuthenticationToken")
    graph = await wire.get(
        ADMIN_LIST, params=VERSION, headers=await bearers.application("https://graph.microsoft.com/.default")
    )
    assert error_of(graph) == (401, "InvalidAuthenticationAudience")
    assert "wrong audience or resource 'https://graph.microsoft.com'." in graph.json()["error"]["message"]
    tenant.clock.advance(hours=2)
    assert await told(good) == (401, "ExpiredAuthenticationToken")


@pytest.mark.parametrize("scope", [SERVICE, "https://service.powerapps.com/.default", f"{BAP[:29]}/.default"])
async def test_either_spelling_of_the_audience_is_taken(wire: httpx.AsyncClient, bearers: Bearers, scope: str) -> None:
    answer = await wire.get(ADMIN_LIST, params=VERSION, headers=await bearers.person(scope))
    assert answer.status_code == 200


async def test_the_version_is_required(wire: httpx.AsyncClient, bearers: Bearers) -> None:
    headers = await bearers.person()
    assert error_of(await wire.get(ADMIN_LIST, headers=headers)) == (400, "MissingApiVersionParameter")
    wrong = await wire.get(ADMIN_LIST, params={"api-version": "new"}, headers=headers)
    assert error_of(wrong) == (400, "InvalidApiVersionParameter")


@pytest.mark.parametrize(
    ("verb", "path"),
    [("POST", "/environments"), ("DELETE", "/scopes/admin/environments/x"), ("PATCH", "/scopes/admin/environments/x")],
)
async def test_making_and_changing_environments_is_not_built_and_says_so(
    wire: httpx.AsyncClient, bearers: Bearers, verb: str, path: str
) -> None:
    answer = await wire.request(verb, BAP + path, params=VERSION, headers=await bearers.person())
    assert error_of(answer) == (501, "NotModelled")


async def test_verbs_and_paths_that_are_not_there(wire: httpx.AsyncClient, bearers: Bearers) -> None:
    headers = await bearers.person()
    assert error_of(await wire.put(ADMIN_LIST, params=VERSION, headers=headers)) == (405, "MethodNotAllowed")
    assert error_of(await wire.post(f"{BAP}/tenant", params=VERSION, headers=headers)) == (405, "MethodNotAllowed")
    assert error_of(await wire.get(f"{BAP}/listPolicies", params=VERSION, headers=headers)) == (501, "NotModelled")


async def test_a_head_request_is_answered_as_a_get_without_a_body(wire: httpx.AsyncClient, bearers: Bearers) -> None:
    answer = await wire.head(ADMIN_LIST, params=VERSION, headers=await bearers.person())
    assert answer.status_code == 200


async def test_a_body_without_end_is_refused(wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers) -> None:
    url = f"{ADMIN_LIST}/{tenant.organisation.environment_id}/addAppUser"
    answer = await wire.post(url, params=VERSION, headers=await bearers.person(), content=b" " * 1_100_000)
    assert error_of(answer) == (400, "InvalidRequestContent")
