"""What a sign-in of az and of the Azure SDKs asks of Resource Manager, and how it is refused."""

from datetime import timedelta

import httpx
import pytest

from contract_tests.power_platform.asking import SERVICE, Bearers, error_of
from mock_services.cloud import FakeCloud
from mock_services.hosts import NationalCloud
from mock_services.state.well_known import AZURE_MANAGEMENT
from mock_services.tenant import FakeTenant

ARM = "https://management.azure.com"
OLDER = "https://management.core.windows.net"
VERSION = {"api-version": "2022-12-01"}
AZ = f"{OLDER}//.default"
"""The scope that az asks for."""


async def test_a_person_is_told_of_their_tenant_and_of_no_subscription(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    headers = await bearers.person(AZ)
    tenants = await wire.get(f"{ARM}/tenants", params=VERSION, headers=headers)
    assert tenants.json() == {
        "value": [
            {
                "id": f"/tenants/{tenant.id}",
                "tenantId": tenant.id,
                "countryCode": "US",
                "displayName": "Contoso",
                "domains": [tenant.domain],
                "tenantCategory": "Home",
                "defaultDomain": tenant.domain,
                "tenantType": "AAD",
            }
        ]
    }
    subscriptions = await wire.get(f"{ARM}//subscriptions/", params=VERSION, headers=headers)
    assert subscriptions.json() == {"value": [], "count": {"type": "Total", "value": 0}}
    assert subscriptions.headers["x-ms-ratelimit-remaining-tenant-reads"] == "11999"


async def test_an_application_is_not_told_its_tenants_name(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    answer = await wire.get(f"{ARM}/tenants", params=VERSION, headers=await bearers.application(AZ))
    assert answer.json()["value"] == [{"id": f"/tenants/{tenant.id}", "tenantId": tenant.id, "tenantCategory": "Home"}]


async def test_an_old_version_tells_of_a_tenant_its_id_alone(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    answer = await wire.get(f"{ARM}/tenants?Api-Version=2016-06-01", headers=await bearers.person(AZ))
    assert answer.json()["value"] == [{"id": f"/tenants/{tenant.id}", "tenantId": tenant.id}]


@pytest.mark.parametrize(
    "scope", [AZ, f"{OLDER}/.default", f"{ARM}//.default", f"{ARM}/.default", f"{ARM}/user_impersonation"]
)
async def test_every_spelling_of_the_audience_is_good(wire: httpx.AsyncClient, bearers: Bearers, scope: str) -> None:
    answer = await wire.get(f"{ARM}/subscriptions", params=VERSION, headers=await bearers.person(scope))
    assert answer.status_code == 200


async def test_the_resource_by_its_id_is_an_audience_that_resource_manager_does_not_take(
    wire: httpx.AsyncClient, bearers: Bearers
) -> None:
    headers = await bearers.application(f"{AZURE_MANAGEMENT}/.default")
    answer = await wire.get(f"{ARM}/subscriptions", params=VERSION, headers=headers)
    assert error_of(answer) == (401, "InvalidAuthenticationTokenAudience")


async def test_without_a_token_a_client_is_challenged_and_sent_to_the_token_service(wire: httpx.AsyncClient) -> None:
    answer = await wire.get(f"{ARM}/subscriptions", params=VERSION)
    assert answer.status_code == 401
    assert answer.text == (
        '{"error":{"code":"AuthenticationFailed",'
        '"message":"Authentication failed. The \'Authorization\' header is missing."}}'
    )
    assert answer.headers["www-authenticate"] == (
        'Bearer authorization_uri="https://login.windows.net/", error="invalid_token",'
        " error_description=\"The authentication failed because of missing 'Authorization' header.\""
    )
    assert answer.headers["x-ms-failure-cause"] == "gateway"
    routed = answer.headers["x-ms-routing-request-id"].split(":")
    assert routed[2] == answer.headers["x-ms-request-id"] == answer.headers["x-ms-correlation-request-id"]


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("Basic YTpi", "AuthenticationFailedInvalidHeader"),
        ("Bearer", "AuthenticationFailedInvalidHeader"),
        ("Bearer not-a-token", "InvalidAuthenticationToken"),
        ("bearer a.b.c", "InvalidAuthenticationToken"),
    ],
)
async def test_a_header_without_a_good_token_is_refused(wire: httpx.AsyncClient, authorization: str, code: str) -> None:
    answer = await wire.get(f"{ARM}/tenants", params=VERSION, headers={"Authorization": authorization})
    assert error_of(answer) == (401, code)
    assert answer.headers["www-authenticate"].startswith("Bearer authorization_uri=")


async def test_a_token_without_an_identity_is_told_what_it_lacks(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    now = tenant.clock.now().timestamp()
    token = cloud.signing_keys.sign({"aud": f"{ARM}/", "tid": tenant.id, "nbf": now - 1, "exp": now + 60})
    answer = await wire.get(f"{ARM}/tenants", params=VERSION, headers={"Authorization": f"Bearer {token}"})
    assert error_of(answer) == (401, "InvalidAuthenticationToken")
    assert "'puid' or 'altsecid' or 'oid'" in answer.json()["error"]["message"]


async def test_each_cloud_has_its_own_resource_manager(wire: httpx.AsyncClient, cloud: FakeCloud) -> None:
    china = cloud.create_tenant("Fabrikam", national_cloud=NationalCloud.CHINA)
    where = f"https://login.partner.microsoftonline.cn/{china.id}/oauth2/v2.0/token"
    form = {
        "grant_type": "client_credentials",
        "client_id": china.operator.client_id,
        "client_secret": china.operator.client_secret,
    }
    refused = await wire.post(where, data={**form, "scope": AZ})
    assert refused.json()["error_codes"] == [500011]

    token = await wire.post(where, data={**form, "scope": "https://management.core.chinacloudapi.cn//.default"})
    bearer = {"Authorization": f"Bearer {token.json()['access_token']}"}
    there = await wire.get("https://management.chinacloudapi.cn/subscriptions", params=VERSION, headers=bearer)
    here = await wire.get(f"{ARM}/subscriptions", params=VERSION, headers=bearer)
    assert there.status_code == 200
    assert error_of(here) == (401, "InvalidAuthenticationTokenAudience")


async def test_a_token_for_another_resource_is_told_the_four_allowed_audiences(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    answer = await wire.get(f"{ARM}/tenants", params=VERSION, headers=await bearers.application(SERVICE))
    assert error_of(answer) == (401, "InvalidAuthenticationTokenAudience")
    assert answer.json()["error"]["message"] == (
        "The access token has been obtained for wrong audience or resource 'https://service.powerapps.com/'. It should"
        " exactly match with one of the allowed audiences 'https://management.core.windows.net/',"
        "'https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'."
    )
    assert list(tenant.journal)[-1].code == "InvalidAuthenticationTokenAudience"


async def test_a_token_ends_by_its_tenants_clock(wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers) -> None:
    headers = await bearers.application(AZ)
    tenant.clock.advance(timedelta(hours=2))
    answer = await wire.get(f"{ARM}/tenants", params=VERSION, headers=headers)
    assert error_of(answer) == (401, "ExpiredAuthenticationToken")
    now = tenant.clock.now()
    spelt = f"{now.month}/{now.day}/{now.year} {now.hour % 12 or 12}:{now:%M:%S %p}"
    assert answer.json()["error"]["message"].endswith(f"is earlier than current UTC time '{spelt}'.")


async def test_a_token_of_a_tenant_that_is_gone_is_no_token(
    wire: httpx.AsyncClient, cloud: FakeCloud, bearers: Bearers
) -> None:
    other = cloud.create_tenant("Fabrikam")
    headers = await Bearers(wire, other).application(AZ)
    cloud.drop(other)
    answer = await wire.get(f"{ARM}/tenants", params=VERSION, headers=headers)
    assert error_of(answer) == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize("path", ["/tenants", "/subscriptions", "/metadata/endpoints"])
async def test_the_version_is_asked_for_before_the_token(wire: httpx.AsyncClient, path: str) -> None:
    missing = await wire.get(f"{ARM}{path}")
    assert error_of(missing) == (400, "MissingApiVersionParameter")
    wrong = await wire.get(f"{ARM}{path}", params={"api-version": "2021-03-01"})
    assert error_of(wrong) == (400, "InvalidApiVersionParameter")
    assert wrong.json()["error"]["message"].startswith("The api-version '2021-03-01' is invalid. The supported")


async def test_a_version_newer_than_the_known_ones_is_a_gap_and_no_refusal(wire: httpx.AsyncClient) -> None:
    answer = await wire.get(f"{ARM}/tenants", params={"api-version": "2031-01-01"})
    assert error_of(answer) == (501, "NotModelled")


async def test_what_lies_in_a_subscription_is_not_found_because_there_is_none(
    wire: httpx.AsyncClient, tenant: FakeTenant
) -> None:
    url = f"{ARM}/subscriptions/{tenant.id}/resourceGroups/any"
    answer = await wire.put(url, params=VERSION, json={})
    assert error_of(answer) == (404, "SubscriptionNotFound")
    assert answer.json()["error"]["message"] == f"The subscription '{tenant.id}' could not be found."
    # What `az role definition list` asks, in a version that its provider alone knows.
    roles = f"{ARM}/subscriptions/{tenant.id}/providers/Microsoft.Authorization/roleDefinitions"
    assert error_of(await wire.get(roles, params={"api-version": "2022-05-01-preview"}))[1] == "SubscriptionNotFound"
    malformed = await wire.get(f"{ARM}/subscriptions/mine", params=VERSION)
    assert error_of(malformed) == (400, "InvalidSubscriptionId")


@pytest.mark.parametrize(("verb", "path"), [("POST", "/tenants"), ("GET", "/providers"), ("GET", "/"), ("PUT", "/a")])
async def test_what_is_not_played_says_so(wire: httpx.AsyncClient, verb: str, path: str) -> None:
    answer = await wire.request(verb, f"{ARM}{path}", params=VERSION)
    assert error_of(answer) == (501, "NotModelled")
    assert "Azure Resource Manager" in answer.json()["error"]["message"]


async def test_a_cloud_tells_anybody_where_its_services_are(wire: httpx.AsyncClient) -> None:
    url = f"{ARM}/metadata/endpoints"
    one = (await wire.get(url, params={"api-version": "2022-09-01"})).json()
    assert one["authentication"]["loginEndpoint"] == "https://login.microsoftonline.com"
    assert one["authentication"]["audiences"] == [f"{OLDER}/", f"{ARM}/"]
    assert (one["resourceManager"], one["microsoftGraphResourceId"]) == (f"{ARM}/", "https://graph.microsoft.com/")

    government = await wire.get(
        "https://management.usgovcloudapi.net/metadata/endpoints", params={"api-version": "2022-09-01"}
    )
    assert government.json()["name"] == "AzureUSGovernment"

    several = (await wire.get(url, params={"api-version": "2020-06-01"})).json()
    assert [each["name"] for each in several] == ["AzureCloud", "AzureChinaCloud", "AzureUSGovernment"]
