"""Step 4: the Application User in Dataverse, broken."""

from collections.abc import Mapping
from typing import Any

from mock_services.tenant import FakeTenant
from provisioning.settings import Integration
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom

_ADMIN = "the customer's Dynamics administrator"


def user_row(tenant: FakeTenant, integration: Integration) -> Mapping[str, Any]:
    """The integration's application user. Raises LookupError when there is none."""
    row = tenant.organisation.application_user(integration.client_id)
    if row is None:
        raise LookupError(f"no application user of {integration.client_id} in {tenant.organisation.host}")
    return row


def _user_missing(tenant: FakeTenant, integration: Integration) -> Integration:
    tenant.organisation.delete("systemuser", user_row(tenant, integration)["systemuserid"])
    return integration


def _user_of_another_app(tenant: FakeTenant, integration: Integration) -> Integration:
    user = user_row(tenant, integration)["systemuserid"]
    tenant.organisation.update("systemuser", user, {"applicationid": tenant.chance.guid()})
    return integration


def _user_disabled(tenant: FakeTenant, integration: Integration) -> Integration:
    tenant.organisation.disable_user(user_row(tenant, integration)["systemuserid"])
    return integration


APPLICATION_USER: tuple[FailureMode, ...] = (
    FailureMode(
        name="dataverse.user_missing",
        family="dataverse.user_missing",
        step=SetupStep.APPLICATION_USER,
        title="The environment has no Application User for the app.",
        symptom=Symptom("probe", 403, "0x80072560"),
        whose_turn=_ADMIN,
        remedy="In the admin center, under Users + permissions, Application users, add the app by its client ID.",
        evidence="Microsoft's dual-write troubleshooting page quotes status, code and text; the vendor says 401",
        strike=_user_missing,
        looks_like=("dataverse.user_of_another_app",),
    ),
    FailureMode(
        name="dataverse.user_of_another_app",
        family="dataverse.user_missing",
        step=SetupStep.APPLICATION_USER,
        title="The Application User was made for another app registration.",
        symptom=Symptom("probe", 403, "0x80072560"),
        whose_turn=_ADMIN,
        remedy="Add an Application User for this client ID; the existing one belongs to another app.",
        evidence="an application user is found by the token's client ID alone; vendor troubleshooting page",
        strike=_user_of_another_app,
        looks_like=("dataverse.user_missing",),
    ),
    FailureMode(
        name="dataverse.user_disabled",
        family="dataverse.user_disabled",
        step=SetupStep.APPLICATION_USER,
        title="The Application User is deactivated.",
        symptom=Symptom("probe", 403, "0x80040225"),
        whose_turn=_ADMIN,
        remedy="Activate the Application User in the admin center.",
        evidence="a Terraform run's recorded 403 with the message's placeholders unfilled (2025)",
        strike=_user_disabled,
    ),
)
