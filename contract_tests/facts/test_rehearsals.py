"""A rehearsal's people sign in like anybody, as themselves."""

from pathlib import Path

from contract_tests.facts.in_process import own_world
from contract_tests.facts.world import claims_of
from mock_services.cloud import FakeCloud


async def test_somebody_whom_a_rehearsal_made_signs_in_as_themselves(tmp_path: Path) -> None:
    async with own_world(FakeCloud(), tmp_path) as world:
        await world.stage("clerk")
        clerk, person = [claims_of(await world.token(who, "graph")) for who in ("clerk", "person")]
        assert clerk["oid"] == world.values["clerk.id"] != person["oid"]
        assert clerk["upn"] == world.values["clerk.username"]


async def test_a_person_may_sign_in_by_another_client(tmp_path: Path) -> None:
    async with own_world(FakeCloud(), tmp_path) as world:
        await world.stage("admin_tool")
        tool, person = [claims_of(await world.token(who, "platform")) for who in ("admin_tool", "person")]
        assert (tool["appid"], tool["oid"]) == (world.values["admin_tool.client_id"], person["oid"])
