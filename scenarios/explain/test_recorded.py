"""The law that joins `explain` with the catalogue: what a failure mode's answer says names it, or its look-alikes."""

import pytest

from mock_services.cloud import FakeCloud
from mock_services.journal import Entry
from mock_services.tenant import FakeTenant
from provisioning.clock import Clock
from provisioning.diagnosis.ailments import AILMENTS
from provisioning.explaining.explanation import explain
from provisioning.settings import Integration, Settings
from provisioning.transport import Transport
from scenarios.failure_modes import FAILURE_MODES, FailureMode
from scenarios.failure_modes.entry import Scene
from scenarios.failure_modes.performing import Stage, perform

ANSWERED = {
    (mode.family, mode.symptom.status, mode.symptom.code): mode
    for mode in reversed(FAILURE_MODES.values())
    if mode.symptom.status is not None and mode.symptom.status >= 400
}.values()
"""One mode of each kind of answer: modes that answer alike read alike."""


def pasted_as(entry: Entry) -> str:
    """As somebody pastes an exchange: the request's line, the status, the body."""
    return f"{entry.method} {entry.url}\nHTTP/1.1 {entry.status}\n\n{entry.response_body}"


@pytest.mark.parametrize("mode", list(ANSWERED), ids=lambda mode: mode.name)
async def test_the_answer_pasted_names_it(
    mode: FailureMode,
    cloud: FakeCloud,
    tenant: FakeTenant,
    integration: Integration,
    operator_settings: Settings,
    transport: Transport,
    clock: Clock,
) -> None:
    scene = Scene(cloud, tenant, integration)
    stage = Stage(scene, operator_settings, transport, clock)
    before = len(tenant.journal)
    await perform(mode, stage, mode.apply(scene))
    failed = [entry for entry in list(tenant.journal)[before:] if entry.status == mode.symptom.status]
    if not failed:
        pytest.skip("answered by nobody in this tenant: another host, or the front door")
    explanation = explain(pasted_as(failed[0]))
    families = {AILMENTS[name].family for name in (mode.name, *mode.looks_like)}
    assert explanation.causes, pasted_as(failed[0])
    assert explanation.causes[0].family in families, pasted_as(failed[0])


async def test_what_a_healthy_set_up_says_is_no_failure(tenant: FakeTenant, integration: Integration) -> None:
    assert integration.client_id
    healthy = [pasted_as(entry) for entry in tenant.journal if entry.status < 400]
    assert len(healthy) > 10
    assert not [text for text in healthy if explain(text).causes]
    assert not explain("\n".join(healthy)).causes
