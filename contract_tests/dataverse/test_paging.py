"""Pages: joined they are the whole, whatever the order and size; no page costs more than the first."""

from typing import Any
from urllib.parse import quote, unquote
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import Caller, caller, error
from mock_services.cloud import FakeCloud
from mock_services.intercept import FakeTransport
from mock_services.tenant import FakeTenant

_COOKIE = "@Microsoft.Dynamics.CRM.fetchxmlpagingcookie"
_MORE = "@Microsoft.Dynamics.CRM.morerecords"
_ROWS = [
    {"lastname": last, "numberofchildren": number, "donotfax": fax}
    for last in ("b", "A", None, "a")
    for number, fax in ((1, True), (None, False), (2, True))
]
_ORDERS = st.lists(
    st.tuples(st.sampled_from(["lastname", "numberofchildren", "donotfax", "createdon"]), st.booleans()),
    max_size=3,
    unique_by=lambda order: order[0],
)


@pytest.fixture(scope="module")
def crowd() -> tuple[FakeCloud, FakeTenant]:
    """Twelve contacts, alike in twos and threes."""
    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    for row in _ROWS:
        tenant.organisation.insert("contact", row)
    return cloud, tenant


def _asking(crowd: tuple[FakeCloud, FakeTenant], wire: httpx.AsyncClient) -> Caller:
    cloud, tenant = crowd
    return caller(cloud, tenant, wire, tenant.operator.client_id)


def _ids(body: Any) -> list[str]:
    return [row["contactid"] for row in body["value"]]


@settings(max_examples=25)
@given(order=_ORDERS, size=st.integers(1, 13))
async def test_pages_joined_are_the_whole_in_order(
    crowd: tuple[FakeCloud, FakeTenant], order: list[tuple[str, bool]], size: int
) -> None:
    keys = ",".join(f"{name} {'desc' if down else 'asc'}" for name, down in order)
    path = "contacts?$select=lastname" + (f"&$orderby={keys}" if keys else "")
    async with httpx.AsyncClient(transport=FakeTransport(crowd[0])) as wire:
        asking = _asking(crowd, wire)
        whole = _ids((await asking.get(path)).json())
        joined: list[str] = []
        link: str | None = path
        while link:
            body = (await asking.get(link, headers={"Prefer": f"odata.maxpagesize={size}"})).json()
            assert len(body["value"]) <= size
            joined += _ids(body)
            link = body.get("@odata.nextLink")
    assert len(whole) == len(_ROWS)
    assert joined == whole


@settings(max_examples=20)
@given(order=_ORDERS, size=st.integers(1, 13), carries_cookie=st.booleans())
async def test_pages_of_fetchxml_are_the_whole_with_the_cookie_and_without(
    crowd: tuple[FakeCloud, FakeTenant], order: list[tuple[str, bool]], size: int, carries_cookie: bool
) -> None:
    keys = "".join(f"<order attribute='{name}' descending='{str(down).lower()}'/>" for name, down in order)
    inner = f"<entity name='contact'><attribute name='lastname'/>{keys}</entity>"
    headers = {"Prefer": 'odata.include-annotations="Microsoft.Dynamics.CRM.*"'}
    async with httpx.AsyncClient(transport=FakeTransport(crowd[0])) as wire:
        asking = _asking(crowd, wire)

        async def fetch(attributes: str) -> Any:
            xml = f"<fetch {attributes}>{inner}</fetch>"
            return (await asking.get(f"contacts?fetchXml={quote(xml)}", headers=headers)).json()

        whole = _ids(await fetch(""))
        joined, page, cookie, more = [], 1, "", True
        while more:
            carried = f" paging-cookie={quoteattr(cookie)}" if cookie and carries_cookie else ""
            body = await fetch(f"count='{size}' page='{page}'{carried}")
            joined += _ids(body)
            more, page = body[_MORE], page + 1
            if more:  # read as Microsoft's SDK for Python reads it
                told = ElementTree.fromstring(body[_COOKIE])  # noqa: S314 - the fake's own
                cookie = unquote(unquote(told.get("pagingcookie", "")))
    assert joined == whole


async def test_a_next_link_keeps_the_question_and_drops_the_count(administrator: Caller, tenant: FakeTenant) -> None:
    for number in range(3):
        tenant.organisation.insert("contact", {"firstname": str(number)})
    headers = {"Prefer": "odata.maxpagesize=2"}
    body = (await administrator.get("contacts?$select=firstname&$count=true", headers=headers)).json()
    assert body["@odata.count"] == 3
    link = body["@odata.nextLink"]
    assert "$select=firstname" in link
    assert "$count" not in link
    assert "pagenumber=%222%22" in link


@pytest.mark.parametrize(
    "token",
    [
        "x", "<cookie />", "<cookie pagenumber='0' pagingcookie='' />", "<cookie pagenumber='2' pagingcookie='%3ca' />",
        "<!DOCTYPE a><cookie pagenumber='2' />",
        "<cookie pagenumber='2' pagingcookie='&lt;cookie&gt;&lt;a /&gt;&lt;/cookie&gt;' />",
    ],
)  # fmt: skip
async def test_a_cookie_that_is_none_is_refused(administrator: Caller, token: str) -> None:
    assert error(await administrator.get(f"contacts?$skiptoken={quote(token)}")) == (400, "0x80060888")


async def test_a_late_page_starts_at_its_row_and_reads_no_other(tenant: FakeTenant) -> None:
    """The database finds the row by the key's index; it does not count through what came before."""
    import sqlalchemy as sa

    from mock_services.dataverse.querying.pages import after

    contact = tenant.organisation.schema.sql("contact")
    query = sa.select(contact).where(after([(contact.c.contactid, False)], ["m"])).order_by(contact.c.contactid)
    compiled = query.compile(compile_kwargs={"literal_binds": True}, dialect=sa.create_engine("sqlite://").dialect)
    plan = tenant.organisation.store.rows(sa.text(f"EXPLAIN QUERY PLAN {compiled}"))
    assert plan[0]["detail"].startswith("SEARCH"), plan


async def test_values_that_a_cookie_cannot_carry_lose_no_rows(administrator: Caller, tenant: FakeTenant) -> None:
    for name in ("a" * 3_000, "\x01", "b\ufffe", "c", "d"):
        tenant.organisation.insert("contact", {"description": name})
    link, joined = "contacts?$select=contactid&$orderby=description", []
    while link:
        body = (await administrator.get(link, headers={"Prefer": "odata.maxpagesize=1"})).json()
        joined += _ids(body)
        link = body.get("@odata.nextLink", "")
    assert joined == _ids((await administrator.get("contacts?$select=contactid&$orderby=description")).json())
    assert len(joined) == 5


_NASTY = st.text("()'\"/,=@$%[]{}<>&;: abo0159.-eqn", max_size=40)
_OPTIONS = st.sampled_from(
    [
        "$filter", "$orderby", "$select", "$expand", "$apply", "$skiptoken", "$top", "$count", "fetchXml", "sql",
        "savedQuery",
    ]
)  # fmt: skip
_SEEDS = st.sampled_from(
    [
        "", "contact_customer_accounts/any(o:{})", "Microsoft.Dynamics.CRM.In(PropertyName='a',PropertyValues={})",
        "lastname eq {}", "groupby(({}))", "<fetch><entity name='contact'>{}</entity></fetch>",
        "SELECT {} FROM contact", "donotfax gt {}",
        "SELECT fullname FROM contact WHERE {}", "<fetch {}/>", "createdby($select={})", "not ({})",
    ]
)  # fmt: skip


@settings(max_examples=150)
@given(option=_OPTIONS, seed=_SEEDS, text=_NASTY)
async def test_no_text_in_a_query_option_breaks_the_service(
    crowd: tuple[FakeCloud, FakeTenant], option: str, seed: str, text: str
) -> None:
    value = seed.replace("{}", text) or text
    async with httpx.AsyncClient(transport=FakeTransport(crowd[0])) as wire:
        response = await _asking(crowd, wire).get(f"contacts?{option}={quote(value)}")
    assert response.status_code < 500 or response.status_code == 501, response.text


async def test_changes_are_not_tracked_in_silence(administrator: Caller) -> None:
    tracked = await administrator.get("contacts", headers={"Prefer": "odata.track-changes"})
    assert tracked.status_code == 501
    assert "track-changes" in tracked.json()["error"]["message"]
