"""The verdict: Test & Save as the vendor does it, then what a handoff needs."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from pydantic import SecretStr

from provisioning.engine import Engine
from scenarios.setup.conftest import Losses, Onlooker

GUID = "11111111-2222-3333-4444-555555555555"


async def test_test_and_save_are_the_vendors_two_calls(engine: Engine, losses: Losses) -> None:
    integration = (await engine.provision()).integration
    losses.sent.clear()
    verdict = await engine.verify(integration)
    assert verdict.healthy
    assert losses.sent[:2] == [
        ("POST", f"/{integration.tenant_id}/oauth2/v2.0/token"),
        ("GET", "/api/data/v9.2/incidents"),
    ]
    assert {method for method, _ in losses.sent[1:]} == {"GET"}


async def test_a_guid_in_place_of_the_secret_is_recognised(engine: Engine) -> None:
    integration = (await engine.provision()).integration
    verdict = await engine.verify(integration.model_copy(update={"client_secret": SecretStr(GUID)}))
    assert verdict.failure == "login.secret_id_pasted"
    assert verdict.said is not None
    assert verdict.said.code == "AADSTS7000215"
    assert any("Secret ID" in warning for warning in verdict.warnings)


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"client_secret": SecretStr("wrong~value" * 4)}, "login.secret_wrong"),
        ({"client_secret": SecretStr("")}, "login.secret_missing"),
        ({"tenant_id": GUID}, "login.tenant_unknown"),
        ({"tenant_id": "not a tenant"}, "login.tenant_malformed"),
        ({"client_id": GUID}, "login.client_unknown"),
    ],
)
async def test_a_wrong_value_is_named(engine: Engine, change: dict[str, object], failure: str) -> None:
    integration = (await engine.provision()).integration
    verdict = await engine.verify(integration.model_copy(update=change))
    assert verdict.failure == failure
    assert verdict.remedy
    assert verdict.whose_turn
    assert json.loads(json.dumps(verdict.to_json()))["causes"][0]["failure_mode"] == failure


async def test_the_environment_itself_tells_the_right_tenant(engine: Engine) -> None:
    integration = (await engine.provision()).integration
    verdict = await engine.verify(integration.model_copy(update={"tenant_id": GUID}))
    assert integration.tenant_id in verdict.remedy


async def test_only_an_operator_can_tell_an_object_id_from_an_unknown_tenant(
    engine: Engine, onlooker: Onlooker
) -> None:
    integration = (await engine.provision()).integration
    [application] = await onlooker.applications()
    wrong = integration.model_copy(update={"tenant_id": application["id"]})
    alone = await engine.verify(wrong)
    assert [cause.name for cause in alone.causes] == ["login.tenant_unknown", "login.tenant_is_app_object_id"]
    assert alone.certainty == "likely"
    seen = await engine.verify(wrong, operator=engine.access)
    assert (seen.failure, seen.certainty) == ("login.tenant_is_app_object_id", "certain")
    assert integration.tenant_id in seen.remedy


async def test_the_object_id_as_client_id_is_explained_by_an_operator(engine: Engine, onlooker: Onlooker) -> None:
    integration = (await engine.provision()).integration
    [application] = await onlooker.applications()
    wrong = integration.model_copy(update={"client_id": application["id"]})
    verdict = await engine.verify(wrong, operator=engine.access)
    assert (verdict.failure, verdict.certainty) == ("login.client_is_object_id", "certain")
    assert integration.client_id in verdict.remedy


async def test_a_user_of_another_app_is_seen_by_an_operator(engine: Engine, onlooker: Onlooker) -> None:
    """The admin picked the wrong app in the list: there is an application user, but not this client's."""
    integration = (await engine.provision()).integration
    other = engine.settings.model_copy(update={"application_name": "Another app"})
    await Engine(other, engine.transport, engine.clock).provision()
    [user] = await onlooker.users_of(integration.client_id)
    row = f"systemusers({user['systemuserid']})"
    await onlooker.tell_dataverse("PATCH", row, {"isdisabled": True, "applicationid": integration.client_id})
    for _ in range(2):
        await onlooker.tell_dataverse("DELETE", row)
    alone = await engine.verify(integration)
    assert [cause.name for cause in alone.causes][:2] == ["dataverse.user_missing", "dataverse.user_of_another_app"]
    assert "application users" in alone.causes[0].decided_by
    seen = await engine.verify(integration, operator=engine.access)
    assert seen.failure == "dataverse.user_of_another_app"


async def test_the_write_probe_writes_and_leaves_nothing_that_an_operator_can_remove(
    engine: Engine, onlooker: Onlooker
) -> None:
    """The least-privilege role may not delete, so the operator does."""
    integration = (await engine.provision()).integration
    before = len(await onlooker.dataverse("contacts")), len(await onlooker.dataverse("incidents"))
    verdict = await engine.verify(integration, write_probe=True, operator=engine.access)
    assert verdict.healthy, verdict
    names = [check.name for check in verdict.checks]
    assert "write probe: create contact" in names
    assert "write probe: create incident" in names
    assert (len(await onlooker.dataverse("contacts")), len(await onlooker.dataverse("incidents"))) == before
    assert verdict.warnings == ()


async def test_the_write_probe_names_what_it_could_not_remove(engine: Engine, onlooker: Onlooker) -> None:
    integration = (await engine.provision()).integration
    verdict = await engine.verify(integration, write_probe=True)
    assert verdict.healthy
    left = [warning for warning in verdict.warnings if warning.startswith("left behind")]
    assert len(left) == 2
    probes = await onlooker.dataverse("incidents?$filter=startswith(title,'d365-harness write probe')")
    assert probes[0]["incidentid"] in left[0]


async def test_a_secret_that_ends_soon_is_warned_about(engine: Engine) -> None:
    settings = engine.settings.model_copy(update={"secret_months": 1})
    short = Engine(settings, engine.transport, engine.clock)
    integration = (await short.provision()).integration
    await engine.clock.sleep(timedelta(days=7))
    verdict = await short.verify(integration, operator=short.access)
    assert verdict.healthy
    assert any(warning.startswith("the secret ends in 2") for warning in verdict.warnings)
