"""Environments of the admin API: who sees which, what they look like, and in which states they may be."""

from typing import Any

import httpx
import pytest

from contract_tests.power_platform.asking import BAP, VERSION, Bearers, error_of
from mock_services.cloud import FakeCloud
from mock_services.state.power_platform import PROVISIONING_DATABASE, Environments
from mock_services.state.well_known import GLOBAL_ADMINISTRATOR, POWER_PLATFORM_ADMINISTRATOR
from mock_services.tenant import FakeTenant

ADMIN_LIST = f"{BAP}/scopes/admin/environments"
OWN_LIST = f"{BAP}/environments"
CLERK = "clerk@contoso.onmicrosoft.com"


async def listed(wire: httpx.AsyncClient, headers: dict[str, str], url: str = ADMIN_LIST, **query: str) -> Any:
    """The environments of a list by their ids."""
    answer = await wire.get(url, params=VERSION | query, headers=headers)
    assert answer.status_code == 200, answer.text
    return {each["name"]: each for each in answer.json()["value"]}


async def clerk_of(tenant: FakeTenant, bearers: Bearers) -> tuple[str, dict[str, str]]:
    """A person without any role: object id and Authorization header."""
    user = tenant.directory.add_user(CLERK, "Clara Clerk", "fake-password")
    return user.id, await bearers.person(username=CLERK, password="fake-password")


async def test_an_administrator_lists_the_environments_with_their_databases(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    organisation = tenant.organisation
    item = (await listed(wire, await bearers.person()))[organisation.environment_id]
    properties = item["properties"]
    linked = properties["linkedEnvironmentMetadata"]

    assert item["id"].endswith(f"/scopes/admin/environments/{organisation.environment_id}")
    assert item["type"] == "Microsoft.BusinessAppPlatform/scopes/environments"
    assert (item["location"], properties["azureRegion"]) == ("europe", "northeurope")
    assert properties["tenantId"] == tenant.id
    assert (properties["environmentSku"], properties["isDefault"]) == ("Production", False)
    assert linked["resourceId"] == organisation.id
    assert linked["instanceUrl"] == f"https://{organisation.host}/"
    assert linked["instanceApiUrl"] == "https://contoso.api.crm4.dynamics.com"
    assert linked["domainName"] == "contoso"
    assert linked["createdTime"].endswith(".0000000Z")
    assert properties["runtimeEndpoints"]["microsoft.BusinessAppPlatform"] == "https://europe.api.bap.microsoft.com"
    assert properties["runtimeEndpoints"]["microsoft.Flow"] == "https://emea.api.flow.microsoft.com"
    assert properties["clientUris"]["maker"].endswith(f"/environments/{organisation.environment_id}/home")
    assert properties["cluster"]["uriSuffix"].startswith("eu-il")


async def test_every_tenant_has_a_default_environment_without_a_database(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    headers = await bearers.person()
    for spelling in ("~Default", "~default", f"Default-{tenant.id}", f"default-{tenant.id.upper()}"):
        answer = await wire.get(f"{ADMIN_LIST}/{spelling}", params=VERSION, headers=headers)
        assert answer.status_code == 200, spelling
    item = answer.json()
    assert item["name"] == f"Default-{tenant.id}"
    properties = item["properties"]
    assert (properties["environmentSku"], properties["creationType"]) == ("Default", "DefaultTenant")
    assert properties["isDefault"] is True
    assert properties["displayName"] == "Contoso (default)"
    assert properties["linkedEnvironmentMetadata"] is None
    assert properties["states"]["management"] == {"id": "Ready"}
    with pytest.raises(ValueError, match="cannot be deleted"):
        Environments(tenant.directory).delete(f"Default-{tenant.id}")


async def test_one_environment_is_read_by_its_id_and_an_empty_id_lists(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    headers = await bearers.person()
    identity = tenant.organisation.environment_id
    one = await wire.get(f"{ADMIN_LIST}/{identity.upper()}", params=VERSION, headers=headers)
    found = await listed(wire, headers, f"{ADMIN_LIST}/")
    assert found[identity] == one.json()
    own = await wire.get(f"{OWN_LIST}/{identity}", params=VERSION, headers=headers)
    assert own.json()["id"] == one.json()["id"].replace("/scopes/admin", "")
    assert own.json()["type"] == "Microsoft.BusinessAppPlatform/environments"


async def test_a_regional_name_of_the_api_answers_alike(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    headers = await bearers.person()
    regional = ADMIN_LIST.replace("https://", "https://europe.")
    assert await listed(wire, headers, regional) == await listed(wire, headers)


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


@pytest.mark.parametrize(
    ("state", "runtime", "instance"),
    [("Enabled", "Enabled", "Ready"), ("AdminMode", "AdminMode", "Ready"), ("Disabled", "Disabled", "Disabled")],
)
async def test_the_state_of_the_organisation_shows(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, state: str, runtime: str, instance: str
) -> None:
    tenant.organisation.set_state(state)
    found = await listed(wire, await bearers.person())
    properties = found[tenant.organisation.environment_id]["properties"]
    assert properties["states"]["runtime"]["id"] == runtime
    assert properties["linkedEnvironmentMetadata"]["instanceState"] == instance


async def test_a_database_that_is_still_being_made_is_not_shown(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    identity = tenant.organisation.environment_id
    Environments(tenant.directory).describe(identity, provisioning=PROVISIONING_DATABASE)
    properties = (await listed(wire, await bearers.person()))[identity]["properties"]
    assert properties["provisioningState"] == "LinkedDatabaseProvisioning"
    assert properties["linkedEnvironmentMetadata"] is None


async def test_a_deleted_environment_is_found_in_the_bin_alone_until_it_is_recovered(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    headers, identity = await bearers.person(), tenant.organisation.environment_id
    bin_ = f"{BAP}/scopes/admin/deletedEnvironments"
    assert await listed(wire, headers, bin_) == {}
    environments = Environments(tenant.directory)
    environments.delete(identity)
    assert identity not in await listed(wire, headers)
    assert identity in await listed(wire, headers, bin_, **{"$expand": "permissions"})
    gone = await wire.get(f"{ADMIN_LIST}/{identity}", params=VERSION, headers=headers)
    assert error_of(gone) == (404, "EnvironmentNotFound")
    environments.recover(identity)
    assert identity in await listed(wire, headers)


async def test_what_is_said_of_an_environment_shows(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    environments = Environments(tenant.directory)
    maker = tenant.directory.user(user_principal_name=tenant.operator.username)
    assert maker is not None
    environments.describe(tenant.organisation.environment_id, sku="Sandbox", description="For trying things out")
    made = environments.add("Playground", region="crm17", sku="Developer", created_by=maker.id)
    found = await listed(wire, await bearers.person())
    known, new = found[tenant.organisation.environment_id]["properties"], found[made.id]
    assert (known["environmentSku"], known["description"]) == ("Sandbox", "For trying things out")
    assert (known["displayName"], known["creationType"]) == ("Contoso", "User")
    assert (new["location"], new["properties"]["displayName"]) == ("switzerland", "Playground")
    assert new["properties"]["creationType"] == "Developer"
    assert new["properties"]["createdBy"]["userPrincipalName"] == tenant.operator.username
    with pytest.raises(ValueError, match="no SKU called Huge"):
        environments.add("Too much", sku="Huge")


async def test_select_keeps_the_named_members_only(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    wanted = "properties.linkedEnvironmentMetadata.instanceApiUrl,properties/nothing/at"
    found = await listed(wire, await bearers.person(), **{"$select": wanted})
    item = found[tenant.organisation.environment_id]
    api = f"https://{tenant.organisation.host}".replace(".crm", ".api.crm")
    assert item["properties"] == {"linkedEnvironmentMetadata": {"instanceApiUrl": api}}


async def test_capacity_is_there_when_it_is_expanded(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    headers = await bearers.person()
    identity = tenant.organisation.environment_id
    assert "capacity" not in (await listed(wire, headers))[identity]["properties"]
    expand = {"$expand": "permissions,properties/capacity,properties/billingPolicy,properties/copilotPolicies"}
    answer = await wire.get(f"{ADMIN_LIST}/{identity}", params=VERSION | expand, headers=headers)
    kinds = [each["capacityType"] for each in answer.json()["properties"]["capacity"]]
    assert kinds == ["Database", "File", "Log", "FinOpsDatabase", "FinOpsFile"]


@pytest.mark.parametrize("option", [{"$filter": "name eq 'x'"}, {"$expand": "properties.nothing"}])
async def test_an_option_that_is_not_built_says_so(
    wire: httpx.AsyncClient, bearers: Bearers, option: dict[str, str]
) -> None:
    answer = await wire.get(ADMIN_LIST, params=VERSION | option, headers=await bearers.person())
    assert error_of(answer) == (501, "NotModelled")


async def test_a_person_sees_by_directory_role_and_by_being_a_user(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    user, clerk = await clerk_of(tenant, bearers)
    default = f"Default-{tenant.id}"
    database = tenant.organisation.environment_id

    async def seen() -> tuple[set[str], set[str]]:
        return set(await listed(wire, clerk)), set(await listed(wire, clerk, OWN_LIST))

    assert await seen() == (set(), {default})
    member = tenant.organisation.add_user(object_id=user, user_principal_name=CLERK, first_name="C", last_name="Lerk")
    assert await seen() == (set(), {default, database})
    role = tenant.organisation.role_named("System Administrator")
    assert role is not None
    tenant.organisation.assign_role(member, role["roleid"])
    assert await seen() == ({database}, {default, database})
    tenant.organisation.disable_user(member)
    assert await seen() == (set(), {default})
    tenant.directory.give_directory_role(user, POWER_PLATFORM_ADMINISTRATOR)
    assert await seen() == ({default, database}, {default})


async def test_who_may_not_read_an_environment_is_told_which_permission_is_missing(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    user, clerk = await clerk_of(tenant, bearers)
    identity = tenant.organisation.environment_id
    for url in (ADMIN_LIST, OWN_LIST):
        answer = await wire.get(f"{url}/{identity}", params=VERSION, headers=clerk)
        assert error_of(answer) == (403, "EnvironmentAccess")
    assert answer.json()["error"]["message"] == (
        f"The user with object id '{user}' in tenant '{tenant.id}' does not have access to permission"
        f" 'ReadEnvironment' in environment '{identity}'. Error Code: 'UserMissingRequiredPermission'."
    )
    tenant.organisation.add_user(object_id=user, user_principal_name=CLERK, first_name="C", last_name="Lerk")
    own = await wire.get(f"{OWN_LIST}/{identity}", params=VERSION, headers=clerk)
    assert own.json()["name"] == identity


async def test_tenants_do_not_see_each_other(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, bearers: Bearers
) -> None:
    other = cloud.create_tenant("Fabrikam")
    headers = await bearers.person()
    for identity in (other.organisation.environment_id, f"Default-{other.id}"):
        answer = await wire.get(f"{ADMIN_LIST}/{identity}", params=VERSION, headers=headers)
        assert error_of(answer) == (404, "EnvironmentNotFound")
    user = tenant.directory.user(user_principal_name=tenant.operator.username)
    assert user is not None
    tenant.directory.take_directory_role(user.id, GLOBAL_ADMINISTRATOR)
    assert other.organisation.environment_id not in await listed(wire, headers)
    assert tenant.organisation.environment_id in await listed(wire, headers), "still a System Administrator"


async def test_a_snapshot_keeps_the_environments(wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers) -> None:
    before = tenant.snapshot()
    made = Environments(tenant.directory).add("Playground")
    headers = await bearers.person()
    assert made.id in await listed(wire, headers)
    tenant.restore(before)
    assert made.id not in await listed(wire, headers)
