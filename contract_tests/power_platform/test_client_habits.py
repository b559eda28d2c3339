"""Requests as Microsoft's Terraform provider and PowerShell module and CLI for Microsoft 365 write them, to the letter.

Terraform provider: internal/services (2026-11). PowerShell: Microsoft.PowerApps.Administration.PowerShell 2.0.64.
CLI for Microsoft 365: src/m365/pp (11).
"""

import httpx
import pytest

from contract_tests.power_platform.asking import BAP, Bearers
from mock_services.tenant import FakeTenant

ADMIN = f"{BAP}/scopes/admin"
TERRAFORM = "https://service.powerapps.com/.default"
CLI = "https://api.bap.microsoft.com/.default"
EXPANDED = "%24expand=permissions%2Cproperties.capacity%2Cproperties%2FbillingPolicy%2Cproperties%2FcopilotPolicies"


@pytest.fixture
async def registered(wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers) -> dict[str, str]:
    """The operator's application as the provider's, registered by a person with `az rest` beforehand."""
    url = f"{BAP}/adminApplications/{tenant.operator.client_id}?api-version=2020-10-01"
    answer = await wire.put(url, headers=await bearers.person(CLI), content=b"{}")
    assert answer.json() == {"applicationId": tenant.operator.client_id}
    return await bearers.application(TERRAFORM)


async def test_the_provider_makes_an_application_an_administrator_and_finds_its_user(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, registered: dict[str, str]
) -> None:
    app_id = tenant.directory.add_application("Integration").app_id
    tenant.directory.add_service_principal(app_id)
    listed = await wire.get(
        f"{ADMIN}/environments?%24expand=properties%2FbillingPolicy%2Cproperties%2FcopilotPolicies"
        "&api-version=2023-06-01",
        headers=registered,
    )
    (identity,) = [each["name"] for each in listed.json()["value"] if each["properties"]["linkedEnvironmentMetadata"]]
    one = f"{ADMIN}/environments/{identity}"
    added = await wire.post(
        f"{one}/addAppUser?api-version=2020-10-01", headers=registered, json={"servicePrincipalAppId": app_id}
    )
    assert (added.status_code, added.content) == (200, b"")

    read = await wire.get(f"{one}?{EXPANDED}&api-version=2023-06-01", headers=registered)
    host = read.json()["properties"]["linkedEnvironmentMetadata"]["instanceUrl"].rstrip("/")
    users = await wire.get(
        f"{host}/api/data/v9.2/systemusers?%24expand=systemuserroles_association%28%24select%3Droleid%2Cname"
        f"%2C_businessunitid_value%29&%24filter=applicationid+eq+{app_id}"
        "&%24select=applicationid%2Csystemuserid%2Cfullname%2Cisdisabled%2Cdeletedstate%2C_businessunitid_value",
        headers=await bearers.application(f"{host}/.default"),
    )
    (user,) = users.json()["value"]
    assert (user["fullname"], user["isdisabled"], user["deletedstate"]) == ("# Integration", False, 0)
    assert [role["name"] for role in user["systemuserroles_association"]] == ["System Administrator"]


async def test_the_provider_reads_its_data_sources(wire: httpx.AsyncClient, registered: dict[str, str]) -> None:
    for path in ("locations", "locations/europe/environmentLanguages", "locations/europe/environmentCurrencies"):
        answer = await wire.get(f"{BAP}/{path}?api-version=2023-06-01", headers=registered)
        assert answer.json()["value"], path
    home = await wire.get(f"{BAP}/tenant?api-version=2021-04-01", headers=registered)
    assert home.json()["aadDataBoundary"] == "none"


async def test_powershell_lists_registers_and_finds_the_default_environment(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    headers = await bearers.person("https://service.powerapps.com//.default")
    app_id = tenant.operator.client_id
    made = await wire.put(f"{BAP}/adminApplications/{app_id}?api-version=2020-06-01", headers=headers)
    assert made.json() == {"applicationId": app_id}
    for path, count in (("environments", 2), ("deletedEnvironments", 0)):
        url = f"{ADMIN}/{path}?$expand=permissions&api-version=2019-05-01"
        assert len((await wire.get(url, headers=headers)).json()["value"]) == count
    default = await wire.get(
        f"{ADMIN}/environments/~default?$expand=permissions&api-version=2016-11-01", headers=headers
    )
    assert default.json()["properties"]["isDefault"] is True


async def test_cli_for_microsoft_365_finds_the_web_api_and_the_management_applications(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    headers = {**await bearers.person(CLI), "accept": "application/json;odata.metadata=none"}
    await wire.put(f"{BAP}/adminApplications/{tenant.operator.client_id}?api-version=2020-06-01", headers=headers)
    listed = await wire.get(f"{BAP}/adminApplications?api-version=2020-06-01", headers=headers)
    assert listed.json()["value"] == [{"applicationId": tenant.operator.client_id}]
    own = await wire.get(f"{BAP}/environments/~Default?api-version=2020-10-01", headers=headers)
    assert own.json()["name"] == f"Default-{tenant.id}"
    url = f"{ADMIN}/environments/{tenant.organisation.environment_id}?api-version=2020-10-01"
    wanted = "$select=properties.linkedEnvironmentMetadata.instanceApiUrl"
    answer = await wire.get(f"{url}&{wanted}", headers=headers)
    linked = answer.json()["properties"]["linkedEnvironmentMetadata"]
    assert linked == {"instanceApiUrl": "https://contoso.api.crm4.dynamics.com"}


async def test_application_users_are_listed_by_the_database_itself(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    host = f"https://{tenant.organisation.host}"
    query = "$filter=applicationid ne null&$select=fullname,applicationid,isdisabled&$orderby=fullname"
    headers = await bearers.application(f"{host}/.default")
    answer = await wire.get(f"{host}/api/data/v9.2/systemusers?{query}", headers=headers)
    found = {each["applicationid"]: each["isdisabled"] for each in answer.json()["value"]}
    assert found == {tenant.operator.client_id: False}
