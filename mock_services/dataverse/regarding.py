"""Activities as what they regard sees them: whether any is open, how long they took."""

from collections.abc import Iterator, Mapping
from typing import Any

from mock_services.dataverse.calls import Call

Row = Mapping[str, Any]
UNFINISHED = frozenset({0, 3})
"""An activity's states that are not its end: Open, and an appointment's Scheduled."""
_COMPLETED = 1


def _activities(call: Call, about: str) -> Iterator[Row]:
    for table in call.schema.tables.values():
        if table.activity and not table.view and "regardingobjectid" in table.lookups:
            yield from call.organisation.select(table.logical, regardingobjectid=about)


def has_open(call: Call, about: str) -> bool:
    """Whether any open activity regards a row."""
    return any(row["statecode"] in UNFINISHED for row in _activities(call, about))


def minutes_spent(call: Call, about: str) -> int:
    """The minutes of the completed activities that regard a row."""
    done = (row for row in _activities(call, about) if row["statecode"] == _COMPLETED)
    return sum(row.get("actualdurationminutes") or 0 for row in done)
