"""A JSON body into changes of a row: columns checked for type, lookups out of `@odata.bind`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, payload
from mock_services.dataverse.urls import as_guid, read_key, read_reference
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import (
    Column,
    Table,
)
from mock_services.state.organisation.schema import type_column

BIND = "@odata.bind"
_EDM = {
    "string": "Edm.String", "memo": "Edm.String", "multiselect": "Edm.String", "entityname": "Edm.String",
    "int": "Edm.Int32", "picklist": "Edm.Int32", "state": "Edm.Int32", "status": "Edm.Int32", "bigint": "Edm.Int64",
    "bool": "Edm.Boolean", "guid": "Edm.Guid", "organization": "Edm.Guid", "datetime": "Edm.DateTimeOffset",
    "date": "Edm.Date", "money": "Edm.Decimal", "double": "Edm.Double", "managed": "mscrm.BooleanManagedProperty",
}  # fmt: skip
_INTEGER_TEXT = re.compile(r"^[+-]?\d{1,18}$")


@dataclass
class Changes:
    """What a body says about one row."""

    values: dict[str, Any] = field(default_factory=dict)
    """Columns and lookups, as the state keeps them."""
    bound: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Lookup -> target table and id, for lookups that are set."""
    navigations: dict[str, list[str]] = field(default_factory=dict)
    """Lookup -> the navigation properties that named it."""
    linked: dict[str, list[str]] = field(default_factory=dict)
    """Many-to-many navigation property -> ids to associate."""
    parents: dict[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    """Lookup -> table and body of a row to be made first, for the lookup to point at (deep insert)."""
    children: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    """Collection that follows a lookup -> bodies of rows to be made afterwards (deep insert)."""


def read_changes(call: Call, table: Table, body: Mapping[str, Any]) -> Changes:
    """The changes a body asks for. Raises Refusal for what is not this table's."""
    changes = Changes()
    for name, value in body.items():
        if name.endswith(BIND):
            _bind(call, table, name.removesuffix(BIND), value, changes)
        elif "@" in name:
            continue  # annotations such as @odata.type and …@OData.Community.Display.V1.FormattedValue
        elif name in table.columns and not (name in table.navigation and isinstance(value, (dict, list))):
            changes.values[name] = _convert(table, table.columns[name], value)
        else:
            _put_navigation(call, table, name, value, changes)
    return changes


def stored_changes(table: Table, changes: Changes, *, creating: bool) -> dict[str, Any]:
    """The values the platform takes: columns that are not valid for the operation are dropped in silence [inferred]."""
    kept = {}
    for name, value in changes.values.items():
        column = table.columns.get(name)
        if column is not None and column.stored and (column.create if creating else column.update):
            kept[name] = value
    for name, lookup in table.lookups.items():
        if (name in changes.bound or name in changes.values) and (lookup.create if creating else lookup.update):
            target, id_ = changes.bound.get(name, (None, None))
            kept[name] = id_
            if lookup.polymorphic:
                kept[type_column(name)] = target
    return kept


def _put_navigation(call: Call, table: Table, name: str, value: Any, changes: Changes) -> None:
    if name in table.values:
        raise Refusal("0x80060888", facts.ENTITY_REFERENCE, status=400)
    if name in table.navigation:
        if value is None:
            changes.values[table.navigation[name][0].name] = None
            return
        if not isinstance(value, dict):
            raise payload(table.set, facts.PRIMITIVE_NAVIGATION.format(name=name))
        lookup, targets = table.navigation[name]
        if len(targets) > 1:
            raise Unmodelled(f"a row created through {table.logical}.{name}, which may be a user or a team")
        changes.navigations.setdefault(lookup.name, []).append(name)
        changes.parents[lookup.name] = (targets[0], value)
        return
    if name in call.schema.associations_of(table.logical):
        raise Unmodelled(f"rows created through {table.logical}.{name} (many-to-many)")
    if name in call.schema.collections_of(table.logical):
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise payload(table.set, facts.PRIMITIVE_NAVIGATION.format(name=name))
        changes.children[name] = value
        return
    inner = facts.INVALID_PROPERTY.format(name=name, table=table.logical)
    raise payload(table.set, inner)


def _bind(call: Call, table: Table, name: str, value: Any, changes: Changes) -> None:
    if name in table.navigation:
        lookup, targets = table.navigation[name]
        changes.navigations.setdefault(lookup.name, []).append(name)
        if value is None:
            changes.values[lookup.name] = None
        else:
            changes.bound[lookup.name] = _referenced(call, table, targets, name, value)
        return
    lookup_named = table.lookups.get(name)
    if lookup_named is not None and not lookup_named.targets:
        raise Unmodelled(f"the table behind the lookup {table.logical}.{name}")
    way = call.schema.associations_of(table.logical).get(name)
    if way is not None and isinstance(value, list):
        changes.linked[name] = [_referenced(call, table, (way.table,), name, each)[1] for each in value]
        return
    if name in call.schema.collections_of(table.logical):
        raise Unmodelled(f"binding a collection ({table.logical}.{name}) in a body")
    raise payload(table.set, facts.UNDECLARED.format(name=name))


def _referenced(call: Call, table: Table, targets: Sequence[str], name: str, value: Any) -> tuple[str, str]:
    """The table and id in a bound reference. Raises Refusal: 400 for a set that is not there."""
    if not isinstance(value, str):
        raise payload(table.set, facts.NOT_CONVERTED.format(literal=value, type="Edm.String"))
    found = read_reference(call.resolve(value), call.url)
    named = call.organisation.table_of_set(found[0]) if found else None
    if found is None or named is None:
        raise Refusal("0x80060888", facts.BIND_UNPARSED)
    if named.logical not in targets:
        raise payload(
            table.set,
            f"Microsoft.OData.ODataException: The entity set '{named.set}' does not fit the navigation property"
            f" '{name}', which leads to 'Microsoft.Dynamics.CRM.{targets[0]}'.",
        )
    return named.logical, read_key(named, found[1])


def _convert(table: Table, column: Column, value: Any) -> Any:
    """A JSON value as the state keeps it. Raises Refusal for another type."""
    if value is None:
        return None
    try:
        return _CONVERTERS.get(column.type, _text)(value)
    except (ValueError, TypeError, OverflowError):
        literal = str(value)[:200].encode("utf-8", "replace").decode()
        inner = facts.NOT_CONVERTED.format(literal=literal, type=_EDM[column.type])
        raise payload(table.set, inner) from None


def _guid(value: Any) -> str:
    guid = as_guid(_exactly(value, str))
    if guid is None:
        raise ValueError(value)
    return guid


def _instant(value: Any) -> str:
    moment = datetime.fromisoformat(_exactly(value, str))
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return _spell(moment, "%Y-%m-%dT%H:%M:%SZ")


def _day(value: Any) -> str:
    return _spell(datetime.fromisoformat(_exactly(value, str)), "%Y-%m-%d")


def _managed(value: Any) -> Any:
    return _exactly(_exactly(value, dict).get("Value"), bool)


def _spell(moment: datetime, form: str) -> str:
    if moment.year < 1753:  # the first year of SQL Server's datetime, which the platform keeps
        raise ValueError(moment)
    return moment.strftime(form)


def _exactly(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(value)
    return value


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise TypeError(value)
    if isinstance(value, str) and not _INTEGER_TEXT.match(value):
        raise ValueError(value)
    number = int(value)
    if abs(number) >= 2**63:
        raise OverflowError(value)
    return number


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(value)
    return float(value)


def _text(value: Any) -> Any:
    return _exactly(value, str)


def _flag(value: Any) -> Any:
    return _exactly(value, bool)


_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("int", "bigint", "picklist", "state", "status"), _integer),
    **dict.fromkeys(("money", "double"), _number),
    **dict.fromkeys(("guid", "organization"), _guid),
    "bool": _flag,
    "managed": _managed,
    "datetime": _instant,
    "date": _day,
}
"""Column type -> how its JSON is read; texts are the rest."""
