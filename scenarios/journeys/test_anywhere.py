"""The same scenarios on the fakes and, with `--live`, on a real tenant: they change nothing but what they made."""

import pytest

from provisioning.engine import Engine
from scenarios.conftest import Anywhere
from scenarios.failure_modes import FAILURE_MODES, FailureMode

pytestmark = pytest.mark.safe_live

PASTED_WRONG = {name: mode for name, mode in FAILURE_MODES.items() if mode.safe_live and mode.paste}


async def test_after_the_set_up_test_and_save_passes(anywhere: Anywhere) -> None:
    verdict = await anywhere.engine.verify(anywhere.integration)
    assert verdict.healthy, verdict.to_json()


async def test_a_second_run_changes_nothing(anywhere: Anywhere) -> None:
    again = await anywhere.engine.provision(anywhere.integration.client_secret)
    assert again.changed_nothing, again.to_json()
    assert again.integration == anywhere.integration


async def test_a_plan_finds_nothing_left_to_do(anywhere: Anywhere) -> None:
    planned = await anywhere.engine.plan(anywhere.integration.client_secret)
    assert {step.step: step.action for step in planned} == {step.step: "keep" for step in planned}


async def test_what_is_made_is_removed_again(anywhere: Anywhere) -> None:
    name = f"{anywhere.engine.settings.application_name} again"
    settings = anywhere.engine.settings.model_copy(update={"application_name": name, "generated_role": name})
    engine = Engine(settings, anywhere.engine.transport, anywhere.engine.clock)
    await engine.provision()
    await engine.undo()
    actions = {step.step: step.action for step in await engine.plan()}
    assert actions["application"] == "make"
    assert (await anywhere.engine.verify(anywhere.integration)).healthy


@pytest.mark.parametrize("mode", PASTED_WRONG.values(), ids=PASTED_WRONG)
async def test_values_pasted_wrong_are_refused_with_the_same_code_and_named(
    mode: FailureMode, anywhere: Anywhere
) -> None:
    assert mode.paste is not None
    verdict = await anywhere.prove(mode.paste(anywhere.integration))
    assert verdict.said is not None
    assert (verdict.said.status, verdict.said.code) == (mode.symptom.status, mode.symptom.code)
    assert verdict.family == mode.family
    assert verdict.failure in {mode.name, *mode.looks_like}
