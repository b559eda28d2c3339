"""Every kind of harm to every request that changes something or signs in: the next run ends in the one right state.

All requests, reads included, are struck by `python -m benchmarks.convergence`.
"""

import pytest

from mock_services.cloud import FakeCloud
from scenarios.convergence.converging import Outcome, converge, leftovers_of_teardown
from scenarios.convergence.harms import Harm

EVERY_HARM = pytest.mark.parametrize("harm", Harm, ids=str)


async def _requests(cloud: FakeCloud) -> list[tuple[str, str]]:
    plain = await converge({}, cloud=cloud)
    assert plain.converged
    return plain.requests


def _story(number: int, outcome: Outcome) -> str:
    asked = " ".join(outcome.requests[number])
    return f"request {number} ({asked}): {outcome.census}, healthy: {outcome.healthy}, said: {outcome.letters}"


@EVERY_HARM
async def test_a_harm_to_any_change_or_sign_in_leaves_one_of_everything(harm: Harm) -> None:
    cloud = FakeCloud()
    changes = [number for number, (method, _) in enumerate(await _requests(cloud)) if method != "GET"]
    if harm in {Harm.STALE, Harm.FLICKER}:
        changes = [number + 1 for number in changes[:-1]]  # the read that follows
    for number in changes:
        outcome = await converge({number: harm}, cloud=cloud)
        assert outcome.struck == {number}
        assert outcome.converged, _story(number, outcome)
        assert outcome.runs <= 2, _story(number, outcome)


async def test_a_set_up_that_stopped_anywhere_can_be_taken_down_whole() -> None:
    """Killed when a request was done and nothing of it was written down: what it made is found again and removed."""
    changes = [number for number, (method, _) in enumerate(await _requests(FakeCloud())) if method != "GET"]
    for number in changes:
        for harm in (Harm.KILLED_BEFORE, Harm.KILLED_AFTER):
            assert await leftovers_of_teardown({number: harm}) == frozenset(), (number, harm)
