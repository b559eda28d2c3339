"""How much a client may ask in a while: token buckets, filled by the tenant's clock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limit:
    """So much in so long; what is not used comes back evenly."""

    name: str
    amount: int
    per: timedelta


@dataclass
class Bucket:
    """What is left of one limit."""

    amount: float
    per: timedelta
    left: float
    at: datetime

    def fill(self, now: datetime) -> None:
        """Add what has come back since the last look."""
        self.left = min(self.amount, self.left + self.amount * ((now - self.at) / self.per))
        self.at = now

    @property
    def used(self) -> float:
        """The share that is used up, from nought to one."""
        return 1 - self.left / self.amount

    def until(self, cost: float) -> timedelta:
        """How long until there is enough for this cost."""
        return self.per * max(0.0, (cost - self.left) / self.amount)


@dataclass
class Throttling:
    """The buckets of one tenant, one a limit and client.

    On a clock that stands still nothing comes back: a test that asks thousands of times on purpose sets `factor`, which
    widens every limit, or switches `is_on` off.
    """

    is_on: bool = True
    factor: float = 1
    units: Limit | None = None
    """The limit of a tenant of this size, looked at on the first call."""
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def bucket(self, limit: Limit, client: str, now: datetime) -> Bucket:
        """What is left of a limit for a client at this moment."""
        amount = limit.amount * self.factor
        bucket = self._buckets.get((limit.name, client))
        if bucket is None or bucket.amount != amount:
            bucket = self._buckets[limit.name, client] = Bucket(amount, limit.per, amount, now)
        bucket.fill(now)
        return bucket
