"""FetchXML that cannot be: every mistake by its own code."""

from urllib.parse import quote

import pytest

from contract_tests.dataverse.asking import Caller, error
from mock_services.tenant import FakeTenant

_LINK = "<link-entity name='account' from='accountid' to='parentcustomerid' alias='{}'/>"
_CONDITION = "<condition attribute='firstname' operator='eq' value='x'/>"
_COUNT = "<attribute name='contactid' alias='n' aggregate='count'/>"


def _entity(inside: str, **attributes: str) -> str:
    given = "".join(f" {name.replace('_', '-')}='{value}'" for name, value in attributes.items())
    return f"<fetch{given}><entity name='contact'>{inside}</entity></fetch>"


def _filtered(inside: str) -> str:
    return _entity(f"<filter>{inside}</filter>")


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<fetch><entity name='contact'>", "0x80040201"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><fetch><entity name='contact'/></fetch>", "0x80040201"),
        ("", "0x80040201"),
        ("<query/>", "0x8004111c"),
        ("<fetch colour='red'><entity name='contact'/></fetch>", "0x8004111c"),
        (_entity("<column name='firstname'/>"), "0x8004111c"),
        (_filtered("<order attribute='firstname'/>"), "0x8004111c"),
        ("<fetch/>", "0x80041123"),
        ("<fetch><entity/></fetch>", "0x8004111e"),
        (_entity("<attribute/>"), "0x8004111e"),
        (_filtered("<condition operator='null'/>"), "0x8004111e"),
        (_entity("", count="0"), "0x8004110c"),
        (_entity("", top="many"), "0x8004110c"),
        (_entity("", distinct="maybe"), "0x80041115"),
        (_entity("", no_lock="maybe"), "0x80041118"),
        (_entity("", returntotalrecordcount="maybe"), "0x80041108"),
        (_entity("", aggregate="maybe"), "0x8004111a"),
        (_entity("", top="5", page="2"), "0x80060888"),
        ("<fetch><entity name='account'/></fetch>", "0x80041128"),
        (_entity("<attribute name='nickname_'/>"), "0x80041103"),
        (_filtered("<condition attribute='x_' operator='null'/>"), "0x80041103"),
        (_entity("<order attribute='x_'/>"), "0x80041103"),
        (_entity("<link-entity name='x_' from='a' to='b'/>"), "0x80041102"),
        (_entity(_LINK.format("a' link-type='cross")), "0x80041117"),
        (_filtered("<link-entity name='account' from='accountid' to='parentcustomerid'/>"), "0x80041117"),
        (_entity("<link-entity name='account' from='accountid'/>"), "0x80041111"),
        (_entity("<link-entity name='account' from='accountid' to='firstname'/>"), "0x80041111"),
        (_entity(_LINK.format("a") * 2), "0x80041130"),
        (_entity("<attribute name='firstname' alias='a'/><attribute name='lastname' alias='a'/>"), "0x80041130"),
        (_entity("".join(_LINK.format(f"a{each}") for each in range(16))), "0x8004430d"),
        (_filtered("<condition attribute='fax' operator='like_'/>"), "0x80041120"),
        (_filtered("<condition attribute='fax' operator='null' value='x'/>"), "0x80041106"),
        (_filtered("<condition attribute='fax' operator='in'/>"), "0x80041106"),
        (_filtered("<condition attribute='fax' operator='eq' value='1'><value>2</value></condition>"), "0x80041106"),
        (_filtered("<condition attribute='statecode' operator='eq' value='Active'/>"), "0x80040203"),
        (_filtered("<condition attribute='ownerid' operator='eq' value='me'/>"), "0x80040203"),
        (_filtered("<condition attribute='createdon' operator='last-x-days' value='few'/>"), "0x80040203"),
        (_filtered("<condition attribute='createdon' operator='on' value='31/31/2024'/>"), "0x80040239"),
        (_filtered("<condition attribute='fax' operator='today'/>"), "0x80048415"),
        (_filtered("<condition attribute='statecode' operator='like' value='%'/>"), "0x80048415"),
        (_filtered("<condition attribute='fax' operator='eq-userid'/>"), "0x80048415"),
        (_filtered("<condition entityname='a' attribute='name' operator='null'/>"), "0x8004110a"),
        (_entity(f"<filter type='xor'>{_CONDITION}</filter>"), "0x80041122"),
        (_entity("<order/>"), "0x80041133"),
        (_entity("<order alias='a'/>"), "0x80041132"),
        (_entity("<order attribute='firstname' descending='down'/>"), "0x80041119"),
        (_entity("<order entityname='a' attribute='name'/>"), "0x80041126"),
        (_entity("<attribute name='firstname'/>", aggregate="true"), "0x80041107"),
        (_entity("<attribute name='firstname' aggregate='count'/>", aggregate="true"), "0x80041109"),
        (_entity("<attribute name='firstname' alias='a' aggregate='median'/>", aggregate="true"), "0x8004111a"),
        (_entity(f"<attribute name='fax' alias='a' groupby='maybe'/>{_COUNT}", aggregate="true"), "0x8004112e"),
        (_entity("<attribute name='fax' alias='a' groupby='true' aggregate='count'/>", aggregate="true"), "0x80041137"),
        (_entity("<attribute name='fax' alias='a' aggregate='sum'/>", aggregate="true"), "0x8004112f"),
        (_entity("<attribute name='fax' alias='a' groupby='1' dategrouping='day'/>", aggregate="true"), "0x80041135"),
        (_entity(f"{_COUNT}<order attribute='fax'/>", aggregate="true"), "0x80041131"),
        (_entity(f"{_COUNT}<order/>", aggregate="true"), "0x80041134"),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
async def test_each_mistake_has_its_code(administrator: Caller, xml: str, code: str) -> None:
    assert error(await administrator.get(f"contacts?fetchXml={quote(xml)}")) == (400, code)


async def test_a_refused_column_is_named_with_its_table(administrator: Caller) -> None:
    xml = _entity("<attribute name='Fullname'/>")
    response = await administrator.get(f"contacts?fetchXml={quote(xml)}")
    message = response.json()["error"]["message"]
    assert message.startswith("'Contact' entity doesn't contain attribute with Name = 'Fullname' and NameMapping =")
    assert message.endswith("logicalName: contact")


async def test_a_value_of_another_type_is_told_of_its_column(administrator: Caller) -> None:
    path = "contacts?$filter=Microsoft.Dynamics.CRM.In(PropertyName='numberofchildren',PropertyValues=['few'])"
    response = await administrator.get(path)
    assert error(response) == (400, "0x80040203")
    assert "'contact.numberofchildren': expected argument(s) of type 'System.Int32'" in response.text


async def test_pages_by_their_number_alone_end_somewhere(administrator: Caller) -> None:
    xml = _entity("<attribute name='firstname'/>", count="5000", page="11")
    assert error(await administrator.get(f"contacts?fetchXml={quote(xml)}")) == (400, "0x8004430a")


async def test_a_cookie_of_another_order_is_refused(administrator: Caller, tenant: FakeTenant) -> None:
    for name in ("a", "b"):
        tenant.organisation.insert("contact", {"firstname": name})
    cookie = "&lt;cookie page=&quot;1&quot;&gt;&lt;contactid last=&quot;{0}&quot; /&gt;&lt;/cookie&gt;"
    xml = _entity("<order attribute='firstname'/>", count="1", page="2", paging_cookie=cookie)
    assert error(await administrator.get(f"contacts?fetchXml={quote(xml)}")) == (400, "0x80041129")
    small = {"Prefer": "odata.maxpagesize=1"}
    link = (await administrator.get("contacts?$select=firstname", headers=small)).json()["@odata.nextLink"]
    response = await administrator.get(link + "&$orderby=firstname", headers=small)
    assert error(response) == (400, "0x80041129")


async def test_too_many_values_of_one_condition_are_refused(administrator: Caller) -> None:
    path = "contacts?$filter=Microsoft.Dynamics.CRM.In(PropertyName='statecode',PropertyValues=@p)&@p={}"
    few, many = ("[" + ",".join(["0"] * number) + "]" for number in (2_000, 2_001))
    assert (await administrator.get(path.format(few))).status_code == 200
    assert error(await administrator.get(path.format(many))) == (400, "0x8004430e")
