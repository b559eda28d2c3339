"""Who sees a write when: replication lag, modelled instead of drawn.

A directory is read through a few replicas in fixed rotation, one a request. A write is on the first replica at once
and on each other one after a delay that follows from the object's own id, so that a young object is there, gone
and there again, the same in every run. Nothing is stored: an object's age by the tenant's clock decides.

No service level is documented (microsoftgraph/msgraph-bicep-types#193). The presets follow what people measured:
a new secret usable after 4 to 18 s (microsoftgraph/microsoft-graph-docs#17966), applications and service principals
seen by all readers after seconds, sometimes minutes (Azure/azure-cli#23367, hashicorp/terraform-provider-azuread#1811),
app-role assignments after 30 to 60 s (microsoftgraph/microsoft-graph-docs-contrib#2459).
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of object that replicate at a pace of their own."""

    APPLICATION = "application"
    SERVICE_PRINCIPAL = "service_principal"
    SECRET = "secret"  # noqa: S105 - a kind, not a secret
    APP_ROLE = "app_role"


def _seconds(application: float, principal: float, secret: float, app_role: float) -> dict[Kind, timedelta]:
    pace = (application, principal, secret, app_role)
    return {kind: timedelta(seconds=seconds) for kind, seconds in zip(Kind, pace, strict=True)}


PRESETS: Mapping[str, Mapping[Kind, timedelta]] = {
    "immediate": _seconds(0, 0, 0, 0),
    "typical": _seconds(8, 8, 12, 30),
    "slow": _seconds(60, 60, 60, 120),
    "adversarial": _seconds(300, 300, 120, 600),
}
"""Preset -> the longest that an object of each kind can take to reach the last replica."""


class UnknownPreset(ValueError):
    """No preset has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no replication preset {name!r}: write one of {', '.join(PRESETS)}")


@dataclass
class Replication:
    """One directory's replicas. `use` picks the pace; `next_reader` is called once a request."""

    seed: int | str = 0
    replicas: int = 3
    _pace: Mapping[Kind, timedelta] = field(default_factory=lambda: PRESETS["immediate"])
    _reader: int = 0

    def use(self, preset: str) -> None:
        """Replicate at a preset's pace from now on. Raises UnknownPreset."""
        if preset not in PRESETS:
            raise UnknownPreset(preset)
        self._pace = PRESETS[preset]

    @property
    def lags(self) -> bool:
        """Whether anything is ever seen late."""
        return any(self._pace.values())

    def next_reader(self) -> None:
        """The next request is answered by the next replica."""
        self._reader = (self._reader + 1) % self.replicas

    @contextmanager
    def at_the_first(self) -> Iterator[None]:
        """Inside, reads are answered by the replica that takes the writes, so that one act sees what it wrote."""
        reader, self._reader = self._reader, 0
        try:
            yield
        finally:
            self._reader = reader

    def seen(self, kind: Kind, id_: str, written: datetime, now: datetime) -> bool:
        """Whether the replica that answers the present request has this object yet."""
        return now - written >= self.delay(kind, id_, self._reader)

    def delay(self, kind: Kind, id_: str, replica: int) -> timedelta:
        """How long an object takes to reach a replica: nothing for the first, its own part of the pace for others."""
        longest = self._pace[kind]
        if replica == 0 or not longest:
            return timedelta()
        drawn = hashlib.sha256(f"{self.seed}/{kind}/{id_}/{replica}".encode()).digest()
        # Between a quarter and the whole: no object is everywhere at once, and each ends up everywhere in time.
        return longest * (0.25 + 0.75 * int.from_bytes(drawn[:4], "big") / 0xFFFFFFFF)
