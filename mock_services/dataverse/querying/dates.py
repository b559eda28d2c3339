"""What `last-x-days`, `this-month` and their kin mean at an instant: half-open spans of time, in UTC.

powerapps-docs fetchxml/reference/operators.md names them. That a day begins at midnight and a week on Sunday is the
default of an organisation; its fiscal year is the calendar's, in quarters. Exact edges are inferred: "last" spans that
count end now and begin at a midnight (or a full hour), "next" ones begin now.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

Span = tuple[datetime | None, datetime | None]
_COUNTED = re.compile(r"^(last|next)-x-(hours|days|weeks|months|years|fiscal-periods|fiscal-years)$")
_OLDER = re.compile(r"^olderthan-x-(minutes|hours|days|weeks|months|years)$")
_NAMED = re.compile(r"^(last|this|next)-(week|month|year|fiscal-period|fiscal-year)$")
_DAY = timedelta(days=1)
_FAR = 100_000
"""More of any unit than a date can hold is as good as all of time."""


def span_of(operator: str, number: int, now: datetime) -> Span | None:
    """The span that an operator means now, `number` being the x in it; None for one that is no span."""
    if operator in _FIXED:
        return _FIXED[operator](midnight(now), now)
    if hit := _NAMED.match(operator):
        return _named(hit[2], {"last": -1, "this": 0, "next": 1}[hit[1]], midnight(now))
    if hit := _COUNTED.match(operator):
        return _counted(hit[1], hit[2], number, now)
    if hit := _OLDER.match(operator):
        return (None, _back(hit[1], number, now))
    return None


def needs_number(operator: str) -> bool:
    """Whether an operator counts something."""
    return bool(_COUNTED.match(operator) or _OLDER.match(operator))


def fiscal(year: int, period: int | None = None) -> Span:
    """A fiscal year, or one of its quarters. Raises ValueError for one that no calendar has."""
    if period is None:
        return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    start = datetime(year, period * 3 - 2, 1, tzinfo=UTC)
    return start, _months(start, 3)


def midnight(moment: datetime) -> datetime:
    """The day's beginning."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def following(day: datetime) -> datetime | None:
    """The next day; None where the calendar ends."""
    return _safely(lambda: day + _DAY)


def next_second(moment: datetime) -> datetime:
    """The second that comes after an instant; the last one there is where none does."""
    whole = moment.replace(microsecond=0)
    return _safely(lambda: whole + timedelta(seconds=1)) or whole


_FIXED: Mapping[str, Callable[[datetime, datetime], Span]] = {
    "today": lambda day, _: (day, day + _DAY),
    "yesterday": lambda day, _: (day - _DAY, day),
    "tomorrow": lambda day, _: (day + _DAY, day + 2 * _DAY),
    "last-seven-days": lambda day, now: (day - 7 * _DAY, now),
    "next-seven-days": lambda day, now: (now, day + 8 * _DAY),
}


def _named(unit: str, away: int, day: datetime) -> Span:
    if unit == "week":
        start = day - _DAY * ((day.weekday() + 1) % 7) + 7 * _DAY * away
        return start, start + 7 * _DAY
    months = {"month": 1, "year": 12, "fiscal-period": 3, "fiscal-year": 12}[unit]
    first = (day.month - 1) // months * months + 1
    start = _months(day.replace(month=first, day=1), months * away)
    return start, _months(start, months)


def _counted(which: str, unit: str, number: int, now: datetime) -> Span:
    if which == "last":
        return _back(unit, number, now, whole=True), now
    if unit == "hours":
        hour = now.replace(minute=0, second=0, microsecond=0)
        return now, _safely(lambda: hour + timedelta(hours=min(number, _FAR) + 1))
    day = midnight(now) + _DAY
    return now, _moved(unit, number, day)


def _back(unit: str, number: int, now: datetime, *, whole: bool = False) -> datetime | None:
    if unit in ("minutes", "hours"):
        start = now.replace(minute=0, second=0, microsecond=0) if whole else now
        return _safely(lambda: start - timedelta(**{unit: min(number, _FAR * 24 * 60)}))
    return _moved(unit, -number, midnight(now))


def _moved(unit: str, number: int, day: datetime) -> datetime | None:
    if unit in ("days", "weeks"):
        return _safely(lambda: day + _DAY * (7 if unit == "weeks" else 1) * max(-_FAR * 40, min(number, _FAR * 40)))
    months = {"months": 1, "years": 12, "fiscal-periods": 3, "fiscal-years": 12}[unit]
    return _safely(lambda: _months(day, months * max(-_FAR, min(number, _FAR))))


def _safely(moved: Callable[[], datetime]) -> datetime | None:
    """None where the calendar ends: no bound on that side."""
    try:
        return moved()
    except (OverflowError, ValueError):
        return None


def _months(start: datetime, months: int) -> datetime:
    """The same day so many months on, or that month's last."""
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    for day in range(start.day, 27, -1):
        try:
            return start.replace(year=year, month=month, day=day)
        except ValueError:
            if not 1 <= year <= 9999:
                raise
    return start.replace(year=year, month=month)
