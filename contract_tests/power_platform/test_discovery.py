"""Global discovery: a person's organisations, and nobody else's."""

import httpx
import pytest

from contract_tests.power_platform.asking import DISCOVERY, Bearers
from mock_services.cloud import FakeCloud
from mock_services.hosts import NationalCloud
from mock_services.power_platform.shapes import INSTANCE_MEMBERS
from mock_services.state.power_platform import PROVISIONED, PROVISIONING_DATABASE, Environments
from mock_services.state.well_known import GLOBAL_ADMINISTRATOR
from mock_services.tenant import FakeTenant

INSTANCES = f"{DISCOVERY}/api/discovery/v2.0/Instances"
SCOPE = f"{DISCOVERY}//user_impersonation"


@pytest.fixture
def member(tenant: FakeTenant) -> str:
    """The operator's person, as a user of the organisation without a role; its systemuserid."""
    person = tenant.directory.user(user_principal_name=tenant.operator.username)
    assert person is not None
    user = tenant.organisation.user_of(person.id)
    assert user is not None
    for role in tenant.organisation.roles_of(user["systemuserid"]):
        tenant.organisation.remove_role(user["systemuserid"], role["roleid"])
    return str(user["systemuserid"])


async def test_a_user_finds_the_organisation_and_its_urls(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, member: str
) -> None:
    answer = await wire.get(INSTANCES, headers=await bearers.person(SCOPE))
    assert answer.status_code == 200, answer.text
    assert answer.json()["@odata.context"] == f"{DISCOVERY}/api/discovery/v2.0/$metadata#Instances"
    (item,) = answer.json()["value"]
    assert (item["Id"], item["EnvironmentId"]) == (tenant.organisation.id, tenant.organisation.environment_id)
    assert (item["Url"], item["ApiUrl"]) == (
        "https://contoso.crm4.dynamics.com",
        "https://contoso.api.crm4.dynamics.com",
    )
    assert (item["Region"], item["State"], item["IsUserSysAdmin"]) == ("EMEA", 0, False)

    role = tenant.organisation.role_named("System Administrator")
    assert role is not None
    tenant.organisation.assign_role(member, role["roleid"])
    again = await wire.get(INSTANCES, headers=await bearers.person(SCOPE))
    assert again.json()["value"][0]["IsUserSysAdmin"] is True


async def test_who_is_no_user_or_a_disabled_one_finds_nothing(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, member: str
) -> None:
    tenant.organisation.disable_user(member)
    assert (await wire.get(INSTANCES, headers=await bearers.person(SCOPE))).json()["value"] == []


async def test_an_application_is_denied(wire: httpx.AsyncClient, bearers: Bearers) -> None:
    answer = await wire.get(INSTANCES, headers=await bearers.application(f"{DISCOVERY}//.default"))
    assert (answer.status_code, answer.json()) == (401, {"Message": "Authorization has been denied for this request."})


async def test_without_a_token_there_is_a_challenge(wire: httpx.AsyncClient) -> None:
    answer = await wire.get(INSTANCES)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == (
        f"Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize, resource_id={DISCOVERY}/"
    )


async def test_a_token_for_something_else_or_an_old_one_is_denied(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, member: str
) -> None:
    other = await bearers.person(f"https://{tenant.organisation.host}/user_impersonation")
    assert (await wire.get(INSTANCES, headers=other)).status_code == 401
    good = await bearers.person(SCOPE)
    assert (await wire.get(INSTANCES, headers={"Authorization": "Bearer x"})).status_code == 401
    assert (await wire.get(INSTANCES, headers=good)).status_code == 200
    tenant.clock.advance(hours=2)
    assert (await wire.get(INSTANCES, headers=good)).status_code == 401


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("UrlName eq 'contoso'", 1),
        ("Url eq 'https://contoso.crm4.dynamics.com' and State eq 0", 1),
        ("UrlName eq 'fabrikam'", 0),
        ("UrlName ne 'fabrikam' and Region eq 'EMEA'", 1),
        ("contains(FriendlyName,'ontos') and startswith(UrlName,'con') and endswith(Url,'.com')", 1),
        ("contains(Url,'northwind')", 0),
        ("DatacenterId eq null", 1),
    ],
)
async def test_instances_are_filtered_and_narrowed(
    wire: httpx.AsyncClient, bearers: Bearers, member: str, text: str, count: int
) -> None:
    query = {"$filter": text, "$select": "Url,UniqueName"}
    answer = await wire.get(INSTANCES, params=query, headers=await bearers.person(SCOPE))
    found = answer.json()["value"]
    assert len(found) == count
    assert all(sorted(item) == ["UniqueName", "Url"] for item in found)


async def test_an_instance_is_read_by_id_or_unique_name(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, member: str
) -> None:
    headers = await bearers.person(SCOPE)
    for key in (tenant.organisation.id, f"UniqueName='{tenant.organisation.unique_name}'"):
        answer = await wire.get(f"{INSTANCES}({key})", headers=headers)
        assert answer.json()["UrlName"] == "contoso"
    assert (await wire.get(f"{INSTANCES}({tenant.id})", headers=headers)).status_code == 404


async def test_the_instances_of_a_region_are_a_list(wire: httpx.AsyncClient, bearers: Bearers, member: str) -> None:
    headers = await bearers.person(SCOPE)
    for region, count in (("EMEA", 1), ("NA", 0)):
        answer = await wire.get(f"{INSTANCES}(Region={region})", headers=headers)
        assert len(answer.json()["value"]) == count


@pytest.mark.parametrize(
    "query",
    [
        {"$top": "1"},
        {"$filter": "length(Url) eq 3"},
        {"$filter": "Nothing eq 'contoso'"},
        {"$filter": "contains(Nothing,'x')"},
        {"$select": "Nothing"},
    ],
)
async def test_what_is_not_built_says_so(
    wire: httpx.AsyncClient, bearers: Bearers, member: str, query: dict[str, str]
) -> None:
    assert (await wire.get(INSTANCES, params=query, headers=await bearers.person(SCOPE))).status_code == 501


async def test_metadata_and_other_keys_are_not_built_and_say_so(
    wire: httpx.AsyncClient, bearers: Bearers, member: str
) -> None:
    headers = await bearers.person(SCOPE)
    for path in ("$metadata", "Instances(Url='x')", "InstancesOfMine"):
        assert (await wire.get(f"{DISCOVERY}/api/discovery/v2.0/{path}", headers=headers)).status_code == 501


async def test_every_member_of_an_instance_can_be_selected_and_no_other(
    wire: httpx.AsyncClient, bearers: Bearers, member: str
) -> None:
    answer = await wire.get(INSTANCES, headers=await bearers.person(SCOPE))
    (item,) = answer.json()["value"]
    assert {name.lower() for name in item} == INSTANCE_MEMBERS


async def test_administering_the_tenant_shows_nobody_an_instance(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, member: str
) -> None:
    tenant.organisation.disable_user(member)
    person = tenant.directory.user(user_principal_name=tenant.operator.username)
    assert person is not None
    assert GLOBAL_ADMINISTRATOR in tenant.directory.directory_roles_of(person.id)
    assert (await wire.get(INSTANCES, headers=await bearers.person(SCOPE))).json()["value"] == []


async def test_a_deleted_environment_or_one_being_made_is_not_found_and_a_disabled_one_says_so(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, member: str
) -> None:
    headers, identity = await bearers.person(SCOPE), tenant.organisation.environment_id

    async def states() -> list[int]:
        return [each["State"] for each in (await wire.get(INSTANCES, headers=headers)).json()["value"]]

    environments = Environments(tenant.directory)
    for state, number in (("Enabled", 0), ("AdminMode", 0), ("Disabled", 1)):
        tenant.organisation.set_state(state)
        assert await states() == [number]
    environments.describe(identity, provisioning=PROVISIONING_DATABASE)
    assert await states() == []
    environments.describe(identity, provisioning=PROVISIONED)
    environments.delete(identity)
    assert await states() == []


@pytest.mark.parametrize(
    ("region", "national_cloud", "host"),
    [
        ("crm9", NationalCloud.PUBLIC, "globaldisco.crm9.dynamics.com"),
        ("crm", NationalCloud.US_GOVERNMENT, "globaldisco.crm.microsoftdynamics.us"),
        ("crm", NationalCloud.CHINA, "globaldisco.crm.dynamics.cn"),
    ],
)
async def test_each_cloud_has_a_discovery_of_its_own(
    wire: httpx.AsyncClient, cloud: FakeCloud, region: str, national_cloud: NationalCloud, host: str
) -> None:
    tenant = cloud.create_tenant("Woodgrove", region=region, national_cloud=national_cloud)
    person = tenant.directory.user(user_principal_name=tenant.operator.username)
    assert person is not None

    async def found(asked: str) -> list[str]:
        claims = {"aud": f"https://{asked}/", "tid": tenant.id, "oid": person.id, "scp": "user_impersonation"}
        token = cloud.signing_keys.sign(claims | {"nbf": 0, "exp": 2e10})
        answer = await wire.get(
            f"https://{asked}/api/discovery/v2.0/Instances", headers={"Authorization": f"Bearer {token}"}
        )
        return [each["Url"] for each in answer.json()["value"]]

    assert await found(host) == [f"https://{tenant.organisation.host}"]
    assert await found("globaldisco.crm.dynamics.com") == []
