"""Requests that are not what they should be: refused in the vendor's words, quickly, with nothing changed."""

import httpx
import pytest

from contract_tests.login.asking import LOGIN, Registered, said
from mock_services.tenant import FakeTenant

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_the_token_endpoint_takes_posts_only(wire: httpx.AsyncClient, tenant: FakeTenant, method: str) -> None:
    answer = await wire.request(method, f"{LOGIN}/{tenant.id}/oauth2/v2.0/token")
    assert said(answer) == (400, "invalid_request", 900561)
    assert (
        f"The endpoint only accepts POST, OPTIONS requests. Received a {method} request."
        in answer.json()["error_description"]
    )


async def test_metadata_takes_no_posts(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    answer = await wire.post(f"{LOGIN}/{tenant.id}/v2.0/.well-known/openid-configuration")
    assert said(answer) == (400, "invalid_request", 900561)
    assert "only accepts GET, OPTIONS requests. Received a POST" in answer.json()["error_description"]


async def test_json_is_told_that_grant_type_is_missing(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    url = f"{LOGIN}/{tenant.id}/oauth2/v2.0/token"
    for answer in (
        await wire.post(url, json=registered.form()),
        await wire.post(url, content=b'{"grant_type":"client_credentials"}', headers=FORM),
        await wire.post(f"{url}?grant_type=client_credentials"),
        await wire.post(url, files={"grant_type": b"client_credentials"}),
    ):
        assert said(answer) == (400, "invalid_request", 900144)
        assert "'grant_type'" in answer.json()["error_description"]


@pytest.mark.parametrize(
    "body",
    [
        b"grant_type=client_credentials&client_id=\xff\xfe",
        b"grant_type=client_credentials&grant_type=password",
        b"client_secret=a&client_secret=a",
        b"grant_type=client_credentials&x=" + b"a" * (1024 * 1024),
        b"&".join(b"x%d=1" % n for n in range(2_000)),
    ],
    ids=["not UTF-8", "repeated grant", "repeated secret", "over 1 MiB", "2,000 fields"],
)
async def test_a_body_that_cannot_be_read_is_malformed(
    wire: httpx.AsyncClient, tenant: FakeTenant, body: bytes
) -> None:
    answer = await wire.post(f"{LOGIN}/{tenant.id}/oauth2/v2.0/token", content=body, headers=FORM)
    assert said(answer) == (400, "invalid_request", 9002313)


async def test_unknown_fields_are_ignored_even_when_repeated(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    body = "&".join(f"{name}={value}" for name, value in registered.form().items())
    body += "&response_type=token&x-client-SKU=a&x-client-SKU=b&claims=%7B%7D"
    answer = await wire.post(f"{LOGIN}/{tenant.id}/oauth2/v2.0/token?api-version=1.0", content=body, headers=FORM)
    assert answer.status_code == 200


async def test_paths_are_read_in_any_case_and_with_double_slashes(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    for path in (f"/{tenant.id}/OAuth2/V2.0/Token", f"//{tenant.id}//oauth2/v2.0/token/"):
        assert (await wire.post(LOGIN + path, data=registered.form())).status_code == 200


async def test_a_path_that_is_none_is_not_played(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    for path in ("/", "/oauth2/v2.0/token", f"/{tenant.id}/oauth2/v3.0/token", f"/{tenant.id}/saml2"):
        answer = await wire.post(LOGIN + path)
        assert answer.status_code == 501
        assert path in answer.json()["error_description"]


async def test_an_invented_verb_is_refused_in_the_same_words(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    answer = await wire.request("BREW", f"{LOGIN}/{tenant.id}/oauth2/v2.0/token")
    assert said(answer) == (400, "invalid_request", 900561)
    assert "Received a BREW request" in answer.json()["error_description"]
