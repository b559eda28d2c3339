"""Where the two sides' clocks meet: a fake tenant's time, as the engine reads it."""

from datetime import datetime, timedelta

from mock_services.tenant import FakeTenant


class TenantClock:
    """The engine's clock in a rehearsal: to sleep is to let the tenant's time go by; nobody waits."""

    def __init__(self, tenant: FakeTenant) -> None:
        self._clock = tenant.clock

    def now(self) -> datetime:
        """The tenant's present."""
        return self._clock.now()

    async def sleep(self, pause: timedelta) -> None:
        """Move the tenant's time on at once."""
        self._clock.advance(pause)
