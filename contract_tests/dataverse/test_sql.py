"""`?sql=`: what of SQL is taken, and what is refused."""

from urllib.parse import quote

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

_ANNOTATED = {"Prefer": 'odata.include-annotations="*"'}


async def _select(caller: Caller, text: str, set_name: str = "contacts", **options: object) -> list[dict[str, object]]:
    response = await caller.get(f"{set_name}?sql={quote(text)}", **options)
    assert response.status_code == 200, response.text
    found: list[dict[str, object]] = response.json()["value"]
    return found


@pytest.fixture
def company(tenant: FakeTenant) -> str:
    """Contoso with Ada and Bo, Fabrikam with nobody, Cy without a company; Contoso's id."""
    organisation = tenant.organisation
    account, _ = (organisation.insert("account", {"name": name}) for name in ("Contoso", "Fabrikam"))
    for name, children in (("Ada", 2), ("Bo", 1)):
        parent = {"parentcustomerid": account, "parentcustomerid_type": "account"}
        organisation.insert("contact", {"firstname": name, "numberofchildren": children, **parent})
    organisation.insert("contact", {"firstname": "Cy"})
    return account


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("firstname = 'ada'", ["Ada"]),
        ("firstname <> 'ada'", ["Bo", "Cy"]),
        ("numberofchildren >= 2 OR firstname LIKE 'c%'", ["Ada", "Cy"]),
        ("firstname LIKE '%[a-c]%'", ["Ada", "Bo", "Cy"]),
        ("firstname NOT LIKE '%[ad]%'", ["Bo", "Cy"]),
        ("firstname IN ('Ada', 'Cy') AND numberofchildren IS NULL", ["Cy"]),
        ("numberofchildren NOT IN (1)", ["Ada", "Cy"]),
        ("numberofchildren BETWEEN 1 AND 2", ["Ada", "Bo"]),
        ("NOT (firstname = 'Ada' OR 2 > numberofchildren)", ["Cy"]),
        ("numberofchildren IS NOT NULL AND statecode = 0", ["Ada", "Bo"]),
        ("createdon > '2000-01-01' AND donotemail = 1", []),
    ],
)
async def test_a_where_finds(administrator: Caller, company: str, where: str, expected: list[str]) -> None:
    found = await _select(administrator, f"SELECT firstname FROM contact WHERE {where} ORDER BY firstname")  # noqa: S608 - a test's own
    assert [row["firstname"] for row in found] == expected


async def test_tables_are_joined_and_ordered_by_either(administrator: Caller, company: str) -> None:
    text = """SELECT a.name, c.firstname AS given FROM account AS a
      LEFT JOIN contact AS c ON a.accountid = c.parentcustomerid ORDER BY a.name DESC, c.firstname DESC"""
    found = await _select(administrator, text, "accounts")
    assert [(row["name"], row.get("given")) for row in found] == [
        ("Fabrikam", None),
        ("Contoso", "Bo"),
        ("Contoso", "Ada"),
    ]


async def test_a_table_is_joined_with_itself(administrator: Caller, tenant: FakeTenant) -> None:
    parent = tenant.organisation.insert("account", {"name": "Parent"})
    tenant.organisation.insert("account", {"name": "Child", "parentaccountid": parent})
    text = """SELECT child.name AS account, parent.name AS parent_account FROM account AS child
      INNER JOIN account AS parent ON child.parentaccountid = parent.accountid"""
    (row,) = await _select(administrator, text, "accounts", headers=_ANNOTATED)
    assert (row["account"], row["parent_account"]) == ("Child", "Parent")
    assert row["parent_account@OData.Community.Display.V1.AttributeName"] == "name"


async def test_rows_are_grouped(administrator: Caller, company: str) -> None:
    text = """SELECT a.name, COUNT(*) AS people, SUM(c.numberofchildren) AS children, COUNT(DISTINCT c.statecode) AS s
      FROM account a JOIN contact c ON a.accountid = c.parentcustomerid GROUP BY a.name ORDER BY a.name"""
    assert await _select(administrator, text, "accounts") == [{"name": "Contoso", "people": 2, "children": 3, "s": 1}]


async def test_distinct_rows_come_once(administrator: Caller, company: str) -> None:
    assert await _select(administrator, "SELECT DISTINCT statecode FROM contact") == [{"statecode": 0}]


@pytest.mark.parametrize("text", ["SELECT firstname FROM contact", "SELECT TOP 3 firstname FROM contact ORDER BY fax"])
async def test_pages_joined_are_the_whole(administrator: Caller, company: str, text: str) -> None:
    whole = [row["firstname"] for row in await _select(administrator, text)]
    joined, link = [], f"contacts?sql={quote(text)}"
    while link:
        body = (await administrator.get(link, headers={"Prefer": "odata.maxpagesize=2"})).json()
        joined += [row["firstname"] for row in body["value"]]
        link = body.get("@odata.nextLink", "")
    assert joined == whole
    assert len(whole) == 3


async def test_top_and_offset_choose_rows(administrator: Caller, company: str) -> None:
    top = await _select(administrator, "SELECT TOP 2 firstname FROM contact ORDER BY firstname")
    assert [row["firstname"] for row in top] == ["Ada", "Bo"]
    text = "SELECT firstname FROM contact ORDER BY firstname OFFSET 1 ROWS FETCH NEXT 1 ROWS ONLY"
    assert [row["firstname"] for row in await _select(administrator, text)] == ["Bo"]


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM contact", "SELECT * FROM contact", "SELECT fax FROM contact UNION SELECT name FROM account", "x",
        "", "SELECT fax FROM contact; SELECT fax FROM contact", "SELECT fax FROM contact WHERE 1 = 1",
        "SELECT fax FROM contact WHERE LEN(fax) > 1", "SELECT fax FROM contact ORDER BY LEN(fax)",
        "SELECT fax FROM contact WHERE contactid IN (SELECT contactid FROM contact)",
        "SELECT fax FROM contact WHERE EXISTS (SELECT contactid FROM contact)",
        "SELECT c.fax FROM contact c RIGHT JOIN account a ON a.accountid = c.parentcustomerid",
        "SELECT c.fax FROM contact c CROSS JOIN account a", "SELECT c.fax FROM contact c, account a",
        "SELECT fax, COUNT(*) AS n FROM contact GROUP BY fax HAVING COUNT(*) > 1",
        "WITH a AS (SELECT fax FROM contact) SELECT fax FROM a", "SELECT fax + 'x' AS y FROM contact",
        "SELECT fax, COUNT(*) AS n FROM contact", "SELECT z.fax FROM contact", "SELECT fax FROM contact FOR XML AUTO",
        "SELECT CASE WHEN fax = '1' THEN 1 END AS y FROM contact", "SELECT TOP 5 PERCENT fax FROM contact",
        "SELECT SUM(statecode) OVER (PARTITION BY fax) AS s FROM contact", "SELECT fax FROM contact WITH (NOLOCK)",
    ],
)  # fmt: skip
async def test_what_is_not_taken_is_refused(administrator: Caller, text: str) -> None:
    assert error(await administrator.get(f"contacts?sql={quote(text)}")) == (400, "0x80060888")


async def test_names_that_are_not_there_are_refused_as_in_fetchxml(administrator: Caller) -> None:
    for text, code in (
        ("SELECT nosuch FROM contact", "0x80041103"),
        ("SELECT name FROM account", "0x80041128"),
        ("SELECT c.fax FROM contact c JOIN nosuch n ON n.id = c.contactid", "0x80041102"),
    ):
        assert error(await administrator.get(f"contacts?sql={quote(text)}")) == (400, code)


async def test_sql_shows_no_more_than_the_caller_may_read(
    integration: Caller, tenant: FakeTenant, company: str
) -> None:
    admit(tenant, {"prvReadContact": "Basic"})
    assert await _select(integration, "SELECT COUNT(*) AS n FROM contact") == [{"n": 0}]
    text = "SELECT c.fax FROM contact c JOIN account a ON a.accountid = c.parentcustomerid"
    assert error(await integration.get(f"contacts?sql={quote(text)}")) == (403, "0x80040220")
