"""Step 8: Microsoft Graph refuses the operator: permissions, policies, throttling."""

from mock_services.baseline import OPERATOR_CLIENT_ID, OPERATOR_PERMISSIONS
from mock_services.faults import Kind
from mock_services.hosts import Service
from mock_services.state import well_known
from provisioning.settings import Integration
from provisioning.transport import Answer
from scenarios.failure_modes.entry import FailureMode, SetupStep, Strike, Symptom
from scenarios.failure_modes.environment_state import calm, disturbed
from scenarios.failure_modes.operator_wire import OperatorWire
from scenarios.failure_modes.registration import principal_of, registered
from scenarios.failure_modes.scene import Scene

_STEP = SetupStep.OPERATOR
_DENIED = Symptom("operator", 403, "Authorization_RequestDenied")
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


async def register(wire: OperatorWire) -> Answer:
    """Register an app."""
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
    return await grant(wire, principal_of(wire.scene).id, resource, "User.Read")


async def grant(wire: OperatorWire, client: str, resource: str, scope: str) -> Answer:
    """Consent to a scope for everybody in the tenant."""
    body = {"clientId": client, "consentType": "AllPrincipals", "resourceId": resource, "scope": scope}
    return await wire.graph("POST", "oauth2PermissionGrants", body)


async def _with_others_token(wire: OperatorWire) -> Answer:
    token = await wire.token_for(wire.settings.environment_url)
    return await wire.graph("GET", "applications", token=token)


async def read_application(wire: OperatorWire) -> Answer:
    """Read the integration's own registration."""
    return await wire.graph("GET", f"applications/{registered(wire.scene).id}")


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
        act=register,
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
        act=register,
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
        mended_act=read_application,
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
        name="graph.throttled",
        step=_STEP,
        title="Graph answers too many requests with 429.",
        symptom=Symptom("operator", 429, "TooManyRequests"),
        causes=("a script over many tenants or objects without pauses",),
        evidence="microsoft-graph-docs throttling page, a sample answer",
        seen="2026",
        strike=disturbed(Kind.THROTTLED, Service.GRAPH, retry_after_s=10),
        act=read_application,
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
        act=read_application,
        mend=calm,
    ),
)
