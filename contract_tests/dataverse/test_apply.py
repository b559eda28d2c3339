"""`$apply`: groups, aggregates, and what of it is not supported."""

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

_ANNOTATED = {"Prefer": 'odata.include-annotations="*"'}


@pytest.fixture
def company(tenant: FakeTenant) -> str:
    """Contoso with two contacts, and one without a company; Contoso's id."""
    organisation = tenant.organisation
    account = organisation.insert("account", {"name": "Contoso"})
    for name, children in (("Ada", 2), ("Bo", 1)):
        parent = {"parentcustomerid": account, "parentcustomerid_type": "account"}
        organisation.insert("contact", {"firstname": name, "numberofchildren": children, **parent})
    organisation.insert("contact", {"firstname": "Cy", "gendercode": 1})
    return account


async def test_rows_are_filtered_grouped_and_counted(administrator: Caller, company: str) -> None:
    filtered = "filter(firstname ne 'Cy')"
    grouped = "groupby((_parentcustomerid_value),aggregate(numberofchildren with sum as n,$count as people))"
    body = (await administrator.get(f"contacts?$apply={filtered}/{grouped}")).json()
    assert body["value"] == [{"_parentcustomerid_value": company, "n": 3, "people": 2}]
    assert body["@odata.context"].endswith("#contacts")


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        ("$count as n", 3),
        ("numberofchildren with sum as n", 3),
        ("numberofchildren with average as n", 1),
        ("numberofchildren with min as n", 1),
        ("numberofchildren with max as n", 2),
        ("statecode with countdistinct as n", 1),
    ],
)
async def test_the_whole_is_one_group(administrator: Caller, company: str, aggregate: str, expected: int) -> None:
    body = (await administrator.get(f"contacts?$apply=aggregate({aggregate})")).json()
    assert body["value"] == [{"n": expected}]


async def test_a_column_behind_a_lookup_goes_by_its_tables_name(administrator: Caller, company: str) -> None:
    path = "contacts?$apply=groupby((parentcustomerid_account/name),aggregate($count as people))"
    path += "&$orderby=parentcustomerid_account/name desc"
    body = (await administrator.get(path)).json()
    assert body["value"] == [{"account_name": "Contoso", "people": 2}, {"people": 1}]


async def test_groups_have_formatted_values_and_a_top(administrator: Caller, company: str) -> None:
    path = "contacts?$apply=groupby((gendercode),aggregate($count as n))&$orderby=gendercode desc&$top=1"
    body = (await administrator.get(path, headers=_ANNOTATED)).json()
    formatted = "@OData.Community.Display.V1.FormattedValue"
    assert body["value"] == [{f"gendercode{formatted}": "Male", "gendercode": 1, f"n{formatted}": "1", "n": 1}]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("$apply=topcount(1,firstname)", "Syntax error"),
        ("$apply=aggregate(firstname with sum as n)", None),
        ("$apply=aggregate(nosuch with sum as n)", "Could not find a property named 'nosuch'"),
        ("$apply=aggregate($count as n)/filter(n gt 1)", "not supported"),
        ("$apply=filter(firstname eq 'x')", "not supported"),
        ("$apply=groupby((gendercode),aggregate($count as n))&$orderby=n", "SingleValueOpenPropertyAccess"),
        ("$apply=groupby((gendercode))&$orderby=lastname", "Could not find a property named 'lastname'"),
        ("$apply=groupby((gendercode))&$expand=createdby", "cannot be combined"),
        ("$apply=groupby((gendercode))&$skip=1", "Skip Clause"),
        ("$apply=groupby(gendercode)", "Syntax error"),
    ],
)
async def test_what_is_not_supported_is_refused(administrator: Caller, query: str, said: str | None) -> None:
    response = await administrator.get(f"contacts?{query}")
    status, code = error(response)
    assert status == 400
    assert code == ("0x80060888" if said else "0x8004112f")
    assert (said or "Aggregate Sum is not supported for attribute of type String") in response.json()["error"][
        "message"
    ]


async def test_what_is_not_known_is_not_made_up(administrator: Caller) -> None:
    for query in ("$apply=groupby((createdon))", "$apply=groupby((gendercode))&$filter=gendercode eq 1"):
        assert (await administrator.get(f"contacts?{query}")).status_code == 501


async def test_what_the_caller_may_not_read_is_not_counted(
    integration: Caller, tenant: FakeTenant, company: str
) -> None:
    admit(tenant, {"prvReadContact": "Basic"})
    await integration.get("WhoAmI")
    assert (await integration.get("contacts?$apply=aggregate($count as n)")).json()["value"] == [{"n": 0}]
    behind = "contacts?$apply=groupby((parentcustomerid_account/name))"
    assert error(await integration.get(behind)) == (403, "0x80040220")
