"""Step 2: the client secret, wrong, gone, late or not told."""

from datetime import timedelta

from pydantic import SecretStr

from provisioning.settings import Integration
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom
from scenarios.failure_modes.registration import registered
from scenarios.failure_modes.scene import Scene

_SETTLED = timedelta(minutes=10)


def with_secret(integration: Integration, text: str) -> Integration:
    """The four values with another secret."""
    return integration.model_copy(update={"client_secret": SecretStr(text)})


def new_secret(scene: Scene) -> Integration:
    """The four values with a new secret of the app's, which every replica has seen."""
    _, text = scene.tenant.directory.add_secret(registered(scene).id)
    scene.tenant.journal.guard(text)
    if scene.tenant.replication.lags:
        scene.tenant.clock.advance(_SETTLED)
    return with_secret(scene.integration, text)


def _secret_expired(scene: Scene) -> Integration:
    ends = [secret.end for secret in scene.tenant.directory.secrets(registered(scene).id)]
    scene.tenant.clock.advance(max(ends) - scene.tenant.clock.now(), days=1)
    return scene.integration


def _secret_removed(scene: Scene) -> Integration:
    application = registered(scene)
    for secret in scene.tenant.directory.secrets(application.id):
        scene.tenant.directory.remove_secret(application.id, secret.key_id)
    return scene.integration


def _secret_of_another_app(scene: Scene) -> Integration:
    other = scene.tenant.directory.add_application("Another app")
    _, text = scene.tenant.directory.add_secret(other.id)
    scene.tenant.journal.guard(text)
    return with_secret(scene.integration, text)


def _secret_not_seen_yet(scene: Scene) -> Integration:
    """Replicas disagree: the one that answers first has not heard of the secret, another has."""
    tenant, application = scene.tenant, registered(scene)
    tenant.clock.advance(_SETTLED)
    tenant.replication.use("slow")
    secret, text = tenant.directory.add_secret(application.id)
    tenant.journal.guard(text)
    while secret.key_id not in {each.key_id for each in tenant.directory.secrets(application.id)}:
        tenant.replication.next_reader()  # stop at the one that took the write: the next request goes to the one after
    return with_secret(scene.integration, text)


def _waited(scene: Scene) -> Integration:
    """The secret is the youngest one; its text is not known here, and so one as old as it is taken."""
    scene.tenant.clock.advance(_SETTLED)
    return new_secret(scene)


def _value(integration: Integration) -> str:
    return integration.client_secret.get_secret_value()


CREDENTIALS: tuple[FailureMode, ...] = (
    FailureMode(
        name="login.secret_expired",
        step=SetupStep.CLIENT_SECRET,
        title="The client secret's end date has passed.",
        symptom=Symptom("token", 401, "AADSTS7000222"),
        causes=("two years after go-live, and nobody set a reminder",),
        evidence="liprec/vsts-release-aas#119, microsoft/botframework-sdk#6221 (wire text)",
        seen="2023",
        strike=_secret_expired,
        mend=new_secret,
        repairable=True,
    ),
    FailureMode(
        name="login.secret_id_pasted",
        step=SetupStep.CLIENT_SECRET,
        title="The Secret ID was pasted instead of the secret's Value.",
        symptom=Symptom("token", 401, "AADSTS7000215"),
        causes=("the ID stays in the list; the Value is hidden once the page is left",),
        evidence="the text of AADSTS7000215 itself; vendor set-up guide",
        seen="2024-12",
        # Any GUID will do: the token endpoint does not look secrets up by their ids.
        paste=lambda integration: with_secret(integration, "8d6f2c1e-4b7a-4f6e-9a53-0c2b7e1d9f48"),
    ),
    FailureMode(
        name="login.secret_wrong",
        step=SetupStep.CLIENT_SECRET,
        title="The client secret is not one of this app's.",
        symptom=Symptom("token", 401, "AADSTS7000215"),
        causes=("an older value was pasted", "a client that does not encode + or % in the form"),
        evidence="OfficeDev/microsoft-365-agents-toolkit#8621 (wire text)",
        seen="2024-12",
        paste=lambda integration: with_secret(integration, "fake-wrong.8x~" + "0" * 26),
    ),
    FailureMode(
        name="login.secret_removed",
        step=SetupStep.CLIENT_SECRET,
        title="The client secret was deleted from the registration.",
        symptom=Symptom("token", 401, "AADSTS7000215"),
        causes=("the old secret was deleted before the new one was pasted", "az ad app credential reset wiped it"),
        evidence="a removed secret is an unknown one: nothing is left that it could match",
        seen="2024-12",
        strike=_secret_removed,
        mend=new_secret,
        repairable=True,
    ),
    FailureMode(
        name="login.secret_of_another_app",
        step=SetupStep.CLIENT_SECRET,
        title="The client secret belongs to another app.",
        symptom=Symptom("token", 401, "AADSTS7000215"),
        causes=("several apps with similar names, and the secret made in the wrong one",),
        evidence="Azure/sap-automation#418 (wire text: a secret added to app so-and-so)",
        seen="2024-12",
        strike=_secret_of_another_app,
    ),
    FailureMode(
        name="login.secret_with_space",
        step=SetupStep.CLIENT_SECRET,
        title="The client secret was pasted with white space around it.",
        symptom=Symptom("token", 401, "AADSTS7000215"),
        causes=("a line break was copied along, from a mail or a chat",),
        evidence="a secret is compared as it is; the wire text is that of a wrong one",
        seen="2024-12",
        paste=lambda integration: with_secret(integration, _value(integration) + " "),
    ),
    FailureMode(
        name="login.secret_cut_short",
        step=SetupStep.CLIENT_SECRET,
        title="The client secret was pasted in part.",
        symptom=Symptom("token", 401, "AADSTS7000215"),
        causes=("a double click selects up to the next ~, - or .",),
        evidence="a secret is compared whole; the wire text is that of a wrong one",
        seen="2024-12",
        paste=lambda integration: with_secret(integration, _value(integration)[:20]),
    ),
    FailureMode(
        name="login.secret_not_seen_yet",
        step=SetupStep.CLIENT_SECRET,
        title="The client secret was made seconds ago and has not reached every replica.",
        symptom=Symptom("token", 401, "AADSTS7000215"),
        causes=("Test & Save right after the secret was made",),
        evidence="microsoftgraph/microsoft-graph-docs#17966 (4 to 18 s measured); the text meanwhile is inferred",
        seen="2023",
        strike=_secret_not_seen_yet,
        mend=_waited,
    ),
    FailureMode(
        name="login.secret_missing",
        step=SetupStep.CLIENT_SECRET,
        title="The client secret is empty.",
        symptom=Symptom("token", 401, "AADSTS7000216"),
        causes=("an unset environment variable arrives as an empty value",),
        evidence="azure-sdk-for-js recording of 7000216 for a body without a credential",
        seen="2021",
        paste=lambda integration: with_secret(integration, ""),
    ),
)
