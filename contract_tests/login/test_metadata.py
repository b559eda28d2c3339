"""What the token service publishes: documents, keys, instance discovery, the error page."""

from urllib.parse import quote

import httpx
import pytest

from contract_tests.login.asking import LOGIN
from mock_services.cloud import FakeCloud
from mock_services.hosts import NationalCloud
from mock_services.login.refusals import REFUSALS
from mock_services.tenant import FakeTenant


@pytest.mark.parametrize("spelling", ["id", "domain"])
async def test_the_second_document_names_the_tenant_by_its_id(
    wire: httpx.AsyncClient, tenant: FakeTenant, spelling: str
) -> None:
    name = getattr(tenant, spelling)
    answer = await wire.get(f"{LOGIN}/{name}/v2.0/.well-known/openid-configuration")
    body = answer.json()

    assert answer.headers["cache-control"] == "max-age=86400, private"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert body["token_endpoint"] == f"{LOGIN}/{tenant.id}/oauth2/v2.0/token"
    assert body["issuer"] == f"{LOGIN}/{tenant.id}/v2.0"
    assert body["jwks_uri"] == f"{LOGIN}/{tenant.id}/discovery/v2.0/keys"
    assert body["authorization_endpoint"] == f"{LOGIN}/{tenant.id}/oauth2/v2.0/authorize"
    assert body["msgraph_host"] == "graph.microsoft.com"


async def test_the_first_document_names_the_old_issuer(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    body = (await wire.get(f"{LOGIN}/{tenant.domain}/.well-known/openid-configuration")).json()
    assert body["issuer"] == f"https://sts.windows.net/{tenant.id}/"
    assert body["token_endpoint"] == f"{LOGIN}/{tenant.id}/oauth2/token"
    assert body["jwks_uri"] == f"{LOGIN}/common/discovery/keys"


@pytest.mark.parametrize(
    ("word", "issuer"),
    [
        ("common", "{tenantid}"),
        ("organizations", "{tenantid}"),
        ("consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"),
    ],
)
async def test_the_words_for_many_tenants_have_documents(wire: httpx.AsyncClient, word: str, issuer: str) -> None:
    body = (await wire.get(f"{LOGIN}/{word}/v2.0/.well-known/openid-configuration")).json()
    assert body["issuer"] == f"{LOGIN}/{issuer}/v2.0"
    assert body["token_endpoint"] == f"{LOGIN}/{word}/oauth2/v2.0/token"


@pytest.mark.parametrize("path", ["v2.0/.well-known/openid-configuration", ".well-known/openid-configuration"])
@pytest.mark.parametrize("spelling", ["test", "nobody.onmicrosoft.com", "2f7b2a4c-1111-4222-8333-444455556666"])
async def test_an_unknown_tenant_has_no_documents_and_another_error_than_at_the_token_endpoint(
    wire: httpx.AsyncClient, tenant: FakeTenant, path: str, spelling: str
) -> None:
    answer = await wire.get(f"{LOGIN}/{spelling}/{path}")
    body = answer.json()
    assert (answer.status_code, body["error"], body["error_codes"]) == (400, "invalid_tenant", [90002])
    assert f"Tenant '{spelling}' not found." in body["error_description"]
    assert answer.headers["cache-control"] == "max-age=86400, private"
    assert body["trace_id"] == answer.headers["x-ms-request-id"]
    assert not list(tenant.journal)


@pytest.mark.parametrize(
    ("cloud_name", "host", "authority", "graph"),
    [
        ("public", "login.windows.net", "login.microsoftonline.com", "graph.microsoft.com"),
        ("us_government", "login.microsoftonline.us", "login.microsoftonline.us", "graph.microsoft.us"),
        ("us_government", "login.usgovcloudapi.net", "login.microsoftonline.us", "graph.microsoft.us"),
        (
            "china",
            "login.chinacloudapi.cn",
            "login.partner.microsoftonline.cn",
            "microsoftgraph.chinacloudapi.cn",
        ),
    ],
)
async def test_links_follow_the_host_called_and_issuers_the_cloud(
    wire: httpx.AsyncClient, cloud: FakeCloud, cloud_name: str, host: str, authority: str, graph: str
) -> None:
    tenant = cloud.create_tenant(national_cloud=NationalCloud(cloud_name))
    body = (await wire.get(f"https://{host}/{tenant.id}/v2.0/.well-known/openid-configuration")).json()
    assert body["token_endpoint"] == f"https://{host}/{tenant.id}/oauth2/v2.0/token"
    assert body["issuer"] == f"https://{authority}/{tenant.id}/v2.0"
    assert body["msgraph_host"] == graph


@pytest.mark.parametrize(
    ("national_cloud", "region"),
    [
        (NationalCloud.PUBLIC, ("WW", None)),
        (NationalCloud.US_GOVERNMENT, ("USGov", "DODCON")),
    ],
)
async def test_a_tenants_document_tells_its_region_and_that_for_many_tenants_none(
    wire: httpx.AsyncClient, cloud: FakeCloud, national_cloud: NationalCloud, region: tuple[str, str | None]
) -> None:
    tenant = cloud.create_tenant(national_cloud=national_cloud)
    for version in ("", "/v2.0"):
        body = (await wire.get(f"{LOGIN}/{tenant.domain}{version}/.well-known/openid-configuration")).json()
        assert (body["tenant_region_scope"], body.get("tenant_region_sub_scope")) == region
        many = (await wire.get(f"{LOGIN}/organizations{version}/.well-known/openid-configuration")).json()
        assert many["tenant_region_scope"] is None


async def test_keys_are_the_same_in_both_documents_but_for_the_issuer(
    wire: httpx.AsyncClient, tenant: FakeTenant
) -> None:
    second = (await wire.get(f"{LOGIN}/{tenant.id}/discovery/v2.0/keys")).json()["keys"]
    first = (await wire.get(f"{LOGIN}/common/discovery/keys")).json()["keys"]
    assert list(second[0]) == ["kty", "use", "kid", "x5t", "n", "e", "x5c", "issuer"]
    assert second[0]["kid"] == second[0]["x5t"]
    assert second[0]["issuer"] == f"{LOGIN}/{{tenantid}}/v2.0"
    assert [{**key, "issuer": second[0]["issuer"]} for key in first] == second


async def discover(wire: httpx.AsyncClient, **query: str) -> httpx.Response:
    return await wire.get(f"{LOGIN}/common/discovery/instance", params=query)


async def test_instance_discovery_lists_the_clouds_and_follows_the_endpoint(wire: httpx.AsyncClient) -> None:
    version_2 = {"authorization_endpoint": f"{LOGIN}/contoso.com/oauth2/v2.0/authorize", "api-version": "1.1"}
    body = (await discover(wire, **version_2)).json()
    assert body["tenant_discovery_endpoint"] == f"{LOGIN}/contoso.com/v2.0/.well-known/openid-configuration"
    assert body["api-version"] == "1.1"
    assert body["metadata"][0]["aliases"] == [
        "login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net",
    ]  # fmt: skip
    assert len(body["metadata"]) == 5

    version_1 = {"authorization_endpoint": f"{LOGIN}/common/oauth2/authorize", "api-version": "1.0"}
    body = (await discover(wire, **version_1)).json()
    assert body == {"tenant_discovery_endpoint": f"{LOGIN}/common/.well-known/openid-configuration"}


@pytest.mark.parametrize(
    ("endpoint", "refusal"),
    [
        ("https://login.evil.example/common/oauth2/authorize", ("invalid_instance", [50049])),
        ("http://login.microsoftonline.com/common/oauth2/authorize", ("invalid_instance", [50049])),
        ("https://[nonsense/common", ("invalid_instance", [50049])),
        ("login.microsoftonline.com", ("invalid_instance", [50049])),
        ("", ("invalid_request", [900144])),
    ],
)
async def test_an_unknown_instance_is_refused(
    wire: httpx.AsyncClient, endpoint: str, refusal: tuple[str, list[int]]
) -> None:
    answer = await discover(wire, authorization_endpoint=endpoint)
    body = answer.json()
    assert (answer.status_code, (body["error"], body["error_codes"])) == (400, refusal)


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: f"{row.code}-{row.error}")
async def test_every_refusal_can_be_looked_up(wire: httpx.AsyncClient, row: object) -> None:
    code = row.code  # type: ignore[attr-defined] # parametrised over the rows themselves
    page = await wire.get(f"{LOGIN}/error", params={"code": code})
    assert page.headers["content-type"].startswith("text/html")
    assert f"AADSTS{code}" in page.text
    assert "<dt>Message</dt>" in page.text


async def test_the_error_page_escapes_what_it_is_given(wire: httpx.AsyncClient) -> None:
    page = await wire.get(f"{LOGIN}/error", params={"code": "<script>alert(1)</script>"})
    assert "<script>" not in page.text.lower()


async def test_head_and_options_are_answered_without_a_body(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    document = f"{LOGIN}/{tenant.id}/v2.0/.well-known/openid-configuration"
    full, head = await wire.get(document), await wire.head(document)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == full.headers["content-length"]
    assert (await wire.options(document)).headers["allow"] == "GET, OPTIONS"
    token = f"{LOGIN}/{tenant.id}/oauth2/v2.0/token"
    assert (await wire.options(token)).headers["allow"] == "POST, OPTIONS"


async def test_a_user_name_is_managed_where_its_domain_is_known(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    async def realm(username: str) -> dict[str, str]:
        answer = await wire.get(f"{LOGIN}/common/userrealm/{quote(username)}", params={"api-version": "1.0"})
        found: dict[str, str] = answer.json()
        return found

    assert (await realm(tenant.operator.username))["account_type"] == "Managed"
    assert (await realm(tenant.operator.username))["domain_name"] == tenant.domain
    assert (await realm("a@nobody.example"))["account_type"] == "Unknown"
    assert (await realm("nobody"))["account_type"] == "Unknown"
