"""Step 8: what was just made is not everywhere yet. Nothing is wrong; the same request succeeds in a while."""

from datetime import timedelta

from mock_services.baseline import OPERATOR_PERMISSIONS
from mock_services.state import well_known
from mock_services.state.directory import Directory, ServicePrincipal
from provisioning.settings import Integration
from provisioning.transport import Answer
from scenarios.failure_modes.entry import Act, FailureMode, SetupStep, Symptom
from scenarios.failure_modes.operator_graph import may_only
from scenarios.failure_modes.operator_wire import OperatorWire
from scenarios.failure_modes.scene import Scene

_STEP = SetupStep.OPERATOR
_BAD = Symptom("operator", 400, "Request_BadRequest")
_SETTLED = timedelta(minutes=15)
_LOOKS = 12
_PAUSE = timedelta(seconds=3)
"""Between two tries, so that they do not collide with each other."""


def _lagging(scene: Scene) -> Integration:
    scene.tenant.clock.advance(_SETTLED)
    scene.tenant.replication.use("slow")
    return scene.integration


def _lagging_owner(scene: Scene) -> Integration:
    may_only(scene, "Application.ReadWrite.OwnedBy")
    return _lagging(scene)


def _caught_up(scene: Scene) -> Integration:
    may_only(scene, *OPERATOR_PERMISSIONS)
    scene.tenant.replication.use("immediate")
    return scene.integration


def _until_refused(ask: Act, code: str) -> Act:
    """Do it a few times: requests in a row go to different replicas, and one of them has not heard yet."""

    async def act(wire: OperatorWire) -> Answer:
        answer = await ask(wire)
        for _ in range(_LOOKS):
            if answer.status >= 400 and answer.said.code == code:
                break
            wire.scene.tenant.clock.advance(_PAUSE)
            answer = await ask(wire)
        return answer

    return act


def _young_principal(directory: Directory) -> ServicePrincipal:
    with directory.replication.at_the_first():
        return directory.add_service_principal(directory.add_application("Young").app_id)


async def _made(wire: OperatorWire, **members: object) -> dict[str, str]:
    return await wire.made("POST", "applications", {"displayName": "Young", **members})


async def _principal_of_young_app(wire: OperatorWire) -> Answer:
    young = await _made(wire)
    return await wire.graph("POST", "servicePrincipals", {"appId": young["appId"]})


async def _secret_of_young_app(wire: OperatorWire) -> Answer:
    young = await _made(wire)
    return await wire.graph("POST", f"applications/{young['id']}/addPassword", {"passwordCredential": {}})


async def _role_of_young_principal(wire: OperatorWire) -> Answer:
    directory = wire.scene.tenant.directory
    graph = directory.service_principal(app_id=well_known.MICROSOFT_GRAPH)
    resource = graph.id if graph is not None else ""
    role, _ = well_known.GRAPH_PERMISSIONS["User.Read.All"]
    principal = _young_principal(directory)
    body = {"principalId": principal.id, "resourceId": resource, "appRoleId": role}
    return await wire.graph("POST", f"servicePrincipals/{resource}/appRoleAssignedTo", body)


async def _grant_of_young_principal(wire: OperatorWire) -> Answer:
    directory = wire.scene.tenant.directory
    dataverse = directory.service_principal(app_id=well_known.DATAVERSE)
    principal = _young_principal(directory)
    body = {
        "clientId": principal.id,
        "consentType": "AllPrincipals",
        "resourceId": dataverse.id if dataverse is not None else "",
        "scope": "user_impersonation",
    }
    return await wire.graph("POST", "oauth2PermissionGrants", body)


async def _two_changes_at_once(wire: OperatorWire) -> Answer:
    application = wire.scene.tenant.directory.application(app_id=wire.scene.integration.client_id)
    path = f"applications/{application.id if application is not None else ''}"
    await wire.graph("POST", f"{path}/addPassword", {"passwordCredential": {"displayName": "one"}})
    return await wire.graph("POST", f"{path}/addPassword", {"passwordCredential": {"displayName": "two"}})


async def _change_of_young_personal_app(wire: OperatorWire) -> Answer:
    audience = {"signInAudience": "AzureADandPersonalMicrosoftAccount", "api": {"requestedAccessTokenVersion": 2}}
    young = await _made(wire, **audience)
    return await wire.graph("PATCH", f"applications/{young['id']}", {"displayName": "Young, renamed"})


async def _removal_of_young_secret(wire: OperatorWire) -> Answer:
    directory = wire.scene.tenant.directory
    application = directory.application(app_id=wire.scene.integration.client_id)
    if application is None:
        raise LookupError("the integration's app is gone")
    secret, text = directory.add_secret(application.id)
    wire.scene.tenant.journal.guard(text)
    return await wire.graph("POST", f"applications/{application.id}/removePassword", {"keyId": secret.key_id})


OPERATOR_LAG: tuple[FailureMode, ...] = (
    FailureMode(
        name="graph.application_seen_late",
        step=_STEP,
        title="The service principal of an app registered a moment ago cannot be made yet.",
        symptom=_BAD,
        causes=("a script without a pause between the two calls",),
        evidence="microsoftgraph/msgraph-sdk-dotnet#3108 (NoBackingApplicationObject)",
        seen="2026-05",
        strike=_lagging,
        act=_until_refused(_principal_of_young_app, "Request_BadRequest"),
        mend=_caught_up,
    ),
    FailureMode(
        name="graph.backing_application_seen_late",
        step=_STEP,
        title="The backing application is said not to be local, and it was registered a moment ago.",
        symptom=Symptom("operator", 403, "Authorization_RequestDenied"),
        causes=("an operator with Application.ReadWrite.OwnedBy, and a replica that has not heard of the app",),
        evidence="Azure/azure-cli#28009 (whole body); terraform-provider-azuread calls it misleading and retries",
        seen="2024",
        strike=_lagging_owner,
        act=_until_refused(_principal_of_young_app, "Authorization_RequestDenied"),
        mend=_caught_up,
    ),
    FailureMode(
        name="graph.object_seen_late",
        step=_STEP,
        title="A secret cannot be added to an app registered a moment ago: it is not found.",
        symptom=Symptom("operator", 404, "Request_ResourceNotFound"),
        causes=("a script without a pause between the two calls",),
        evidence="microsoftgraph/msgraph-sdk-javascript#1999",
        seen="2026-04",
        strike=_lagging,
        act=_until_refused(_secret_of_young_app, "Request_ResourceNotFound"),
        mend=_caught_up,
    ),
    FailureMode(
        name="graph.principal_seen_late",
        step=_STEP,
        title="A permission cannot be assigned to a service principal made a moment ago.",
        symptom=_BAD,
        causes=("a script without a pause between the two calls",),
        evidence="microsoftgraph/msgraph-bicep-types#193; terraform-provider-azuread retries the sentence",
        seen="2026",
        strike=_lagging,
        act=_until_refused(_role_of_young_principal, "Request_BadRequest"),
        mend=_caught_up,
    ),
    FailureMode(
        name="graph.directory_busy",
        step=_STEP,
        title="The grant was written, and the answer says that the directory cannot be read.",
        symptom=Symptom("operator", 404, "Directory_ObjectNotFound"),
        causes=("the create is read back from a replica that has not heard of its principal",),
        evidence="two public captures; a build log shows that the grant was written all the same",
        seen="2026",
        strike=_lagging,
        act=_until_refused(_grant_of_young_principal, "Directory_ObjectNotFound"),
        mend=_caught_up,
    ),
    FailureMode(
        name="graph.concurrent_writes",
        step=_STEP,
        title="Two changes of one app followed each other too closely.",
        symptom=Symptom("operator", 409, "Directory_ConcurrencyViolation"),
        causes=("a secret added right after another, or in parallel",),
        evidence="nais/azurerator#448 (whole body; 400 is seen too: quirk graph_concurrency_status)",
        seen="2026",
        strike=_lagging,
        act=_until_refused(_two_changes_at_once, "Directory_ConcurrencyViolation"),
        mend=_caught_up,
    ),
    FailureMode(
        name="graph.personal_app_seen_late",
        step=_STEP,
        title="An app for personal accounts too cannot be changed yet.",
        symptom=Symptom("operator", 409, "Error_MsaAppDoesNotExist"),
        causes=("signInAudience was left out in an old tool, or set to include personal accounts",),
        evidence="hashicorp/terraform-provider-azuread#1764",
        seen="2025",
        strike=_lagging,
        act=_until_refused(_change_of_young_personal_app, "Error_MsaAppDoesNotExist"),
        mend=_caught_up,
    ),
    FailureMode(
        name="graph.secret_seen_late",
        step=_STEP,
        title="A secret made a moment ago is said not to exist when it is removed.",
        symptom=_BAD,
        causes=("a roll-back right after the create", "it was removed already"),
        evidence="FS captures; several clients take the sentence for success",
        seen="2024",
        strike=_lagging,
        act=_until_refused(_removal_of_young_secret, "Request_BadRequest"),
        mend=_caught_up,
    ),
)
