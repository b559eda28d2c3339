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
        {"people": 1, "children": 0},  # of no value at all: as in the documentation's example
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


async def test_more_rows_than_may_be_aggregated_are_refused(administrator: Caller, company: dict[str, str]) -> None:
    xml = "<fetch aggregate='true' aggregatelimit='2'><entity name='contact'><attribute name='contactid' alias='n' aggregate='count'/></entity></fetch>"  # noqa: E501 - one query
    assert error(await administrator.get(f"contacts?fetchXml={quote(xml)}")) == (400, "0x8004e023")


async def test_groups_say_what_they_stand_for(administrator: Caller, company: dict[str, str]) -> None:
    xml = """<fetch aggregate='true'><entity name='contact'>
      <attribute name='parentcustomerid' alias='company' groupby='true'/>
      <attribute name='numberofchildren' alias='usual' aggregate='avg'/>
      <attribute name='contactid' alias='people' aggregate='count'/>
      <filter><condition attribute='parentcustomerid' operator='not-null'/></filter></entity></fetch>"""
    assert await _fetch(administrator, xml, headers=_ANNOTATED) == [
        {
            "company@OData.Community.Display.V1.FormattedValue": "Contoso",
            "company@Microsoft.Dynamics.CRM.associatednavigationproperty": "parentcustomerid_account",
            "company@Microsoft.Dynamics.CRM.lookuplogicalname": "account",
            "company": company["Contoso"],
            "usual@OData.Community.Display.V1.FormattedValue": "1",
            "usual": 1,  # of 2 and 1: whole numbers have a whole one for their average
            "people@OData.Community.Display.V1.FormattedValue": "2",
            "people": 2,
        }
    ]


async def test_weeks_and_fiscal_periods_are_those_of_the_documentation(
    administrator: Caller, tenant: FakeTenant
) -> None:
    for moment in ("2023-03-25T10:00:00Z", "2023-08-27T10:00:00Z"):
        tenant.organisation.insert("contact", {"overriddencreatedon": moment})
    parts = "".join(
        f"<attribute name='createdon' alias='{part}' groupby='true' dategrouping='{part}'/>"
        for part in ("day", "week", "month", "year", "fiscal-period", "fiscal-year")
    )
    xml = f"<fetch aggregate='true'><entity name='contact'>{parts}<order alias='month'/></entity></fetch>"
    found = await _fetch(administrator, xml, headers=_ANNOTATED)
    assert [[row[part] for part in ("day", "week", "month", "year")] for row in found] == [
        [25, 12, 3, 2023],
        [27, 35, 8, 2023],
    ]
    shown = [row["fiscal-period@OData.Community.Display.V1.FormattedValue"] for row in found]
    assert shown == ["Quarter 1 FY2023", "Quarter 3 FY2023"]
    assert {row["fiscal-year@OData.Community.Display.V1.FormattedValue"] for row in found} == {"FY2023"}


async def test_a_week_begins_on_sunday_and_the_first_with_the_year(administrator: Caller, tenant: FakeTenant) -> None:
    for day in ("2026-01-01", "2026-01-03", "2026-01-04"):  # Thursday, Saturday, Sunday
        tenant.organisation.insert("contact", {"overriddencreatedon": f"{day}T10:00:00Z"})
    xml = """<fetch aggregate='true'><entity name='contact'>
      <attribute name='createdon' alias='week' groupby='true' dategrouping='week'/>
      <attribute name='contactid' alias='people' aggregate='count'/><order alias='week'/></entity></fetch>"""
    assert await _fetch(administrator, xml) == [{"week": 1, "people": 2}, {"week": 2, "people": 1}]


async def test_groups_come_in_pages_too(administrator: Caller, tenant: FakeTenant) -> None:
    for city in ("Oslo", "Rome", "Ulm"):
        tenant.organisation.insert("contact", {"address1_city": city})
    xml = """<fetch aggregate='true' count='2' page='{}'><entity name='contact'>
      <attribute name='address1_city' alias='city' groupby='true'/>
      <attribute name='contactid' alias='people' aggregate='count'/><order alias='city'/></entity></fetch>"""
    pages = [await _fetch(administrator, xml.format(page)) for page in (1, 2)]
    assert [[row["city"] for row in page] for page in pages] == [["Oslo", "Rome"], ["Ulm"]]


async def test_a_first_match_alone_is_shown_and_rows_without_one_stay(
    administrator: Caller, company: dict[str, str]
) -> None:
    found = await _fetch(administrator, _linked("matchfirstrowusingcrossapply"), "accounts")
    assert [row["name"] for row in found] == ["Contoso", "Fabrikam"]
    assert found[0]["c.firstname"] in ("Ada", "Bo")
    assert "c.firstname" not in found[1]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("any", ["Contoso", "Fabrikam"]), ("not all", ["Contoso", "Fabrikam"]),
        ("not any", ["Fabrikam"]), ("all", ["Fabrikam"]),
    ],
)  # fmt: skip
async def test_a_link_in_a_filter_stands_beside_other_conditions(
    administrator: Caller, company: dict[str, str], kind: str, expected: list[str]
) -> None:
    xml = f"""<fetch><entity name='account'><attribute name='name'/><order attribute='name'/><filter type='or'>
      <condition attribute='name' operator='eq' value='Fabrikam'/>
      <link-entity name='contact' from='parentcustomerid' to='accountid' link-type='{kind}'>
        <filter><condition attribute='firstname' operator='eq' value='Ada'/></filter></link-entity>
      </filter></entity></fetch>"""
    assert [row["name"] for row in await _fetch(administrator, xml, "accounts")] == expected


async def test_columns_of_two_tables_are_compared(administrator: Caller, tenant: FakeTenant) -> None:
    organisation = tenant.organisation
    for name in ("Smith", "Jones"):
        account = organisation.insert("account", {"name": name})
        members = {"lastname": "smith", "parentcustomerid": account, "parentcustomerid_type": "account"}
        organisation.insert("contact", members)
    xml = """<fetch><entity name='contact'><attribute name='lastname'/>
      <filter><condition attribute='lastname' operator='eq' valueof='a.name'/></filter>
      <link-entity name='account' from='accountid' to='parentcustomerid' link-type='outer' alias='a'>
        <attribute name='name'/></link-entity></entity></fetch>"""
    assert [row["a.name"] for row in await _fetch(administrator, xml)] == ["Smith"]


async def test_rows_are_ordered_by_a_linked_column_from_the_root(
    administrator: Caller, company: dict[str, str]
) -> None:
    xml = """<fetch><entity name='contact'><attribute name='firstname'/>
      <order entityname='a' attribute='name' descending='true'/><order attribute='firstname' descending='true'/>
      <link-entity name='account' from='accountid' to='parentcustomerid' link-type='outer' alias='a'/>
      </entity></fetch>"""
    assert [row["firstname"] for row in await _fetch(administrator, xml)] == ["Bo", "Ada", "Cy"]


async def test_another_name_for_a_column_is_explained(administrator: Caller, company: dict[str, str]) -> None:
    xml = """<fetch><entity name='contact'><attribute name='firstname' alias='given'/>
      <filter><condition attribute='firstname' operator='eq' value='Cy'/></filter></entity></fetch>"""
    (row,) = await _fetch(administrator, xml, headers=_ANNOTATED)
    assert (row["given"], row["given@OData.Community.Display.V1.AttributeName"]) == ("Cy", "firstname")


async def test_rows_that_a_link_multiplies_are_not_lost_between_pages(
    administrator: Caller, company: dict[str, str]
) -> None:
    found: list[object] = []
    for page in (1, 2, 3):
        xml = _linked("outer").replace("<fetch>", f"<fetch count='1' page='{page}'>")
        body = (await administrator.get(f"accounts?fetchXml={quote(xml)}", headers=_ANNOTATED)).json()
        assert "@Microsoft.Dynamics.CRM.fetchxmlpagingcookie" not in body
        assert body["@Microsoft.Dynamics.CRM.morerecords"] is (page < 3)
        found += [row.get("c.firstname") for row in body["value"]]
    assert sorted(map(str, found)) == ["Ada", "Bo", "None"]


async def test_the_total_is_told_when_it_is_wanted(administrator: Caller, company: dict[str, str]) -> None:
    xml = "<fetch count='1' {}><entity name='contact'><attribute name='firstname'/></entity></fetch>"
    counted = xml.format("returntotalrecordcount='true'")
    path = f"contacts?fetchXml={quote(counted)}"
    body = (await administrator.get(path, headers=_ANNOTATED)).json()
    assert (body["@odata.count"], body["@Microsoft.Dynamics.CRM.totalrecordcount"]) == (3, 3)
    body = (await administrator.get(f"contacts?fetchXml={quote(xml.format(''))}", headers=_ANNOTATED)).json()
    assert body["@Microsoft.Dynamics.CRM.totalrecordcount"] == -1
    assert "@odata.count" not in body
