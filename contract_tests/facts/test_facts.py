"""Every fact, asked: of the fakes in this process, or with `--live` of a tenant."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract_tests.facts.fact import Fact, NotAsked
from contract_tests.facts.in_process import own_world
from contract_tests.facts.ledger import Ledger, overdue
from contract_tests.facts.loading import accepted, facts
from contract_tests.facts.place import Place
from contract_tests.facts.putting import is_rehearsed, put, reason_to_leave_out
from contract_tests.facts.world import World
from mock_services.cloud import FakeCloud


@pytest.mark.contract
@pytest.mark.safe_live(federated=True)
@pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact.name)
async def test_a_fact_holds(
    fact: Fact, world: World, ledger: Ledger, live_place: Place | None, contract_cloud: FakeCloud, tmp_path: Path
) -> None:
    if is_rehearsed(fact) and live_place is None:
        async with own_world(contract_cloud, tmp_path) as alone:
            await _hold(fact, alone, ledger, live_place)
    else:
        await _hold(fact, world, ledger, live_place)


async def _hold(fact: Fact, world: World, ledger: Ledger, live_place: Place | None) -> None:
    reason = reason_to_leave_out(fact, world, is_live=live_place is not None)
    if reason:
        ledger.leave_out(fact, reason)
        pytest.skip(reason)
    try:
        outcome = await put(fact, world)
    except NotAsked as problem:
        pytest.fail(f"{fact.name} could not be asked: {problem}")
    left = ledger.hear(outcome, world)
    assert not left, "\n".join([str(outcome), *(f"  {each}" for each in left)])
    assert live_place is not None or outcome.shown is None, (
        f"the fakes show {outcome.shown!r}, the other side of {fact.quirk}"
    )


def test_no_accepted_difference_is_overdue() -> None:
    late = overdue(accepted(), datetime.now(UTC).date())
    assert not late, "\n".join(["look again, then give a new day or take the entry out:", *late])


def test_an_accepted_difference_belongs_to_a_fact() -> None:
    assert {each.fact for each in accepted()} <= {fact.name for fact in facts()}
