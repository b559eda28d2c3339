"""How a healthy tenant catches each disease: one named entry each, by set-up step."""

from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom, UnknownFailureMode
from scenarios.failure_modes.scene import Scene

__all__ = ["FAILURE_MODES", "FailureMode", "Scene", "SetupStep", "Symptom", "UnknownFailureMode", "failure_mode"]

from scenarios.failure_modes.application_user import APPLICATION_USER
from scenarios.failure_modes.assertions import ASSERTIONS
from scenarios.failure_modes.consent import CONSENT
from scenarios.failure_modes.credentials import CREDENTIALS
from scenarios.failure_modes.environment_state import ENVIRONMENT_STATE
from scenarios.failure_modes.environment_url import ENVIRONMENT_URL
from scenarios.failure_modes.handoff_payloads import HANDOFF_PAYLOADS
from scenarios.failure_modes.handoff_rights import HANDOFF_RIGHTS
from scenarios.failure_modes.handoff_rows import HANDOFF_ROWS
from scenarios.failure_modes.handoff_values import HANDOFF_VALUES
from scenarios.failure_modes.operator_environment import OPERATOR_ENVIRONMENT
from scenarios.failure_modes.operator_graph import OPERATOR_GRAPH
from scenarios.failure_modes.operator_lag import OPERATOR_LAG
from scenarios.failure_modes.operator_requests import OPERATOR_REQUESTS
from scenarios.failure_modes.registration import REGISTRATION
from scenarios.failure_modes.security_role import SECURITY_ROLE

_ALL = (
    *REGISTRATION,
    *CREDENTIALS,
    *ASSERTIONS,
    *CONSENT,
    *APPLICATION_USER,
    *SECURITY_ROLE,
    *ENVIRONMENT_URL,
    *ENVIRONMENT_STATE,
    *OPERATOR_GRAPH,
    *OPERATOR_REQUESTS,
    *OPERATOR_LAG,
    *OPERATOR_ENVIRONMENT,
    *HANDOFF_RIGHTS,
    *HANDOFF_PAYLOADS,
    *HANDOFF_VALUES,
    *HANDOFF_ROWS,
)

FAILURE_MODES: dict[str, FailureMode] = {
    mode.name: mode for mode in sorted(_ALL, key=lambda mode: list(SetupStep).index(mode.step))
}
"""Every failure mode by name, in the order of the set-up steps."""


def failure_mode(name: str) -> FailureMode:
    """The failure mode of this name. Raises UnknownFailureMode, which names the nearest ones."""
    if name not in FAILURE_MODES:
        raise UnknownFailureMode(name, FAILURE_MODES)
    return FAILURE_MODES[name]
