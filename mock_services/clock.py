"""A tenant's own time: everything that ages in the fakes ages by it."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Time that stands still until told to move, or that runs along with the machine's.

    Tests use a standing clock, so that a run is the same twice; served fakes use a running one, because
    real clients compare lifetimes with the machine's time. Either kind can be advanced, never turned back.
    """

    def __init__(self, start: datetime | None = None, *, running: bool = False) -> None:
        """Start at `start` (aware; the machine's time when None)."""
        begin = start or datetime.now(UTC)
        if begin.tzinfo is None:
            raise ValueError("clock start has no time zone: give an aware datetime, for example in UTC")
        self.running = running
        self._begin = begin.astimezone(UTC)
        self._machine_at_begin = datetime.now(UTC)
        self._advanced = timedelta()

    def now(self) -> datetime:
        """This clock's present instant, aware and in UTC."""
        run = datetime.now(UTC) - self._machine_at_begin if self.running else timedelta()
        return self._begin + self._advanced + run

    def advance(
        self, by: timedelta | None = None, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> datetime:
        """Move time forward and return the new present. Raises ValueError on a step backwards."""
        step = (by or timedelta()) + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta():
            raise ValueError(f"a clock cannot be turned back (asked for {step})")
        self._advanced += step
        return self.now()
