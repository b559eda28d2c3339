"""Every kind of harm to every request that changes something or signs in: the next run ends in the one right state.

Of the harms that leave the engine equally ignorant one strikes each request, in turn; every harm strikes every request,
reads included, in `python -m benchmarks.convergence`.
"""

from itertools import cycle

import anyio
import pytest

from mock_services.cloud import FakeCloud
from scenarios.convergence.converging import Outcome, converge, leftovers_of_teardown
from scenarios.convergence.harms import KINDS, Harm


@pytest.fixture(scope="module")
def cloud() -> FakeCloud:
    return FakeCloud()


@pytest.fixture(scope="module")
def requests(cloud: FakeCloud) -> list[tuple[str, str]]:
    """Those of a run without harm."""

    async def plain() -> Outcome:
        return await converge({}, cloud=cloud)

    outcome = anyio.run(plain)
    assert outcome.converged
    return outcome.requests


def _story(number: int, outcome: Outcome) -> str:
    asked = " ".join(outcome.requests[number])
    return f"request {number} ({asked}): {outcome.census}, healthy: {outcome.healthy}, said: {outcome.letters}"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_harm_to_any_change_or_sign_in_leaves_one_of_everything(
    kind: str, cloud: FakeCloud, requests: list[tuple[str, str]]
) -> None:
    harms = cycle(KINDS[kind])
    changes = [number for number, (method, _) in enumerate(requests) if method != "GET"]
    if kind == "an old answer":
        changes = [number + 1 for number in changes[:-1]]  # the read that follows
    for number, harm in zip(changes, harms, strict=False):
        outcome = await converge({number: harm}, cloud=cloud)
        assert outcome.struck == {number}
        assert outcome.converged, _story(number, outcome)
        assert outcome.runs <= 2, _story(number, outcome)


async def test_a_set_up_that_stopped_anywhere_can_be_taken_down_whole(
    cloud: FakeCloud, requests: list[tuple[str, str]]
) -> None:
    """Killed as a request was sent, or done and nothing of it written down: what it made is found and removed."""
    changes = [number for number, (method, _) in enumerate(requests) if method != "GET"]
    for number, harm in zip(changes, cycle([Harm.KILLED_AFTER, Harm.KILLED_AFTER, Harm.KILLED_BEFORE]), strict=False):
        assert await leftovers_of_teardown({number: harm}, cloud=cloud) == frozenset(), (number, harm)


def test_every_harm_is_of_one_kind() -> None:
    assert sorted(harm for kind in KINDS.values() for harm in kind) == sorted(Harm)
