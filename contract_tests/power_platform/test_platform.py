"""The Power Platform API on api.powerplatform.com: environments and settings, for those with its permissions."""

from typing import Any

import httpx
import pytest

from contract_tests.power_platform.asking import BAP, VERSION, Bearers
from mock_services.cloud import FakeCloud
from mock_services.state.power_platform import PROVISIONING_DATABASE, Environments
from mock_services.state.well_known import GLOBAL_ADMINISTRATOR, POWER_PLATFORM_API
from mock_services.tenant import FakeTenant

API = "https://api.powerplatform.com"
ENVIRONMENTS = f"{API}/environmentmanagement/environments"
NEWEST = {"api-version": "2024-10-01"}
READ = "EnvironmentManagement.Environments.Read"


@pytest.fixture
def headers(cloud: FakeCloud, tenant: FakeTenant) -> dict[str, str]:
    """The operator's person with both permissions."""
    return bearer(cloud, tenant)


def bearer(cloud: FakeCloud, tenant: FakeTenant, **other: Any) -> dict[str, str]:
    """A token as recorded ones are; `other` puts claims otherwise, None leaves one out."""
    person = tenant.directory.user(user_principal_name=tenant.operator.username)
    assert person is not None
    good = {"aud": API, "tid": tenant.id, "oid": person.id, "appid": tenant.operator.client_id, "nbf": 0, "exp": 2e10}
    claims = good | {"scp": f"{READ} EnvironmentManagement.Settings.Read"} | other
    token = cloud.signing_keys.sign({name: value for name, value in claims.items() if value is not None})
    return {"Authorization": f"Bearer {token}"}


def told(answer: httpx.Response) -> tuple[int, str, str]:
    """A refusal in short: status, outer code and inner one."""
    body = answer.json()
    return answer.status_code, body["code"], body["innererror"]["code"]


async def test_the_list_has_the_recorded_members_and_no_slash_after_the_url(
    wire: httpx.AsyncClient, tenant: FakeTenant, headers: dict[str, str]
) -> None:
    answer = await wire.get(ENVIRONMENTS, params=NEWEST, headers=headers)
    default, item = answer.json()["value"]
    assert (default["id"], default["type"]) == (f"Default-{tenant.id}", "Default")
    assert "url" not in default
    organisation = tenant.organisation
    assert item == {
        "id": organisation.environment_id,
        "displayName": "Contoso",
        "tenantId": tenant.id,
        "type": "Production",
        "geo": "europe",
        "azureRegion": "northeurope",
        "createdDateTime": item["createdDateTime"],
        "deletedDateTime": "1970-01-01T00:00:00Z",
        "dataverseId": organisation.id,
        "url": f"https://{organisation.host}",
        "version": item["version"],
        "domainName": "contoso",
        "state": "Enabled",
        "adminMode": "Disabled",
        "backgroundOperationsState": "Enabled",
        "protectionLevel": "Basic",
        "createdBy": {"id": "SYSTEM", "type": "NotSpecified"},
        "retentionDetails": {"retentionPeriod": "P7D", "availableFromDateTime": item["createdDateTime"]},
    }
    one = await wire.get(f"{ENVIRONMENTS}/{organisation.environment_id}", params=NEWEST, headers=headers)
    assert one.json() == item


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("Enabled", ("Enabled", "Disabled")),
        ("AdminMode", ("Enabled", "Enabled")),
        ("Disabled", ("Disabled", "Disabled")),
    ],
)
async def test_states_are_told_apart(
    wire: httpx.AsyncClient, tenant: FakeTenant, headers: dict[str, str], state: str, shown: tuple[str, str]
) -> None:
    tenant.organisation.set_state(state)
    url = f"{ENVIRONMENTS}/{tenant.organisation.environment_id}"
    item = (await wire.get(url, params=NEWEST, headers=headers)).json()
    assert (item["state"], item["adminMode"]) == shown


async def test_a_list_is_filtered_narrowed_and_cut(
    wire: httpx.AsyncClient, tenant: FakeTenant, headers: dict[str, str]
) -> None:
    async def ids(**query: str) -> list[str]:
        options = {f"${name}": value for name, value in query.items()}
        answer = await wire.get(ENVIRONMENTS, params=NEWEST | options, headers=headers)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["value"]]

    both = [f"Default-{tenant.id}", tenant.organisation.environment_id]
    assert await ids() == both
    assert await ids(filter="type eq 'production' and geo eq 'europe'") == both[1:]
    assert await ids(filter="domainName eq 'fabrikam'") == []
    assert (await ids(top="1"), await ids(skip="1"), await ids(skip="1", top="5")) == (both[:1], both[1:], both[1:])
    narrow = await wire.get(ENVIRONMENTS, params=NEWEST | {"$select": "id,url"}, headers=headers)
    assert [sorted(each) for each in narrow.json()["value"]] == [["id"], ["id", "url"]]


async def test_settings_are_told_by_name(wire: httpx.AsyncClient, tenant: FakeTenant, headers: dict[str, str]) -> None:
    url = f"{ENVIRONMENTS}/{tenant.organisation.environment_id}/settings"
    bare = await wire.get(url, params=NEWEST, headers=headers)
    assert bare.json()["objectResult"] == [{"Id": tenant.organisation.environment_id}]
    named = await wire.get(url, params=NEWEST | {"$select": "PowerApps_AllowCodeApps"}, headers=headers)
    assert named.json()["objectResult"][0]["PowerApps_AllowCodeApps"] is None


async def test_a_person_needs_the_permission_in_the_token(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    without = bearer(cloud, tenant, scp="user_impersonation")
    for path in ("", "/nonsense", "/nonsense/settings"):  # the permission comes before the id
        answer = await wire.get(ENVIRONMENTS + path, params=NEWEST, headers=without)
        assert told(answer) == (403, "Forbidden", "InsufficientDelegatedPermissions")
    first = await wire.get(ENVIRONMENTS, params=NEWEST, headers=without)
    assert first.json()["message"] == "The caller is not authorized to perform the request."
    assert first.json()["innererror"]["message"] == (
        f"Authorization denied: Application missing required delegated permissions: [{READ}, All.All.ReadWrite]"
    )
    read_only = bearer(cloud, tenant, scp=READ)
    assert (await wire.get(ENVIRONMENTS, params=NEWEST, headers=read_only)).status_code == 200
    settings = await wire.get(f"{ENVIRONMENTS}/~Default/settings", params=NEWEST, headers=read_only)
    assert told(settings) == (403, "Forbidden", "InsufficientDelegatedPermissions")


async def test_the_azure_cli_gets_a_token_that_lacks_every_permission(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    tenant.directory.add_service_principal(POWER_PLATFORM_API)
    answer = await wire.get(ENVIRONMENTS, params=NEWEST, headers=await bearers.person(f"{API}/.default"))
    assert told(answer) == (403, "Forbidden", "InsufficientDelegatedPermissions")


async def test_an_application_is_let_in_once_it_is_registered_for_management(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, bearers: Bearers
) -> None:
    as_app = bearer(cloud, tenant, scp=None)
    answer = await wire.get(ENVIRONMENTS, params=NEWEST, headers=as_app)
    assert told(answer) == (403, "Forbidden", "InsufficientPrincipalPermissions")
    registration = f"{BAP}/adminApplications/{tenant.operator.client_id}"
    await wire.put(registration, params=VERSION, headers=await bearers.person())
    assert len((await wire.get(ENVIRONMENTS, params=NEWEST, headers=as_app)).json()["value"]) == 2


async def test_whoever_administers_nothing_sees_their_own(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    name = "clerk@contoso.onmicrosoft.com"
    person = tenant.directory.add_user(name, "Clerk", "fake-password")
    clerk = bearer(cloud, tenant, oid=person.id)
    database = f"{ENVIRONMENTS}/{tenant.organisation.environment_id}"

    async def seen() -> list[str]:
        return [e["type"] for e in (await wire.get(ENVIRONMENTS, params=NEWEST, headers=clerk)).json()["value"]]

    assert await seen() == ["Default"]
    hidden = await wire.get(database, params=NEWEST, headers=clerk)
    assert told(hidden) == (404, "NotFound", "EnvironmentNotFound")
    tenant.organisation.add_user(object_id=person.id, user_principal_name=name, first_name="C", last_name="Lerk")
    assert await seen() == ["Default", "Production"]
    tenant.directory.give_directory_role(person.id, GLOBAL_ADMINISTRATOR)
    Environments(tenant.directory).add("Playground")
    assert sorted(await seen()) == ["Default", "Production", "Sandbox"]


async def test_a_database_that_is_being_made_is_not_told_of(
    wire: httpx.AsyncClient, tenant: FakeTenant, headers: dict[str, str]
) -> None:
    identity = tenant.organisation.environment_id
    Environments(tenant.directory).describe(identity, provisioning=PROVISIONING_DATABASE)
    item = (await wire.get(f"{ENVIRONMENTS}/{identity}", params=NEWEST, headers=headers)).json()
    assert not {"dataverseId", "url", "domainName", "version"} & set(item)


async def test_the_token_is_checked(wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant) -> None:
    async def refusal(headers: dict[str, str]) -> tuple[int, str, str]:
        return told(await wire.get(ENVIRONMENTS, params=NEWEST, headers=headers))

    assert await refusal({}) == (401, "Unauthorized", "AuthorizationHeaderInvalid")
    assert await refusal({"Authorization": "Bearer x"}) == (401, "Unauthorized", "SignatureKeyNotFound")
    assert await refusal(bearer(cloud, tenant, tid="nobody")) == (401, "Unauthorized", "SignatureKeyNotFound")
    assert await refusal(bearer(cloud, tenant, exp=0)) == (401, "Unauthorized", "AuthorizationHeaderInvalid")
    assert await refusal(bearer(cloud, tenant, nbf=1.9e10)) == (401, "Unauthorized", "AuthorizationHeaderInvalid")
    other = bearer(cloud, tenant, aud="https://service.powerapps.com/")
    assert await refusal(other) == (401, "Unauthorized", "InvalidAudience")
    for audience in (f"{API}/", POWER_PLATFORM_API):
        good = bearer(cloud, tenant, aud=audience)
        assert (await wire.get(ENVIRONMENTS, params=NEWEST, headers=good)).status_code == 200
    unversioned = await wire.get(ENVIRONMENTS, headers=bearer(cloud, tenant))
    assert told(unversioned) == (400, "BadRequest", "ApiVersionMissing")


async def test_an_application_of_ones_own_gets_a_token_with_the_permission(
    wire: httpx.AsyncClient, tenant: FakeTenant
) -> None:
    directory, operator = tenant.directory, tenant.operator
    resource = directory.add_service_principal(POWER_PLATFORM_API)
    client = directory.add_application("Admin tool", is_fallback_public_client=True)
    principal = directory.add_service_principal(client.app_id)
    directory.grant_delegated(principal.id, resource.id, principal_id=None, scope=READ)
    form = {"grant_type": "password", "client_id": client.app_id, "username": operator.username}
    form |= {"password": operator.password, "scope": f"{API}/.default"}
    token = await wire.post(f"https://login.microsoftonline.com/{tenant.id}/oauth2/v2.0/token", data=form)
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    answer = await wire.get(ENVIRONMENTS, params=NEWEST, headers=headers)
    assert len(answer.json()["value"]) == 2


@pytest.mark.parametrize(
    "query",
    [{"$orderby": "id"}, {"$filter": "displayName eq 'x'"}, {"$filter": "x"}, {"$select": "secret"}, {"$top": "-1"}],
)
async def test_an_option_that_is_not_built_says_so(
    wire: httpx.AsyncClient, headers: dict[str, str], query: dict[str, str]
) -> None:
    answer = await wire.get(ENVIRONMENTS, params=NEWEST | query, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "NotModelled")


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/appmanagement/environments/~Default/applicationPackages"),
        ("PATCH", "/environmentmanagement/environments/~Default/settings"),
        ("POST", "/usermanagement/environments/~Default/user/applyAdminRole"),
    ],
)
async def test_what_is_not_built_says_so(
    wire: httpx.AsyncClient, headers: dict[str, str], verb: str, path: str
) -> None:
    answer = await wire.request(verb, API + path, params=NEWEST, headers=headers)
    assert answer.status_code == 501
