"""The one clock the engine knows: what time it is, and how to let time pass."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the engine needs of time; a rehearsal hands in one that moves only when asked to sleep."""

    def now(self) -> datetime:
        """The instant, aware of its zone."""
        ...

    async def sleep(self, pause: timedelta) -> None:
        """Let `pause` go by."""
        ...


class RealClock:
    """The machine's clock, for real tenants."""

    def now(self) -> datetime:
        """The instant, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, pause: timedelta) -> None:
        """Sleep without holding up anybody else."""
        import anyio

        await anyio.sleep(pause.total_seconds())
