"""Whole queries, made up: conditions along lookups and collections, order and top, asked over the wire.

What comes back is what a plain reading of the rows gives, in `$filter` and its kin and in FetchXML alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import Caller, claims
from mock_services.cloud import FakeCloud
from mock_services.intercept import FakeTransport
from mock_services.tenant import FakeTenant

Row = dict[str, Any]
Scratch = tuple[FakeCloud, FakeTenant, str]
"""A cloud, a tenant of it, and the operator's token there."""
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b, "lt": lambda a, b: a < b, "le": lambda a, b: a <= b, "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """The rows of one example."""

    accounts: list[Row]
    contacts: list[Row]

    def company(self, contact: Row) -> Row:
        """The account that a contact belongs to; one without any value where there is none."""
        number = contact["parent"]
        return self.accounts[number] if number is not None and number < len(self.accounts) else {}

    def people(self, account: Row) -> list[Row]:
        """The contacts of an account."""
        return [each for each in self.contacts if self.company(each) is account]


@dataclass(frozen=True)
class Asked:
    """A condition in both languages, and what it means. `fetch` is empty where FetchXML cannot say it."""

    odata: str
    fetch: str
    holds: Callable[[Row, World], bool]


def _id(number: int, table: int = 1) -> str:
    return f"{number:08d}-000{table}-4000-8000-000000000000"


def _plain(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _is(sign: str, kept: Any, value: Any) -> bool:
    """A comparison as Dataverse means it: what has no value differs from everything."""
    if sign == "ne":
        return bool(_plain(kept) != _plain(value))
    if kept is None or value is None:
        return sign == "eq" and kept is None and value is None
    return _SIGNS[sign](_plain(kept), _plain(value))


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value).lower()


def _condition(column: str, sign: str, value: Any, entity: str = "") -> str:
    named = f" entityname='{entity}'" if entity else ""
    if value is None:
        return f"<condition{named} attribute='{column}' operator='{'null' if sign == 'eq' else 'not-null'}'/>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<condition{named} attribute='{column}' operator='{sign}' value={quoteattr(text)}/>"


_ANY_SIGN = st.sampled_from(["ne", *_SIGNS])
_TEXTS = st.text("aAb 'B", max_size=2)
_NUMBERS = st.integers(0, 3)
_COMPARED = st.one_of(
    st.tuples(st.sampled_from(["firstname", "lastname"]), _ANY_SIGN, _TEXTS),
    st.tuples(st.just("numberofchildren"), _ANY_SIGN, _NUMBERS),
    st.tuples(st.just("donotemail"), st.sampled_from(["eq", "ne"]), st.booleans()),
    st.tuples(st.sampled_from(["firstname", "numberofchildren"]), st.sampled_from(["eq", "ne"]), st.none()),
)
_OF_COMPANY = st.one_of(
    st.tuples(st.just("name"), _ANY_SIGN, _TEXTS),
    st.tuples(st.just("numberofemployees"), _ANY_SIGN, _NUMBERS),
    st.tuples(st.just("name"), st.sampled_from(["eq", "ne"]), st.none()),
)


def _own(asked: tuple[str, str, Any]) -> Asked:
    column, sign, value = asked
    return Asked(
        f"{column} {sign} {_literal(value)}",
        _condition(column, sign, value),
        lambda row, _: _is(sign, row[column], value),
    )


def _behind(asked: tuple[str, str, Any]) -> Asked:
    column, sign, value = asked
    return Asked(
        f"parentcustomerid_account/{column} {sign} {_literal(value)}",
        _condition(column, sign, value, "a"),
        lambda row, world: _is(sign, world.company(row).get(column), value),
    )


def _columns(sign: str) -> Asked:
    def holds(row: Row, _: World) -> bool:
        left, right = row["firstname"], row["lastname"]
        if left is None or right is None:
            return sign == "ne" and left is not right
        return _is(sign, left, right)

    fetch = f"<condition attribute='firstname' operator='{sign}' valueof='lastname'/>"
    return Asked(f"firstname {sign} lastname", fetch, holds)


def _joined(kind: str, left: Asked, right: Asked) -> Asked:
    either = any if kind == "or" else all
    fetch = f"<filter type='{kind}'>{left.fetch}{right.fetch}</filter>" if left.fetch and right.fetch else ""
    return Asked(
        f"({left.odata} {kind} {right.odata})",
        fetch,
        lambda row, world: either((left.holds(row, world), right.holds(row, world))),
    )


def _negated(inner: Asked) -> Asked:
    return Asked(f"not ({inner.odata})", "", lambda row, world: not inner.holds(row, world))


def _tree(leaves: st.SearchStrategy[Asked]) -> st.SearchStrategy[Asked]:
    return st.recursive(
        leaves,
        lambda inner: st.builds(_joined, st.sampled_from(["and", "or"]), inner, inner) | inner.map(_negated),
        max_leaves=4,
    )


_OF_CONTACTS = _tree(_COMPARED.map(_own) | _OF_COMPANY.map(_behind) | _ANY_SIGN.map(_columns))


def _some(kind: str, inner: tuple[str, str, Any]) -> Asked:
    column, sign, value = inner
    path = f"contact_customer_accounts/{'all' if kind == 'every' else 'any'}(c:c/{column} {sign} {_literal(value)})"
    links = {"any": "any", "none": "not any", "every": ""}

    def holds(row: Row, world: World) -> bool:
        found = [_is(sign, each[column], value) for each in world.people(row)]
        return all(found) if kind == "every" else any(found) is (kind == "any")

    fetch = (
        f"<link-entity name='contact' from='parentcustomerid' to='accountid' link-type='{links[kind]}'>"
        f"<filter>{_condition(column, sign, value)}</filter></link-entity>"
    )
    return Asked(f"not {path}" if kind == "none" else path, fetch if links[kind] else "", holds)


_OF_ACCOUNTS = _tree(
    _OF_COMPANY.map(_own) | st.builds(_some, st.sampled_from(["any", "none", "every"]), _COMPARED)
)  # fmt: skip
_WORLDS = st.builds(
    World,
    st.lists(
        st.fixed_dictionaries({"name": st.none() | _TEXTS, "numberofemployees": st.none() | _NUMBERS}), max_size=3
    ),
    st.lists(
        st.fixed_dictionaries(
            {
                "firstname": st.none() | _TEXTS,
                "lastname": st.none() | _TEXTS,
                "numberofchildren": st.none() | _NUMBERS,
                "donotemail": st.none() | st.booleans(),
                "parent": st.none() | st.integers(0, 3),
            }
        ),
        max_size=6,
    ),
)
_TOPS = st.none() | st.integers(1, 6)


@pytest.fixture(scope="module")
def scratch() -> Scratch:
    """A tenant whose accounts and contacts each example makes anew."""
    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    return cloud, tenant, cloud.signing_keys.sign(claims(tenant, tenant.operator.client_id))


def _keep(tenant: FakeTenant, world: World) -> None:
    organisation = tenant.organisation
    accounts, contacts = organisation.schema.sql("account"), organisation.schema.sql("contact")
    for sql in (accounts, contacts):
        organisation.store.write(sa.delete(sql))
    for number, row in enumerate(world.accounts):
        row["accountid"] = _id(number, 2)
        organisation.store.write(accounts.insert(), row)
    for number, row in enumerate(world.contacts):
        row["contactid"] = _id(number)
        parent = {"parentcustomerid": world.company(row).get("accountid"), "parentcustomerid_type": "account"}
        organisation.store.write(contacts.insert(), {k: v for k, v in row.items() if k != "parent"} | parent)


def _sorted(rows: list[Row], order: list[tuple[str, bool]], key: str, top: int | None) -> list[str]:
    """The keys of the rows in order: what has no value comes first, what is alike by its key."""
    found = sorted(rows, key=lambda row: row[key])
    for name, down in reversed(order):
        by = _valued(name)
        found.sort(key=by, reverse=down)
    return [row[key] for row in found][:top]


def _valued(name: str) -> Callable[[Row], tuple[Any, ...]]:
    return lambda row: () if row[name] is None else (_plain(row[name]),)


async def _found(asking: Caller, path: str, key: str) -> list[str]:
    response = await asking.get(path)
    assert response.status_code == 200, response.text
    return [row[key] for row in response.json()["value"]]


async def _agree(
    scratch: Scratch, table: str, asked: Asked, order: list[tuple[str, bool]], top: int | None,
    expected: list[str], link: str = "",
) -> None:  # fmt: skip
    cloud, tenant, token = scratch
    key, set_name = f"{table}id", f"{table}s"
    keys = ",".join(f"{name}{' desc' if down else ''}" for name, down in order)
    options = [f"$select={key}", f"$filter={quote(asked.odata)}", *([f"$orderby={keys}"] if keys else [])]
    orders = "".join(f"<order attribute='{name}' descending='{int(down)}'/>" for name, down in order)
    limit = "" if top is None else f" top='{top}'"
    xml = f"<fetch{limit}><entity name='{table}'>{orders}{link}<filter>{asked.fetch}</filter></entity></fetch>"
    async with httpx.AsyncClient(transport=FakeTransport(cloud)) as wire:
        asking = Caller(wire, tenant.organisation.host, token)
        path = "&".join([f"{set_name}?{options[0]}", *options[1:], *([f"$top={top}"] if top is not None else [])])
        assert await _found(asking, path, key) == expected, asked.odata
        if asked.fetch:
            assert await _found(asking, f"{set_name}?fetchXml={quote(xml)}", key) == expected, asked.fetch


@settings(max_examples=40)
@given(
    world=_WORLDS,
    asked=_OF_CONTACTS,
    order=st.lists(
        st.tuples(st.sampled_from(["lastname", "numberofchildren"]), st.booleans()),
        max_size=2, unique_by=lambda key: key[0],
    ),
    top=_TOPS,
)  # fmt: skip
async def test_contacts_and_what_lies_behind_their_company(
    scratch: Scratch, world: World, asked: Asked, order: list[tuple[str, bool]], top: int | None
) -> None:
    _keep(scratch[1], world)
    expected = _sorted([row for row in world.contacts if asked.holds(row, world)], order, "contactid", top)
    link = "<link-entity name='account' from='accountid' to='parentcustomerid' link-type='outer' alias='a'/>"
    await _agree(scratch, "contact", asked, order, top, expected, link)


@settings(max_examples=40)
@given(
    world=_WORLDS,
    asked=_OF_ACCOUNTS,
    order=st.lists(st.tuples(st.sampled_from(["name", "numberofemployees"]), st.booleans()), max_size=1),
    top=_TOPS,
)
async def test_accounts_and_the_people_of_each(
    scratch: Scratch, world: World, asked: Asked, order: list[tuple[str, bool]], top: int | None
) -> None:
    _keep(scratch[1], world)
    expected = _sorted([row for row in world.accounts if asked.holds(row, world)], order, "accountid", top)
    await _agree(scratch, "account", asked, order, top, expected)
