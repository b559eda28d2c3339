"""The law that joins `explain` with the catalogue: what a failure mode's answer says names it, or its look-alikes."""

import pytest

from mock_services.journal import Entry
from mock_services.tenant import FakeTenant
from provisioning.diagnosis.ailments import AILMENTS
from provisioning.explaining.explanation import explain
from provisioning.settings import Integration
from scenarios.failure_modes import FAILURE_MODES, FailureMode
from scenarios.pages import said_on_page

ANSWERED = [mode for mode in FAILURE_MODES.values() if mode.symptom.status is not None and mode.symptom.status >= 400]


def pasted_as(entry: Entry) -> str:
    """As somebody pastes an exchange: the request's line, the status, the body."""
    return f"{entry.method} {entry.url}\nHTTP/1.1 {entry.status}\n\n{entry.response_body}"


@pytest.mark.parametrize("mode", ANSWERED, ids=lambda mode: mode.name)
def test_the_answer_pasted_names_it(mode: FailureMode) -> None:
    text = said_on_page(mode)  # another law keeps it as it is on the wire
    assert "http" in text
    families = {AILMENTS[name].family for name in (mode.name, *mode.looks_like)}
    causes = explain(text).causes
    assert causes, text
    assert causes[0].family in families or mode.name in {cause.name for cause in causes}, text


async def test_what_a_healthy_set_up_says_is_no_failure(tenant: FakeTenant, integration: Integration) -> None:
    assert integration.client_id
    healthy = [pasted_as(entry) for entry in tenant.journal if entry.status < 400]
    assert len(healthy) > 10
    assert not [text for text in healthy if explain(text).causes]
    assert not explain("\n".join(healthy)).causes
