"""How much one user may ask of an organisation: three limits over a sliding window, by the tenant's clock.

powerapps-docs developer/data-platform/api-limits.md: 6,000 requests, 20 minutes of execution, 52 requests at once; all
are defaults, and one recorded organisation had about 8,000. An application user is a user like any other.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

_PUSHED = timedelta(seconds=1)
"""By how much a request that comes too soon puts the end off. The page says that it does, not by how much: a guess."""
_AT_ONCE_PAUSE = timedelta(seconds=5)
"""What a client with too many requests at once is told to wait: a guess."""


class Facet(StrEnum):
    """Which of the limits is exceeded."""

    REQUESTS = "requests"
    TIME = "time"
    CONCURRENCY = "concurrency"


@dataclass(frozen=True)
class Exceeded:
    """A limit that a user is over, and when asking again makes sense."""

    facet: Facet
    until: datetime

    def seconds_from(self, now: datetime) -> int:
        """Whole seconds to wait, at least one."""
        return max(1, math.ceil((self.until - now).total_seconds()))


@dataclass(frozen=True)
class Costs:
    """Milliseconds of execution by kind of request. Dataverse publishes none: guesses, there to be set by a test."""

    read: int = 20
    list: int = 50
    write: int = 100
    operation: int = 100
    row_in_bulk: int = 30
    """Each row of CreateMultiple and its kin, on top of the operation."""


@dataclass
class _Spent:
    """What was spent at one moment."""

    at: datetime
    requests: int
    execution: timedelta


@dataclass
class Use:
    """What one user has asked within the window, and what is under way."""

    requests: int = 0
    execution: timedelta = timedelta()
    under_way: int = 0
    barred: Exceeded | None = None
    _spent: deque[_Spent] = field(default_factory=deque)

    def forget(self, before: datetime) -> None:
        """Let go of what was spent up to this moment."""
        while self._spent and self._spent[0].at <= before:
            gone = self._spent.popleft()
            self.requests -= gone.requests
            self.execution -= gone.execution

    def spend(self, at: datetime, *, requests: int = 0, execution: timedelta = timedelta()) -> None:
        """Add what a request spent."""
        if not self._spent or self._spent[-1].at != at:
            self._spent.append(_Spent(at, 0, timedelta()))
        self._spent[-1].requests += requests
        self._spent[-1].execution += execution
        self.requests += requests
        self.execution += execution

    def below(self, requests: int, execution: timedelta) -> datetime | None:
        """The moment of the last spending that must leave the window before both are below these, if there was any."""
        last: datetime | None = None
        asked, ran = self.requests, self.execution
        for spent in self._spent:
            if asked < requests and ran < execution:
                break
            asked, ran, last = asked - spent.requests, ran - spent.execution, spent.at
        return last


@dataclass
class ServiceLimits:
    """The limits of one organisation and what its users have used. In memory: a tenant opened anew starts afresh.

    On a clock that stands still nothing comes back: a test that asks thousands of times on purpose sets the limits
    wider or switches `is_on` off; one that wants to meet a limit sets it low.
    """

    is_on: bool = True
    requests: int = 6_000
    execution: timedelta = timedelta(minutes=20)
    concurrent: int = 52
    window: timedelta = timedelta(seconds=300)
    parallelism: int = 4
    """What `x-ms-dop-hint` advises; recorded."""
    costs: Costs = Costs()
    _users: dict[str, Use] = field(default_factory=dict)

    def use_of(self, user: str, now: datetime) -> Use:
        """What a user has used within the window that ends now."""
        use = self._users.setdefault(user, Use())
        use.forget(now - self.window)
        return use

    def exceeded(self, user: str, now: datetime) -> Exceeded | None:
        """The limit that one more request of this user would exceed, or None.

        To ask while barred puts the end off, up to two windows from now.
        """
        if not self.is_on:
            return None
        use = self.use_of(user, now)
        if use.barred and now < use.barred.until:
            latest = max(use.barred.until, now + 2 * self.window)
            use.barred = Exceeded(use.barred.facet, min(use.barred.until + _PUSHED, latest))
            return use.barred
        use.barred = self._over(use, now)
        if use.barred is None and use.under_way >= self.concurrent:
            return Exceeded(Facet.CONCURRENCY, now + _AT_ONCE_PAUSE)  # over as soon as one of them has ended
        return use.barred

    def _over(self, use: Use, now: datetime) -> Exceeded | None:
        if use.requests < self.requests and use.execution < self.execution:
            return None
        facet = Facet.REQUESTS if use.requests >= self.requests else Facet.TIME
        return Exceeded(facet, (use.below(self.requests, self.execution) or now) + self.window)

    def forget(self) -> None:
        """Start afresh: nobody has used anything."""
        self._users.clear()
