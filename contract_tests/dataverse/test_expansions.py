"""`$expand`: what comes along with a row, in which form, and what may not be asked of it."""

from typing import Any

import pytest

from contract_tests.dataverse.asking import Caller, error
from mock_services.tenant import FakeTenant


@pytest.fixture
def company(tenant: FakeTenant) -> dict[str, str]:
    """Contoso with Ada, Bo and Cy, and Di without a company; ids by name."""
    organisation = tenant.organisation
    ids = {"Contoso": organisation.insert("account", {"name": "Contoso"})}
    for name in ("Ada", "Bo", "Cy"):
        parent = {"parentcustomerid": ids["Contoso"], "parentcustomerid_type": "account"}
        ids[name] = organisation.insert("contact", {"firstname": name, **parent})
    ids["Di"] = organisation.insert("contact", {"firstname": "Di"})
    return ids


async def _accounts(caller: Caller, expand: str, **options: Any) -> Any:
    response = await caller.get(f"accounts?$select=name&$expand={expand}", **options)
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_collection_brings_the_lookup_back_and_a_link_to_the_whole(
    administrator: Caller, company: dict[str, str]
) -> None:
    expand = "contact_customer_accounts($select=firstname;$orderby=firstname desc;$top=2;$filter=firstname ne 'Bo')"
    (account,) = (await _accounts(administrator, expand))["value"]
    found = account["contact_customer_accounts"]
    assert [row["firstname"] for row in found] == ["Cy", "Ada"]
    assert set(found[0]) == {"@odata.etag", "contactid", "firstname", "_parentcustomerid_value"}
    link = account["contact_customer_accounts@odata.nextLink"]
    assert " " not in link
    again = (await administrator.get(link)).json()["value"]
    assert [row["firstname"] for row in again] == ["Cy", "Ada"]


async def test_a_nested_query_pages_its_collections(administrator: Caller, company: dict[str, str]) -> None:
    expand = "contact_customer_accounts($select=firstname;$expand=createdby($select=fullname))"
    small = {"Prefer": "odata.maxpagesize=2"}
    body = await _accounts(administrator, expand, headers=small)
    assert body["@odata.context"].endswith("#accounts(name,contact_customer_accounts(firstname,createdby(fullname)))")
    (account,) = body["value"]
    names = [row["firstname"] for row in account["contact_customer_accounts"]]
    link = account["contact_customer_accounts@odata.nextLink"]
    assert "countOfRecords%253d%25222%2522" in link
    rest = (await administrator.get(link, headers=small)).json()["value"]
    assert sorted([*names, *(row["firstname"] for row in rest)]) == ["Ada", "Bo", "Cy"]
    assert rest[0]["createdby"]["fullname"] == "SYSTEM"


async def test_a_single_one_is_null_where_there_is_none(administrator: Caller, company: dict[str, str]) -> None:
    path = "contacts?$select=firstname&$orderby=firstname&$expand=parentcustomerid_account($select=name)"
    rows = (await administrator.get(path)).json()["value"]
    assert [row["parentcustomerid_account"] and row["parentcustomerid_account"]["name"] for row in rows] == [
        "Contoso", "Contoso", "Contoso", None
    ]  # fmt: skip


async def test_a_reference_stands_for_a_row(administrator: Caller, company: dict[str, str]) -> None:
    path = "contacts?$select=firstname&$filter=firstname eq 'Ada'&$expand=parentcustomerid_account/$ref"
    body = (await administrator.get(path)).json()
    assert body["@odata.context"].endswith(
        "#contacts(firstname,parentcustomerid_account,parentcustomerid_account/$ref())"
    )
    (row,) = body["value"]
    assert row["parentcustomerid_account"]["@odata.id"].endswith(f"/accounts({company['Contoso']})")
    assert row["_parentcustomerid_value"] == company["Contoso"]


async def test_an_owner_is_a_user_or_a_team(administrator: Caller, tenant: FakeTenant) -> None:
    organisation = tenant.organisation
    team = organisation.select("team")[0]["teamid"]
    organisation.insert("contact", {"firstname": "Ada", "ownerid": team, "ownerid_type": "team"})
    organisation.insert("contact", {"firstname": "Bo"})
    rows = (await administrator.get("contacts?$select=firstname&$orderby=firstname&$expand=ownerid")).json()["value"]
    kinds = [row["ownerid"]["@odata.type"] for row in rows]
    assert kinds == ["#Microsoft.Dynamics.CRM.team", "#Microsoft.Dynamics.CRM.systemuser"]
    assert rows[0]["ownerid"]["ownerid"] == team
    refused = await administrator.get("contacts?$expand=ownerid($select=fullname)")
    assert "on type 'Microsoft.Dynamics.CRM.principal'" in refused.json()["error"]["message"]


_LIMITED = "Only $select and $filter clause can be provided"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("$expand=contact_customer_accounts/$ref", "Expand with $ref is only supported on lookup type"),
        ("$expand=primarycontactid($orderby=fullname)", _LIMITED),
        ("$expand=primarycontactid($filter=statecode eq 0)", _LIMITED),
        ("$expand=contact_customer_accounts($orderby=fullname;$expand=createdby)", _LIMITED),
        ("$expand=contact_customer_accounts($top=1),primarycontactid($expand=createdby)", _LIMITED),
        ("$expand=contact_customer_accounts($levels=2)", "not valid in a $select or $expand expression"),
        ("$expand=contact_customer_accounts($skip=2)", "not valid in a $select or $expand expression"),
        ("$expand=contact_customer_accounts($count=true)", "not valid in a $select or $expand expression"),
        ("$expand=contact_customer_accounts($filter=nosuch eq 1)", "Could not find a property named 'nosuch'"),
        ("$expand=" + ",".join(["createdby"] * 16), "exceeds the limit of 15"),
        ("$expand=primarycontactid($expand=" + ",".join(["createdby"] * 15) + ")", "exceeds the limit of 15"),
    ],
)
async def test_what_may_not_be_asked_is_refused(administrator: Caller, query: str, said: str) -> None:
    response = await administrator.get(f"accounts?{query}")
    assert error(response) == (400, "0x80060888")
    assert said in response.json()["error"]["message"]


async def test_many_to_many_goes_alone(administrator: Caller) -> None:
    alone = await administrator.get("systemusers?$select=fullname&$expand=systemuserroles_association($select=name)")
    assert alone.status_code == 200
    together = "systemusers?$select=fullname&$expand=systemuserroles_association($select=name),businessunitid"
    assert (await administrator.get(together)).status_code == 501
