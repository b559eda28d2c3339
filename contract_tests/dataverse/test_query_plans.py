"""Look-ups that a customer's integration lives on are found by an index, however they are asked for."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from contract_tests.dataverse.asking import Caller
from mock_services.tenant import FakeTenant

_ID = "11111111-2222-4333-8444-555555555555"
_FETCHED = """<fetch><entity name='incident'><attribute name='title'/>
  <link-entity name='contact' from='contactid' to='customerid'><filter>
    <condition attribute='emailaddress1' operator='eq' value='a@b.c'/></filter></link-entity>
  </entity></fetch>"""
_SELECTED = "SELECT title FROM incident WHERE ticketnumber = 'CAS-1'"
_AMONG = "Microsoft.Dynamics.CRM.In(PropertyName='emailaddress1',PropertyValues=['a@b.c','d@e.f'])"


@pytest.fixture
def plans(tenant: FakeTenant) -> Iterator[list[str]]:
    """How the database goes about each query that reads whole rows, after the name of their table."""
    steps: list[str] = []

    def note(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if found := re.match(r"SELECT (\w+)\.", statement):
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.extend(f"{found[1]}: {row[3]}" for row in rows)

    engine = tenant.organisation.store._connection.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield steps
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("set_name", "query"),
    [
        ("contacts", f"$filter=contactid eq {_ID}"),
        ("contacts", "$filter=emailaddress1 eq 'A@b.c'"),
        ("contacts", "$filter=emailaddress1 eq 'a@b.c' and statecode eq 0&$orderby=createdon desc&$top=1"),
        ("contacts", f"$filter={_AMONG}"),
        ("contacts", "$filter=mobilephone eq '1'"),
        ("contacts", f"$filter=_parentcustomerid_value eq {_ID}"),
        ("contacts", f"$filter=_ownerid_value eq {_ID}"),
        ("contacts", f"$filter=contactid eq {_ID} and parentcustomerid_account/telephone1 eq '1'"),
        ("accounts", "$filter=name eq 'Contoso' and contact_customer_accounts/any(c:c/lastname eq 'x')"),
        ("accounts", "$filter=contact_customer_accounts/any(c:c/emailaddress1 eq 'a@b.c' and c/statecode eq 0)"),
        ("contacts", "$filter=startswith(fullname,'Ad')"),
        ("incidents", "$filter=ticketnumber eq 'cas-01000-A1B2C3'"),
        ("incidents", f"$filter=_customerid_value eq {_ID} and statecode eq 0"),
        ("incidents", "$filter=customerid_contact/emailaddress1 eq 'a@b.c'"),
        ("incidents", f"fetchXml={quote(_FETCHED)}"),
        ("incidents", f"sql={quote(_SELECTED)}"),
        ("annotations", f"$filter=_objectid_value eq {_ID}"),
        ("queueitems", f"$filter=_objectid_value eq {_ID}"),
        ("msdyn_ocliveworkitems", f"$filter=_regardingobjectid_value eq {_ID}"),
        ("phonecalls", f"$filter=_regardingobjectid_value eq {_ID}"),
        ("emails", f"$filter=_regardingobjectid_value eq {_ID}"),
        ("activityparties", f"$filter=_activityid_value eq {_ID}"),
        ("activityparties", f"$filter=_partyid_value eq {_ID}"),
        ("contacts", f"$filter=_owningbusinessunit_value eq {_ID}"),
        ("accounts", f"$filter=_parentaccountid_value eq {_ID}"),
        ("incidents", f"$filter=_primarycontactid_value eq {_ID}"),
        ("systemusers", f"$filter=_businessunitid_value eq {_ID}"),
        ("businessunits", f"$filter=_parentbusinessunitid_value eq {_ID}"),
        ("queueitems", f"$filter=_workerid_value eq {_ID}"),
    ],
)
async def test_a_look_up_reads_no_other_rows(
    administrator: Caller, tenant: FakeTenant, plans: list[str], set_name: str, query: str
) -> None:
    response = await administrator.get(f"{set_name}?{query}")
    assert response.status_code == 200, response.text
    table = tenant.organisation.schema.by_set[set_name].logical
    steps = [step for step in plans if step.startswith(f"{table}: ")]
    assert steps
    assert not [step for step in steps if step.startswith(f"{table}: SCAN")], steps


async def test_a_late_page_begins_where_the_one_before_ended(
    administrator: Caller, tenant: FakeTenant, plans: list[str]
) -> None:
    for number in range(5):
        tenant.organisation.insert("contact", {"firstname": str(number)})
    small = {"Prefer": "odata.maxpagesize=2"}
    for query in ("contacts?$select=firstname", "contacts?$select=fullname&$orderby=fullname"):
        link = (await administrator.get(query, headers=small)).json()["@odata.nextLink"]
        plans.clear()
        assert len((await administrator.get(link, headers=small)).json()["value"]) == 2
        (step,) = [step for step in plans if step.startswith("contact: S")]
        assert step.startswith("contact: SEARCH"), plans
