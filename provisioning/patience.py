"""Waiting, always bounded and always by the clock handed in: pauses, sightings in a row, deadlines."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from provisioning.clock import Clock

LOOKS: Final = 3
"""How often to look before an absence is believed: replicas answer in turn, and young objects flicker."""


@dataclass(frozen=True)
class Patience:
    """How to wait: pauses grow from `first` to `longest` by `growth`, until `deadline` has gone by.

    Growing by a tenth keeps a pause at about a tenth of what was waited so far, so that little is waited in vain:
    `python -m benchmarks.requests` shows it. `jitter` lengthens each pause by up to this part of it, drawn from `seed`,
    so that many set-ups do not ask in step.
    """

    first: timedelta = timedelta(seconds=0.5)
    longest: timedelta = timedelta(seconds=15)
    growth: float = 1.1
    jitter: float = 0.1
    seed: str = ""
    deadline: timedelta = timedelta(minutes=10)
    # Consecutive reads go to different replicas, so one good answer proves little (hashicorp/terraform-provider-azuread
    # internal/helpers/consistency asks for five in a row). Where nothing was ever missed there seems to be no lag, and
    # two are enough: each is a real sign-in or read.
    sightings: int = 2
    sightings_after_a_miss: int = 4

    def pause(self, round_: int) -> timedelta:
        """The pause after the round numbered `round_`, counted from zero."""
        grown = self.first.total_seconds() * self.growth ** min(round_, 60)
        drawn = Random(f"{self.seed}/{round_}").random() if self.jitter else 0.0  # noqa: S311 - to spread load
        return timedelta(seconds=min(grown, self.longest.total_seconds()) * (1 + self.jitter * drawn))


async def rounds(clock: Clock, patience: Patience) -> AsyncIterator[int]:
    """Count rounds from zero, pausing between them, until the deadline; the first comes at once."""
    began = clock.now()
    round_ = 0
    while True:
        yield round_
        pause = patience.pause(round_)
        if clock.now() + pause > began + patience.deadline:
            return
        await clock.sleep(pause)
        round_ += 1


async def until_seen(
    look: Callable[[], Awaitable[bool]],
    *,
    clock: Clock,
    patience: Patience,
    on_miss: Callable[[], None] = lambda: None,
) -> bool:
    """Look until it was seen as many times in a row as `patience` asks for; False when the deadline came first.

    Sightings follow each other at once, from one replica to the next; pauses come after misses alone.
    """
    in_a_row, missed = 0, False
    async for _ in rounds(clock, patience):
        while True:
            if not await look():
                in_a_row, missed = 0, True
                on_miss()
                break
            in_a_row += 1
            if in_a_row >= (patience.sightings_after_a_miss if missed else patience.sightings):
                return True
    return False
