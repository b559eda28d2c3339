"""Step 8: Microsoft Graph refuses the operator: permissions, twins, policies, requests."""

from mock_services.baseline import OPERATOR_CLIENT_ID, OPERATOR_PERMISSIONS
from mock_services.faults import Kind
from mock_services.hosts import Service
from mock_services.state import well_known
from provisioning.settings import Integration
from provisioning.transport import Answer
from scenarios.failure_modes.entry import FailureMode, Scene, SetupStep, Strike, Symptom
from scenarios.failure_modes.environment_state import calm, disturbed
from scenarios.failure_modes.operator_wire import OperatorWire
from scenarios.failure_modes.registration import principal_of, registered

_STEP = SetupStep.OPERATOR
_DENIED = Symptom("operator", 403, "Authorization_RequestDenied")
_BAD = Symptom("operator", 400, "Request_BadRequest")
_TWIN = Symptom("operator", 409, "Request_MultipleObjectsWithSameKeyValue")
_CAPTURED = "Azure/azure-cli recordings (whole body)"


def may_only(scene: Scene, *permissions: str) -> None:
    """Leave the operator's app exactly these of Graph's application permissions."""
    directory = scene.tenant.directory
    me = directory.service_principal(app_id=OPERATOR_CLIENT_ID)
    graph = directory.service_principal(app_id=well_known.MICROSOFT_GRAPH)
    if me is None or graph is None:
        raise LookupError("the tenant has no operator, or no Graph")
    for held in directory.app_roles_of(me.id):
        directory.remove_app_role(held.id)
    for name in permissions:
        role, _ = well_known.GRAPH_PERMISSIONS[name]
        if role is not None:
            directory.assign_app_role(me.id, graph.id, role)


def _left(*permissions: str) -> Strike:
    def strike(scene: Scene) -> Integration:
        may_only(scene, *permissions)
        return scene.integration

    return strike


def _restored(scene: Scene) -> Integration:
    may_only(scene, *OPERATOR_PERMISSIONS)
    return scene.integration


def _quota_used(scene: Scene) -> Integration:
    """The operator reaches only its own, and has made as many objects as one may."""
    directory = scene.tenant.directory
    may_only(scene, "Application.ReadWrite.OwnedBy")
    me = directory.service_principal(app_id=OPERATOR_CLIENT_ID)
    if me is None:
        raise LookupError("the tenant has no operator")
    with directory.store.transaction():
        for number in range(250):
            made = directory.add_application(f"Leftover {number}")
            directory.set_creator(made.id, me.id)
    return scene.integration


def _policy(scene: Scene, **restriction: object) -> Integration:
    directory = scene.tenant.directory
    rules = [{"state": "enabled", "restrictForAppsCreatedAfterDateTime": None, **restriction}] if restriction else []
    document = directory.default_app_policy()
    restrictions = {**document["applicationRestrictions"], "passwordCredentials": rules}
    directory.set_default_app_policy({**document, "isEnabled": bool(rules), "applicationRestrictions": restrictions})
    return scene.integration


def _uri_taken(scene: Scene) -> Integration:
    scene.tenant.directory.add_application("Earlier", identifier_uris=[_uri(scene)])
    return scene.integration


def _uri(scene: Scene) -> str:
    return f"api://{scene.tenant.id}/handoff"


async def _register(wire: OperatorWire) -> Answer:
    return await wire.graph("POST", "applications", {"displayName": "OpenCX", "signInAudience": "AzureADMyOrg"})


async def _add_secret(wire: OperatorWire) -> Answer:
    body = {"passwordCredential": {"displayName": "opencx"}}
    return await wire.graph("POST", f"applications/{registered(wire.scene).id}/addPassword", body)


async def _add_short_secret(wire: OperatorWire) -> Answer:
    from datetime import timedelta

    end = wire.scene.tenant.clock.now() + timedelta(days=90)
    body = {"passwordCredential": {"displayName": "opencx", "endDateTime": f"{end:%Y-%m-%dT%H:%M:%SZ}"}}
    return await wire.graph("POST", f"applications/{registered(wire.scene).id}/addPassword", body)


async def _add_certificate(wire: OperatorWire) -> Answer:
    from provisioning.key_pair import new_key_pair, public_half

    now = wire.scene.tenant.clock.now()
    from datetime import timedelta

    key = public_half(new_key_pair("opencx", start=now, end=now + timedelta(days=30)))
    body = {"keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify", "key": key}]}
    return await wire.graph("PATCH", f"applications/{registered(wire.scene).id}", body)


async def _create_principal(wire: OperatorWire) -> Answer:
    """For somebody else's app: one's own may be made with less."""
    scene = wire.scene
    foreign = scene.tenant.directory.add_application("Not the operator's")
    return await wire.graph("POST", "servicePrincipals", {"appId": foreign.app_id})


async def _grant_consent(wire: OperatorWire) -> Answer:
    """For another resource than the set-up's, so that no twin is in the way."""
    directory = wire.scene.tenant.directory
    graph = directory.service_principal(app_id=well_known.MICROSOFT_GRAPH)
    resource = graph.id if graph is not None else ""
    return await _grant(wire, principal_of(wire.scene).id, resource, "User.Read")


async def _grant(wire: OperatorWire, client: str, resource: str, scope: str) -> Answer:
    body = {"clientId": client, "consentType": "AllPrincipals", "resourceId": resource, "scope": scope}
    return await wire.graph("POST", "oauth2PermissionGrants", body)


async def _principal_again(wire: OperatorWire) -> Answer:
    return await wire.graph("POST", "servicePrincipals", {"appId": wire.scene.integration.client_id})


async def _read_principal(wire: OperatorWire) -> Answer:
    return await wire.graph("GET", f"servicePrincipals(appId='{wire.scene.integration.client_id}')")


async def _consent_again(wire: OperatorWire) -> Answer:
    dataverse = wire.scene.tenant.directory.service_principal(app_id=well_known.DATAVERSE)
    resource = dataverse.id if dataverse is not None else ""
    return await _grant(wire, principal_of(wire.scene).id, resource, "user_impersonation")


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


async def _read_application(wire: OperatorWire) -> Answer:
    return await wire.graph("GET", f"applications/{registered(wire.scene).id}")


async def _principal_of_nobody(wire: OperatorWire) -> Answer:
    return await wire.graph("POST", "servicePrincipals", {"appId": "5b1d6c9e-0f3a-4e27-8c64-a1f2d3b4c5e6"})


async def _read_by_name(wire: OperatorWire) -> Answer:
    return await wire.graph("GET", "applications/opencx")


async def _body_as_text(wire: OperatorWire) -> Answer:
    return await wire.graph("POST", "applications", "OpenCX")


async def _without_name(wire: OperatorWire) -> Answer:
    return await wire.graph("POST", "applications", {"signInAudience": "AzureADMyOrg"})


async def _with_others_token(wire: OperatorWire) -> Answer:
    token = await wire.token_for(wire.settings.environment_url)
    return await wire.graph("GET", "applications", token=token)


OPERATOR_GRAPH: tuple[FailureMode, ...] = (
    FailureMode(
        name="graph.cannot_register_apps",
        step=_STEP,
        title="The operator may not register apps.",
        symptom=_DENIED,
        causes=("no directory role, and users may not register applications", "the app permission has no consent"),
        evidence=_CAPTURED,
        seen="2025-02",
        strike=_left("Application.Read.All"),
        act=_register,
        mend=_restored,
    ),
    FailureMode(
        name="graph.cannot_add_secrets",
        step=_STEP,
        title="The operator does not own the app and may not change others'.",
        symptom=_DENIED,
        causes=("Application.ReadWrite.OwnedBy reaches only what the caller itself made",),
        evidence=_CAPTURED,
        seen="2025-02",
        strike=_left("Application.Read.All"),
        act=_add_secret,
        mend=_restored,
    ),
    FailureMode(
        name="graph.cannot_create_principals",
        step=_STEP,
        title="The operator may not make service principals of apps that it does not own.",
        symptom=_DENIED,
        causes=("Application.ReadWrite.OwnedBy, and the app was made by somebody else",),
        evidence="Azure/azure-cli#28009 (the sibling's sentence); DOC serviceprincipal-post-serviceprincipals",
        seen="2024",
        strike=_left("Application.ReadWrite.OwnedBy"),
        act=_create_principal,
        mend=_restored,
    ),
    FailureMode(
        name="graph.cannot_grant_consent",
        step=_STEP,
        title="The operator may register apps and not grant consent.",
        symptom=_DENIED,
        causes=("Application Developer is enough for the app and not for the consent",),
        evidence=_CAPTURED,
        seen="2025-02",
        strike=_left("Application.ReadWrite.All"),
        act=_grant_consent,
        mend=_restored,
    ),
    FailureMode(
        name="graph.quota_exceeded",
        step=_STEP,
        title="The operator has made as many objects as a non-administrator may.",
        symptom=Symptom("operator", 403, "Directory_QuotaExceeded"),
        causes=("250 objects a creator, those in the bin included",),
        evidence="entra-docs service limits (number); text captured; status by analogy",
        seen="2024",
        strike=_quota_used,
        act=_register,
        mend=_restored,
    ),
    FailureMode(
        name="graph.token_refused",
        step=_STEP,
        title="Graph was asked with a token for another resource.",
        symptom=Symptom("operator", 401, "InvalidAuthenticationToken"),
        causes=("the token for the environment was sent to Graph",),
        evidence="a whole body in a public issue (Invalid audience)",
        seen="2024",
        act=_with_others_token,
        mended_act=_read_application,
    ),
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
        name="graph.policy_blocks_secret",
        step=_STEP,
        title="The tenant forbids client secrets.",
        symptom=Symptom("operator", 400, "CredentialTypeNotAllowedAsPerAppPolicy"),
        causes=("an app management policy, by some tenants' secure-by-default set-up",),
        evidence="code: TeamsFx's constants; text: two captures",
        seen="2026",
        strike=lambda scene: _policy(scene, restrictionType="passwordAddition", maxLifetime=None),
        act=_add_secret,
        mended_act=_add_certificate,
    ),
    FailureMode(
        name="graph.policy_caps_secret",
        step=_STEP,
        title="The tenant caps how long a client secret may live.",
        symptom=Symptom("operator", 400, "CredentialInvalidLifetimeAsPerAppPolicy"),
        causes=("an app management policy, often of 180 days",),
        evidence="code: TeamsFx's constants; text: a capture",
        seen="2026",
        strike=lambda scene: _policy(scene, restrictionType="passwordLifetime", maxLifetime="P180D"),
        act=_add_secret,
        mended_act=_add_short_secret,
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
        mended_act=_read_application,
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
        mended_act=_read_application,
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
        mended_act=_register,
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
        mended_act=_register,
    ),
    FailureMode(
        name="graph.throttled",
        step=_STEP,
        title="Graph answers too many requests with 429.",
        symptom=Symptom("operator", 429, "TooManyRequests"),
        causes=("a script over many tenants or objects without pauses",),
        evidence="microsoft-graph-docs throttling page, a sample answer",
        seen="2026",
        strike=disturbed(Kind.THROTTLED, Service.GRAPH, retry_after_s=10),
        act=_read_application,
        mend=calm,
    ),
    FailureMode(
        name="graph.unavailable",
        step=_STEP,
        title="Graph is out of order.",
        symptom=Symptom("operator", 503, "serviceNotAvailable"),
        causes=("an outage on Microsoft's side",),
        evidence="microsoft-graph-docs errors.md",
        seen="2026",
        strike=disturbed(Kind.UNAVAILABLE, Service.GRAPH),
        act=_read_application,
        mend=calm,
    ),
)
