"""The identity service's throttling: resource units and writes of one application in one tenant.

DOC concepts/throttling-limits: the limits, the costs and the headers. Whether Retry-After is always there is contested
(a compilation of 2026 says that identity leaves it out); the guide promises it, so it is sent.
"""

import math
from dataclasses import dataclass, field
from datetime import timedelta

from mock_services.graph.bearer import Caller
from mock_services.graph.errors import Refused
from mock_services.graph.refusals import gateway
from mock_services.state.throttling import Bucket, Limit

_SMALL, _MIDDLE = 50, 500  # users
_TEN_SECONDS = timedelta(seconds=10)
UNITS = (
    Limit("units, small tenant", 3_500, _TEN_SECONDS),
    Limit("units, middling tenant", 5_000, _TEN_SECONDS),
    Limit("units, large tenant", 8_000, _TEN_SECONDS),
)
WRITES = Limit("writes", 3_000, timedelta(seconds=150))
PERSONAL_APPLICATIONS = Limit("writes of registrations for personal accounts", 60, timedelta(minutes=1))
# The pool of other registrations' writes (70,000 in five minutes) is wider than what all writes may be.
_WORTH_TELLING = 0.8


@dataclass
class Charge:
    """What a call has cost, and the headers that tell how near the limit is. A refusal tells them too."""

    units: int = 1
    headers: dict[str, str] = field(default_factory=dict)


def charge(caller: Caller, charged: Charge, *, units: int, is_write: bool) -> None:
    """Take what a call costs. Raises Refused (429)."""
    throttling, now = caller.tenant.throttling, caller.tenant.clock.now()
    charged.units = units
    if not throttling.is_on:
        return
    taken = throttling.bucket(_units_of(caller), caller.app_id, now)
    _must_hold(caller, taken, units, "ReadWrite", "ResourceUnitLimitExceeded")
    if is_write:
        writes = throttling.bucket(WRITES, caller.app_id, now)
        _must_hold(caller, writes, 1, "Write", "WriteLimitExceeded")
        writes.left -= 1
    taken.left -= units
    charged.headers = _nearness(taken)


def charge_personal(caller: Caller) -> None:
    """Take a write of a registration that personal accounts may use, from a pool of its own. Raises Refused (429)."""
    throttling = caller.tenant.throttling
    if throttling.is_on:
        pool = throttling.bucket(PERSONAL_APPLICATIONS, caller.app_id, caller.tenant.clock.now())
        _must_hold(caller, pool, 1, "Write", "WriteLimitExceeded")
        pool.left -= 1


def _units_of(caller: Caller) -> Limit:
    throttling = caller.tenant.throttling
    if throttling.units is None:
        people = caller.tenant.directory.count_users()
        throttling.units = UNITS[(people >= _SMALL) + (people > _MIDDLE)]
    return throttling.units


def _must_hold(caller: Caller, bucket: Bucket, cost: int, kind: str, information: str) -> None:
    if bucket.left >= cost:
        return
    headers = {
        "Retry-After": str(max(1, math.ceil(bucket.until(cost).total_seconds()))),
        "x-ms-throttle-scope": f"Tenant_Application/{kind}/{caller.app_id}/{caller.tenant.id}",
        "x-ms-throttle-information": information,
        **_nearness(bucket),
    }
    raise Refused(gateway.THROTTLED, headers=headers)


def _nearness(bucket: Bucket) -> dict[str, str]:
    return {"x-ms-throttle-limit-percentage": f"{bucket.used:.2f}"} if bucket.used >= _WORTH_TELLING else {}
