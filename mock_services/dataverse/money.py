"""Amounts and their currency: a row with an amount has a currency, its rate of the day, and the amount in the base one.

powerapps-docs transaction-currency: a row takes the organisation's base currency where it names none, keeps the
exchange rate at the time of the change, and `<column>_base` is the amount divided by it. An organisation without a
base currency leaves all three empty.
"""

from collections.abc import Mapping
from typing import Any

from mock_services.dataverse.calls import Call
from mock_services.state.organisation.definitions import Table

Row = Mapping[str, Any]
_CURRENCY, _RATE, _BASE = "transactioncurrencyid", "exchangerate", "_base"


def settle(call: Call, table: Table, values: dict[str, Any], before: Row | None) -> None:
    """Fill in what follows from the amounts of a row about to be written."""
    lookup = table.lookups.get(_CURRENCY)
    amounts = [c.name for c in table.columns.values() if c.type == "money" and not c.name.endswith(_BASE)]
    touched = [name for name in amounts if name in values and name != _RATE]
    if lookup is None or not lookup.targets or not (touched or _CURRENCY in values):
        return
    after = {**(before or {}), **values}
    currency = after.get(_CURRENCY) or _base_currency(call)
    if currency is None or (not after.get(_CURRENCY) and all(values[name] is None for name in touched)):
        return
    found = call.organisation.get("transactioncurrency", currency)
    rate = (found or {}).get(_RATE) or 1
    values[_CURRENCY] = currency
    if _RATE in table.columns:
        values[_RATE] = rate
    for name in amounts:
        if name + _BASE in table.columns and (name in touched or _CURRENCY in (before or {})):
            amount = after.get(name)
            values[name + _BASE] = None if amount is None else round(amount / rate, 4)


def _base_currency(call: Call) -> str | None:
    row = call.organisation.get("organization", call.organisation.id)
    return (row or {}).get("basecurrencyid")
