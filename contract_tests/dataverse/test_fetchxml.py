"""FetchXML: links, groups, pages and refusals, as a client meets them."""

from urllib.parse import quote

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

_ANNOTATED = {"Prefer": 'odata.include-annotations="*"'}


async def _fetch(caller: Caller, xml: str, set_name: str = "contacts", **options: object) -> list[dict[str, object]]:
    response = await caller.get(f"{set_name}?fetchXml={quote(xml)}", **options)
    assert response.status_code == 200, response.text
    found: list[dict[str, object]] = response.json()["value"]
    return found


@pytest.fixture
def company(tenant: FakeTenant) -> dict[str, str]:
    """Contoso with Ada and Bo, Fabrikam with nobody, Cy without a company; ids by name."""
    organisation = tenant.organisation
    ids = {name: organisation.insert("account", {"name": name}) for name in ("Contoso", "Fabrikam")}
    for name, children in (("Ada", 2), ("Bo", 1)):
        parent = {"parentcustomerid": ids["Contoso"], "parentcustomerid_type": "account"}
        ids[name] = organisation.insert("contact", {"firstname": name, "numberofchildren": children} | parent)
    ids["Cy"] = organisation.insert("contact", {"firstname": "Cy", "gendercode": 1})
    return ids


def _linked(kind: str, condition: str = "", columns: str = "<attribute name='firstname'/>") -> str:
    return f"""<fetch><entity name='account'><attribute name='name'/><order attribute='name'/>
      <link-entity name='contact' from='parentcustomerid' to='accountid' alias='c' link-type='{kind}'>
        {columns}{condition}</link-entity></entity></fetch>"""


async def test_an_inner_link_shows_a_row_for_each_match(administrator: Caller, company: dict[str, str]) -> None:
    found = await _fetch(administrator, _linked("inner"), "accounts")
    assert sorted((str(row["name"]), str(row["c.firstname"])) for row in found) == [
        ("Contoso", "Ada"),
        ("Contoso", "Bo"),
    ]


async def test_an_outer_link_keeps_rows_without_a_match(administrator: Caller, company: dict[str, str]) -> None:
    found = await _fetch(administrator, _linked("outer"), "accounts")
    assert [row["name"] for row in found if "c.firstname" not in row] == ["Fabrikam"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("any", ["Contoso"]), ("exists", ["Contoso"]), ("in", ["Contoso"]), ("not any", ["Fabrikam"]),
        ("all", []), ("not all", ["Contoso"]),
    ],
)  # fmt: skip
async def test_a_link_may_only_ask_what_is_there(
    administrator: Caller, company: dict[str, str], kind: str, expected: list[str]
) -> None:
    only_ada = "<filter><condition attribute='firstname' operator='eq' value='Ada'/></filter>"
    found = await _fetch(administrator, _linked(kind, only_ada, ""), "accounts")
    assert [row["name"] for row in found] == expected


async def test_all_finds_rows_whose_linked_ones_all_fail_the_filter(
    administrator: Caller, company: dict[str, str]
) -> None:
    nobody = "<filter><condition attribute='firstname' operator='eq' value='Zoe'/></filter>"
    assert [row["name"] for row in await _fetch(administrator, _linked("all", nobody, ""), "accounts")] == ["Contoso"]


async def test_a_condition_of_the_root_may_speak_of_a_link(administrator: Caller, company: dict[str, str]) -> None:
    xml = """<fetch><entity name='contact'><attribute name='firstname'/>
      <link-entity name='account' from='accountid' to='parentcustomerid' link-type='outer' alias='a'/>
      <filter><condition entityname='a' attribute='name' operator='null'/></filter></entity></fetch>"""
    assert [row["firstname"] for row in await _fetch(administrator, xml)] == ["Cy"]


async def test_nulls_are_left_out_and_annotations_stand_before_what_they_are_about(
    administrator: Caller, company: dict[str, str]
) -> None:
    columns = "<attribute name='gendercode'/><attribute name='numberofchildren'/>"
    xml = f"<fetch><entity name='contact'>{columns}</entity></fetch>"
    rows = {str(row["contactid"]): row for row in await _fetch(administrator, xml, headers=_ANNOTATED)}
    cy = rows[company["Cy"]]
    assert "numberofchildren" not in cy
    assert cy["gendercode@OData.Community.Display.V1.FormattedValue"] == "Male"
    assert "@odata.etag" in cy


async def test_a_linked_lookup_keeps_its_own_name(administrator: Caller, company: dict[str, str]) -> None:
    columns = "<attribute name='parentcustomerid'/>"
    found = await _fetch(administrator, _linked("inner", columns=columns), "accounts", headers=_ANNOTATED)
    assert {row["c.parentcustomerid"] for row in found} == {company["Contoso"]}
    assert {row["c.parentcustomerid@OData.Community.Display.V1.FormattedValue"] for row in found} == {"Contoso"}


async def test_groups_are_counted_summed_and_ordered(administrator: Caller, company: dict[str, str]) -> None:
    xml = """<fetch aggregate='true'><entity name='contact'>
      <attribute name='parentcustomerid' alias='company' groupby='true'/>
      <attribute name='contactid' alias='people' aggregate='count'/>
      <attribute name='numberofchildren' alias='children' aggregate='sum'/>
      <order alias='people' descending='true'/></entity></fetch>"""
    assert await _fetch(administrator, xml) == [
        {"company": company["Contoso"], "people": 2, "children": 3},
        {"people": 1},
    ]


async def test_dates_are_grouped_by_their_parts(administrator: Caller, tenant: FakeTenant) -> None:
    for moment in ("2025-12-31T10:00:00Z", "2026-02-01T10:00:00Z", "2026-03-01T10:00:00Z"):
        tenant.organisation.insert("contact", {"overriddencreatedon": moment})
    xml = """<fetch aggregate='true'><entity name='contact'>
      <attribute name='createdon' alias='year' groupby='true' dategrouping='year'/>
      <attribute name='createdon' alias='quarter' groupby='true' dategrouping='quarter'/>
      <attribute name='contactid' alias='people' aggregate='count'/></entity></fetch>"""
    found = await _fetch(administrator, xml)
    assert {(row["year"], row["quarter"]): row["people"] for row in found} == {(2025, 4): 1, (2026, 1): 2}


async def test_distinct_rows_come_once(administrator: Caller, tenant: FakeTenant) -> None:
    for city in ("Rome", "Rome", "Oslo"):
        tenant.organisation.insert("contact", {"address1_city": city})
    xml = "<fetch distinct='true'><entity name='contact'><attribute name='address1_city'/><order attribute='address1_city'/></entity></fetch>"  # noqa: E501 - one query
    assert await _fetch(administrator, xml) == [{"address1_city": "Oslo"}, {"address1_city": "Rome"}]


async def test_the_conditions_about_the_caller_mean_the_caller(administrator: Caller, tenant: FakeTenant) -> None:
    await administrator.make("contacts", {"firstname": "Mine"})
    tenant.organisation.insert("contact", {"firstname": "Theirs"})
    xml = "<fetch><entity name='contact'><attribute name='firstname'/><filter><condition attribute='ownerid' operator='{}'/></filter></entity></fetch>"  # noqa: E501 - one query
    assert [row["firstname"] for row in await _fetch(administrator, xml.format("eq-userid"))] == ["Mine"]
    assert [row["firstname"] for row in await _fetch(administrator, xml.format("ne-userid"))] == ["Theirs"]
    assert len(await _fetch(administrator, xml.format("eq-useroruserhierarchy"))) == 1


async def test_rows_below_another_are_found_along_the_hierarchy(administrator: Caller, tenant: FakeTenant) -> None:
    organisation = tenant.organisation
    top = organisation.insert("account", {"name": "Top"})
    middle = organisation.insert("account", {"name": "Middle", "parentaccountid": top})
    bottom = organisation.insert("account", {"name": "Bottom", "parentaccountid": middle})
    organisation.update("account", top, {"parentaccountid": bottom})  # a loop ends all the same
    xml = "<fetch><entity name='account'><attribute name='name'/><filter><condition attribute='accountid' operator='{}' value='{}'/></filter></entity></fetch>"  # noqa: E501 - one query
    organisation.update("account", top, {"parentaccountid": None})
    assert {r["name"] for r in await _fetch(administrator, xml.format("under", top), "accounts")} == {
        "Middle",
        "Bottom",
    }
    assert {r["name"] for r in await _fetch(administrator, xml.format("eq-or-above", middle), "accounts")} == {
        "Top", "Middle"
    }  # fmt: skip
    path = f"accounts?$filter=Microsoft.Dynamics.CRM.Under(PropertyName='accountid',PropertyValue='{top}')&$select=name"
    assert {row["name"] for row in (await administrator.get(path)).json()["value"]} == {"Middle", "Bottom"}


async def test_a_view_is_asked_for_by_its_id(
    administrator: Caller, tenant: FakeTenant, company: dict[str, str]
) -> None:
    xml = "<fetch><entity name='contact'><attribute name='firstname'/><order attribute='firstname'/></entity></fetch>"
    view = tenant.organisation.insert("savedquery", {"name": "All", "returnedtypecode": "contact", "fetchxml": xml})
    found = (await administrator.get(f"contacts?savedQuery={view}")).json()["value"]
    assert [row["firstname"] for row in found] == ["Ada", "Bo", "Cy"]
    assert error(await administrator.get("contacts?savedQuery=00000000-0000-0000-0000-000000000001"))[0] == 404
    assert error(await administrator.get(f"accounts?savedQuery={view}"))[0] == 400


async def test_a_linked_table_is_under_the_callers_reach_too(
    integration: Caller, administrator: Caller, tenant: FakeTenant, company: dict[str, str]
) -> None:
    admit(tenant, {"prvReadAccount": "Global"})
    response = await integration.get(f"accounts?fetchXml={quote(_linked('outer'))}")
    assert error(response) == (403, "0x80040220")
    assert "prvReadContact" in response.json()["error"]["message"]


async def test_linked_rows_out_of_reach_are_not_shown(
    integration: Caller, tenant: FakeTenant, company: dict[str, str]
) -> None:
    admit(tenant, {"prvReadAccount": "Global", "prvReadContact": "Basic"})
    found = await _fetch(integration, _linked("outer"), "accounts")
    assert [row["name"] for row in found] == ["Contoso", "Fabrikam"]
    assert not any("c.firstname" in row for row in found)


_LINK = "<link-entity name='account' from='accountid' to='parentcustomerid'/>"


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<fetch><entity name='lead_'/></fetch>", "0x80060888"),
        ("<fetch><entity name='contact'><attribute name='nickname_'/></entity></fetch>", "0x80041103"),
        ("<fetch><entity name='contact'><link-entity name='x_' from='a' to='b'/></entity></fetch>", "0x80041102"),
        ("<fetch><entity name='contact'><filter><condition attribute='x_' operator='null'/></filter></entity></fetch>", "0x80041103"),  # noqa: E501 - one query
        ("<fetch><entity name='contact'>", "0x80060888"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><fetch><entity name='contact'/></fetch>", "0x80060888"),
        ("<fetch top='5' page='2'><entity name='contact'/></fetch>", "0x80060888"),
        ("<fetch aggregate='true'><entity name='contact'><attribute name='fullname'/></entity></fetch>", "0x80060888"),
        ("<fetch><entity name='contact'><filter><condition attribute='fax' operator='like_'/></filter></entity></fetch>", "0x80060888"),  # noqa: E501 - one query
        (f"<fetch><entity name='contact'>{_LINK * 16}</entity></fetch>", "0x8004430d"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
async def test_what_cannot_be_is_refused_by_its_code(administrator: Caller, xml: str, code: str) -> None:
    assert error(await administrator.get(f"contacts?fetchXml={quote(xml)}")) == (400, code)


async def test_more_rows_than_may_be_aggregated_are_refused(administrator: Caller, company: dict[str, str]) -> None:
    xml = "<fetch aggregate='true' aggregatelimit='2'><entity name='contact'><attribute name='contactid' alias='n' aggregate='count'/></entity></fetch>"  # noqa: E501 - one query
    assert error(await administrator.get(f"contacts?fetchXml={quote(xml)}")) == (400, "0x8004e023")


async def test_apply_groups_filters_and_counts(administrator: Caller, company: dict[str, str]) -> None:
    path = "contacts?$apply=filter(firstname ne 'Cy')/groupby((_parentcustomerid_value),aggregate(numberofchildren with sum as n,$count as people))"  # noqa: E501 - one query
    body = (await administrator.get(path)).json()
    assert body["value"] == [{"_parentcustomerid_value": company["Contoso"], "n": 3, "people": 2}]
    assert body["@odata.context"].endswith("#contacts")
    whole = (await administrator.get("contacts?$apply=aggregate($count as people)")).json()["value"]
    assert whole == [{"people": 3}]
    assert error(await administrator.get("contacts?$apply=topcount(1,name)"))[0] == 400


async def test_apply_groups_by_a_column_behind_a_lookup(administrator: Caller, tenant: FakeTenant) -> None:
    contact = tenant.organisation.insert("contact", {"firstname": "Ada", "lastname": "B"})
    tenant.organisation.insert("account", {"name": "A", "primarycontactid": contact})
    body = (await administrator.get("accounts?$apply=groupby((primarycontactid/fullname))")).json()
    assert body["value"] == [{"contact_fullname": "Ada B"}]


async def test_sql_is_refused_where_the_service_takes_none(administrator: Caller) -> None:
    for text in (
        "DELETE FROM contact",
        "SELECT * FROM contact",
        "SELECT a FROM contact UNION SELECT b FROM account",
        "x",
    ):
        response = await administrator.get(f"contacts?sql={quote(text)}")
        assert error(response) == (400, "0x80060888"), text
