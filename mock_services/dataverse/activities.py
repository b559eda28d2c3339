"""What activities have beyond other rows: the parties that take part in them, and the moment they end.

Parties are made and replaced with their activity, never alone; replacing them by PUT is documented, by PATCH inferred
(powerapps-docs associate-disassociate-entities-using-web-api.md).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mock_services.dataverse import facts, rules
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, does_not_exist, payload
from mock_services.dataverse.payloads import read_changes, stored_changes
from mock_services.dataverse.regarding import UNFINISHED
from mock_services.state.organisation.definitions import Table
from mock_services.state.organisation.schema import type_column

Row = Mapping[str, Any]
PARTY = "activityparty"
_SENDER = 1


def holds_parties(call: Call, table: Table, name: str) -> bool:
    """Whether a collection of a table is the parties of an activity."""
    way = call.schema.collections_of(table.logical).get(name)
    return way is not None and way.table == PARTY and way.lookup == "activityid"


def add_parties(call: Call, table: Table, activity_id: str, bodies: Sequence[Row]) -> None:
    """Make the parties of an activity. Raises Refusal."""
    party = call.schema.table(PARTY)
    read = [_read(call, party, body) for body in bodies]
    if sum(each.get("participationtypemask") == _SENDER for each in read) > 1:
        raise Refusal("0x80040203", facts.ONE_SENDER)
    for values in read:
        made = {**values, "activityid": activity_id, type_column("activityid"): table.logical}
        call.organisation.rows.insert(PARTY, made, by=call.caller_id)


def replace_parties(call: Call, table: Table, row: Row, name: str, bodies: Sequence[Row]) -> None:
    """Make these the only parties of an activity. Raises Refusal."""
    if not holds_parties(call, table, name):
        return
    for old in call.organisation.select(PARTY, activityid=row[table.primary_id]):
        call.organisation.delete(PARTY, old["activitypartyid"])
    add_parties(call, table, row[table.primary_id], bodies)


def _read(call: Call, party: Table, body: Row) -> dict[str, Any]:
    changes = read_changes(call, party, body)
    if changes.parents or changes.children or changes.linked:
        raise payload(party.set, facts.INVALID_PROPERTY.format(name="partyid", table=party.logical))
    values = stored_changes(party, changes, creating=True)
    values.pop("activityid", None)
    rules.check_values(party, values)
    if values.get("participationtypemask") is None:
        raise Refusal("0x80040200", facts.REQUIRED)
    if not values.get("partyid") and not values.get("addressused"):
        raise Refusal("0x80040200", facts.REQUIRED)
    if "partyid" in changes.bound:
        target, id_ = changes.bound["partyid"]
        there = call.organisation.get(target, id_)
        if there is None:
            raise does_not_exist(call.schema.table(target).schema, id_)
        call.security.demand_row("AppendTo", call.schema.table(target), there)
    return values


def closing(call: Call, table: Table, values: Row, before: Row) -> dict[str, Any]:
    """What the platform adds to a change that ends an activity: when it ended [inferred]."""
    ends = table.activity and "actualend" in table.columns and values.get("statecode") not in {None, *UNFINISHED}
    if not ends or before["statecode"] not in UNFINISHED or values.get("actualend"):
        return {}
    return {"actualend": call.organisation.rows.now()}
