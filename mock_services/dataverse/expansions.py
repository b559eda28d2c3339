"""`$expand`: related rows put into the rows of an answer, one query for each navigation property."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.querying.conditions import compile_condition, scope_of
from mock_services.dataverse.resolver import ColumnResolver
from mock_services.dataverse.shapes import lookup_value, shape_rows, target_of, wire_names
from mock_services.odata.filters import read_filter
from mock_services.odata.options import Expansion, read_orderby, read_top
from mock_services.odata.problems import BadQuery, UnknownProperty
from mock_services.state.organisation.definitions import (
    Association,
    Collection,
    Lookup,
    Table,
)
from mock_services.state.organisation.schema import Schema, type_column

Row = Mapping[str, Any]
_SINGLE = {"$select", "$expand"}
_COLLECTION = {"$select", "$expand", "$filter", "$orderby", "$top"}


def check_expansions(call: Call, table: Table, expansions: Iterable[Expansion], level: int = 0) -> None:
    """Refuse what Dataverse refuses before any row is read. Raises BadQuery, UnknownProperty, Unmodelled."""
    wanted = tuple(expansions)
    if len(wanted) > facts.MOST_EXPANSIONS:
        raise BadQuery(f"The number of $expand exceeds the limit of {facts.MOST_EXPANSIONS}.")
    for each in wanted:
        if _is_principal(table, each.name):
            _check_principal(each)
            continue
        to, is_single = _destination(call.schema, table, each.name)
        if each.is_reference and not is_single:
            raise BadQuery("Expand with $ref is only supported on lookup type navigation property.")
        allowed = _SINGLE if is_single else _COLLECTION
        for option in each.options:
            if option not in _COLLECTION:
                raise BadQuery(f"Term '{each.name}({option})' is not valid in a $select or $expand expression.")
            if option not in allowed or (level and option in ("$orderby", "$top")):
                raise BadQuery(facts.EXPAND_LIMITED)
        wire_names(to, each.select)
        resolver = ColumnResolver(call.organisation, to)
        if "$filter" in each.options:
            compile_condition(read_filter(each.options["$filter"]), scope_of(call, to))
        for key in read_orderby(each.options["$orderby"]) if "$orderby" in each.options else ():
            resolver.operand(key.path)
        if "$top" in each.options:
            read_top(each.options["$top"])
        check_expansions(call, to, each.expand, level + 1)


def expand_rows(
    call: Call, table: Table, rows: Sequence[Row], shaped: list[dict[str, Any]], expansions: Sequence[Expansion]
) -> None:
    """Put the related rows into already shaped ones. Raises Refusal where the caller may not read them."""
    for each in expansions:
        if _is_principal(table, each.name):
            _expand_principal(call, rows, shaped, each, table.navigation[each.name][0])
        elif each.name in table.navigation:
            lookup, targets = table.navigation[each.name]
            _expand_single(call, rows, shaped, each, lookup=lookup, to=call.schema.table(targets[0]))
        else:
            to, _ = _destination(call.schema, table, each.name)
            way = (
                call.schema.associations_of(table.logical).get(each.name)
                or call.schema.collections_of(table.logical)[each.name]
            )
            _expand_collection(call, table, rows, shaped, each, way=way, to=to)


def _destination(schema: Schema, table: Table, name: str) -> tuple[Table, bool]:
    if name in table.navigation:
        return schema.table(table.navigation[name][1][0]), True
    way = schema.associations_of(table.logical).get(name) or schema.collections_of(table.logical).get(name)
    if way is None:
        raise UnknownProperty(name, f"Microsoft.Dynamics.CRM.{table.logical}")
    return schema.table(way.table), False


def _is_principal(table: Table, name: str) -> bool:
    """Whether a navigation property leads to users or teams, as `ownerid` does: its type is their common base."""
    return name in table.navigation and len(table.navigation[name][1]) > 1


def _check_principal(each: Expansion) -> None:
    """A principal has its id alone; what a user has besides belongs to `owninguser`. [inferred from the base type]"""
    for name in each.select:
        if name != "ownerid":
            raise UnknownProperty(name, "Microsoft.Dynamics.CRM.principal")
    if set(each.options) - {"$select"}:
        raise BadQuery(facts.EXPAND_LIMITED)


def _expand_principal(
    call: Call, rows: Sequence[Row], shaped: list[dict[str, Any]], each: Expansion, lookup: Lookup
) -> None:
    for target in {target_of(lookup, row) for row in rows} - {None}:
        call.security.demand("Read", call.schema.table(str(target)))
    for row, one in zip(rows, shaped, strict=True):
        value, target = lookup_value(call.organisation, lookup, row), target_of(lookup, row)
        if value is None or target is None:
            one[each.name] = None
        elif each.is_reference:
            one[each.name] = {"@odata.id": f"{call.root}/{call.schema.table(target).set}({value})"}
        else:
            one[each.name] = {"@odata.type": f"#{facts.NAMESPACE}{target}", "ownerid": value}


def _expand_single(
    call: Call, rows: Sequence[Row], shaped: list[dict[str, Any]], each: Expansion, *, lookup: Lookup, to: Table
) -> None:
    if each.is_reference:
        for row, one in zip(rows, shaped, strict=True):
            value = lookup_value(call.organisation, lookup, row) if target_of(lookup, row) == to.logical else None
            one[each.name] = {"@odata.id": f"{call.root}/{to.set}({value})"} if value else None
        return
    ids = {lookup_value(call.organisation, lookup, row) for row in rows if target_of(lookup, row) == to.logical} - {
        None
    }
    reach = call.security.demand("Read", to).condition(to)
    key = call.schema.sql(to.logical).c[to.primary_id]
    conditions = [key.in_(sorted(str(one) for one in ids))] + ([reach] if reach is not None else [])
    found = call.organisation.store.rows(sa.select(call.schema.sql(to.logical)).where(*conditions)) if ids else []
    made = _shape(call, to, found, each)
    by_id = {row[to.primary_id]: one for row, one in zip(found, made, strict=True)}
    for row, one in zip(rows, shaped, strict=True):
        points_here = target_of(lookup, row) == to.logical
        one[each.name] = by_id.get(lookup_value(call.organisation, lookup, row)) if points_here else None


def _expand_collection(
    call: Call,
    table: Table,
    rows: Sequence[Row],
    shaped: list[dict[str, Any]],
    each: Expansion,
    *,
    way: Association | Collection,
    to: Table,
) -> None:
    parents = [row[table.primary_id] for row in rows]
    found = call.organisation.store.rows(_children(call, table, parents, each, way=way, to=to)) if parents else []
    made = _shape(call, to, found, each)
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row, one in zip(found, made, strict=True):
        grouped.setdefault(row["parent_key"], []).append(one)
    top = read_top(each.options["$top"]) if "$top" in each.options else None
    for parent, one in zip(parents, shaped, strict=True):
        one[each.name] = grouped.get(parent, [])[:top]
        options = "&".join(f"{name}={value}" for name, value in each.options.items())
        link = f"{call.root}/{table.set}({parent})/{each.name}"
        one[f"{each.name}@odata.nextLink"] = f"{link}?{options}" if options else link


def _children(
    call: Call, table: Table, parents: Sequence[str], each: Expansion, *, way: Association | Collection, to: Table
) -> sa.Select[Any]:
    sql = call.schema.sql(to.logical)
    if isinstance(way, Association):
        via = call.schema.sql(way.via)
        query = sa.select(sql, via.c[way.near].label("parent_key")).join(via, via.c[way.far] == sql.c[to.primary_id])
        query = query.where(via.c[way.near].in_(parents))
    else:
        query = sa.select(sql, sql.c[way.lookup].label("parent_key")).where(sql.c[way.lookup].in_(parents))
        if to.lookups[way.lookup].polymorphic:
            query = query.where(sql.c[type_column(way.lookup)] == table.logical)
    reach = call.security.demand("Read", to).condition(to)
    if reach is not None:
        query = query.where(reach)
    resolver = ColumnResolver(call.organisation, to)
    if "$filter" in each.options:
        query = query.where(compile_condition(read_filter(each.options["$filter"], call.aliases), scope_of(call, to)))
    for key in read_orderby(each.options["$orderby"]) if "$orderby" in each.options else ():
        column = resolver.operand(key.path).expression
        query = query.order_by(column.desc() if key.descending else column.asc())
    return query.order_by(*sql.primary_key.columns)


def _shape(call: Call, to: Table, found: Sequence[Row], each: Expansion) -> list[dict[str, Any]]:
    made = shape_rows(call.organisation, to, found, wire_names(to, each.select), call.prefer)
    if each.expand:
        expand_rows(call, to, found, made, each.expand)
    return made
