"""Microsoft's Dataverse SDK for Python, unmodified: its query builder, FetchXML and SQL."""

import uuid
from typing import Any

import pytest
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.core.errors import HttpError
from PowerPlatform.Dataverse.models.filters import FilterExpression, col
from PowerPlatform.Dataverse.models.query_builder import ExpandOption

_PEOPLE = (("Ada", 36, "Analyst"), ("Bo", 17, "Builder"), ("Cy", 52, None), ("Di", 17, "Analyst"))


def _rows(found: Any) -> list[Any]:
    """The rows of an answer; what the SDK says of their type fits pages and rows alike."""
    return list(found)


@pytest.fixture
def company(administrator: DataverseClient) -> str:
    """An account of its own for each test, with four contacts whose names carry its number; the account's id."""
    account = administrator.records.create("account", {"name": f"Company {uuid.uuid4().hex[:10]}"})
    administrator.records.create(
        "contact",
        [
            {
                "firstname": first,
                "lastname": account[:8],
                "numberofchildren": number,
                "jobtitle": title,
                "parentcustomerid_account@odata.bind": f"/accounts({account})",
            }
            for first, number, title in _PEOPLE
        ],
    )
    return account


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (col("jobtitle") == "analyst", {"Ada", "Di"}),
        (col("jobtitle") != "Analyst", {"Bo", "Cy"}),
        (col("numberofchildren") > 17, {"Ada", "Cy"}),
        (col("numberofchildren").between(17, 36), {"Ada", "Bo", "Di"}),
        (col("numberofchildren").not_between(17, 36), {"Cy"}),
        (col("jobtitle").is_null(), {"Cy"}),
        (col("firstname").in_(["Ada", "Cy"]), {"Ada", "Cy"}),
        (col("firstname").not_in(["Ada", "Cy"]), {"Bo", "Di"}),
        (col("jobtitle").contains("alys"), {"Ada", "Di"}),
        (col("firstname").startswith("b") | col("firstname").endswith("y"), {"Bo", "Cy"}),
        (~(col("firstname") == "Ada") & (col("numberofchildren") == 17), {"Bo", "Di"}),
        (col("jobtitle").like("%ild%"), {"Bo"}),
    ],
)
def test_every_condition_of_the_builder_finds_what_it_says(
    administrator: DataverseClient, company: str, condition: FilterExpression, expected: set[str]
) -> None:
    query = administrator.query.builder("contact").select("firstname", "jobtitle")
    found = query.where(col("_parentcustomerid_value") == uuid.UUID(company)).where(condition).execute()
    assert {row["firstname"] for row in _rows(found)} == expected


def test_related_rows_come_along_both_ways(administrator: DataverseClient, company: str) -> None:
    people = ExpandOption("contact_customer_accounts").select("firstname").order_by("firstname", descending=True).top(2)
    query = administrator.query.builder("account").select("name").expand(people)
    (account,) = _rows(query.where(col("accountid") == uuid.UUID(company)).execute())
    assert [row["firstname"] for row in account["contact_customer_accounts"]] == ["Di", "Cy"]
    back = administrator.query.builder("contact").select("firstname").expand("parentcustomerid_account")
    contacts = back.where(col("_parentcustomerid_value") == uuid.UUID(company)).execute()
    assert {row["parentcustomerid_account"]["accountid"] for row in _rows(contacts)} == {company}


def test_pages_come_in_order_and_formatted_values_with_them(administrator: DataverseClient, company: str) -> None:
    query = administrator.query.builder("contact").select("firstname", "statecode").order_by("firstname").page_size(3)
    mine = query.where(col("_parentcustomerid_value") == uuid.UUID(company)).include_formatted_values()
    pages = [[row["firstname"] for row in page] for page in mine.execute_pages()]
    assert pages == [["Ada", "Bo", "Cy"], ["Di"]]
    first = _rows(mine.execute())[0]
    assert first["statecode@OData.Community.Display.V1.FormattedValue"] == "Active"


def test_fetchxml_joins_orders_and_pages_by_its_cookie(administrator: DataverseClient, company: str) -> None:
    xml = f"""
    <fetch count="2">
      <entity name="contact">
        <attribute name="firstname" /><attribute name="jobtitle" />
        <order attribute="firstname" />
        <link-entity name="account" from="accountid" to="parentcustomerid" alias="company">
          <attribute name="name" />
          <filter><condition attribute="accountid" operator="eq" value="{company}" /></filter>
        </link-entity>
      </entity>
    </fetch>"""
    pages = [list(page) for page in administrator.query.fetchxml(xml).execute_pages()]
    assert [[row["firstname"] for row in page] for page in pages] == [["Ada", "Bo"], ["Cy", "Di"]]
    assert all(row["company.name"].startswith("Company") for page in pages for row in page)
    assert "jobtitle" not in pages[1][0]


def test_fetchxml_groups_and_counts(administrator: DataverseClient, company: str) -> None:
    xml = f"""
    <fetch aggregate="true">
      <entity name="contact">
        <attribute name="numberofchildren" alias="children" groupby="true" />
        <attribute name="contactid" alias="people" aggregate="count" />
        <order alias="people" descending="true" />
        <filter><condition attribute="parentcustomerid" operator="eq" value="{company}" /></filter>
      </entity>
    </fetch>"""
    found = administrator.query.fetchxml(xml).execute()
    counted = {row["children"]: row["people"] for row in found}
    assert counted == {17: 2, 36: 1, 52: 1}


def test_sql_selects_joins_and_groups(administrator: DataverseClient, company: str) -> None:
    joined = "contact c INNER JOIN account a ON c.parentcustomerid = a.accountid"
    wanted = f"a.accountid = '{company}' AND c.numberofchildren < 40"
    rows = administrator.query.sql(f"SELECT c.firstname, a.name FROM {joined} WHERE {wanted} ORDER BY c.firstname DESC")  # noqa: S608 - a test's own id
    assert [row["firstname"] for row in rows] == ["Di", "Bo", "Ada"]
    grouped = f"FROM contact WHERE parentcustomerid = '{company}' GROUP BY numberofchildren"
    counted = administrator.query.sql(f"SELECT numberofchildren, COUNT(*) AS people {grouped}")
    assert {row["numberofchildren"]: row["people"] for row in counted} == {17: 2, 36: 1, 52: 1}


def test_an_unknown_column_is_refused_in_every_language(administrator: DataverseClient) -> None:
    with pytest.raises(HttpError) as builder:
        list(administrator.query.builder("contact").select("fullname").where(col("nickname_") == "x").execute())
    assert builder.value.status_code == 400
    with pytest.raises(HttpError) as fetch:
        administrator.query.fetchxml(
            '<fetch><entity name="contact"><attribute name="nickname_" /></entity></fetch>'
        ).execute()
    assert fetch.value.details["service_error_code"] == "0x80041103"


def test_what_the_role_may_not_read_no_language_reads(dataverse: DataverseClient) -> None:
    xml = '<fetch><entity name="account"><attribute name="name" /></entity></fetch>'
    with pytest.raises(HttpError) as fetch:
        dataverse.query.fetchxml(xml).execute()
    with pytest.raises(HttpError) as sql:
        dataverse.query.sql("SELECT name FROM account")
    assert (fetch.value.status_code, sql.value.status_code) == (403, 403)
