"""A JSON body into changes of a row: columns checked for type, lookups out of `@odata.bind`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, payload
from mock_services.dataverse.keys import read_key
from mock_services.dataverse.urls import read_reference
from mock_services.dataverse.values import convert
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import Lookup, Table
from mock_services.state.organisation.schema import type_column

BIND = "@odata.bind"
_TYPE = "@odata.type"


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
    """Collection-valued navigation property -> ids of rows to associate afterwards."""
    parents: dict[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    """Lookup -> table and body of a row to be made first, for the lookup to point at (deep insert)."""
    children: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    """Collection-valued navigation property -> bodies of rows to be made afterwards (deep insert)."""


def read_changes(call: Call, table: Table, body: Mapping[str, Any]) -> Changes:
    """The changes a body asks for. Raises Refusal for what is not this table's."""
    changes = Changes()
    _check_type(call, table, body.get(_TYPE))
    for name, value in body.items():
        if name.endswith(BIND):
            _bind(call, table, name.removesuffix(BIND), value, changes)
        elif "@" in name:
            continue  # annotations such as @odata.type and …@OData.Community.Display.V1.FormattedValue
        elif name in table.columns and not (name in table.navigation and isinstance(value, (dict, list))):
            changes.values[name] = convert(table, table.columns[name], value)
        else:
            _put_navigation(call, table, name, value, changes)
    return changes


def _check_type(call: Call, table: Table, named: Any) -> None:
    """A body may say what it is, but nothing else than it is. Raises Refusal."""
    if not isinstance(named, str):
        return
    logical = named.removeprefix("#").removeprefix(facts.NAMESPACE)
    if logical not in call.schema.tables:
        raise payload(table.set, facts.NO_TYPE.format(type=named.removeprefix("#")))
    if logical != table.logical:
        raise payload(table.set, facts.OTHER_TYPE.format(type=facts.NAMESPACE + logical, wanted=table.logical))


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


def leading(table: Table, name: str) -> tuple[Lookup, tuple[str, ...]] | None:
    """The lookup and the targets of a single-valued navigation property; an activity's may go by the inherited name."""
    if table.activity and name not in table.navigation:
        return table.navigation.get(f"{name}_{table.logical}")
    return table.navigation.get(name)


def _put_navigation(call: Call, table: Table, name: str, value: Any, changes: Changes) -> None:
    if name in table.values:
        raise Refusal("0x80060888", facts.ENTITY_REFERENCE, status=400)
    if (way := leading(table, name)) is not None:
        _nest(table, name, value, changes=changes, way=way)
    elif name in call.schema.associations_of(table.logical) or name in call.schema.collections_of(table.logical):
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise payload(table.set, facts.PRIMITIVE_NAVIGATION.format(name=name))
        changes.children[name] = value
    else:
        raise payload(table.set, facts.INVALID_PROPERTY.format(name=name, table=table.logical))


def _nest(table: Table, name: str, value: Any, *, changes: Changes, way: tuple[Lookup, tuple[str, ...]]) -> None:
    """A row to be made for a lookup to point at; `null` empties the lookup."""
    lookup, targets = way
    if value is None:
        changes.values[lookup.name] = None
        return
    if not isinstance(value, dict):
        raise payload(table.set, facts.PRIMITIVE_NAVIGATION.format(name=name))
    if lookup.name in changes.bound or (lookup.name in changes.parents and name in changes.navigations[lookup.name]):
        raise payload(table.set, facts.REPEATED_PROPERTY.format(name=name))
    if "@odata.id" in value:
        raise Unmodelled(f"a nested reference by @odata.id ({table.logical}.{name})")
    named = str(value.get(_TYPE, "")).removeprefix("#").removeprefix(facts.NAMESPACE)
    if len(targets) > 1 and named not in targets:
        raise Unmodelled(f"a row created through {table.logical}.{name}, which may be a user or a team")
    changes.navigations.setdefault(lookup.name, []).append(name)
    changes.parents[lookup.name] = (named if len(targets) > 1 else targets[0], value)


def _bind(call: Call, table: Table, name: str, value: Any, changes: Changes) -> None:
    if (lead := leading(table, name)) is not None:
        lookup, targets = lead
        if value is not None and lookup.name in changes.parents:
            raise payload(table.set, facts.REPEATED_PROPERTY.format(name=name))
        changes.navigations.setdefault(lookup.name, []).append(name)
        if value is None:
            changes.values[lookup.name] = None
        else:
            changes.bound[lookup.name] = _referenced(call, table, targets, name, value)
        return
    lookup_named = table.lookups.get(name)
    if lookup_named is not None and not lookup_named.targets:
        raise Unmodelled(f"the table behind the lookup {table.logical}.{name}")
    way = call.schema.associations_of(table.logical).get(name) or call.schema.collections_of(table.logical).get(name)
    if way is None:
        raise payload(table.set, facts.UNDECLARED.format(name=name))
    if not isinstance(value, list):
        raise payload(table.set, facts.BIND_NO_LIST.format(name=name))
    changes.linked[name] = [_referenced(call, table, (way.table,), name, each)[1] for each in value]


def _referenced(call: Call, table: Table, targets: Sequence[str], name: str, value: Any) -> tuple[str, str]:
    """The table and id in a bound reference. Raises Refusal: 400 for a set that is not there."""
    if not isinstance(value, str):
        literal = str(value)[:200].encode("utf-8", "replace").decode()
        raise payload(table.set, facts.NOT_CONVERTED.format(literal=literal, type="Edm.String"))
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
    key = read_key(call, named, found[1])
    if key.id is None:
        raise key.missing
    return named.logical, key.id
