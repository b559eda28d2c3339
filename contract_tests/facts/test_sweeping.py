"""What a run without the journal of the one before finds by our mark, and in which order it goes."""

from pathlib import Path

from contract_tests.facts.in_process import fake_world
from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant


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
