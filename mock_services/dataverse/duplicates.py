"""Duplicate detection: only for a request that asks for it (`MSCRM.SuppressDuplicateDetection: false`).

powerapps-docs manage-duplicate-detection-create-update.md: stock rules exist for accounts, contacts and leads; its
sample compares e-mail addresses. Which of the stock rules are published at first is inferred from that sample. Rules
kept as rows (`duplicaterules`) take the place of the stock ones of their table, published or not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import Table

Row = Mapping[str, Any]
_HEADER = "mscrm.suppressduplicatedetection"
_EXACT, _FIRST, _LAST = 0, 1, 2
_PUBLISHED = 1


@dataclass(frozen=True)
class _Condition:
    """Two columns that must agree: wholly, in their first or in their last characters."""

    base: str
    matching: str
    operator: int = _EXACT
    characters: int = 0


@dataclass(frozen=True)
class _Rule:
    """Rows of `matching` that agree in every condition are duplicates."""

    matching: str
    conditions: tuple[_Condition, ...]
    only_active: bool = False


_STOCK: Mapping[str, tuple[_Rule, ...]] = {
    name: (_Rule(name, (_Condition("emailaddress1", "emailaddress1"),)),) for name in ("account", "contact", "lead")
}


def check(call: Call, table: Table, values: Row, before: Row | None) -> None:
    """A row as it is about to be must have no duplicate, where the request asks. Raises Refusal and Unmodelled."""
    if call.headers.get(_HEADER, "true").strip().lower() != "false":
        return
    after = {**(before or {}), **values}
    for rule in _rules(call, table):
        if before is not None and not any(condition.base in values for condition in rule.conditions):
            continue
        if _has_duplicate(call, table, rule, after, (before or {}).get(table.primary_id)):
            raise Refusal("0x80040333", facts.DUPLICATES_FOUND)


def _rules(call: Call, table: Table) -> Sequence[_Rule]:
    schema, organisation = call.schema, call.organisation
    kept = (
        organisation.select("duplicaterule", baseentityname=table.logical) if "duplicaterule" in schema.tables else []
    )
    if not kept:
        return _STOCK.get(table.logical, ())
    return [_read(call, row) for row in kept if row["statecode"] == _PUBLISHED]


def _read(call: Call, row: Row) -> _Rule:
    found = call.organisation.select("duplicaterulecondition", regardingobjectid=row["duplicateruleid"])
    conditions = tuple(
        _Condition(
            each["baseattributename"],
            each["matchingattributename"] or each["baseattributename"],
            each["operatorcode"] or _EXACT,
            each["operatorparam"] or 0,
        )
        for each in found
    )
    return _Rule(row["matchingentityname"] or row["baseentityname"], conditions, bool(row["excludeinactiverecords"]))


def _has_duplicate(call: Call, table: Table, rule: _Rule, after: Row, own: str | None) -> bool:
    there = call.schema.tables.get(rule.matching)
    if there is None or not rule.conditions:
        return False
    sql, wanted = call.schema.sql(there.logical), []
    for condition in rule.conditions:
        value = after.get(condition.base)
        if condition.matching not in sql.c or condition.operator not in (_EXACT, _FIRST, _LAST):
            raise Unmodelled(f"a duplicate rule about {table.logical}.{condition.base} of this kind")
        if value in (None, ""):
            return False
        column: sa.ColumnElement[Any] = sql.c[condition.matching]
        if condition.operator != _EXACT:
            cut = condition.characters if condition.operator == _FIRST else -condition.characters
            text = str(value)
            value = text[:cut] if condition.operator == _FIRST else text[cut:]
            column = sa.func.substr(column, *((1, cut) if condition.operator == _FIRST else (cut,))).collate("NOCASE")
        wanted.append(column == value)
    if rule.only_active and there.states:
        wanted.append(sql.c.statecode == there.states[0].value)
    if own is not None and there.logical == table.logical:
        wanted.append(sql.c[there.primary_id] != own)
    return call.organisation.store.row(sa.select(sql.c[there.primary_id]).where(*wanted)) is not None
