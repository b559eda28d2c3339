"""How a healthy tenant catches each disease: one named entry each, by set-up step."""

from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom, UnknownFailureMode

__all__ = ["FAILURE_MODES", "FailureMode", "SetupStep", "Symptom", "UnknownFailureMode", "failure_mode"]

from scenarios.failure_modes.application_user import APPLICATION_USER
from scenarios.failure_modes.credentials import CREDENTIALS
from scenarios.failure_modes.environment_url import ENVIRONMENT_URL
from scenarios.failure_modes.registration import REGISTRATION
from scenarios.failure_modes.security_role import SECURITY_ROLE

FAILURE_MODES: dict[str, FailureMode] = {
    mode.name: mode
    for mode in sorted(
        (*REGISTRATION, *CREDENTIALS, *APPLICATION_USER, *SECURITY_ROLE, *ENVIRONMENT_URL),
        key=lambda mode: list(SetupStep).index(mode.step),
    )
}
"""Every failure mode by name, in the order of the set-up steps."""


def failure_mode(name: str) -> FailureMode:
    """The failure mode of this name. Raises UnknownFailureMode, which names the nearest ones."""
    if name not in FAILURE_MODES:
        raise UnknownFailureMode(name, FAILURE_MODES)
    return FAILURE_MODES[name]
