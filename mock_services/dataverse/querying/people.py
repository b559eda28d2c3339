"""Condition operators that speak of who asks: the user, the teams, the business unit, the people below."""

from collections.abc import Callable, Mapping

import sqlalchemy as sa

from mock_services.dataverse.calls import Call
from mock_services.dataverse.resolver import Operand
from mock_services.odata.problems import Fault
from mock_services.state.organisation.schema import sql_table

_LANGUAGE = 1033
_LEVELS = 3
"""How deep a manager's hierarchy reaches by default (Power Platform admin, hierarchy security). """


def _user(call: Call) -> list[str]:
    return [call.caller_id]


def _teams(call: Call) -> list[str]:
    rows = call.organisation.select("teammembership", systemuserid=call.caller_id)
    return [row["teamid"] for row in rows]


def _below(call: Call) -> list[str]:
    """The caller and those who report to them, and so on down."""
    found, latest = [call.caller_id], [call.caller_id]
    users = sql_table("systemuser")
    for _ in range(_LEVELS):
        query = sa.select(users.c.systemuserid).where(users.c.parentsystemuserid.in_(latest))
        latest = [row["systemuserid"] for row in call.organisation.store.rows(query)]
        latest = [each for each in latest if each not in found]
        found += latest
    return found


def _unit(call: Call) -> list[str]:
    return [str(call.caller["businessunitid"])]


OPERATORS: Mapping[str, Callable[[Call], list[str]]] = {
    "eq-userid": _user,
    "eq-userteams": _teams,
    "eq-useroruserteams": lambda call: _user(call) + _teams(call),
    "eq-useroruserhierarchy": _below,
    "eq-useroruserhierarchyandteams": lambda call: _below(call) + _teams(call),
    "eq-businessid": _unit,
    "eq-userlanguage": lambda _: [],
}
"""Operator -> the ids it stands for."""


def condition(call: Call, operator: str, operand: Operand) -> sa.ColumnElement[bool]:
    """The SQL of one of these operators on a column. Raises Fault for a column of another type."""
    if operand.kind != ("number" if operator == "eq-userlanguage" else "guid"):
        raise Fault("InvalidOperatorCode")
    if operator == "eq-userlanguage":
        return operand.expression == _LANGUAGE
    return operand.expression.in_(OPERATORS[operator](call))
