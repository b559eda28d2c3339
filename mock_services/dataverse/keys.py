"""Which row a URL means: by its primary key, or by the columns of an alternate key.

powerapps-docs use-alternate-key-reference-record.md and use-upsert-insert-update-record.md; the codes are published,
the sentence for a null in a key is the OData library's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, does_not_exist
from mock_services.dataverse.metadata.definitions import spoken
from mock_services.dataverse.urls import as_guid, read_pairs
from mock_services.dataverse.values import read_value
from mock_services.state.organisation.definitions import Column, Lookup, Table
from mock_services.state.organisation.schema import type_column

Row = Mapping[str, Any]
_TEXTS = frozenset({"string", "memo"})
_FRACTIONS = frozenset({"money", "decimal", "double"})


@dataclass(frozen=True)
class RowKey:
    """What stands in the parentheses after a set: one row, be it there or not."""

    table: Table
    inside: str
    """As the client spelt it."""
    id: str | None
    """The primary key; None when no row has the values of an alternate key."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The columns of an alternate key, as the state keeps them; none for a primary key."""

    @property
    def address(self) -> str:
        """An alternate key as URLs spell it, since that is what an upsert answers; empty for a primary key."""
        return quote(self.inside, safe="!$&'()*+,;=:@") if self.values else ""

    def withhold(self, *changes: dict[str, Any]) -> None:
        """Take the key's own columns out of an update: a row found by a key keeps it, whatever the body says."""
        for each in changes:
            for name in self.values:
                each.pop(name, None)

    @property
    def missing(self) -> Refusal:
        """404 for a row that is not there."""
        if self.values:
            return Refusal("0x80060891", facts.NO_SUCH_KEY.format(entity=self.table.logical))
        return does_not_exist(self.table.schema, str(self.id))


def read_key(call: Call, table: Table, inside: str) -> RowKey:
    """The row meant by `(<guid>)`, `(accountid=<guid>)` or `(accountnumber='A1')`. Raises Refusal.

    A user's or team's primary key may not be named, because both inherit theirs from `principal`.
    """
    if (guid := as_guid(inside)) is not None:
        return RowKey(table, inside, guid)
    names = read_pairs(inside)
    if not names:
        raise Refusal("0x80060888", facts.BAD_KEY)
    if len(names) == 1 and names[0][0] == table.primary_id and table.base != "principal":
        if (guid := as_guid(names[0][1])) is not None:
            return RowKey(table, inside, guid)
        raise Refusal("0x80060888", facts.BAD_KEY)
    return _alternate(call, table, inside, names)


def require_row(call: Call, table: Table, inside: str) -> str:
    """The id of the row meant, which for an alternate key must be there. Raises Refusal."""
    key = read_key(call, table, inside)
    if key.id is None:
        raise key.missing
    return key.id


def _alternate(call: Call, table: Table, inside: str, names: Sequence[tuple[str, str]]) -> RowKey:
    given = {(table.values[name].name if name in table.values else name): text for name, text in names}
    if len(given) != len(names) or set(given) not in [set(columns) for columns in table.keys.values()]:
        raise Refusal("0x80060888", facts.NOT_A_KEY.format(table=table.logical))
    values = {}
    for name, text in given.items():
        if text == "null":
            raise Refusal("0x80060888", facts.NULL_IN_KEY.format(name=name, table=table.logical))
        values[name] = _literal(table, name, text)
    found = call.organisation.rows.find(table.logical, **values)
    id_ = str(found[0][table.primary_id]) if found else None
    return RowKey(table, inside, id_, values)


def _literal(table: Table, name: str, text: str) -> Any:
    if name in table.lookups:
        if (guid := as_guid(text)) is not None:
            return guid
    else:
        try:
            return read_value(table.columns[name], _spelt(table.columns[name], text))
        except (ValueError, TypeError, OverflowError):
            pass
    raise Refusal("0x80060888", facts.BAD_KEY)


def _spelt(column: Column, text: str) -> Any:
    """A literal of a URL as JSON would have it. Raises ValueError."""
    if column.type in _TEXTS:
        inner = text[1:-1]
        if len(text) < 2 or text[0] != "'" or text[-1] != "'" or "'" in inner.replace("''", ""):
            raise ValueError(text)
        return inner.replace("''", "'")
    return float(text) if column.type in _FRACTIONS else text


def fill_in(call: Call, key: RowKey, values: dict[str, Any]) -> None:
    """Give a new row the values of the alternate key it is made by, where its body says nothing. Raises Refusal."""
    for name, value in key.values.items():
        if name in values:
            continue
        values[name] = value
        lookup = key.table.lookups.get(name)
        if lookup is not None:
            target = _target_of(call, lookup, value)
            if lookup.polymorphic:
                values[type_column(name)] = target


def _target_of(call: Call, lookup: Lookup, id: str) -> str:  # noqa: A002 - the word everybody uses for it
    for target in lookup.targets:
        if call.organisation.get(target, id) is not None:
            return target
    raise does_not_exist(call.schema.table(next(iter(lookup.targets))).schema, id)


def check_unique(call: Call, table: Table, values: Row, before: Row | None) -> None:
    """No other row may have the same values of an alternate key; one with an empty part is not counted.

    Raises Refusal.
    """
    for name, columns in table.keys.items():
        if before is not None and not any(column in values for column in columns):
            continue
        after = {column: values.get(column, (before or {}).get(column)) for column in columns}
        if any(value is None for value in after.values()):
            continue
        own = (before or {}).get(table.primary_id)
        if any(row[table.primary_id] != own for row in call.organisation.rows.find(table.logical, **after)):
            raise _violated(table, name, after)


def _violated(table: Table, name: str, after: Row) -> Refusal:
    labels = [_label(table, column) for column in after]
    marked = "".join(f"<{column}>{escape(str(value))}</{column}>" for column, value in after.items())
    details = {"DuplicateAttributes": f"<DuplicateAttributes>{marked}</DuplicateAttributes>"}
    return Refusal(
        "0x80060892", facts.KEY_VIOLATED.format(key=spoken(name), columns=", ".join(labels)), details=details
    )


def _label(table: Table, name: str) -> str:
    part = table.columns.get(name) or table.lookups[name]
    return part.label or name
