"""Secured columns: kept from everybody but administrators until a profile opens them."""

from dataclasses import replace
from typing import Any

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

GROUPED = (
    "<fetch aggregate='true'><entity name='contact'><attribute name='jobtitle' groupby='true' alias='j'/>"
    "</entity></fetch>"
)
CONTACT = ("Read", "Create", "Write", "Append", "AppendTo")


def secure(tenant: FakeTenant, *names: str) -> None:
    """Turn column security on for columns and lookups of contact."""
    table = tenant.organisation.schema.table("contact")
    columns = {name: replace(column, secured=name in names) for name, column in table.columns.items()}
    lookups = {name: replace(lookup, secured=name in names) for name, lookup in table.lookups.items()}
    tenant.organisation.define(replace(table, columns=columns, lookups=lookups))


async def profile(administrator: Caller, **permissions: int) -> str:
    """A profile that permits something on contact.jobtitle; its id."""
    made = await administrator.make("fieldsecurityprofiles", {"name": "P"})
    body = {"entityname": "contact", "attributelogicalname": "jobtitle", **permissions}
    bound = {"fieldsecurityprofileid@odata.bind": f"/fieldsecurityprofiles({made})"}
    await administrator.make("fieldpermissions", body | bound)
    return made


@pytest.fixture
def user(tenant: FakeTenant) -> str:
    secure(tenant, "jobtitle")
    return admit(tenant, {f"prv{verb}Contact": "Global" for verb in CONTACT} | {"prvReadAccount": "Global"})


@pytest.fixture
def row(tenant: FakeTenant) -> str:
    return tenant.organisation.insert("contact", {"lastname": "L", "jobtitle": "Secret"})


async def give(administrator: Caller, user: str, made: str, kind: str = "systemuser") -> None:
    path = f"{kind}s({user})/{kind}profiles_association/$ref"
    response = await administrator.ask("POST", path, {"@odata.id": f"fieldsecurityprofiles({made})"})
    assert response.status_code == 204


async def test_only_an_administrator_sees_a_secured_column(
    administrator: Caller, integration: Caller, user: str, row: str
) -> None:
    assert (await administrator.get(f"contacts({row})")).json()["jobtitle"] == "Secret"
    one = (await integration.get(f"contacts({row})")).json()
    assert (one["lastname"], one["jobtitle"]) == ("L", None)
    (listed,) = (await integration.get("contacts?$select=jobtitle")).json()["value"]
    assert listed["jobtitle"] is None
    assert (await integration.get(f"contacts({row})/jobtitle")).status_code == 204
    fetch = "<fetch><entity name='contact'><attribute name='jobtitle'/><attribute name='lastname'/></entity></fetch>"
    (fetched,) = (await integration.get("contacts", params={"fetchXml": fetch})).json()["value"]
    assert fetched["lastname"] == "L"
    assert "jobtitle" not in fetched


async def test_a_secured_column_does_not_show_through_an_expansion(
    integration: Caller, tenant: FakeTenant, user: str, row: str
) -> None:
    account = tenant.organisation.insert("account", {"name": "A", "primarycontactid": row})
    found = (await integration.get(f"accounts({account})?$expand=primarycontactid($select=jobtitle)")).json()
    assert found["primarycontactid"]["jobtitle"] is None


@pytest.mark.parametrize(
    "path",
    [
        "contacts?$filter=jobtitle eq 'Secret'",
        "contacts?$filter=startswith(jobtitle,'S')",
        "contacts?$orderby=jobtitle",
        "contacts/$count?$filter=jobtitle ne null",
        "accounts?$filter=primarycontactid/jobtitle eq 'Secret'",
        "accounts?$expand=contact_customer_accounts($filter=jobtitle eq 'Secret')",
        "accounts?$expand=contact_customer_accounts($orderby=jobtitle)",
        "contacts?fetchXml=<fetch><entity name='contact'><order attribute='jobtitle'/></entity></fetch>",
        f"contacts?fetchXml={GROUPED}",
        "contacts?$apply=groupby((jobtitle))",
        "contacts?$apply=aggregate(jobtitle with max as m)",
        "contacts?sql=SELECT lastname FROM contact WHERE jobtitle = 'Secret'",
    ],
)
async def test_nobody_finds_out_by_asking_about_a_secured_column(
    integration: Caller, user: str, row: str, path: str
) -> None:
    assert error(await integration.get(path)) == (400, "0x8004f506")


async def test_writing_a_secured_column_is_refused(integration: Caller, user: str, row: str) -> None:
    made = await integration.ask("POST", "contacts", {"lastname": "M", "jobtitle": "x"})
    assert error(made) == (403, "0x8004f502")
    for body in ({"jobtitle": "x"}, {"jobtitle": None}):
        assert error(await integration.ask("PATCH", f"contacts({row})", body)) == (403, "0x8004f507")
    assert error(await integration.ask("DELETE", f"contacts({row})/jobtitle")) == (403, "0x8004f507")
    assert (await integration.ask("POST", "contacts", {"lastname": "M"})).status_code == 204
    assert (await integration.ask("PATCH", f"contacts({row})", {"lastname": "M"})).status_code == 204


@pytest.mark.parametrize("by_team", [False, True])
async def test_a_profile_opens_what_it_permits(
    administrator: Caller, integration: Caller, tenant: FakeTenant, user: str, row: str, by_team: bool
) -> None:
    made = await profile(administrator, canread=4, canupdate=4)
    if by_team:
        team = tenant.organisation.people.add_team("T", tenant.organisation.root_business_unit)
        tenant.organisation.people.join(user, team)
        await give(administrator, team, made, "team")
    else:
        await give(administrator, user, made)
    found = (await integration.get("contacts?$filter=jobtitle eq 'Secret'")).json()["value"]
    assert [each["jobtitle"] for each in found] == ["Secret"]
    assert (await integration.ask("PATCH", f"contacts({row})", {"jobtitle": "x"})).status_code == 204
    made_by = await integration.ask("POST", "contacts", {"lastname": "M", "jobtitle": "x"})
    assert error(made_by) == (403, "0x8004f502")


async def test_a_secured_lookup_hides_where_it_leads(
    integration: Caller, administrator: Caller, tenant: FakeTenant, user: str
) -> None:
    secure(tenant, "parentcustomerid")
    account = tenant.organisation.insert("account", {"name": "A"})
    row = tenant.organisation.insert(
        "contact", {"lastname": "L", "parentcustomerid": account, "parentcustomerid_type": "account"}
    )
    path = f"contacts({row})?$select=_parentcustomerid_value&$expand=parentcustomerid_account"
    found = (await integration.get(path)).json()
    assert (found["_parentcustomerid_value"], found["parentcustomerid_account"]) == (None, None)
    assert (await integration.get(f"contacts({row})/parentcustomerid_account")).status_code == 204
    assert (await administrator.get(path)).json()["_parentcustomerid_value"] == account
    back = "contact_customer_accounts"
    for asked in (
        f"accounts({account})/{back}",
        f"accounts({account})/{back}/$count",
        f"accounts({account})?$expand={back}($select=lastname)",
        f"accounts?$filter={back}/any(c:c/lastname eq 'L')",
        f"contacts?$filter=_parentcustomerid_value eq {account}",
        "contacts?$filter=parentcustomerid_account/name eq 'A'",
    ):
        assert error(await integration.get(asked)) == (400, "0x8004f506")
        assert (await administrator.get(asked)).status_code == 200


async def test_a_permission_is_for_a_secured_column_and_takes_write_on_the_profile(
    administrator: Caller, integration: Caller, tenant: FakeTenant
) -> None:
    made = await administrator.make("fieldsecurityprofiles", {"name": "P"})
    body: dict[str, Any] = {
        "entityname": "contact",
        "attributelogicalname": "jobtitle",
        "fieldsecurityprofileid@odata.bind": f"/fieldsecurityprofiles({made})",
    }
    assert error(await administrator.ask("POST", "fieldpermissions", body)) == (400, "0x8004f508")
    secure(tenant, "jobtitle")
    admit(tenant, {"prvReadFieldSecurityProfile": "Global"})
    assert error(await integration.ask("POST", "fieldpermissions", body)) == (403, "0x80040220")


async def test_acting_for_a_user_opens_no_column_that_is_closed_to_either(
    administrator: Caller, tenant: FakeTenant, user: str, row: str
) -> None:
    found = await administrator.get(f"contacts({row})", headers={"MSCRMCallerID": user})
    assert found.json()["jobtitle"] is None


async def test_a_bulk_deletion_does_not_find_rows_by_a_secured_column(
    integration: Caller, tenant: FakeTenant, row: str
) -> None:
    secure(tenant, "jobtitle")
    admit(tenant, {"prvReadContact": "Global", "prvDeleteContact": "Global", "prvBulkDelete": "Global"})
    condition = {"AttributeName": "jobtitle", "Operator": "Equal", "Values": [{"Value": "Secret"}]}
    query = {
        "@odata.type": "Microsoft.Dynamics.CRM.QueryExpression",
        "EntityName": "contact",
        "Criteria": {"FilterOperator": "And", "Conditions": [condition]},
    }
    now = tenant.clock.now().isoformat()
    body = {
        "JobName": "J",
        "QuerySet": [query],
        "StartDateTime": now,
        "RecurrencePattern": "",
        "SendEmailNotification": False,
        "ToRecipients": [],
        "CCRecipients": [],
    }
    assert error(await integration.ask("POST", "BulkDelete", body)) == (400, "0x8004f506")
    assert tenant.organisation.get("contact", row) is not None
