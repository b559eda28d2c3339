"""The set-up guide's steps, in the order they are done: the environment first, since a wrong one stops everything."""

from typing import Final

from provisioning.step import Step
from provisioning.steps import (
    admin_consent,
    application,
    application_user,
    certificate,
    client_secret,
    environment_url,
    security_role,
    service_principal,
)

STEPS: Final[tuple[Step, ...]] = (
    environment_url.STEP,
    application.STEP,
    service_principal.STEP,
    client_secret.STEP,
    admin_consent.STEP,
    application_user.STEP,
    security_role.STEP,
)


BY_CERTIFICATE: Final = tuple(certificate.STEP if step is client_secret.STEP else step for step in STEPS)
"""The same where the settings ask for a certificate."""
