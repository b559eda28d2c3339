"""Guide step 2: the secret, whose value is told once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr

from provisioning.engine import Engine
from scenarios.setup.conftest import Onlooker
from scenarios.tenant_clock import TenantClock


async def test_it_is_named_and_lasts_as_long_as_asked_for(
    engine: Engine, onlooker: Onlooker, clock: TenantClock
) -> None:
    settings = engine.settings.model_copy(update={"secret_months": 6, "secret_name": "mine"})
    await Engine(settings, engine.transport, clock).provision()
    [application] = await onlooker.applications()
    [secret] = application["passwordCredentials"]
    assert secret["displayName"] == "mine"
    end = datetime.fromisoformat(secret["endDateTime"])
    assert timedelta(days=180) <= end - clock.now() <= timedelta(days=184)


async def test_without_its_value_a_new_one_is_made_beside_it_and_said_so(engine: Engine, onlooker: Onlooker) -> None:
    first = await engine.provision()
    second = await engine.provision()
    [report] = [report for report in second.steps if report.step == "client_secret"]
    assert report.outcome == "made"
    assert "not at hand" in report.detail
    [application] = await onlooker.applications()
    assert len(application["passwordCredentials"]) == 2
    for integration in (first.integration, second.integration):
        assert (await engine.verify(integration)).healthy


@pytest.mark.parametrize("value", ["not-the-value-at-all", ""])
async def test_a_value_that_does_not_belong_to_any_listed_secret_is_not_trusted(engine: Engine, value: str) -> None:
    await engine.provision()
    second = await engine.provision(SecretStr(value))
    assert second.integration.client_secret.get_secret_value() != value
    assert (await engine.verify(second.integration)).healthy


async def test_an_expired_secret_is_named_and_a_new_run_mends_it(engine: Engine, clock: TenantClock) -> None:
    """The commonest call two years after go-live: nothing changed, and yet nobody gets in."""
    first = await engine.provision()
    await clock.sleep(timedelta(days=731))
    verdict = await engine.verify(first.integration)
    assert verdict.failure == "login.secret_expired"
    assert verdict.said is not None
    assert (verdict.said.status, verdict.said.code) == (401, "AADSTS7000222")
    assert verdict.whose_turn == "the customer's Entra admin"
    second = await engine.provision(first.integration.client_secret)
    assert (await engine.verify(second.integration)).healthy


async def test_a_removed_secret_is_replaced(engine: Engine, onlooker: Onlooker) -> None:
    first = await engine.provision()
    [application] = await onlooker.applications()
    [secret] = application["passwordCredentials"]
    await onlooker.tell_graph("POST", f"applications/{application['id']}/removePassword", {"keyId": secret["keyId"]})
    second = await engine.provision(first.integration.client_secret)
    assert {report.step for report in second.steps if report.outcome != "kept"} == {"client_secret"}
    assert (await engine.verify(second.integration)).healthy
