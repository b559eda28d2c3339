"""A whole query into one SQL statement: joins, conditions, groups and order, every table under the caller's reach."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.querying.conditions import Scope, compile_condition, count_conditions, reach_of
from mock_services.dataverse.refusals import queries as rows
from mock_services.dataverse.resolver import Operand
from mock_services.errors import Unmodelled
from mock_services.odata.fetchxml import aliases_of
from mock_services.odata.model import Linked, Ordered, Query, Selected
from mock_services.odata.problems import BadQuery, UnknownProperty
from mock_services.state.organisation.definitions import Table

_ASKING = {"any", "not any", "all", "not all", "exists", "in"}
"""Kinds of link that show no columns and only ask what is there."""
MOST_AGGREGATED = 50_000
"""Rows that may be aggregated: powerapps-docs fetchxml/aggregate-data.md."""
_PARTS: Mapping[str, str] = {"day": "%d", "month": "%m", "year": "%Y", "week": "%W"}
_AGGREGATES: Mapping[str, Callable[[Any], Any]] = {
    "sum": sa.func.sum, "avg": sa.func.avg, "min": sa.func.min, "max": sa.func.max, "countcolumn": sa.func.count,
    "countdistinct": lambda column: sa.func.count(column.distinct()),
}  # fmt: skip


@dataclass
class Part:
    """A table of the query, and what of it goes into the answer."""

    scope: Scope
    alias: str
    """Of a linked table; "" for the query's own."""
    columns: tuple[Selected, ...]
    all_columns: bool
    prefix: str
    """Before the names of its columns in the statement."""


@dataclass
class Statement:
    """The SQL, and how its rows are to be read."""

    sql: sa.Select[Any]
    parts: list[Part]
    keys: list[tuple[sa.ColumnElement[Any], bool]] = field(default_factory=list)
    """What the rows are ordered by, each with whether downwards."""
    order_columns: list[str] | None = None
    """The columns of the query's own table that the order is told by; None where a linked one is among them."""
    aggregated: dict[str, tuple[Part, Selected]] = field(default_factory=dict)
    """Of an aggregate query: alias -> where the value comes from."""


def statement_of(call: Call, query: Query) -> Statement:
    """Compile a query. Raises Refusal, BadQuery (UnknownProperty) and Unmodelled."""
    table = table_named(call, query.table)
    count_conditions(query.condition)
    source = call.schema.sql(table.logical)
    scope = Scope(call, table, source, by_attribute=query.by_attribute)
    joined: Any = source
    parts = [Part(scope, "", query.columns, query.all_columns, "r_")]
    conditions: list[sa.ColumnElement[bool]] = []
    builder = _Joining(call, scope, parts, conditions, aliases_of(query.links))
    for link in query.links:
        joined = builder.join(joined, scope, link)
    if (reach := reach_of(call, table, source)) is not None:
        conditions.append(reach)
    if query.condition is not None:
        conditions.append(compile_condition(query.condition, scope))
    if query.aggregates:
        return _aggregated(query, parts, joined, conditions)
    return _plain(query, parts, joined, conditions)


def table_named(call: Call, logical: str) -> Table:
    """A table by its logical name. Raises Refusal."""
    found = call.schema.tables.get(logical)
    if found is None:
        raise Refusal(rows.NO_ENTITY.code, rows.NO_ENTITY.template.format(name=logical))
    return found


def no_attribute(problem: UnknownProperty) -> Refusal:
    """The refusal that FetchXML has for a column that is not there."""
    table = problem.type_name.rpartition(".")[2]
    message = rows.NO_ATTRIBUTE.template.format(table=table, column=problem.name, details=_MAPPING)
    return Refusal(rows.NO_ATTRIBUTE.code, message)


_MAPPING = " and NameMapping = 'Logical'. MetadataCacheDetails: ProviderType=Dynamic"


@dataclass
class _Joining:
    """The tables that a query links, one by one."""

    call: Call
    root: Scope
    parts: list[Part]
    conditions: list[sa.ColumnElement[bool]]
    aliases: Mapping[int, str]

    def join(self, joined: Any, above: Scope, link: Linked) -> Any:
        """The join with a link and those below it; links that only ask whether something is there become conditions."""
        table = table_named(self.call, link.table)
        source = self.call.schema.sql(link.table).alias()
        scope = Scope(self.call, table, source, by_attribute=True)
        count_conditions(link.condition)
        on = _operand(scope, link.there).expression == _operand(above, link.here).expression
        own: list[sa.ColumnElement[bool]] = [on]
        if (reach := reach_of(self.call, table, source)) is not None:
            own.append(reach)
        if link.kind in _ASKING:
            self._exists(scope, link, above, own)
            return joined
        alias = self.aliases[id(link)]
        if alias in self.root.links:
            raise BadQuery(f"Duplicate alias or link entity name {alias} in the query.")
        self.root.links[alias] = scope
        scope.links.update(self.root.links)
        if link.condition is not None:
            own.append(compile_condition(link.condition, Scope(self.call, table, source, True, self.root.links)))
        self.parts.append(Part(scope, alias, link.columns, link.all_columns, f"l{len(self.parts)}_"))
        if link.kind == "matchfirstrowusingcrossapply":
            own.append(self._is_first(scope, above, link))
        joined = joined.join(source, sa.and_(*own), isouter=link.kind == "outer")
        for below in link.links:
            joined = self.join(joined, scope, below)
        return joined

    def _exists(self, scope: Scope, link: Linked, above: Scope, own: list[sa.ColumnElement[bool]]) -> None:
        """Conditions on what is linked, by the documentation's own reading of the names (fetchxml/filter-rows.md).

        any, exists, in and, despite its name, not all: some linked row passes the filter. not any: none does. all:
        there are linked rows, and none of them passes.
        """
        inner: Any = scope.source
        for below in link.links:
            inner = _Joining(self.call, self.root, [], own, self.aliases).join(inner, scope, below)
        there = sa.select(sa.literal(1)).select_from(inner).where(*own).correlate(above.source)
        passing = there
        if link.condition is not None:
            passing = there.where(compile_condition(link.condition, scope))
        if link.kind in ("not any", "all"):
            self.conditions.append(~passing.exists())
        if link.kind == "all":
            self.conditions.append(there.exists())
        if link.kind not in ("not any", "all"):
            self.conditions.append(passing.exists())

    def _is_first(self, scope: Scope, above: Scope, link: Linked) -> sa.ColumnElement[bool]:
        key = scope.table.primary_id
        twin = self.call.schema.sql(link.table).alias()
        inner = Scope(self.call, scope.table, twin, True)
        first = sa.select(sa.func.min(twin.c[key])).where(
            _operand(inner, link.there).expression == _operand(above, link.here).expression
        )
        if link.condition is not None:
            first = first.where(compile_condition(link.condition, inner))
        return scope.source.c[key] == first.correlate(above.source).scalar_subquery()


def _operand(scope: Scope, name: str) -> Operand:
    return scope.resolver.operand((name,))


def _plain(query: Query, parts: list[Part], joined: Any, conditions: list[sa.ColumnElement[bool]]) -> Statement:
    columns: list[sa.ColumnElement[Any]] = []
    for part in parts:
        columns += _taken(part, distinct=query.distinct)
    statement = Statement(sa.select(*columns).select_from(joined).where(*conditions), parts)
    if query.distinct:
        statement.sql = statement.sql.distinct()
    _order(query, statement)
    return statement


def _taken(part: Part, *, distinct: bool) -> Iterator[sa.ColumnElement[Any]]:
    """The columns of a part that the statement needs: all of a table that shows any, so that its rows can be shaped."""
    if not (part.columns or part.all_columns) and (part.alias or distinct):
        return
    names = {each.path[0] for each in part.columns}
    for name in names:
        _operand(part.scope, name)  # that it is there
    source = part.scope.source
    wanted = set(source.c.keys())
    if distinct and not part.all_columns:
        wanted = {n for n in wanted if n in names or n.removesuffix("_type") in names}
    for column in source.c:
        if column.name in wanted:
            yield column.label(part.prefix + column.name)


def _order(query: Query, statement: Statement) -> None:
    """By the orders of the query, then those of its links, then by the key, which makes the order whole."""
    root = statement.parts[0]
    own = [_ordered(root, order) for order in query.orders]
    statement.keys += own
    linked = [
        _ordered(part, order) for link, part in _links_with_parts(query.links, statement.parts) for order in link.orders
    ]
    statement.keys += linked
    if not linked and not query.distinct:
        statement.order_columns = [order.path[0] for order in query.orders]
    if not query.distinct:
        statement.keys += [(column, False) for column in _key_columns(root)]
    statement.sql = statement.sql.order_by(*(key.desc() if down else key.asc() for key, down in statement.keys))


def _key_columns(part: Part) -> Sequence[sa.ColumnElement[Any]]:
    table = part.scope.table
    return [part.scope.source.c[name] for name in table.unique or (table.primary_id,)]


def _ordered(part: Part, order: Ordered) -> tuple[sa.ColumnElement[Any], bool]:
    if not order.path:
        named = next((each for each in part.columns if each.alias == order.alias), None)
        if named is None:
            raise BadQuery(f"An attribute with alias {order.alias} is not in the query.")
        return _operand(part.scope, named.path[0]).expression, order.descending
    return _operand(part.scope, order.path[0]).expression, order.descending


def _links_with_parts(links: tuple[Linked, ...], parts: list[Part]) -> Iterator[tuple[Linked, Part]]:
    by_alias = {part.alias: part for part in parts}
    aliases = aliases_of(links)
    waiting = list(links)
    while waiting:
        link = waiting.pop(0)
        if (part := by_alias.get(aliases[id(link)])) is not None:
            yield link, part
        waiting += link.links


def _aggregated(query: Query, parts: list[Part], joined: Any, conditions: list[sa.ColumnElement[bool]]) -> Statement:
    _refuse_large(query, parts, joined, conditions)
    columns: list[sa.ColumnElement[Any]] = []
    groups: list[sa.ColumnElement[Any]] = []
    by_alias: dict[str, tuple[Part, Selected]] = {}
    for part in parts:
        for selected in part.columns:
            if selected.alias in by_alias:
                raise BadQuery(f"Duplicate alias {selected.alias} in the query.")
            expression = _value(part, selected)
            if selected.grouped:
                groups.append(expression)
            by_alias[selected.alias] = (part, selected)
            columns.append(expression.label(selected.alias))
    if not columns:
        raise BadQuery("An aggregate query needs at least one attribute.")
    sql = sa.select(*columns).select_from(joined).where(*conditions).group_by(*groups)
    keys = []
    for order in [
        *query.orders,
        *(order for link, _ in _links_with_parts(query.links, parts) for order in link.orders),
    ]:
        if order.alias not in by_alias:
            raise BadQuery("An attribute can not be requested when an aggregate operation has been specified.")
        expression = _value(*by_alias[order.alias])
        keys.append(expression.desc() if order.descending else expression.asc())
    return Statement(sql.order_by(*keys, *groups), parts, aggregated=by_alias)


def _refuse_large(query: Query, parts: list[Part], joined: Any, conditions: list[sa.ColumnElement[bool]]) -> None:
    limit = min(query.aggregate_limit or MOST_AGGREGATED, MOST_AGGREGATED)
    some = sa.select(sa.literal(1)).select_from(joined).where(*conditions).limit(limit + 1).subquery()
    store = parts[0].scope.call.organisation.store
    if store.value(sa.select(sa.func.count()).select_from(some)) > limit:
        raise Refusal(rows.AGGREGATE_TOO_LARGE.code, rows.AGGREGATE_TOO_LARGE.template)


def _value(part: Part, selected: Selected) -> sa.ColumnElement[Any]:
    if selected.aggregate == "count" and selected.path == ("*",):
        return sa.func.count()
    operand = part.scope.resolver.operand(selected.path)
    if selected.aggregate == "count":
        return sa.func.count()
    if selected.aggregate:
        name = "countdistinct" if selected.aggregate == "countcolumn" and selected.distinct else selected.aggregate
        if selected.aggregate in ("sum", "avg") and operand.kind != "number":
            raise BadQuery(f"Attribute {selected.path[-1]} cannot be aggregated with {selected.aggregate}.")
        found: sa.ColumnElement[Any] = _AGGREGATES[name](operand.expression)
        return found
    return _date_part(operand, selected) if selected.date_part else operand.expression


def _date_part(operand: Operand, selected: Selected) -> sa.ColumnElement[Any]:
    if operand.kind not in ("instant", "date"):
        raise BadQuery(f"dategrouping can be specified only for dates, not for {selected.path[-1]}.")
    part = selected.date_part
    if part in _PARTS:
        number = sa.cast(sa.func.strftime(_PARTS[part], operand.expression), sa.Integer)
        return number + 1 if part == "week" else number
    if part == "quarter":
        return (sa.cast(sa.func.strftime("%m", operand.expression), sa.Integer) + 2) // 3
    raise Unmodelled(f"grouping by {part}")
