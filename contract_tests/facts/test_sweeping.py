"""What a run without the journal of the one before finds by our mark, and in which order it goes."""

from pathlib import Path

import pytest

from contract_tests.facts.in_process import fake_world, place_of
from contract_tests.facts.loading import facts
from contract_tests.facts.made import Thing
from contract_tests.facts.opening import opened
from contract_tests.facts.putting import put
from contract_tests.facts.rails import ABSENT_ID
from contract_tests.facts.sweepable import is_removed
from mock_services.cloud import FakeCloud
from mock_services.intercept import FakeTransport
from mock_services.tenant import FakeTenant

ID = "11112222-3333-4444-8555-666677778888"


@pytest.mark.parametrize(
    ("kind", "path", "removed"),
    [
        ("graph:applications", f"/v1.0/applications/{ID}", True),
        ("graph:applications", f"/v1.0/directory/deletedItems/{ID}", True),
        ("dataverse:contacts", f"/api/data/v9.2/contacts({ID})", True),
        ("graph:applications", f"/v1.0/applications/{ABSENT_ID}", False),
        ("graph:groups", f"/v1.0/groups/{ID}/members/{ABSENT_ID}/$ref", False),
        ("graph:servicePrincipals", f"/v1.0/groups/{ABSENT_ID}/members/{ID}/$ref", False),
        ("dataverse:systemusers", f"/api/data/v9.2/systemusers({ID})", False),
    ],
)
def test_a_removal_is_of_what_its_path_ends_with(kind: str, path: str, removed: bool) -> None:
    """A user's first removal only marks the row; the journal keeps it for the second."""
    assert is_removed(Thing(1, kind, "d365-contract 1", (ID,)), path) is removed
    assert not is_removed(Thing(1, kind, "d365-contract 1"), path), "one whose answer was lost is looked up by its name"


async def test_a_business_unit_goes_with_those_below_it(
    contract_cloud: FakeCloud, contract_tenant: FakeTenant, tmp_path: Path
) -> None:
    organisation, folders = contract_tenant.organisation, (tmp_path / "first", tmp_path / "second")
    for each in folders:
        each.mkdir()
    async with fake_world(contract_cloud, contract_tenant, folders[0]) as first:
        for stage in ("branch", "branch_user", "disabled_unit", "owning_unit"):
            await first.stage(stage)
        assert len(organisation.select("businessunit")) == 6
        async with fake_world(contract_cloud, contract_tenant, folders[1]):
            assert [row["businessunitid"] for row in organisation.select("businessunit")] == [
                organisation.root_business_unit
            ]
            assert organisation.select("contact") == []


async def test_what_facts_have_removed_themselves_is_not_waited_for(contract_cloud: FakeCloud, tmp_path: Path) -> None:
    """A live run ends in minutes: what is gone is known to be, and the rest is awaited together."""
    tenant = contract_cloud.create_tenant("Tailspin")
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    removing = [fact for fact in facts() if fact.service == "graph" and any(b.method == "DELETE" for b in fact.before)]
    place = place_of(tenant, tmp_path, patience_s=300)
    async with opened(place, may_write=True, transport=FakeTransport(contract_cloud), pause=pause) as world:
        for fact in (each for each in removing if each.live == "write"):
            await put(fact, world)
        waits.clear()
    contract_cloud.drop(tenant)
    assert sum(waits) <= 63, waits
