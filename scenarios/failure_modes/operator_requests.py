"""Step 8: Microsoft Graph refuses an operator's request: it is done already, it names nothing, it is malformed."""

from mock_services.baseline import OPERATOR_CLIENT_ID
from mock_services.state import well_known
from provisioning.settings import Integration
from provisioning.transport import Answer
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom
from scenarios.failure_modes.operator_graph import grant, read_application, register
from scenarios.failure_modes.operator_wire import OperatorWire
from scenarios.failure_modes.registration import principal_of, registered
from scenarios.failure_modes.scene import Scene

_STEP = SetupStep.OPERATOR
_BAD = Symptom("operator", 400, "Request_BadRequest")
_TWIN = Symptom("operator", 409, "Request_MultipleObjectsWithSameKeyValue")
_CAPTURED = "Azure/azure-cli recordings (whole body)"


def _uri_taken(scene: Scene) -> Integration:
    scene.tenant.directory.add_application("Earlier", identifier_uris=[_uri(scene)])
    return scene.integration


def _uri(scene: Scene) -> str:
    return f"api://{scene.tenant.id}/handoff"


async def _principal_again(wire: OperatorWire) -> Answer:
    return await wire.graph("POST", "servicePrincipals", {"appId": wire.scene.integration.client_id})


async def _read_principal(wire: OperatorWire) -> Answer:
    return await wire.graph("GET", f"servicePrincipals(appId='{wire.scene.integration.client_id}')")


async def _consent_again(wire: OperatorWire) -> Answer:
    dataverse = wire.scene.tenant.directory.service_principal(app_id=well_known.DATAVERSE)
    resource = dataverse.id if dataverse is not None else ""
    return await grant(wire, principal_of(wire.scene).id, resource, "user_impersonation")


async def _read_grants(wire: OperatorWire) -> Answer:
    return await wire.graph("GET", f"servicePrincipals/{principal_of(wire.scene).id}/oauth2PermissionGrants")


async def _owner_again(wire: OperatorWire) -> Answer:
    scene = wire.scene
    me = scene.tenant.directory.service_principal(app_id=OPERATOR_CLIENT_ID)
    owner = me.id if me is not None else ""
    path = f"applications/{registered(scene).id}/owners/$ref"
    body = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{owner}"}
    await wire.graph("POST", path, body)
    return await wire.graph("POST", path, body)


async def _read_owners(wire: OperatorWire) -> Answer:
    return await wire.graph("GET", f"applications/{registered(wire.scene).id}/owners")


async def _role_again(wire: OperatorWire) -> Answer:
    directory = wire.scene.tenant.directory
    graph = directory.service_principal(app_id=well_known.MICROSOFT_GRAPH)
    role, _ = well_known.GRAPH_PERMISSIONS["User.Read.All"]
    client = principal_of(wire.scene).id
    body = {"principalId": client, "resourceId": graph.id if graph else "", "appRoleId": role}
    path = f"servicePrincipals/{client}/appRoleAssignments"
    await wire.graph("POST", path, body)
    return await wire.graph("POST", path, body)


async def _read_roles(wire: OperatorWire) -> Answer:
    return await wire.graph("GET", f"servicePrincipals/{principal_of(wire.scene).id}/appRoleAssignments")


async def _name_uri(wire: OperatorWire) -> Answer:
    body = {"identifierUris": [_uri(wire.scene)]}
    return await wire.graph("PATCH", f"applications/{registered(wire.scene).id}", body)


async def _name_own_uri(wire: OperatorWire) -> Answer:
    body = {"identifierUris": [f"api://{wire.scene.integration.client_id}"]}
    return await wire.graph("PATCH", f"applications/{registered(wire.scene).id}", body)


async def _name_foreign_uri(wire: OperatorWire) -> Answer:
    body = {"identifierUris": ["https://handoff.example.net"]}
    return await wire.graph("PATCH", f"applications/{registered(wire.scene).id}", body)


async def _read_deleted(wire: OperatorWire) -> Answer:
    made = await wire.made("POST", "applications", {"displayName": "Short-lived"})
    await wire.graph("DELETE", f"applications/{made['id']}")
    return await wire.graph("GET", f"applications/{made['id']}")


async def _principal_of_nobody(wire: OperatorWire) -> Answer:
    return await wire.graph("POST", "servicePrincipals", {"appId": "5b1d6c9e-0f3a-4e27-8c64-a1f2d3b4c5e6"})


async def _read_by_name(wire: OperatorWire) -> Answer:
    return await wire.graph("GET", "applications/opencx")


async def _body_as_text(wire: OperatorWire) -> Answer:
    return await wire.graph("POST", "applications", "OpenCX")


async def _without_name(wire: OperatorWire) -> Answer:
    return await wire.graph("POST", "applications", {"signInAudience": "AzureADMyOrg"})


OPERATOR_REQUESTS: tuple[FailureMode, ...] = (
    FailureMode(
        name="graph.principal_exists",
        step=_STEP,
        title="The service principal exists already.",
        symptom=_TWIN,
        causes=("the portal made it with the registration", "an earlier try went through"),
        evidence="Azure/reliable-web-app-pattern-java#185, KelvinTegelaar/CIPP#1142",
        seen="2024",
        act=_principal_again,
        mended_act=_read_principal,
    ),
    FailureMode(
        name="graph.grant_exists",
        step=_STEP,
        title="The consent exists already.",
        symptom=_TWIN,
        causes=("it was granted in the portal", "an earlier try went through"),
        evidence="hashicorp/terraform-provider-azuread#690 (400 is seen too: quirk graph_duplicate_grant_status)",
        seen="2024",
        act=_consent_again,
        mended_act=_read_grants,
    ),
    FailureMode(
        name="graph.owner_exists",
        step=_STEP,
        title="The owner is one already.",
        symptom=_BAD,
        causes=("whoever registers an app owns it",),
        evidence="azure-cli's custom.py",
        seen="2026",
        act=_owner_again,
        mended_act=_read_owners,
    ),
    FailureMode(
        name="graph.role_assignment_exists",
        step=_STEP,
        title="The application permission is assigned already.",
        symptom=_BAD,
        causes=("an earlier try went through",),
        evidence="two independent captures",
        seen="2024",
        act=_role_again,
        mended_act=_read_roles,
    ),
    FailureMode(
        name="graph.identifier_uri_taken",
        step=_STEP,
        title="Another app has the identifier URI.",
        symptom=_BAD,
        causes=("a second registration by the same template",),
        evidence="an Azure AD Graph capture; that v1.0 has it in details is inferred",
        seen="2022",
        strike=_uri_taken,
        act=_name_uri,
        mended_act=_name_own_uri,
    ),
    FailureMode(
        name="graph.identifier_uri_unverified",
        step=_STEP,
        title="The identifier URI is on a domain that the tenant has not verified.",
        symptom=Symptom("operator", 400, "HostNameNotOnVerifiedDomain"),
        causes=("a template's example domain",),
        evidence="code: TeamsFx's constants; text remembered",
        seen="2025",
        act=_name_foreign_uri,
        mended_act=_name_own_uri,
    ),
    FailureMode(
        name="graph.object_absent",
        step=_STEP,
        title="The object is not there: it was deleted, or the id is another's.",
        symptom=Symptom("operator", 404, "Request_ResourceNotFound"),
        causes=("an app that is in the bin", "a client ID where an object ID belongs"),
        evidence=_CAPTURED,
        seen="2025-02",
        act=_read_deleted,
        mended_act=read_application,
    ),
    FailureMode(
        name="graph.application_absent",
        step=_STEP,
        title="A service principal was asked for of an app that nobody registered.",
        symptom=_BAD,
        causes=("a client ID mistyped, or of another tenant's app",),
        evidence="microsoftgraph/msgraph-sdk-dotnet#3108",
        seen="2026-05",
        act=_principal_of_nobody,
        mended_act=_read_principal,
    ),
    FailureMode(
        name="graph.id_malformed",
        step=_STEP,
        title="An object was asked for by something that is no id.",
        symptom=_BAD,
        causes=("a name where an id belongs",),
        evidence="a plugin's code matches the pattern",
        seen="2025",
        act=_read_by_name,
        mended_act=read_application,
    ),
    FailureMode(
        name="graph.body_malformed",
        step=_STEP,
        title="The body is no JSON object.",
        symptom=Symptom("operator", 400, "BadRequest"),
        causes=("quotes lost in a shell", "a body encoded twice"),
        evidence="two public captures",
        seen="2024",
        act=_body_as_text,
        mended_act=register,
    ),
    FailureMode(
        name="graph.value_missing",
        step=_STEP,
        title="A member that Graph requires is missing.",
        symptom=_BAD,
        causes=("a variable that was empty and left out",),
        evidence="captured for User and Group; for Application inferred",
        seen="2023",
        act=_without_name,
        mended_act=register,
    ),
)
