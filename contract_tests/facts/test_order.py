"""No fact rests on what another has left behind: backwards they hold as well. `test_lag` asks the rest backwards."""

from pathlib import Path

from contract_tests.facts.in_process import fake_world
from contract_tests.facts.loading import facts
from contract_tests.facts.putting import is_rehearsed, put
from contract_tests.facts.test_lag import LAGGING
from mock_services.cloud import FakeCloud


async def test_facts_hold_in_any_order(contract_cloud: FakeCloud, tmp_path: Path) -> None:
    tenant = contract_cloud.create_tenant("Northwind")
    async with fake_world(contract_cloud, tenant, tmp_path) as world:
        asked = [fact for fact in reversed(facts()) if fact.service not in LAGGING and not is_rehearsed(fact)]
        told = [await put(fact, world) for fact in asked]
    contract_cloud.drop(tenant)
    assert [str(each) for each in told if each.differences] == []
