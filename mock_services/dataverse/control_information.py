"""How much control information an answer carries: `odata.metadata=none`, `minimal` or `full`.

None: OData JSON Format 4.0, section 3.1.3. Full: as a recorded list of v9.1 has it (a row's type, id and edit link
before its members, the type before each value that JSON cannot tell, the links of its lookups at the end). That
recording also names the operations bound to the set; these are left out, and so are links of collections.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.negotiation import MINIMAL
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import Table

_KEPT_WITHOUT = ("@odata.nextLink", "@odata.count", "@odata.deltaLink")
_CONTEXT = re.compile(r"\$metadata#(\w+)(?:\([^/]*\))?(?:/\$entity)?$")
_TYPES = {
    "guid": "#Guid", "datetime": "#DateTimeOffset", "date": "#Date", "money": "#Decimal", "decimal": "#Decimal",
    "bigint": "#Int64",
}  # fmt: skip
"""Of the values that JSON has no type for."""


def dress(call: Call, answer: Answer, level: str) -> tuple[Answer, str]:
    """An answer with as much control information as was asked for, and how much that is.

    Raises Unmodelled for full on other reads than rows of a table; what has changed something is answered, minimally.
    """
    if answer.body is None or level == MINIMAL:
        return answer, level
    if level == "none":
        return replace(answer, body=_without(dict(answer.body))), level
    try:
        return replace(answer, body=_full(call, answer.body)), level
    except Unmodelled:
        if call.method == "GET":
            raise
        return answer, MINIMAL


def _without(value: Any) -> Any:
    if isinstance(value, list):
        return [_without(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _without(inner) for name, inner in value.items() if "@odata." not in name or name.endswith(_KEPT_WITHOUT)
    }


def _full(call: Call, body: Mapping[str, Any]) -> Mapping[str, Any]:
    hit = _CONTEXT.search(str(body.get("@odata.context", "")))
    table = call.schema.by_set.get(hit[1]) if hit else None
    rows = body.get("value")
    if table is None or (isinstance(rows, list) and not all(isinstance(row, dict) for row in rows)):
        raise Unmodelled("odata.metadata=full of other answers than rows of a table")
    if isinstance(rows, list):
        return {**body, "value": [_full_row(call, table, row) for row in rows]}
    context = {"@odata.context": body["@odata.context"]}
    return context | _full_row(call, table, {name: body[name] for name in body if name not in context})


def _full_row(call: Call, table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    identity = row.get(table.primary_id)
    if identity is None:
        raise Unmodelled("odata.metadata=full of rows without a key")
    address = f"{table.set}({identity})"
    made: dict[str, Any] = {
        "@odata.type": f"#{facts.NAMESPACE}{table.logical}",
        "@odata.id": f"{call.root}/{address}",
        **({"@odata.etag": row["@odata.etag"]} if "@odata.etag" in row else {}),
        "@odata.editLink": address,
    }
    for name, value in row.items():
        if value is not None and (kind := _type_of(table, name)):
            made[f"{name}@odata.type"] = kind
        made[name] = _expanded(call, table, name, value)
    for navigation in _navigations(table, row):
        made[f"{navigation}@odata.associationLink"] = f"{call.root}/{address}/{navigation}/$ref"
        made[f"{navigation}@odata.navigationLink"] = f"{call.root}/{address}/{navigation}"
    return made


def _type_of(table: Table, name: str) -> str | None:
    if name in table.values or (name == "ownerid" and table.base == "principal"):
        return "#Guid"
    return _TYPES.get(table.columns[name].type) if name in table.columns else None


def _expanded(call: Call, table: Table, name: str, value: Any) -> Any:
    """The value of a member; rows inside it are rows of the table that the navigation leads to."""
    if name in table.navigation and isinstance(value, dict):
        _, targets = table.navigation[name]
        if len(targets) != 1:
            raise Unmodelled(f"odata.metadata=full with {name} expanded")
        return _full_row(call, call.schema.table(targets[0]), value)
    way = call.schema.collections_of(table.logical).get(name) or call.schema.associations_of(table.logical).get(name)
    if way is not None and isinstance(value, list):
        return [_full_row(call, call.schema.table(way.table), each) for each in value]
    return value


def _navigations(table: Table, row: Mapping[str, Any]) -> Iterator[str]:
    """The navigation properties of the lookups that a row shows."""
    for name in row:
        if name in table.values:
            yield from dict.fromkeys(table.values[name].targets.values())
