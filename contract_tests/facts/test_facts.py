"""Every fact, asked: of the fakes in this process, or with `--live` of a tenant."""

import pytest

from contract_tests.facts.fact import Fact
from contract_tests.facts.loading import facts
from contract_tests.facts.putting import put
from contract_tests.facts.world import World


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact.name)
async def test_a_fact_holds(fact: Fact, world: World) -> None:
    outcome = await put(fact, world)
    assert not outcome.differences, str(outcome)
    assert outcome.shown is None, f"{fact.name}: the fakes show the other side of {fact.quirk}: {outcome.shown}"
