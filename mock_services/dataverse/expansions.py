"""`$expand`: related rows put into the rows of an answer, one query for each navigation property."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.column_security import guarding, veil
from mock_services.dataverse.querying.conditions import compile_condition
from mock_services.dataverse.querying.pages import Cookie
from mock_services.dataverse.querying.scopes import scope_of
from mock_services.dataverse.shapes import lookup_value, shape_rows, target_of, wire_names
from mock_services.errors import Unmodelled
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
_PLAIN = "$(),;=/':@!*"
"""What stays as it is in a link."""


def check_expansions(call: Call, table: Table, expansions: Iterable[Expansion]) -> None:
    """Refuse what Dataverse refuses before any row is read. Raises BadQuery, UnknownProperty, Refusal, Unmodelled."""
    wanted = tuple(expansions)
    if _number(wanted) > facts.MOST_EXPANSIONS:
        raise BadQuery(f"The number of $expand exceeds the limit of {facts.MOST_EXPANSIONS}.")
    _check_level(call, table, wanted, is_nested=any(each.expand for each in wanted))


def _number(expansions: Sequence[Expansion]) -> int:
    return sum(1 + _number(each.expand) for each in expansions)


def _check_level(call: Call, table: Table, wanted: Sequence[Expansion], *, is_nested: bool) -> None:
    """One level of a query. `is_nested`: some expansion of it holds another, which takes options from all of them."""
    _check_associations(call.schema, table, wanted, is_nested=is_nested)
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
            if option not in allowed or (is_nested and option in ("$orderby", "$top")):
                raise BadQuery(facts.EXPAND_LIMITED)
        wire_names(to, each.select)
        if "$filter" in each.options:
            compile_condition(read_filter(each.options["$filter"]), scope_of(call, to))
        for key in read_orderby(each.options["$orderby"]) if "$orderby" in each.options else ():
            scope_of(call, to).resolver.operand(key.path)
        if "$top" in each.options:
            read_top(each.options["$top"])
        _check_level(call, to, each.expand, is_nested=is_nested)


def _check_associations(schema: Schema, table: Table, wanted: Sequence[Expansion], *, is_nested: bool) -> None:
    """Many-to-many ones go with their like alone, and not nested (join-tables.md); the refusal is not written down."""
    ways = schema.associations_of(table.logical)
    number = sum(each.name in ways for each in wanted)
    if number and (is_nested or number < len(wanted)):
        raise Unmodelled("the refusal of $expand of a many-to-many relationship nested or together with others")


def expand_rows(
    call: Call,
    table: Table,
    rows: Sequence[Row],
    shaped: list[dict[str, Any]],
    expansions: Sequence[Expansion],
    *,
    is_nested: bool | None = None,
) -> None:
    """Put the related rows into already shaped ones. Raises Refusal where the caller may not read them.

    `is_nested`: whether some expansion of the query holds another; told from `expansions` where it is None.
    """
    nested = any(each.expand for each in expansions) if is_nested is None else is_nested
    for each in expansions:
        if _is_principal(table, each.name):
            _expand_principal(call, rows, shaped, each, table.navigation[each.name][0])
        elif each.name in table.navigation:
            lookup, targets = table.navigation[each.name]
            _expand_single(call, rows, shaped, each, lookup=lookup, to=call.schema.table(targets[0]), nested=nested)
        else:
            to, _ = _destination(call.schema, table, each.name)
            way = (
                call.schema.associations_of(table.logical).get(each.name)
                or call.schema.collections_of(table.logical)[each.name]
            )
            _expand_collection(call, table, rows, shaped, each, way=way, to=to, nested=nested)


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
            one.setdefault(lookup.value_name, value)
            one[each.name] = {"@odata.id": f"{call.root}/{call.schema.table(target).set}({value})"}
        else:
            one[each.name] = {"@odata.type": f"#{facts.NAMESPACE}{target}", "ownerid": value}


def _expand_single(
    call: Call,
    rows: Sequence[Row],
    shaped: list[dict[str, Any]],
    each: Expansion,
    *,
    lookup: Lookup,
    to: Table,
    nested: bool,
) -> None:
    if each.is_reference:
        for row, one in zip(rows, shaped, strict=True):
            value = lookup_value(call.organisation, lookup, row) if target_of(lookup, row) == to.logical else None
            one.setdefault(lookup.value_name, lookup_value(call.organisation, lookup, row))
            one[each.name] = {"@odata.id": f"{call.root}/{to.set}({value})"} if value else None
        return
    ids = {lookup_value(call.organisation, lookup, row) for row in rows if target_of(lookup, row) == to.logical} - {
        None
    }
    reach = call.security.demand("Read", to).condition(to)
    key = call.schema.sql(to.logical).c[to.primary_id]
    conditions = [key.in_(sorted(str(one) for one in ids))] + ([reach] if reach is not None else [])
    found = call.organisation.store.rows(sa.select(call.schema.sql(to.logical)).where(*conditions)) if ids else []
    made = _shape(call, to, found, each, nested=nested)
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
    nested: bool,
) -> None:
    """Each parent's rows and a link to them.

    In a query that nests expansions the preferred page size holds for every collection, and the link leads to what
    comes after the page; in any other it leads to the whole (join-tables.md).
    """
    parents = [row[table.primary_id] for row in rows]
    found = call.organisation.store.rows(_children(call, table, parents, each, way=way, to=to)) if parents else []
    size = call.prefer.page_size if nested else None
    most = read_top(each.options["$top"]) if "$top" in each.options else size or facts.MOST_ROWS
    taken: dict[str, list[Row]] = {parent: [] for parent in parents}
    for row in found:
        if len(taken[row["parent_key"]]) < most:
            taken[row["parent_key"]].append(row)
    back = "" if nested or isinstance(way, Association) else to.lookups[way.lookup].value_name
    made = iter(_shape(call, to, [row for rows in taken.values() for row in rows], each, nested=nested, back=back))
    for parent, one in zip(parents, shaped, strict=True):
        one[each.name] = [next(made) for _ in taken[parent]]
        options = [f"{name}={quote(value, safe=_PLAIN)}" for name, value in each.options.items()]
        if size is not None and taken[parent]:
            first, last = taken[parent][0], taken[parent][-1]
            cookie = Cookie.between(to, 1, (), first=first, last=last, number=len(taken[parent]))
            options.append("$skiptoken=" + quote(cookie.spelt(), safe="=/"))
        link = f"{call.root}/{table.set}({parent})/{each.name}"
        one[f"{each.name}@odata.nextLink"] = f"{link}?{'&'.join(options)}" if options else link


def _children(
    call: Call, table: Table, parents: Sequence[str], each: Expansion, *, way: Association | Collection, to: Table
) -> sa.Select[Any]:
    sql = call.schema.sql(to.logical)
    if isinstance(way, Association):
        via = call.schema.sql(way.via)
        query = sa.select(sql, via.c[way.near].label("parent_key")).join(via, via.c[way.far] == sql.c[to.primary_id])
        query = query.where(via.c[way.near].in_(parents))
    else:
        guarding(call)(to, way.lookup)
        query = sa.select(sql, sql.c[way.lookup].label("parent_key")).where(sql.c[way.lookup].in_(parents))
        if to.lookups[way.lookup].polymorphic:
            query = query.where(sql.c[type_column(way.lookup)] == table.logical)
    reach = call.security.demand("Read", to).condition(to)
    if reach is not None:
        query = query.where(reach)
    resolver = scope_of(call, to).resolver
    if "$filter" in each.options:
        query = query.where(compile_condition(read_filter(each.options["$filter"], call.aliases), scope_of(call, to)))
    for key in read_orderby(each.options["$orderby"]) if "$orderby" in each.options else ():
        column = resolver.operand(key.path).expression
        query = query.order_by(column.desc() if key.descending else column.asc())
    return query.order_by(*sql.primary_key.columns)


def _shape(
    call: Call, to: Table, found: Sequence[Row], each: Expansion, *, nested: bool, back: str = ""
) -> list[dict[str, Any]]:
    """Rows as JSON, those within them too; `back` is the lookup to the parent, which comes along unasked."""
    names = wire_names(to, each.select)
    shown = (*names, back) if back and back not in names else names
    made = shape_rows(call.organisation, to, veil(call, to, found), shown, call.prefer)
    if each.expand:
        expand_rows(call, to, found, made, each.expand, is_nested=nested)
    return made
