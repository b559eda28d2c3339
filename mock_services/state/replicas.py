"""Who sees a write when: replication lag, modelled instead of drawn.

A directory is read through a few replicas in fixed rotation, one a request. A write is on the first replica at once
and on each other one after a delay that follows from the object's own id, so that a young object is there, gone
and there again, the same in every run. An object's age by the tenant's clock decides; for changes and removals the rows
as they were are remembered until the last replica has caught up, in memory alone.

No service level is documented (microsoftgraph/msgraph-bicep-types#193). The presets follow what people measured:
a new secret usable after 4 to 18 s (microsoftgraph/microsoft-graph-docs#17966), applications and service principals
seen by all readers after seconds, sometimes minutes (Azure/azure-cli#23367, hashicorp/terraform-provider-azuread#1811),
app-role assignments after 30 to 60 s (microsoftgraph/microsoft-graph-docs-contrib#2459), a removed secret listed for a
while (Terraform's application_password_resource.go waits for five readings in a row without it).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

Row = Mapping[str, Any]
_REMEMBERED = 1_000
"""Rows as they were, after which those that nobody shows any more are thrown out."""


class Kind(StrEnum):
    """The kinds of object that replicate at a pace of their own."""

    APPLICATION = "application"
    SERVICE_PRINCIPAL = "service_principal"
    SECRET = "secret"  # noqa: S105 - a kind, not a secret
    APP_ROLE = "app_role"
    GRANT = "grant"


_COLUMNS: Mapping[Kind, tuple[str, str]] = {
    **dict.fromkeys(Kind, ("id", "created")),
    Kind.SECRET: ("key_id", "written"),
}
"""Kind -> the columns that hold a row's id and when it set out."""


def _seconds(application: float, principal: float, secret: float, app_role: float, grant: float) -> "Pace":
    pace = (application, principal, secret, app_role, grant)
    return {kind: timedelta(seconds=seconds) for kind, seconds in zip(Kind, pace, strict=True)}


Pace = Mapping[Kind, timedelta]
PRESETS: Mapping[str, Pace] = {
    "immediate": _seconds(0, 0, 0, 0, 0),
    "typical": _seconds(8, 8, 12, 30, 12),
    "slow": _seconds(60, 60, 60, 120, 60),
    "adversarial": _seconds(300, 300, 120, 600, 300),
}
"""Preset -> the longest that an object of each kind can take to reach the last replica."""
MOMENTS: Mapping[str, timedelta] = {
    "immediate": timedelta(),
    "typical": timedelta(seconds=1),
    "slow": timedelta(seconds=2),
    "adversarial": timedelta(seconds=5),
}
"""Preset -> how soon after a change of an object another one, on another replica, collides with it."""


class UnknownPreset(ValueError):
    """No preset has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no replication preset {name!r}: write one of {', '.join(PRESETS)}")


@dataclass(frozen=True)
class _Past:
    """A row as it was until somebody changed or removed it."""

    row: Row
    until: datetime


@dataclass
class Replication:
    """One directory's replicas. `use` picks the pace; `next_reader` is called once a request."""

    seed: int | str = 0
    replicas: int = 3
    _pace: Pace = field(default_factory=lambda: PRESETS["immediate"])
    _moment: timedelta = timedelta()
    _reader: int = 0
    _past: dict[Kind, dict[str, list[_Past]]] = field(default_factory=dict)
    _writes: dict[str, tuple[datetime, int]] = field(default_factory=dict)

    def use(self, preset: str) -> None:
        """Replicate at a preset's pace from now on. Raises UnknownPreset."""
        if preset not in PRESETS:
            raise UnknownPreset(preset)
        self._pace, self._moment = PRESETS[preset], MOMENTS[preset]

    @property
    def lags(self) -> bool:
        """Whether anything is ever seen late."""
        return any(self._pace.values())

    @property
    def longest(self) -> timedelta:
        """After this long without a write every replica shows the same."""
        return max(self._pace.values())

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

    def delay(self, kind: Kind, id_: str, replica: int) -> timedelta:
        """How long an object takes to reach a replica: nothing for the first, its own part of the pace for others."""
        longest = self._pace[kind]
        if replica == 0 or not longest:
            return timedelta()
        drawn = hashlib.sha256(f"{self.seed}/{kind}/{id_}/{replica}".encode()).digest()
        # Between a quarter and the whole: no object is everywhere at once, and each ends up everywhere in time.
        return longest * (0.25 + 0.75 * int.from_bytes(drawn[:4], "big") / 0xFFFFFFFF)

    def view(self, kind: Kind, rows: Iterable[Row], belongs: Callable[[Row], bool], now: datetime) -> list[Row]:
        """The rows as the replica that answers the present request has them.

        Some it does not have yet, some it still has as they were; `belongs` says which of the latter are asked for.
        """
        key, written = _COLUMNS[kind]
        found = {row[key]: row for row in rows}
        for id_, past in self._past.get(kind, {}).items():
            delay = self.delay(kind, id_, self._reader)
            late = next((each.row for each in past if now - each.until < delay), None)
            if late is not None and belongs(late):
                found[id_] = late
            elif late is not None:
                found.pop(id_, None)
        return [row for id_, row in found.items() if self._has(kind, id_, row[written], now, self._reader)]

    def _has(self, kind: Kind, id_: str, written: datetime | None, now: datetime, replica: int) -> bool:
        return written is None or now - written >= self.delay(kind, id_, replica)  # Microsoft's own have no date

    def reads_back(self, kind: Kind, row: Row, now: datetime) -> bool:
        """Whether the replica after the answering one has this row: what a create is read back from."""
        key, written = _COLUMNS[kind]
        return self._has(kind, row[key], row[written], now, (self._reader + 1) % self.replicas)

    def has_left(self, kind: Kind, row: Row, now: datetime) -> bool:
        """Whether a directory beyond these replicas has this row: one more reader, as late as the others."""
        key, written = _COLUMNS[kind]
        return self._has(kind, row[key], row[written], now, self.replicas)

    # changes

    def remember(self, kind: Kind, row: Row, now: datetime) -> None:
        """This row is about to be changed or removed: late replicas go on showing it for a while."""
        if not self.lags:
            return
        key, _ = _COLUMNS[kind]
        rows = self._past.setdefault(kind, {})
        rows.setdefault(row[key], []).append(_Past(dict(row), now))
        if len(rows) > _REMEMBERED:
            current = {
                id_: [each for each in past if now - each.until < self._pace[kind]] for id_, past in rows.items()
            }
            self._past[kind] = {id_: past for id_, past in current.items() if past}

    def collides(self, object_id: str, now: datetime) -> bool:
        """Whether another replica has changed this object a moment ago."""
        at, replica = self._writes.get(object_id, (now, self._reader))
        return replica != self._reader and now - at < self._moment

    def wrote(self, object_id: str, now: datetime) -> None:
        """The answering replica has changed this object."""
        if not self._moment:
            return
        if len(self._writes) > _REMEMBERED:
            self._writes = {id_: last for id_, last in self._writes.items() if now - last[0] < self._moment}
        self._writes[object_id] = (now, self._reader)

    def forget(self) -> None:
        """Nothing was ever changed: the directory has been put back to an earlier state."""
        self._past.clear()
        self._writes.clear()
