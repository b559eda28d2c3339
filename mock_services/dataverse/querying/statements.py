"""A whole query into one SQL statement: joins, conditions, groups and order, every table under the caller's reach."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse.calls import Call
from mock_services.dataverse.querying.aggregates import aggregated, group_type
from mock_services.dataverse.querying.conditions import compile_condition
from mock_services.dataverse.querying.links import Joining, Part, own_operand, table_named
from mock_services.dataverse.querying.scopes import Scope, SqlCondition, reach_of
from mock_services.odata.fetchxml import aliases_of
from mock_services.odata.filters import MOST_CONDITIONS
from mock_services.odata.model import Condition, Group, Linked, Not, Ordered, Query, Selected, Some
from mock_services.odata.problems import BadQuery, Fault, TooManyConditions

Key = tuple[sa.ColumnElement[Any], bool]


@dataclass
class Statement:
    """The SQL, and how its rows are to be read."""

    sql: sa.Select[Any]
    parts: list[Part]
    keys: list[Key] = field(default_factory=list)
    """What the rows are ordered by, each with whether downwards."""
    order_columns: list[str] | None = None
    """The columns of the query's own table that the order is told by; None where a linked one is among them."""
    aggregated: dict[str, tuple[Part, Selected]] = field(default_factory=dict)
    """Of an aggregate query: alias -> where the value comes from."""


def statement_of(call: Call, query: Query) -> Statement:
    """Compile a query. Raises Refusal, BadQuery (UnknownProperty, Fault) and Unmodelled."""
    table = table_named(call, query.table)
    _count_whole(query)
    source = call.schema.sql(table.logical)
    scope = Scope(call, table, source, by_attribute=query.by_attribute)
    joined: Any = source
    parts = [Part(scope, "", query.columns, query.all_columns, "r_")]
    conditions: list[SqlCondition] = []
    joining = Joining(call, scope, parts, conditions, aliases_of(query.links))
    for link in query.links:
        joined = joining.join(joined, scope, link)
    if (reach := reach_of(call, table, source)) is not None:
        conditions.append(reach)
    if query.condition is not None:
        conditions.append(compile_condition(query.condition, scope))
    if query.aggregates:
        return _aggregated(query, parts, joined, conditions)
    return _plain(query, parts, joined, conditions)


def _count_whole(query: Query) -> None:
    """Raises TooManyConditions: conditions and links count together (powerapps-docs fetchxml/filter-rows.md)."""
    waiting: list[Condition | None] = [query.condition]
    links, number = list(query.links), 0
    while waiting or links:
        if links:
            link = links.pop()
            number += 1
            links += link.links
            waiting.append(link.condition)
            continue
        part = waiting.pop()
        if isinstance(part, Group):
            waiting += part.parts
        elif isinstance(part, Not):
            waiting.append(part.part)
        elif isinstance(part, Some):
            waiting.append(part.condition)
        elif isinstance(part, Linked):
            links.append(part)
        else:
            number += part is not None
    if number > MOST_CONDITIONS:
        raise TooManyConditions


def _plain(query: Query, parts: list[Part], joined: Any, conditions: list[SqlCondition]) -> Statement:
    columns: list[sa.ColumnElement[Any]] = []
    for part in parts:
        columns += _taken(part, distinct=query.distinct)
    if not columns:
        raise BadQuery("A distinct query needs at least one attribute.")
    _refuse_repeated(parts)
    statement = Statement(sa.select(*columns).select_from(joined).where(*conditions), parts)
    if query.distinct:
        statement.sql = statement.sql.distinct()
    _order(query, statement)
    return statement


def _refuse_repeated(parts: list[Part]) -> None:
    """Two columns of one name in the answer: aliases must be unique."""
    seen: set[str] = set()
    for part in parts:
        for selected in part.columns:
            if selected.alias and selected.alias in seen:
                raise Fault("QueryBuilderDuplicateAlias")
            seen.add(selected.alias)


def _taken(part: Part, *, distinct: bool) -> Iterator[sa.ColumnElement[Any]]:
    """The columns of a part that the statement needs: all of a table that shows any, so that its rows can be shaped."""
    if not (part.columns or part.all_columns) and (part.alias or distinct):
        return
    names = {each.path[0] for each in part.columns}
    for name in names:
        if name not in part.scope.table.secured:  # what may not be read is null among the rows
            own_operand(part.scope, name)  # that it is there
    source = part.scope.source
    wanted = set(source.c.keys())
    if distinct and not part.all_columns:
        wanted = {n for n in wanted if n in names or n.removesuffix("_type") in names}
    for column in source.c:
        if column.name in wanted:
            yield column.label(part.prefix + column.name)


def _order(query: Query, statement: Statement) -> None:
    """By the orders of the query, then those of its links, then by the keys, which make the order whole.

    A cookie tells a place in the order by columns of the query's own table, so there is none where these do not
    suffice: ordered by a linked column, rows that a link multiplies, distinct rows.
    """
    root = statement.parts[0]
    by_alias = {part.alias: part for part in statement.parts}
    statement.keys += [_ordered(_part_of(by_alias, order), order) for order in query.orders]
    linked = [_ordered(part, order) for order, part in _orders_of_links(query.links, by_alias)]
    statement.keys += linked
    if query.distinct:
        statement.keys += [(column, False) for column in statement.sql.selected_columns]
    else:
        statement.keys += [(column, False) for column in _key_columns(root)]
        if linked or any(order.source for order in query.orders) or _multiplies(query.links, by_alias):
            statement.keys += [(column, False) for part in statement.parts[1:] for column in _key_columns(part)]
        else:
            statement.order_columns = [order.path[0] for order in query.orders]
    statement.sql = statement.sql.order_by(*(key.desc() if down else key.asc() for key, down in statement.keys))


def _multiplies(links: tuple[Linked, ...], by_alias: dict[str, Part]) -> bool:
    """Whether a row of the query's own table may be there more than once: some link does not lead to a key."""
    aliases, waiting = aliases_of(links), list(links)
    while waiting:
        link = waiting.pop()
        part = by_alias.get(aliases[id(link)])
        if part is None:
            continue
        if link.there != part.scope.table.primary_id and link.kind in ("inner", "outer"):
            return True
        waiting += link.links
    return False


def _part_of(by_alias: dict[str, Part], order: Ordered) -> Part:
    if order.source not in by_alias:
        raise Fault("QueryBuilderLinkNodeForOrderNotFound")
    return by_alias[order.source]


def _key_columns(part: Part) -> Sequence[sa.ColumnElement[Any]]:
    table = part.scope.table
    return [part.scope.source.c[name] for name in table.unique or (table.primary_id,)]


def _ordered(part: Part, order: Ordered) -> Key:
    return own_operand(part.scope, order.path[0]).expression, order.descending


def _orders_of_links(links: tuple[Linked, ...], by_alias: dict[str, Part]) -> Iterator[tuple[Ordered, Part]]:
    aliases = aliases_of(links)
    waiting = list(links)
    while waiting:
        link = waiting.pop(0)
        if (part := by_alias.get(aliases[id(link)])) is not None:
            yield from ((order, part) for order in link.orders)
        waiting += link.links


def _aggregated(query: Query, parts: list[Part], joined: Any, conditions: list[SqlCondition]) -> Statement:
    from_ = sa.select(sa.literal(1)).select_from(joined).where(*conditions)
    by_alias: dict[str, tuple[Part, Selected]] = {}
    for part in parts:
        for selected in part.columns:
            if selected.alias in by_alias:
                raise Fault("QueryBuilderDuplicateAlias")
            by_alias[selected.alias] = (part, selected)
    if not by_alias:
        raise Fault("QueryBuilderAttribute_With_Aggregate")
    values = aggregated(query, by_alias, from_)
    groups = [values[alias] for alias, (_, selected) in by_alias.items() if selected.grouped]
    types = [column for part, selected in by_alias.values() for column in group_type(part, selected)]
    columns = [value.label(alias) for alias, value in values.items()]
    sql = sa.select(*columns, *types).select_from(joined).where(*conditions)
    sql = sql.group_by(*groups, *(column.element for column in types))
    keys = []
    named = {part.alias: part for part in parts}
    for order in (*query.orders, *(order for order, _ in _orders_of_links(query.links, named))):
        if order.alias not in by_alias:
            raise Fault("QueryBuilderInvalid_Alias")
        keys.append(values[order.alias].desc() if order.descending else values[order.alias].asc())
    return Statement(sql.order_by(*keys, *groups), parts, aggregated=by_alias)
