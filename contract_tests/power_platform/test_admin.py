"""The admin API: who sees which environments, and who may let applications in."""

import httpx
import pytest

from contract_tests.power_platform.asking import BAP, SERVICE, VERSION, Bearers, error_of
from mock_services.cloud import FakeCloud
from mock_services.state.well_known import GLOBAL_ADMINISTRATOR, POWER_PLATFORM_ADMINISTRATOR
from mock_services.tenant import FakeTenant

ADMIN_LIST = f"{BAP}/scopes/admin/environments"


async def test_an_administrator_lists_the_environments_with_their_databases(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    answer = await wire.get(ADMIN_LIST, params=VERSION, headers=await bearers.person())
    assert answer.status_code == 200, answer.text
    (item,) = answer.json()["value"]
    organisation = tenant.organisation
    linked = item["properties"]["linkedEnvironmentMetadata"]

    assert item["name"] == organisation.environment_id
    assert item["id"].endswith(f"/scopes/admin/environments/{organisation.environment_id}")
    assert item["type"] == "Microsoft.BusinessAppPlatform/scopes/environments"
    assert (item["location"], item["properties"]["azureRegion"]) == ("europe", "northeurope")
    assert item["properties"]["tenantId"] == tenant.id
    assert linked["resourceId"] == organisation.id
    assert linked["instanceUrl"] == f"https://{organisation.host}/"
    assert linked["instanceApiUrl"] == "https://contoso.api.crm4.dynamics.com"
    assert linked["domainName"] == "contoso"
    assert linked["createdTime"].endswith(".0000000Z")


async def test_one_environment_is_read_by_its_id_and_an_empty_id_lists(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    headers = await bearers.person()
    identity = tenant.organisation.environment_id
    one = await wire.get(f"{ADMIN_LIST}/{identity.upper()}", params=VERSION, headers=headers)
    listed = await wire.get(f"{ADMIN_LIST}/", params=VERSION, headers=headers)
    assert listed.json()["value"] == [one.json()]


async def test_an_unknown_environment_is_not_found_in_the_recorded_words(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    answer = await wire.get(f"{ADMIN_LIST}/{tenant.id}", params=VERSION, headers=await bearers.person())
    assert answer.status_code == 404
    assert answer.json() == {
        "error": {
            "code": "EnvironmentNotFound",
            "message": f"The environment '{tenant.id}' could not be found in the tenant.",
            "detailUrlType": "NotSpecified",
        }
    }
    assert list(tenant.journal)[-1].code == "EnvironmentNotFound"


async def test_the_state_of_the_organisation_shows(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    tenant.organisation.set_state("Disabled")
    answer = await wire.get(ADMIN_LIST, params=VERSION, headers=await bearers.person())
    properties = answer.json()["value"][0]["properties"]
    assert properties["states"]["runtime"]["id"] == "Disabled"
    assert properties["linkedEnvironmentMetadata"]["instanceState"] == "Disabled"


async def test_select_keeps_the_named_members_only(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    query = VERSION | {"$select": "properties.linkedEnvironmentMetadata.instanceApiUrl,properties/nothing/at"}
    answer = await wire.get(ADMIN_LIST, params=query, headers=await bearers.person())
    (item,) = answer.json()["value"]
    assert item["properties"] == {
        "linkedEnvironmentMetadata": {
            "instanceApiUrl": f"https://{tenant.organisation.host}".replace(".crm", ".api.crm")
        }
    }
    assert item["name"] == tenant.organisation.environment_id


@pytest.mark.parametrize("option", [{"$filter": "name eq 'x'"}, {"$expand": "properties.capacity"}])
async def test_an_option_that_is_not_built_says_so(
    wire: httpx.AsyncClient, bearers: Bearers, option: dict[str, str]
) -> None:
    answer = await wire.get(ADMIN_LIST, params=VERSION | option, headers=await bearers.person())
    assert error_of(answer) == (501, "NotModelled")


async def test_an_application_that_is_not_registered_is_refused_until_a_person_registers_it(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    as_app, as_person = await bearers.application(), await bearers.person()
    refused = await wire.get(ADMIN_LIST, params=VERSION, headers=as_app)
    assert error_of(refused) == (403, "Forbidden")
    message = refused.json()["error"]["message"]
    assert f"for application '{tenant.operator.client_id}' does not have permission to access the path" in message
    assert f"in tenant '{tenant.id}'" in message

    registration = f"{BAP}/adminApplications/{tenant.operator.client_id}"
    himself = await wire.put(registration, params=VERSION, headers=as_app)
    assert error_of(himself) == (403, "Forbidden")
    assert (await wire.get(registration, params=VERSION, headers=as_person)).status_code == 404

    for _twice_is_once in range(2):
        made = await wire.put(registration, params=VERSION, headers=as_person)
        assert (made.status_code, made.json()) == (200, {"applicationId": tenant.operator.client_id})
    assert (await wire.get(registration, params=VERSION, headers=as_person)).json() == made.json()
    listed = await wire.get(f"{BAP}/adminApplications", params=VERSION, headers=as_person)
    assert listed.json() == {"value": [made.json()]}
    assert len((await wire.get(ADMIN_LIST, params=VERSION, headers=as_app)).json()["value"]) == 1
    another = f"{BAP}/adminApplications/{tenant.id}"
    for verb in ("PUT", "DELETE"):
        assert error_of(await wire.request(verb, another, params=VERSION, headers=as_app)) == (403, "Forbidden")

    assert (await wire.delete(registration, params=VERSION, headers=as_person)).status_code == 204
    assert (await wire.delete(registration, params=VERSION, headers=as_person)).status_code == 404
    assert (await wire.get(ADMIN_LIST, params=VERSION, headers=as_app)).status_code == 403


async def test_registering_wants_an_administrator_and_a_guid(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    tenant.directory.add_user("clerk@contoso.onmicrosoft.com", "Clerk", "fake-password")
    clerk = await bearers.person(username="clerk@contoso.onmicrosoft.com", password="fake-password")
    registration = f"{BAP}/adminApplications/{tenant.operator.client_id}"
    assert error_of(await wire.put(registration, params=VERSION, headers=clerk)) == (403, "Forbidden")
    bad = await wire.put(f"{BAP}/adminApplications/nonsense", params=VERSION, headers=await bearers.person())
    assert error_of(bad) == (400, "InvalidApplicationId")


async def test_a_person_sees_by_directory_role_and_by_being_a_user(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    name, password = "clerk@contoso.onmicrosoft.com", "fake-password"
    user = tenant.directory.add_user(name, "Clerk", password)
    clerk = await bearers.person(username=name, password=password)

    async def seen() -> tuple[int, int]:
        answers = [await wire.get(url, params=VERSION, headers=clerk) for url in (ADMIN_LIST, f"{BAP}/environments")]
        admin, own = (len(answer.json()["value"]) for answer in answers)
        return admin, own

    assert await seen() == (0, 0)
    member = tenant.organisation.add_user(object_id=user.id, user_principal_name=name, first_name="C", last_name="Lerk")
    assert await seen() == (0, 1)
    tenant.organisation.disable_user(member)
    assert await seen() == (0, 0)
    tenant.directory.give_directory_role(user.id, POWER_PLATFORM_ADMINISTRATOR)
    assert await seen() == (1, 1)


async def test_add_app_user_makes_a_system_administrator_of_an_application(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    application = tenant.directory.add_application("Integration")
    url = f"{ADMIN_LIST}/{tenant.organisation.environment_id}/addAppUser"
    body = {"servicePrincipalAppId": application.app_id}
    headers = await bearers.person()
    missing = await wire.post(url, params=VERSION, headers=headers, json=body)
    assert error_of(missing) == (400, "ServicePrincipalNotFound")
    assert tenant.organisation.application_user(application.app_id) is None

    principal = tenant.directory.add_service_principal(application.app_id)
    for _twice_is_once in range(2):
        assert (await wire.post(url, params=VERSION, headers=headers, json=body)).status_code == 200
    user = tenant.organisation.application_user(application.app_id)
    assert user is not None
    assert user["azureactivedirectoryobjectid"] == principal.id
    roles = [role["name"] for role in tenant.organisation.roles_of(user["systemuserid"])]
    assert roles == ["System Administrator"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b'{"servicePrincipalAppId":"x"}', b"[" * 100_000, b"\xff"])
async def test_add_app_user_refuses_a_body_that_is_none(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, body: bytes
) -> None:
    url = f"{ADMIN_LIST}/{tenant.organisation.environment_id}/addAppUser"
    answer = await wire.post(url, params=VERSION, headers=await bearers.person(), content=body)
    assert error_of(answer) == (400, "InvalidRequestContent")


async def test_an_unregistered_application_may_not_let_itself_in(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    url = f"{ADMIN_LIST}/{tenant.organisation.environment_id}/addAppUser"
    body = {"servicePrincipalAppId": tenant.operator.client_id}
    answer = await wire.post(url, params=VERSION, headers=await bearers.application(), json=body)
    assert error_of(answer) == (403, "Forbidden")


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


async def test_verbs_and_paths_that_are_not_there(wire: httpx.AsyncClient, bearers: Bearers) -> None:
    headers = await bearers.person()
    assert error_of(await wire.delete(ADMIN_LIST, params=VERSION, headers=headers)) == (405, "MethodNotAllowed")
    assert error_of(await wire.get(f"{BAP}/locations", params=VERSION, headers=headers)) == (501, "NotModelled")
    other = await wire.get("https://api.powerplatform.com/environmentmanagement/environments", params=VERSION)
    assert error_of(other) == (501, "NotModelled")


async def test_tenants_do_not_see_each_other(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, bearers: Bearers
) -> None:
    other = cloud.create_tenant("Fabrikam")
    headers = await bearers.person()
    answer = await wire.get(f"{ADMIN_LIST}/{other.organisation.environment_id}", params=VERSION, headers=headers)
    assert error_of(answer) == (404, "EnvironmentNotFound")
    user = tenant.directory.user(user_principal_name=tenant.operator.username)
    assert user is not None
    tenant.directory.take_directory_role(user.id, GLOBAL_ADMINISTRATOR)
    assert (await wire.get(ADMIN_LIST, params=VERSION, headers=headers)).json() == {"value": []}
