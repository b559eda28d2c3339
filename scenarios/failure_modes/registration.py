"""Step 1: tenant ID, client ID and the app registration, wrong or gone."""

from mock_services.hosts import NationalCloud
from mock_services.state.directory import Application, ServicePrincipal
from provisioning.settings import Integration
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom
from scenarios.failure_modes.scene import Scene

_NOBODYS_ID = "5b1d6c9e-0f3a-4e27-8c64-a1f2d3b4c5e6"
_EMPTY_GUID = "00000000-0000-0000-0000-000000000000"


def registered(scene: Scene) -> Application:
    """The integration's app registration. Raises LookupError when it is not in this tenant."""
    application = scene.tenant.directory.application(app_id=scene.integration.client_id)
    if application is None:
        raise LookupError(f"no app registration {scene.integration.client_id} in {scene.tenant.display_name}")
    return application


def principal_of(scene: Scene) -> ServicePrincipal:
    """The integration's service principal. Raises LookupError when it is not in this tenant."""
    principal = scene.tenant.directory.service_principal(app_id=scene.integration.client_id)
    if principal is None:
        raise LookupError(f"no service principal of {scene.integration.client_id} in {scene.tenant.display_name}")
    return principal


def _with_tenant(integration: Integration, text: str) -> Integration:
    return integration.model_copy(update={"tenant_id": text})


def _with_client(integration: Integration, text: str) -> Integration:
    return integration.model_copy(update={"client_id": text})


def _tenant_of_another_customer(scene: Scene) -> Integration:
    return _with_tenant(scene.integration, scene.cloud.create_tenant("Fabrikam").id)


def _tenant_in_another_cloud(scene: Scene) -> Integration:
    other = scene.cloud.create_tenant("Fabrikam Government", national_cloud=NationalCloud.US_GOVERNMENT)
    return _with_tenant(scene.integration, other.id)


def _tenant_blocked(scene: Scene) -> Integration:
    scene.tenant.directory.block()
    return scene.integration


def _tenant_reactivated(scene: Scene) -> Integration:
    scene.tenant.directory.block(blocked=False)
    return scene.integration


def _app_deleted(scene: Scene) -> Integration:
    scene.tenant.directory.delete_application(registered(scene).id)
    return scene.integration


def _app_restored(scene: Scene) -> Integration:
    directory, client = scene.tenant.directory, scene.integration.client_id
    for application in directory.deleted_applications():
        if application.app_id == client:
            directory.restore_application(application.id)
    for principal in directory.deleted_service_principals():
        if principal.app_id == client:
            directory.restore_service_principal(principal.id)
    return scene.integration


def _service_principal_missing(scene: Scene) -> Integration:
    scene.tenant.directory.delete_service_principal(principal_of(scene).id)
    return scene.integration


def _service_principal_made(scene: Scene) -> Integration:
    scene.tenant.directory.add_service_principal(scene.integration.client_id)
    return scene.integration


def _switched(scene: Scene, *, enabled: bool) -> Integration:
    scene.tenant.directory.change_service_principal(principal_of(scene).id, account_enabled=enabled)
    return scene.integration


REGISTRATION: tuple[FailureMode, ...] = (
    FailureMode(
        name="login.tenant_unknown",
        step=SetupStep.REGISTER_APP,
        title="The tenant ID belongs to no tenant.",
        symptom=Symptom("token", 400, "AADSTS90002"),
        causes=("a digit lost in copying", "the id of a subscription or of an environment instead of the directory's"),
        evidence="Azure/azure-cli#22145 (wire text since 2022); vendor troubleshooting page",
        seen="2025-08",
        paste=lambda integration: _with_tenant(integration, _NOBODYS_ID),
    ),
    FailureMode(
        name="login.tenant_is_app_object_id",
        step=SetupStep.REGISTER_APP,
        title="The registration's Object ID was pasted as the tenant ID.",
        symptom=Symptom("token", 400, "AADSTS90002"),
        causes=("both stand on the app's Overview page, one above the other",),
        evidence="vendor troubleshooting page names the object ID; on the wire it is an unknown tenant",
        seen="2025-08",
        strike=lambda scene: _with_tenant(scene.integration, registered(scene).id),
    ),
    FailureMode(
        name="login.tenant_is_client_id",
        step=SetupStep.REGISTER_APP,
        title="The client ID was pasted as the tenant ID.",
        symptom=Symptom("token", 400, "AADSTS90002"),
        causes=("the two fields were mixed up",),
        evidence="vendor troubleshooting page names the application ID; on the wire it is an unknown tenant",
        seen="2025-08",
        paste=lambda integration: _with_tenant(integration, integration.client_id),
    ),
    FailureMode(
        name="login.tenant_malformed",
        step=SetupStep.REGISTER_APP,
        title="The tenant ID is neither a GUID nor a domain.",
        symptom=Symptom("token", 400, "AADSTS900023"),
        causes=("the directory's display name was pasted", "a placeholder was left in"),
        evidence="caddy-dns/azure#3, microsoft/Analysis-Services#194",
        seen="2025",
        paste=lambda integration: _with_tenant(integration, "contoso_limited"),
    ),
    FailureMode(
        name="login.tenant_not_named",
        step=SetupStep.REGISTER_APP,
        title="The tenant ID is common, which names no tenant.",
        symptom=Symptom("token", 400, "AADSTS50059"),
        causes=("copied from a sample for people's sign-ins",),
        evidence="MicrosoftDocs/azure-docs#24064, AzureAD/microsoft-identity-web#462; status inferred",
        seen="2020",
        paste=lambda integration: _with_tenant(integration, "common"),
    ),
    FailureMode(
        name="login.tenant_of_another_customer",
        step=SetupStep.REGISTER_APP,
        title="The tenant ID is another customer's, or another directory of this one's.",
        symptom=Symptom("token", 400, "AADSTS700016"),
        causes=("an admin of several directories copied the id while switched to another",),
        evidence="wire text of AADSTS700016 names the wrong tenant as a cause; Entra error code reference",
        seen="2024-12",
        strike=_tenant_of_another_customer,
    ),
    FailureMode(
        name="login.tenant_in_another_cloud",
        step=SetupStep.REGISTER_APP,
        title="The tenant lives in a national cloud, and the public one was asked.",
        symptom=Symptom("token", 400, "AADSTS900382"),
        causes=("a US Government or China tenant, and a client that knows login.microsoftonline.com alone",),
        evidence="webprofusion/certify#553 (body), OfficeDev/microsoft-teams-library-js#3121 (text)",
        seen="2026-08",
        strike=_tenant_in_another_cloud,
    ),
    FailureMode(
        name="login.tenant_blocked",
        step=SetupStep.REGISTER_APP,
        title="The tenant was blocked for inactivity.",
        symptom=Symptom("token", 400, "AADSTS5000225"),
        causes=("a trial or test tenant that nobody used for months",),
        evidence="entra-docs reactivate-tenant page and public reports of the text; error and status inferred",
        seen="2026",
        strike=_tenant_blocked,
        mend=_tenant_reactivated,
    ),
    FailureMode(
        name="login.client_unknown",
        step=SetupStep.REGISTER_APP,
        title="No app of this tenant has the client ID.",
        symptom=Symptom("token", 400, "AADSTS700016"),
        causes=("a digit lost in copying", "the app was registered in another directory"),
        evidence="wire text of AADSTS700016 in many public issues; Entra error code reference",
        seen="2024-12",
        paste=lambda integration: _with_client(integration, _NOBODYS_ID),
    ),
    FailureMode(
        name="login.client_is_object_id",
        step=SetupStep.REGISTER_APP,
        title="The registration's Object ID was pasted as the client ID.",
        symptom=Symptom("token", 400, "AADSTS700016"),
        causes=("both stand on the app's Overview page, one above the other",),
        evidence="the token endpoint knows applications by appId only (Entra client credentials page)",
        seen="2024-12",
        strike=lambda scene: _with_client(scene.integration, registered(scene).id),
    ),
    FailureMode(
        name="login.client_is_principal_id",
        step=SetupStep.REGISTER_APP,
        title="The enterprise application's Object ID was pasted as the client ID.",
        symptom=Symptom("token", 400, "AADSTS700016"),
        causes=("copied from Enterprise applications, whose Object ID differs from the registration's",),
        evidence="the token endpoint knows applications by appId only (Entra client credentials page)",
        seen="2024-12",
        strike=lambda scene: _with_client(scene.integration, principal_of(scene).id),
    ),
    FailureMode(
        name="login.client_is_placeholder",
        step=SetupStep.REGISTER_APP,
        title="The client ID is the empty GUID of a template.",
        symptom=Symptom("token", 400, "AADSTS700038"),
        causes=("a deployment filled in a default instead of the id",),
        evidence="text in public bug reports about placeholder ids; error and status inferred",
        seen="2026-05",
        paste=lambda integration: _with_client(integration, _EMPTY_GUID),
    ),
    FailureMode(
        name="login.client_missing",
        step=SetupStep.REGISTER_APP,
        title="The client ID is empty.",
        symptom=Symptom("token", 400, "AADSTS900144"),
        causes=("an unset environment variable arrives as an empty value",),
        evidence="microsoftgraph/microsoft-graph-docs#20272 (recorded for another parameter)",
        seen="2025-05",
        paste=lambda integration: _with_client(integration, ""),
    ),
    FailureMode(
        name="login.app_deleted",
        step=SetupStep.REGISTER_APP,
        title="The app registration was deleted.",
        symptom=Symptom("token", 400, "AADSTS700016"),
        causes=("a clean-up of apps that nobody seemed to use",),
        evidence="Graph application-delete page (soft delete for 30 days); AADSTS700016 for apps not in the directory",
        seen="2024-12",
        strike=_app_deleted,
        mend=_app_restored,
    ),
    FailureMode(
        name="login.service_principal_missing",
        step=SetupStep.REGISTER_APP,
        title="The app is registered, but has no enterprise application (service principal) in the tenant.",
        symptom=Symptom("token", 401, "AADSTS7000229"),
        causes=("the app was made by script (az ad app create, Graph), which makes no service principal",),
        evidence="Azure/Commercial-Marketplace-SaaS-Accelerator#830, Azure/azure-sdk-for-net#46762",
        seen="2024",
        strike=_service_principal_missing,
        mend=_service_principal_made,
        repairable=True,
    ),
    FailureMode(
        name="login.app_disabled",
        step=SetupStep.REGISTER_APP,
        title="Sign-in to the enterprise application is switched off.",
        symptom=Symptom("token", 400, "AADSTS7000112"),
        causes=("somebody set Enabled for users to sign in to No", "Microsoft disabled the app"),
        evidence="Worklytics/psoxy#74 (code, error and wire text)",
        seen="2023",
        strike=lambda scene: _switched(scene, enabled=False),
        mend=lambda scene: _switched(scene, enabled=True),
        repairable=True,
    ),
)
