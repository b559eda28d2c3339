"""Step 2: the client secret, broken."""

from pydantic import SecretStr

from mock_services.tenant import FakeTenant
from provisioning.settings import Integration
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom
from scenarios.failure_modes.registration import registered

_ADMIN = "the customer's Entra administrator"


def _with_secret(integration: Integration, text: str) -> Integration:
    return integration.model_copy(update={"client_secret": SecretStr(text)})


def _secret_expired(tenant: FakeTenant, integration: Integration) -> Integration:
    ends = [secret.end for secret in tenant.directory.secrets(registered(tenant, integration).id)]
    tenant.clock.advance(max(ends) - tenant.clock.now(), days=1)
    return integration


def _secret_id_pasted(integration: Integration) -> Integration:
    """Any GUID will do: the token endpoint does not look secrets up by their ids."""
    return _with_secret(integration, "8d6f2c1e-4b7a-4f6e-9a53-0c2b7e1d9f48")


def _secret_wrong(integration: Integration) -> Integration:
    return _with_secret(integration, "fake-wrong.8x~" + "0" * 26)


def _secret_removed(tenant: FakeTenant, integration: Integration) -> Integration:
    application = registered(tenant, integration)
    for secret in tenant.directory.secrets(application.id):
        tenant.directory.remove_secret(application.id, secret.key_id)
    return integration


def _secret_missing(integration: Integration) -> Integration:
    return _with_secret(integration, "")


CREDENTIALS: tuple[FailureMode, ...] = (
    FailureMode(
        name="login.secret_expired",
        family="login.secret_expired",
        step=SetupStep.CLIENT_SECRET,
        title="The client secret's end date has passed.",
        symptom=Symptom("token", 401, "AADSTS7000222"),
        whose_turn=_ADMIN,
        remedy="Create a new client secret, paste its Value, and remove the old one once Test & Save passes.",
        evidence="liprec/vsts-release-aas#119, microsoft/botframework-sdk#6221 (wire text)",
        strike=_secret_expired,
    ),
    FailureMode(
        name="login.secret_id_pasted",
        family="login.secret_id_pasted",
        step=SetupStep.CLIENT_SECRET,
        title="The Secret ID was pasted instead of the secret's Value.",
        symptom=Symptom("token", 401, "AADSTS7000215"),
        whose_turn=_ADMIN,
        remedy="Paste the Value column. It is shown once: if it is gone, create a new client secret.",
        evidence="the text of AADSTS7000215 itself; vendor set-up guide",
        paste=_secret_id_pasted,
    ),
    FailureMode(
        name="login.secret_wrong",
        family="login.secret_wrong",
        step=SetupStep.CLIENT_SECRET,
        title="The client secret is not one of this app's.",
        symptom=Symptom("token", 401, "AADSTS7000215"),
        whose_turn=_ADMIN,
        remedy="Create a new client secret and paste its Value whole; a secret made seconds ago may need a minute.",
        evidence="OfficeDev/microsoft-365-agents-toolkit#8621 (wire text)",
        paste=_secret_wrong,
        looks_like=("login.secret_removed",),
    ),
    FailureMode(
        name="login.secret_removed",
        family="login.secret_wrong",
        step=SetupStep.CLIENT_SECRET,
        title="The client secret was deleted from the registration.",
        symptom=Symptom("token", 401, "AADSTS7000215"),
        whose_turn=_ADMIN,
        remedy="Create a new client secret and paste its Value.",
        evidence="a removed secret is an unknown one: nothing is left that it could match",
        strike=_secret_removed,
        looks_like=("login.secret_wrong",),
    ),
    FailureMode(
        name="login.secret_missing",
        family="login.secret_missing",
        step=SetupStep.CLIENT_SECRET,
        title="The client secret is empty.",
        symptom=Symptom("token", 401, "AADSTS7000216"),
        whose_turn="whoever pastes the four values",
        remedy="Paste the client secret's Value; an unset environment variable arrives as an empty one.",
        evidence="azure-sdk-for-js recording of 7000216 for a body without a credential",
        paste=_secret_missing,
    ),
)
