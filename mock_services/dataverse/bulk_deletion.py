"""BulkDelete: a job that deletes what queries find; here it is done before the answer is given.

The request as Microsoft's Dataverse SDK for Python writes it; `JobId` is the system job's (BulkDeleteResponse). The
conditions played are comparisons of one column; a row that cannot be deleted counts as a failure and stays.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.column_security import guarding
from mock_services.dataverse.deletion import delete_row
from mock_services.dataverse.errors import Refusal, payload
from mock_services.dataverse.querying.faults import no_attribute
from mock_services.dataverse.writing import existing, refuse_read_only
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import Table

_NAME = "BulkDelete"
_PRIVILEGE = "prvBulkDelete"
_BULK_DELETE, _COMPLETED, _SUCCEEDED = 13, 3, 30
_SOON = timedelta(hours=1)
"""A job that starts within this is done at once; the client's clock may differ from the tenant's."""
_TESTS: Mapping[str, Callable[[sa.ColumnElement[Any], Sequence[Any]], sa.ColumnElement[bool]]] = {
    "In": lambda column, values: column.in_(values),
    "NotIn": lambda column, values: column.not_in(values),
    "Equal": lambda column, values: column == values[0],
    "NotEqual": lambda column, values: sa.or_(column != values[0], column.is_(None)),
    "Null": lambda column, _: column.is_(None),
    "NotNull": lambda column, _: column.is_not(None),
}
_WITHOUT_VALUE = frozenset({"Null", "NotNull"})


def bulk_delete(call: Call) -> Answer:
    """`POST BulkDelete`. Raises Refusal and Unmodelled."""
    queries, name = call.body.get("QuerySet"), call.body.get("JobName")
    if not isinstance(queries, list) or not queries or not all(isinstance(each, dict) for each in queries):
        raise payload(_NAME, facts.NOT_CONVERTED.format(literal="QuerySet", type="Collection(mscrm.QueryBase)"))
    if not isinstance(name, str) or not name:
        raise Refusal("0x80040200", facts.REQUIRED)
    if call.body.get("RecurrencePattern"):
        raise Unmodelled("a bulk deletion that recurs")
    _refuse_later(call)
    call.security.demand_named(_PRIVILEGE)
    wanted = [_read(call, query) for query in queries]
    with call.organisation.store.transaction():
        done, failed = 0, 0
        for table, condition in wanted:
            for id_ in _found(call, table, condition):
                if _delete(call, table, id_):
                    done += 1
                else:
                    failed += 1
        job = _job(call, name[:256], done, failed)
    context = call.context(f"{facts.NAMESPACE}{_NAME}Response")
    return Answer(200, {"@odata.context": context, "JobId": job})


def _refuse_later(call: Call) -> None:
    start = call.body.get("StartDateTime")
    try:
        moment = datetime.fromisoformat(start) if isinstance(start, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        literal = str(start)[:100].encode("utf-8", "replace").decode()
        raise payload(_NAME, facts.NOT_CONVERTED.format(literal=literal, type="Edm.DateTimeOffset"))
    if moment > call.organisation.clock.now() + _SOON:
        raise Unmodelled("a bulk deletion that starts later")


def _read(call: Call, query: Mapping[str, Any]) -> tuple[Table, sa.ColumnElement[bool]]:
    """The table of a QueryExpression and what its rows must fulfil. Raises Refusal and Unmodelled."""
    logical = query.get("EntityName")
    if not isinstance(logical, str) or logical not in call.schema.tables:
        raise Refusal("0x80041102", facts.NO_ENTITY.format(name=str(logical)[:100]))
    table = call.schema.table(logical)
    refuse_read_only(table, "Delete")
    if query.get("LinkEntities"):
        raise Unmodelled("a bulk deletion over linked tables")
    criteria = query.get("Criteria") or {}
    if not isinstance(criteria, dict):
        raise payload(_NAME, facts.NOT_CONVERTED.format(literal="Criteria", type="mscrm.FilterExpression"))
    conditions = criteria.get("Conditions") or []
    if criteria.get("Filters") or criteria.get("FilterOperator", "And") != "And":
        raise Unmodelled("a bulk deletion with nested or alternative conditions")
    if not isinstance(conditions, list) or not all(isinstance(each, dict) for each in conditions):
        raise payload(_NAME, facts.NOT_CONVERTED.format(literal="Conditions", type="mscrm.ConditionExpression"))
    return table, sa.and_(sa.true(), *(_condition(call, table, each) for each in conditions))


def _condition(call: Call, table: Table, condition: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    name, operator = condition.get("AttributeName"), condition.get("Operator")
    sql = call.schema.sql(table.logical)
    if not isinstance(name, str) or name not in {*table.columns, *table.lookups} or name not in sql.c:
        raise no_attribute(call, table.logical, str(name))
    guarding(call)(table, name)
    if not isinstance(operator, str) or operator not in _TESTS:
        raise Unmodelled(f"the condition operator {str(operator)[:50]} in a bulk deletion")
    given = condition.get("Values")
    values = [_value(each) for each in given] if isinstance(given, list) else []
    if operator not in _WITHOUT_VALUE and (not values or None in values):
        raise payload(_NAME, facts.NOT_CONVERTED.format(literal="Values", type="mscrm.Object"))
    return _TESTS[operator](sql.c[name], values)


def _value(given: Any) -> Any:
    """`{"Value": x, "Type": "System.Guid"}`, or the bare value; None for anything else."""
    value = given.get("Value") if isinstance(given, dict) else given
    if not isinstance(value, (str, int, float, bool)) or (isinstance(value, int) and abs(value) >= 2**63):
        return None
    is_guid = isinstance(given, dict) and given.get("Type") == "System.Guid"
    return value.lower() if is_guid and isinstance(value, str) else value


def _found(call: Call, table: Table, condition: sa.ColumnElement[bool]) -> list[str]:
    """The rows within the caller's reach. Raises Refusal for a caller who may read or delete none."""
    call.security.demand("Delete", table)
    reach = call.security.demand("Read", table).condition(table)
    sql = call.schema.sql(table.logical)
    query = sa.select(sql.c[table.primary_id].label("id")).where(condition)
    return [row["id"] for row in call.organisation.store.rows(query if reach is None else query.where(reach))]


def _delete(call: Call, table: Table, id: str) -> bool:  # noqa: A002 - the word everybody uses for it
    """Whether a row could be deleted; one that went along with another counts too."""
    if call.organisation.get(table.logical, id) is None:
        return True
    try:
        with call.organisation.store.transaction():
            delete_row(call, table, existing(call, table, id, "Delete"))
    except Refusal:
        return False
    return True


def _job(call: Call, name: str, done: int, failed: int) -> str:
    """The finished system job; its id."""
    rows, now = call.organisation.rows, call.organisation.rows.now()
    if not call.organisation.has("asyncoperation"):
        return call.organisation.chance.guid()
    state = {"statecode": _COMPLETED, "statuscode": _SUCCEEDED}
    job = {"name": name, "operationtype": _BULK_DELETE, "startedon": now, "completedon": now, **state}
    made = rows.insert("asyncoperation", job, by=call.caller_id)
    counted = {"name": name, "successcount": done, "failurecount": failed, "asyncoperationid": made, **state}
    rows.insert("bulkdeleteoperation", counted, by=call.caller_id)
    return made
