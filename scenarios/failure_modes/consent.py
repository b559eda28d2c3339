"""Step 3: consent, assignment, policy, and Dataverse's own service principal."""

from mock_services.state import well_known
from mock_services.state.directory import ServicePrincipal
from mock_services.state.directory.access import ALL_OWN_PRINCIPALS
from provisioning.settings import Integration
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom
from scenarios.failure_modes.registration import principal_of
from scenarios.failure_modes.scene import Scene

_SCOPE = "user_impersonation"


def _dataverse(scene: Scene) -> ServicePrincipal:
    principal = scene.tenant.directory.service_principal(app_id=well_known.DATAVERSE)
    if principal is None:
        raise LookupError(f"no service principal of Dataverse in {scene.tenant.display_name}")
    return principal


def _revoke(scene: Scene) -> None:
    directory = scene.tenant.directory
    for grant in directory.delegated_grants(client_id=principal_of(scene).id, resource_id=_dataverse(scene).id):
        directory.delete_delegated_grant(grant.id)


def _consent_missing(scene: Scene) -> Integration:
    _revoke(scene)
    scene.tenant.quirks.app_only_needs_consent = True
    return scene.integration


def _consent_granted(scene: Scene) -> Integration:
    _revoke(scene)
    scene.tenant.directory.grant_delegated(principal_of(scene).id, _dataverse(scene).id, _SCOPE)
    return scene.integration


def _consent_of_one_person(scene: Scene) -> Integration:
    _consent_missing(scene)
    [admin] = [user for user in scene.tenant.directory.users() if user.user_principal_name.startswith("admin@")]
    scene.tenant.directory.grant_delegated(principal_of(scene).id, _dataverse(scene).id, _SCOPE, admin.id)
    return scene.integration


def _assignment_required(scene: Scene, *, required: bool) -> Integration:
    scene.tenant.directory.change_service_principal(_dataverse(scene).id, app_role_assignment_required=required)
    return scene.integration


def _blocked_by_policy(scene: Scene) -> Integration:
    scene.tenant.directory.add_access_policy("Block workloads", principals=(ALL_OWN_PRINCIPALS,))
    return scene.integration


def _let_through(scene: Scene) -> Integration:
    for policy in scene.tenant.directory.access_policies():
        scene.tenant.directory.remove_access_policy(policy.id)
    return scene.integration


def _dataverse_absent(scene: Scene) -> Integration:
    scene.tenant.directory.delete_service_principal(_dataverse(scene).id)
    return scene.integration


def _dataverse_back(scene: Scene) -> Integration:
    scene.tenant.directory.add_service_principal(well_known.DATAVERSE)
    return scene.integration


def _dataverse_switched(scene: Scene, *, enabled: bool) -> Integration:
    scene.tenant.directory.change_service_principal(_dataverse(scene).id, account_enabled=enabled)
    return scene.integration


CONSENT: tuple[FailureMode, ...] = (
    FailureMode(
        name="login.consent_missing",
        step=SetupStep.API_PERMISSIONS,
        title="user_impersonation was never granted, in a tenant where that stops app-only sign-in.",
        symptom=Symptom("token", 400, "AADSTS65001"),
        causes=("the permission was added, and Grant admin consent was not clicked",),
        evidence="the vendor's page only; public evidence says app-only tokens need no consent, so this mode takes"
        " the other side of the quirk app_only_needs_consent",
        seen="2022",
        strike=_consent_missing,
        mend=_consent_granted,
        repairable=True,
    ),
    FailureMode(
        name="login.consent_of_one_person",
        step=SetupStep.API_PERMISSIONS,
        title="One person consented for themselves, and nobody for the tenant.",
        symptom=Symptom("token", 400, "AADSTS65001"),
        causes=("a person clicked Accept in a prompt instead of an admin granting consent in the portal",),
        evidence="entra-docs grant-admin-consent.md; by the same quirk as login.consent_missing",
        seen="2022",
        strike=_consent_of_one_person,
        mend=_consent_granted,
        repairable=True,
    ),
    FailureMode(
        name="login.not_assigned",
        step=SetupStep.API_PERMISSIONS,
        title="Dataverse's enterprise application demands an assignment that the app does not have.",
        symptom=Symptom("token", 400, "AADSTS501051"),
        causes=("somebody set Assignment required to Yes on Microsoft's own application",),
        evidence="azure-docs scenario-protected-web-api-app-registration; NAV's platform saw invalid_grant with 400",
        seen="2023",
        strike=lambda scene: _assignment_required(scene, required=True),
        mend=lambda scene: _assignment_required(scene, required=False),
    ),
    FailureMode(
        name="login.conditional_access",
        step=SetupStep.API_PERMISSIONS,
        title="A Conditional Access policy for workload identities blocks the app.",
        symptom=Symptom("token", 400, "AADSTS53003"),
        causes=("the vendor signs in from an address outside the named locations",),
        evidence="microsoft/botbuilder-dotnet#6759 met it with client credentials; error and status inferred",
        seen="2024-03",
        strike=_blocked_by_policy,
        mend=_let_through,
    ),
    FailureMode(
        name="login.dataverse_absent",
        step=SetupStep.API_PERMISSIONS,
        title="The tenant has no service principal of Dataverse.",
        symptom=Symptom("token", 400, "AADSTS500011"),
        causes=("no Power Platform subscription ever began in this tenant", "the principal was deleted"),
        evidence="microsoft/coe-starter-kit#3080, Azure/logicapps#1213 (wire text)",
        seen="2024",
        strike=_dataverse_absent,
        mend=_dataverse_back,
        repairable=True,
    ),
    FailureMode(
        name="login.dataverse_disabled",
        step=SetupStep.API_PERMISSIONS,
        title="Dataverse's service principal is disabled.",
        symptom=Symptom("token", 400, "AADSTS500014"),
        causes=("the subscription lapsed", "an administrator switched Microsoft's application off"),
        evidence="Cloud-Architekt/AzureAD-Attack-Defense#43 (text); error and status inferred",
        seen="2023",
        strike=lambda scene: _dataverse_switched(scene, enabled=False),
        mend=lambda scene: _dataverse_switched(scene, enabled=True),
    ),
)
