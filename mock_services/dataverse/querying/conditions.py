"""Conditions into SQL over an organisation's tables, whichever language they were written in."""

from dataclasses import replace

import sqlalchemy as sa

from mock_services.dataverse.column_security import guarding
from mock_services.dataverse.errors import refused
from mock_services.dataverse.querying import people
from mock_services.dataverse.querying.comparisons import compare, compare_columns, guid_of
from mock_services.dataverse.querying.scopes import Scope, SqlCondition, reach_of, scope_of
from mock_services.dataverse.refusals import queries as rows
from mock_services.dataverse.resolver import LONGEST_PATH, Operand
from mock_services.odata.filters import MOST_CONDITIONS
from mock_services.odata.model import Comparison, Condition, Constant, Group, Linked, Not, Some
from mock_services.odata.problems import BadQuery, Fault, TooManyConditions, UnknownProperty
from mock_services.state.organisation.definitions import Association
from mock_services.state.organisation.schema import type_column

MOST_VALUES = 2_000
"""Of one condition; the real number is not stated on any page read. [inferred]"""
_NEGATED = {
    "not-in": "in", "not-between": "between", "not-like": "like", "not-begin-with": "begins-with",
    "not-end-with": "ends-with", "not-contain-values": "contain-values", "not-under": "under",
    "ne-userid": "eq-userid", "ne-businessid": "eq-businessid",
}  # fmt: skip
_TREES = {"above", "eq-or-above", "under", "eq-or-under"}
_DEEPEST = 84
"""How deep a statement may nest, in the steps below: SQLite's parser keeps a hundred at a time. [inferred]"""
_GROUP = 3
SUBQUERY = 16
_LEAF = 6

__all__ = ["Scope", "SqlCondition", "compile_condition", "count_conditions", "negated", "reach_of", "scope_of"]


def compile_condition(condition: Condition, scope: Scope, depth: int = 0, *, is_negated: bool = False) -> SqlCondition:
    """The SQL of a condition, or of its opposite. Raises BadQuery, UnknownProperty and Refusal.

    An opposite goes down to what is compared, so that the statement nests no deeper than the question.
    """
    while isinstance(condition, Not):
        condition, is_negated = condition.part, not is_negated
    if depth + _room(condition) > _DEEPEST:
        raise BadQuery("The recursion limit has been exceeded.")
    if isinstance(condition, Group):
        parts = [compile_condition(part, scope, depth + _GROUP, is_negated=is_negated) for part in condition.parts]
        is_or = condition.is_or is not is_negated
        return sa.or_(sa.false(), *parts) if is_or else sa.and_(sa.true(), *parts)
    if isinstance(condition, Constant):
        return sa.true() if condition.value is not is_negated else sa.false()
    if isinstance(condition, Comparison):
        found = _comparison(condition, scope)
    elif isinstance(condition, Some):
        found = _some(condition, scope, depth)
    else:
        from mock_services.dataverse.querying.links import asked  # links have conditions of their own

        found = asked(condition, scope, depth)
    return negated(found) if is_negated else found


def _room(condition: Condition) -> int:
    """How deep a condition nests by itself, the conditions within it aside."""
    if isinstance(condition, Comparison):
        return _LEAF + SUBQUERY * (len(condition.path) - 1 + (len(condition.other or ("",)) - 1))
    return _GROUP if isinstance(condition, (Group, Constant)) else SUBQUERY


def negated(condition: SqlCondition) -> SqlCondition:
    """The opposite; of what is unknown too."""
    return ~sa.func.coalesce(condition, sa.false())


def _some(condition: Some, scope: Scope, depth: int) -> SqlCondition:
    """A lambda: rows of a collection that the caller may read. A collection behind a lookup is not supported."""
    schema, table = scope.call.schema, scope.table
    if len(condition.path) != 1:
        raise BadQuery("Any/All on a collection behind a single-valued navigation property is not supported.")
    (name,) = condition.path
    way = schema.associations_of(table.logical).get(name) or schema.collections_of(table.logical).get(name)
    if way is None:
        raise UnknownProperty(name, f"Microsoft.Dynamics.CRM.{table.logical}")
    there = schema.table(way.table)
    source = schema.sql(way.table).alias()
    joined: sa.FromClause = source
    meets: list[SqlCondition] = []
    if isinstance(way, Association):
        via = schema.sql(way.via).alias()
        joined, back = source.join(via, via.c[way.far] == source.c[there.primary_id]), via.c[way.near]
    else:
        guarding(scope.call)(there, way.lookup)
        back = source.c[way.lookup]
        if there.lookups[way.lookup].polymorphic:
            meets.append(source.c[type_column(way.lookup)] == table.logical)
    if (reach := reach_of(scope.call, there, source)) is not None:
        meets.append(reach)
    inner = Scope(scope.call, there, source, scope.by_attribute)
    if condition.condition is not None:
        meets.append(compile_condition(condition.condition, inner, depth + SUBQUERY, is_negated=condition.every))
    key = scope.source.c[table.primary_id]
    if not condition.every and _finds_by_index(condition.condition, inner):
        return key.in_(sa.select(back).select_from(joined).where(*meets))
    query = sa.select(sa.literal(1)).select_from(joined).where(back == key, *meets)
    found = query.correlate(scope.source).exists()
    return ~found if condition.every else found


def _comparison(condition: Comparison, scope: Scope) -> SqlCondition:
    if len(condition.values) > MOST_VALUES:
        raise refused(rows.VALUES_TOO_MANY)
    where = scope.other(condition.source)
    if condition.other is not None:
        other = scope.other(condition.other_source).resolver.operand(condition.other)
        return compare_columns(condition.operator, where.resolver.operand(condition.path), other)
    if condition.operator in _NEGATED:
        plain = replace(condition, operator=_NEGATED[condition.operator])
        return negated(_positive(plain, where))
    return _positive(condition, where)


def _positive(condition: Comparison, scope: Scope) -> SqlCondition:
    if _leads_on(condition, scope):
        return _beyond(condition, scope)
    operand = scope.resolver.operand(condition.path)
    if condition.operator in people.OPERATORS:
        return people.condition(scope.call, condition.operator, operand)
    if condition.operator in _TREES:
        return _hierarchy(condition, scope, operand)
    return compare(condition, operand, scope.call.organisation.clock.now())


def _leads_on(condition: Comparison, scope: Scope) -> bool:
    """Whether the column lies behind a lookup that leads to one table."""
    path = condition.path
    if len(path) > LONGEST_PATH:
        raise BadQuery("The path is too long.")
    return len(path) > 1 and not scope.by_attribute and len(scope.table.navigation.get(path[0], ((), ()))[1]) == 1


def _beyond(condition: Comparison, scope: Scope) -> SqlCondition:
    """A condition on a column behind a lookup: some row there, which the caller may read, is pointed at and meets it.

    Where a row without a value would do, so does none at all: then it is the opposite that no row may meet.
    """
    first = condition.values[0].kind if condition.values else ""
    if condition.operator == "ne" and first == "null":
        condition = replace(condition, operator="not-null", values=())
    elif condition.operator == "ne":
        return negated(_beyond(replace(condition, operator="eq"), scope))
    elif condition.operator == "null" or (condition.operator == "eq" and first == "null"):
        return negated(_beyond(replace(condition, operator="not-null", values=()), scope))
    schema, (lookup, (target,)) = scope.call.schema, scope.table.navigation[condition.path[0]]
    there, source = schema.table(target), schema.sql(target).alias()
    inner = Scope(scope.call, there, source)
    meets = [_positive(replace(condition, path=condition.path[1:], source=""), inner)]
    if (reach := reach_of(scope.call, there, source)) is not None:
        meets.append(reach)
    link, key = scope.resolver.operand(condition.path[:1]).expression, source.c[there.primary_id]
    if _finds_by_index(replace(condition, path=condition.path[1:]), inner):
        # Found first, and the rows that point there by the lookup's own index.
        found: SqlCondition = link.in_(sa.select(key).where(*meets))
    else:
        query = sa.select(sa.literal(1)).select_from(source).where(key == link, *meets)
        found = query.correlate(scope.source).exists()
    if lookup.polymorphic:
        found = sa.and_(scope.source.c[type_column(lookup.name)] == target, found)
    return found


def _finds_by_index(condition: Condition | None, scope: Scope) -> bool:
    """Whether the rows that meet a condition are found by an index of their table: then it is best to begin there."""
    if isinstance(condition, Group):
        return not condition.is_or and any(_finds_by_index(part, scope) for part in condition.parts)
    if not isinstance(condition, Comparison) or condition.operator not in ("eq", "in") or condition.other is not None:
        return False
    if len(condition.path) != 1 or any(value.kind == "null" for value in condition.values):
        return False
    (name,), table = condition.path, scope.table
    name = table.values[name].name if name in table.values else name
    sql = scope.call.schema.sql(table.logical)
    return name == table.primary_id or any(next(iter(index.columns)).name == name for index in sql.indexes)


def _hierarchy(condition: Comparison, scope: Scope, operand: Operand) -> SqlCondition:
    """Rows above or below one in the table's own tree, by a recursive query along its lookup to itself."""
    operator = condition.operator
    if operand.kind != "guid":
        raise Fault("InvalidOperatorCode")
    root = guid_of(condition, operand)
    table, sql = scope.table, scope.call.schema.sql(scope.table.logical)
    parents = [n for n, lookup in table.lookups.items() if n.startswith("parent") and table.logical in lookup.targets]
    if not parents:
        raise Fault("InvalidOperatorCode")
    key, parent = sql.c[table.primary_id], sql.c[parents[0]]
    upwards = "above" in operator
    tree = sa.select(key.label("id"), parent.label("up")).where(key == root).cte(recursive=True)
    step = key == tree.c.up if upwards else parent == tree.c.id
    # UNION, not UNION ALL: a loop in the data ends.
    tree = tree.union(sa.select(key, parent).where(step))
    within = operand.expression.in_(sa.select(tree.c.id))
    return within if operator.startswith("eq-or") else sa.and_(within, operand.expression != root)


def count_conditions(condition: Condition | None) -> int:
    """How many comparisons a condition holds. Raises TooManyConditions beyond what one query may have."""
    waiting, number = [condition] if condition is not None else [], 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, Group):
            waiting += part.parts
        elif isinstance(part, Not):
            waiting.append(part.part)
        elif isinstance(part, (Some, Linked)):
            number += 1 if isinstance(part, Linked) else 0
            waiting += [part.condition] if part.condition is not None else []
        elif not isinstance(part, Constant):
            number += 1
    if number > MOST_CONDITIONS:
        raise TooManyConditions
    return number
