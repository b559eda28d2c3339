"""Guide step 4: the application user in the environment."""

from __future__ import annotations

from provisioning.engine import Engine
from scenarios.setup.conftest import Onlooker


async def test_it_is_enabled_and_in_the_root_business_unit(engine: Engine, onlooker: Onlooker) -> None:
    provisioned = await engine.provision()
    [user] = await onlooker.users_of(provisioned.integration.client_id)
    [root] = await onlooker.dataverse("businessunits?$filter=parentbusinessunitid eq null")
    assert user["_businessunitid_value"] == root["businessunitid"]
    assert user["isdisabled"] is False


async def test_a_disabled_user_is_named_and_enabled_again(engine: Engine, onlooker: Onlooker) -> None:
    first = await engine.provision()
    client_id = first.integration.client_id
    [user] = await onlooker.users_of(client_id)
    change = {"isdisabled": True, "applicationid": client_id}
    await onlooker.tell_dataverse("PATCH", f"systemusers({user['systemuserid']})", change)
    verdict = await engine.verify(first.integration)
    assert (verdict.failure, verdict.certainty) == ("dataverse.user_disabled", "certain")
    second = await engine.provision(first.integration.client_secret)
    assert {report.step: report.outcome for report in second.steps if report.outcome != "kept"} == {
        "application_user": "changed"
    }
    assert (await engine.verify(second.integration)).healthy


async def test_a_deleted_user_is_missed_and_made_again(engine: Engine, onlooker: Onlooker) -> None:
    """Deleted once, a row still occupies the client id; the engine clears it away."""
    first = await engine.provision()
    client_id = first.integration.client_id
    [user] = await onlooker.users_of(client_id)
    row = f"systemusers({user['systemuserid']})"
    await onlooker.tell_dataverse("PATCH", row, {"isdisabled": True, "applicationid": client_id})
    await onlooker.tell_dataverse("DELETE", row)
    unseen = await engine.verify(first.integration)
    assert unseen.failure == "dataverse.user_missing"
    seen = await engine.verify(first.integration, operator=engine.access)
    assert (seen.failure, seen.certainty) == ("dataverse.user_deleted", "certain")
    assert seen.whose_turn == "the customer's Dynamics admin"
    second = await engine.provision(first.integration.client_secret)
    assert (await engine.verify(second.integration)).healthy
    [made] = await onlooker.users_of(client_id)
    assert made["systemuserid"] != user["systemuserid"]


async def test_a_user_that_was_there_is_adopted_and_left_by_undo(engine: Engine, onlooker: Onlooker) -> None:
    first = await engine.provision()
    client_id = first.integration.client_id
    stranger = Engine(engine.settings, engine.transport, engine.clock)
    await stranger.provision()
    await stranger.undo()
    [user] = await onlooker.users_of(client_id)
    assert user["isdisabled"] is False
