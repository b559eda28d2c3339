"""Where a URL leads, and what is said when it leads nowhere."""

import pytest

from contract_tests.dataverse.asking import Caller, error
from mock_services.tenant import FakeTenant


@pytest.mark.parametrize("version", ["v9.0", "v9.1", "v9.2"])
async def test_each_served_version_is_echoed(administrator: Caller, version: str) -> None:
    root = f"https://{administrator.host}/api/data/{version}"
    response = await administrator.get(f"{root}/contacts?$select=fullname")
    assert response.json()["@odata.context"] == f"{root}/$metadata#contacts(fullname)"


@pytest.mark.parametrize("path", ["/api/data/v10.0/contacts", "//api/data/v9.2/contacts", "/main.aspx/api/data/v9.2/x"])
async def test_a_url_outside_the_web_api_matches_no_resource(administrator: Caller, path: str) -> None:
    response = await administrator.get(f"https://{administrator.host}{path}")
    assert error(response) == (404, "")
    assert path in response.json()["error"]["message"]


@pytest.mark.parametrize("name", ["Contacts", "contact", "oc_liveworkitems", "api/data/v9.2/contacts"])
async def test_names_of_sets_are_exact(administrator: Caller, name: str) -> None:
    response = await administrator.get(name)
    assert error(response) == (404, "0x80060888")
    assert (
        response.json()["error"]["message"] == f"Resource not found for the segment '{name.split('/', maxsplit=1)[0]}'."
    )


async def test_tables_of_a_solution_that_is_not_installed_do_not_exist(
    administrator: Caller, tenant: FakeTenant
) -> None:
    assert (await administrator.get("msdyn_ocliveworkitems")).status_code == 200
    tenant.organisation.uninstall("omnichannel")
    assert error(await administrator.get("msdyn_ocliveworkitems")) == (404, "0x80060888")
    assert (await administrator.get("incidents")).status_code == 200
    tenant.organisation.uninstall("customer_service")
    assert error(await administrator.get("incidents")) == (404, "0x80060888")
    names = [each["name"] for each in (await administrator.get("")).json()["value"]]
    assert "contacts" in names
    assert "incidents" not in names
    known = await administrator.get("privileges?$filter=name eq 'prvReadIncident'")
    assert known.json()["value"] == []


async def test_keys_may_be_named_but_not_a_users(administrator: Caller, tenant: FakeTenant) -> None:
    row = tenant.organisation.insert("contact", {"lastname": "Key"})
    assert (await administrator.get(f"contacts(contactid={row})")).status_code == 200
    assert (await administrator.get(f"contacts({row.upper()})")).json()["contactid"] == row
    user = (await administrator.get("WhoAmI")).json()["UserId"]
    assert (await administrator.get(f"systemusers({user})")).status_code == 200
    named = await administrator.get(f"systemusers(systemuserid={user})")
    assert named.status_code == 400
    assert "The key in the request URI is not valid for resource" in named.json()["error"]["message"]
    assert (await administrator.get("contacts(emailaddress1='a@b.c')")).status_code == 400
    assert (await administrator.get("contacts(12)")).status_code == 400


async def test_verbs_that_do_not_fit_are_refused(administrator: Caller) -> None:
    assert error(await administrator.ask("POST", "WhoAmI")) == (404, "")
    for verb in ("DELETE", "PATCH"):
        assert (await administrator.ask(verb, "contacts")).status_code == 405


async def test_what_is_not_played_says_so(administrator: Caller) -> None:
    paths = (
        "contacts?$search=x",
        "FormatAddress()",
    )
    for path in paths:
        response = await administrator.get(path)
        assert response.status_code == 501
        assert "is not modelled by these fakes" in response.json()["error"]["message"]


async def test_who_am_i_and_its_neighbours(administrator: Caller, tenant: FakeTenant) -> None:
    organisation = tenant.organisation
    me = (await administrator.get("WhoAmI()")).json()
    assert (me["OrganizationId"], me["BusinessUnitId"]) == (organisation.id, organisation.root_business_unit)
    assert (await administrator.get("RetrieveVersion()")).json()["Version"].startswith("9.2.")
    query = "RetrieveCurrentOrganization(AccessType=@p1)?@p1=Microsoft.Dynamics.CRM.EndpointAccessType'Default'"
    detail = (await administrator.get(query)).json()["Detail"]
    assert detail["TenantId"] == tenant.id
    assert error(await administrator.get("RetrieveCurrentOrganization()")) == (404, "0x80060888")
    wrong = await administrator.get("RetrieveCurrentOrganization(AccessType=@p1)?@p1='Elsewhere'")
    assert error(wrong) == (400, "0x80060888")
    assert detail["EnvironmentId"] == organisation.environment_id
    assert detail["Endpoints"]["Values"][0] == f"https://{organisation.host}/"
