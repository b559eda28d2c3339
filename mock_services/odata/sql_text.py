"""The SQL that Dataverse's Web API takes (`?sql=`) into the query model; sqlglot knows the grammar.

What is taken and what is not: powerapps-docs webapi/query/sql.md, and what PowerPlatform-Dataverse-Client says of it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import sqlglot
from sqlglot import exp

from mock_services.odata.model import (
    Comparison,
    Condition,
    Group,
    Linked,
    Not,
    Ordered,
    Path,
    Query,
    Selected,
    Value,
)
from mock_services.odata.problems import BadQuery

LONGEST = 40_000
"""Characters; a URL holds less."""
_DEEPEST = 60
_COMPARED: Mapping[type, str] = {
    exp.EQ: "eq", exp.NEQ: "ne", exp.GT: "gt", exp.GTE: "ge", exp.LT: "lt", exp.LTE: "le"
}  # fmt: skip
_MIRRORED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
_AGGREGATES: Mapping[type, str] = {
    exp.Count: "count", exp.Sum: "sum", exp.Avg: "avg", exp.Min: "min", exp.Max: "max"
}  # fmt: skip
_ONE = ("Avg", "From", "Max", "Min", "National", "Neg", "Not", "Paren", "Sum", "TableAlias", "Where")
_TWO = ("And", "Or", "EQ", "NEQ", "GT", "GTE", "LT", "LTE", "Is")
_TAKEN: Mapping[str, set[str]] = {
    **{name: {"this"} for name in _ONE},
    **{name: {"this", "expression"} for name in _TWO},
    "Alias": {"this", "alias"},
    "Between": {"this", "low", "high"},
    "Column": {"this", "table"},
    "Count": {"this", "big_int"},
    "Distinct": {"expressions"},
    "Fetch": {"count", "direction", "limit_options"},
    "Group": {"expressions"},
    "Identifier": {"this", "quoted"},
    "In": {"this", "expressions"},
    "Join": {"this", "kind", "side", "on"},
    "Like": {"this", "expression", "negate"},
    "Limit": {"expression", "limit_options"},
    "LimitOptions": {"rows"},
    "Literal": {"this", "is_string"},
    "Null": set(),
    "Offset": {"expression"},
    "Order": {"expressions"},
    "Ordered": {"this", "desc", "nulls_first"},
    "Select": {
        "expressions", "from", "from_", "joins", "where", "group", "order", "limit", "offset", "distinct"
    },
    "Star": set(),
    "Table": {"this", "alias", "db"},
}  # fmt: skip
"""What of the grammar is taken, by the parser's names: anything else changes a query's meaning, and is refused."""


def read_sql(text: str) -> Query:
    """The query in a SELECT. Raises BadQuery for what is not SQL, and for SQL that is not taken."""
    if len(text) > LONGEST:
        raise BadQuery("The SQL query is too long.")
    try:
        statements = sqlglot.parse(text, read="tsql")
    except (sqlglot.errors.SqlglotError, RecursionError, ValueError):
        raise BadQuery("The SQL query cannot be read: it has a syntax error.") from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        raise _not_taken("anything but one SELECT")
    for node in statements[0].walk():
        others = {name for name, value in node.args.items() if value} - _TAKEN.get(type(node).__name__, set())
        if type(node).__name__ not in _TAKEN or others:
            raise _not_taken(type(node).__name__.upper() + "".join(f" {name.upper()}" for name in sorted(others)))
    return _Reader(statements[0]).query()


def _not_taken(what: str) -> BadQuery:
    return BadQuery(f"The SQL query is not supported: {what}.")


class _Reader:
    """One SELECT. Names are folded to lower case, as logical names are."""

    def __init__(self, select: exp.Select) -> None:
        self._select = select
        source = select.args.get("from_") or select.args.get("from")
        if source is None or not isinstance(source.this, exp.Table):
            raise _not_taken("a source that is no table")
        self._table = source.this.name.lower()
        self._aliases = {(source.this.alias or self._table).lower(): ""}
        self._joins = [self._join(join) for join in select.args.get("joins") or ()]

    def query(self) -> Query:
        """The whole of it."""
        select = self._select
        items = [self._item(each) for each in select.expressions]
        grouped = [
            self._column(each) for each in (select.args["group"].expressions if select.args.get("group") else ())
        ]
        aggregates = bool(grouped) or any(item.aggregate for _, item in items)
        if aggregates:
            items = [(source, self._grouped(source, item, grouped)) for source, item in items]
        where = select.args.get("where")
        top, skip = self._limits()
        return Query(
            table=self._table,
            columns=tuple(item for source, item in items if not source),
            condition=self._condition(where.this, 0) if where else None,
            links=self._links({alias: [i for s, i in items if s == alias] for alias in self._aliases}),
            orders=tuple(self._order(each, items, aggregates) for each in self._orders()),
            top=top,
            skip=skip,
            distinct=bool(select.args.get("distinct")),
            aggregates=aggregates,
        )

    def _limits(self) -> tuple[int | None, int]:
        limit, offset = self._select.args.get("limit"), self._select.args.get("offset")
        count = None
        if limit is not None:
            count = limit.args.get("count") if isinstance(limit, exp.Fetch) else limit.expression
        return (None if count is None else _whole(count), _whole(offset.expression) if offset is not None else 0)

    def _orders(self) -> list[Any]:
        order = self._select.args.get("order")
        return list(order.expressions) if order else []

    def _join(self, join: exp.Join) -> tuple[str, str, str, tuple[str, str], str]:
        """Alias, table, its column, the alias and column it is joined to, and the kind."""
        side, kind = (join.side or "").upper(), (join.kind or "").upper()
        if side not in ("", "LEFT") or kind not in ("", "INNER", "OUTER") or not isinstance(join.this, exp.Table):
            raise _not_taken(f"{side} {kind} JOIN".strip())
        on = join.args.get("on")
        if not isinstance(on, exp.EQ):
            raise _not_taken("a join on anything but one equality")
        table, alias = join.this.name.lower(), (join.this.alias or join.this.name).lower()
        if alias in self._aliases:
            raise _not_taken(f"two tables called {alias}")
        self._aliases[alias] = alias
        (left, left_column), (right, right_column) = self._column(on.this), self._column(on.expression)
        if left == alias:
            left, left_column, right, right_column = right, right_column, left, left_column
        if right != alias or left == alias:
            raise _not_taken("a join that does not name both tables")
        return alias, table, right_column, (left, left_column), "outer" if side == "LEFT" else "inner"

    def _links(self, items: Mapping[str, list[Selected]], above: str = "") -> tuple[Linked, ...]:
        return tuple(
            Linked(
                table=table,
                there=there,
                here=here,
                alias=alias,
                kind=kind,  # type: ignore[arg-type] # inner or outer
                columns=tuple(items.get(alias, ())),
                links=self._links(items, alias),
            )
            for alias, table, there, (source, here), kind in self._joins
            if source == above
        )

    def _column(self, node: Any) -> tuple[str, str]:
        """The alias of a column's table ("" for the first) and its name."""
        if isinstance(node, exp.Paren):
            node = node.this
        if not isinstance(node, exp.Column) or isinstance(node.this, exp.Star):
            raise _not_taken(
                "SELECT *" if isinstance(node, exp.Star | exp.Column) else "an expression instead of a column"
            )
        table = node.table.lower()
        if table and table not in self._aliases:
            raise BadQuery(f"The multi-part identifier {node.sql()} could not be bound.")
        return self._aliases.get(table, ""), node.name.lower()

    def _item(self, node: Any) -> tuple[str, Selected]:
        alias = node.alias if isinstance(node, exp.Alias) else ""
        inner = node.this if isinstance(node, exp.Alias) else node
        aggregate = _AGGREGATES.get(type(inner))
        if aggregate is None:
            source, name = self._column(inner)
            return source, Selected((name,), alias)
        argument, distinct = inner.this, False
        if isinstance(argument, exp.Distinct):
            (argument,), distinct = argument.expressions, True
        if aggregate == "count" and isinstance(argument, exp.Star):
            return "", Selected(("*",), alias or "count", "count")
        source, name = self._column(argument)
        kind = "countcolumn" if aggregate == "count" else aggregate
        return source, Selected((name,), alias or f"{aggregate}_{name}", kind, distinct=distinct)

    def _grouped(self, source: str, item: Selected, grouped: list[tuple[str, str]]) -> Selected:
        if item.aggregate:
            return item
        if (source, item.path[0]) not in grouped:
            raise BadQuery(
                f"Column {item.path[0]} is invalid in the select list: it is neither grouped nor aggregated."
            )
        return Selected(item.path, item.alias or item.path[0], grouped=True)

    def _order(self, node: Any, items: list[tuple[str, Selected]], aggregates: bool) -> Ordered:
        descending = bool(node.args.get("desc"))
        source, name = self._column(node.this)
        if aggregates:
            alias = next((i.alias for _, i in items if name in (i.alias.lower(), i.path[0]) and not i.aggregate), "")
            alias = alias or next((i.alias for _, i in items if i.alias.lower() == name), "")
            return Ordered(descending=descending, alias=alias)
        if not source and not node.this.table:
            source, name = next(((s, i.path[0]) for s, i in items if i.alias.lower() == name), (source, name))
        return Ordered((name,), descending, source=source)

    def _condition(self, node: Any, depth: int) -> Condition:
        if depth > _DEEPEST:
            raise _not_taken("conditions nested so deeply")
        if isinstance(node, exp.Paren):
            return self._condition(node.this, depth + 1)
        if isinstance(node, exp.And | exp.Or):
            parts = tuple(self._condition(part, depth + 1) for part in node.flatten())
            return Group(isinstance(node, exp.Or), parts)
        if isinstance(node, exp.Not):
            return Not(self._condition(node.this, depth + 1))
        reader = _CONDITIONS.get(type(node))
        if reader is None:
            raise _not_taken(type(node).__name__.upper())
        return reader(self, node)

    def compared(self, node: Any) -> Condition:
        """`a = 1`, `1 < a`, `a = b`."""
        operator, left, right = _COMPARED[type(node)], node.this, node.expression
        if not isinstance(left, exp.Column):
            left, right, operator = right, left, _MIRRORED.get(operator, operator)
        source, name = self._column(left)
        if isinstance(right, exp.Column):
            other_source, other = self._column(right)
            return Comparison((name,), operator, other=(other,), source=source, other_source=other_source)
        return Comparison((name,), operator, (_literal(right),), source=source)

    def like(self, node: Any) -> Condition:
        """`a LIKE '%x'`, `a NOT LIKE '%x'`."""
        condition = self._with_values(node, "like", [node.expression])
        return Not(condition) if node.args.get("negate") else condition

    def among(self, node: Any) -> Condition:
        """`a IN (1, 2)`."""
        if node.args.get("query"):
            raise _not_taken("subqueries")
        return self._with_values(node, "in", node.expressions)

    def between(self, node: Any) -> Condition:
        """`a BETWEEN 1 AND 2`."""
        return self._with_values(node, "between", [node.args["low"], node.args["high"]])

    def without_value(self, node: Any) -> Condition:
        """`a IS NULL`; the NOT of IS NOT NULL stands around it."""
        if not isinstance(node.expression, exp.Null):
            raise _not_taken("IS with anything but NULL")
        return self._with_values(node, "null", [])

    def _with_values(self, node: Any, operator: str, values: list[Any]) -> Condition:
        source, name = self._column(node.this)
        path: Path = (name,)
        return Comparison(path, operator, tuple(_literal(each) for each in values), source=source)


_CONDITIONS: Mapping[type, Callable[[_Reader, Any], Condition]] = {
    **dict.fromkeys(_COMPARED, _Reader.compared),
    exp.Like: _Reader.like,
    exp.In: _Reader.among,
    exp.Between: _Reader.between,
    exp.Is: _Reader.without_value,
}


def _literal(node: Any) -> Value:
    negative = isinstance(node, exp.Neg)
    inner = node.this if negative else node
    if isinstance(inner, exp.Null):
        return Value("null", None)
    if isinstance(inner, exp.National):
        return Value("untyped", inner.name)
    if not isinstance(inner, exp.Literal):
        raise _not_taken("an expression instead of a literal")
    return Value("untyped", f"-{inner.name}" if negative else inner.name)


def _whole(node: Any) -> int:
    text = node.name if isinstance(node, exp.Literal) else node.this.name if isinstance(node, exp.Paren) else ""
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise _not_taken("a number of rows that is no whole number")
    return int(text)
