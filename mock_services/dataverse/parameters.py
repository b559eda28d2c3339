"""Parameters of functions and actions that name a row: by type and key in a body, by address in an alias."""

import json
import re
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, does_not_exist, payload
from mock_services.dataverse.keys import require_row
from mock_services.dataverse.urls import as_guid, read_reference
from mock_services.state.organisation.definitions import Table

_NOWHERE = "00000000-0000-0000-0000-000000000000"
_SINGLE_QUOTED = re.compile(r"'([^']*)'")


def typed_table(call: Call, value: Any, name: str, set_name: str, *, default: str = "") -> Table:
    """The table that an object's `@odata.type` names. Raises Refusal.

    `default` is the table of a parameter that can have one only and need not say its type.
    """
    if not isinstance(value, dict):
        raise payload(set_name, facts.NOT_CONVERTED.format(literal=name, type="mscrm.crmbaseentity"))
    logical = str(value.get("@odata.type", default)).removeprefix("#").removeprefix(facts.NAMESPACE)
    table = call.schema.tables.get(logical)
    if table is None:
        raise payload(set_name, facts.NO_TYPE.format(type=facts.NAMESPACE + logical))
    return table


def named_row(call: Call, name: str, set_name: str, *, default: str = "") -> tuple[Table, str]:
    """The table and id of a parameter such as `Target`: its type and its primary key. Raises Refusal.

    `default` as in `typed_table`.
    """
    given = call.body.get(name)
    table = typed_table(call, given, name, set_name, default=default)
    id_ = as_guid(str(given.get(table.primary_id, ""))) if isinstance(given, dict) else None
    if id_ is None:
        raise does_not_exist(table.schema, _NOWHERE)
    return table, id_


def addressed_row(call: Call, text: str) -> tuple[Table, str]:
    """The table and id in `{'@odata.id':'accounts(<id>)'}`, single quotes or double. Raises Refusal."""
    try:
        value = json.loads(_SINGLE_QUOTED.sub(lambda hit: json.dumps(hit[1]), text))
    except (ValueError, RecursionError):
        value = None
    address = value.get("@odata.id") if isinstance(value, dict) else None
    found = read_reference(address, call.url) if isinstance(address, str) else None
    table = call.organisation.table_of_set(found[0]) if found else None
    if found is None or table is None:
        raise Refusal("0x80060888", facts.BIND_UNPARSED)
    return table, require_row(call, table, found[1])
