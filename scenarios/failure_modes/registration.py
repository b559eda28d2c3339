"""Steps 1 and 3: the app registration, its service principal and its consent, broken."""

from mock_services.state import well_known
from mock_services.state.directory import Application, ServicePrincipal
from mock_services.tenant import FakeTenant
from provisioning.settings import Integration
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom

_ADMIN = "the customer's Entra administrator"
_NOBODYS_ID = "5b1d6c9e-0f3a-4e27-8c64-a1f2d3b4c5e6"


def registered(tenant: FakeTenant, integration: Integration) -> Application:
    """The integration's app registration. Raises LookupError when it is not in this tenant."""
    application = tenant.directory.application(app_id=integration.client_id)
    if application is None:
        raise LookupError(f"no app registration {integration.client_id} in {tenant.display_name}")
    return application


def principal_of(tenant: FakeTenant, integration: Integration) -> ServicePrincipal:
    """The integration's service principal. Raises LookupError when it is not in this tenant."""
    principal = tenant.directory.service_principal(app_id=integration.client_id)
    if principal is None:
        raise LookupError(f"no service principal of {integration.client_id} in {tenant.display_name}")
    return principal


def _tenant_unknown(integration: Integration) -> Integration:
    return integration.model_copy(update={"tenant_id": _NOBODYS_ID})


def _tenant_is_object_id(tenant: FakeTenant, integration: Integration) -> Integration:
    return integration.model_copy(update={"tenant_id": registered(tenant, integration).id})


def _client_unknown(integration: Integration) -> Integration:
    return integration.model_copy(update={"client_id": _NOBODYS_ID})


def _client_is_object_id(tenant: FakeTenant, integration: Integration) -> Integration:
    return integration.model_copy(update={"client_id": registered(tenant, integration).id})


def _service_principal_missing(tenant: FakeTenant, integration: Integration) -> Integration:
    tenant.directory.delete_service_principal(principal_of(tenant, integration).id)
    return integration


def _app_disabled(tenant: FakeTenant, integration: Integration) -> Integration:
    tenant.directory.change_service_principal(principal_of(tenant, integration).id, account_enabled=False)
    return integration


def _consent_missing(tenant: FakeTenant, integration: Integration) -> Integration:
    dataverse = tenant.directory.service_principal(app_id=well_known.DATAVERSE)
    for grant in tenant.directory.delegated_grants(client_id=principal_of(tenant, integration).id):
        if dataverse is not None and grant.resource_id == dataverse.id:
            tenant.directory.delete_delegated_grant(grant.id)
    tenant.quirks.app_only_needs_consent = True
    return integration


def _app_deleted(tenant: FakeTenant, integration: Integration) -> Integration:
    tenant.directory.delete_application(registered(tenant, integration).id)
    return integration


REGISTRATION: tuple[FailureMode, ...] = (
    FailureMode(
        name="login.tenant_unknown",
        family="login.tenant_unknown",
        step=SetupStep.REGISTER_APP,
        title="The tenant ID belongs to no tenant.",
        symptom=Symptom("token", 400, "AADSTS90002"),
        whose_turn=_ADMIN,
        remedy="Copy Directory (tenant) ID from the app registration's Overview page.",
        evidence="Azure/azure-cli#22145 (wire text since 2022); vendor troubleshooting page",
        paste=_tenant_unknown,
        looks_like=("login.tenant_is_app_object_id",),
    ),
    FailureMode(
        name="login.tenant_is_app_object_id",
        family="login.tenant_unknown",
        step=SetupStep.REGISTER_APP,
        title="The registration's Object ID was pasted as the tenant ID.",
        symptom=Symptom("token", 400, "AADSTS90002"),
        whose_turn=_ADMIN,
        remedy="Copy Directory (tenant) ID, not Object ID, from the app registration's Overview page.",
        evidence="vendor troubleshooting page names the object ID; on the wire it is an unknown tenant",
        strike=_tenant_is_object_id,
        looks_like=("login.tenant_unknown",),
    ),
    FailureMode(
        name="login.client_unknown",
        family="login.client_unknown",
        step=SetupStep.REGISTER_APP,
        title="No app of this tenant has the client ID.",
        symptom=Symptom("token", 400, "AADSTS700016"),
        whose_turn=_ADMIN,
        remedy="Copy Application (client) ID from the registration's Overview page, and check the tenant ID.",
        evidence="wire text of AADSTS700016 in many public issues; Entra error code reference",
        paste=_client_unknown,
        looks_like=("login.client_is_object_id", "login.app_deleted"),
    ),
    FailureMode(
        name="login.client_is_object_id",
        family="login.client_unknown",
        step=SetupStep.REGISTER_APP,
        title="The registration's Object ID was pasted as the client ID.",
        symptom=Symptom("token", 400, "AADSTS700016"),
        whose_turn=_ADMIN,
        remedy="Copy Application (client) ID, not Object ID, from the registration's Overview page.",
        evidence="the token endpoint knows applications by appId only (Entra client credentials page)",
        strike=_client_is_object_id,
        looks_like=("login.client_unknown", "login.app_deleted"),
    ),
    FailureMode(
        name="login.app_deleted",
        family="login.client_unknown",
        step=SetupStep.REGISTER_APP,
        title="The app registration was deleted.",
        symptom=Symptom("token", 400, "AADSTS700016"),
        whose_turn=_ADMIN,
        remedy="Restore the registration under Deleted applications within 30 days, or set up a new one.",
        evidence="Graph application-delete page (soft delete for 30 days); AADSTS700016 for apps not in the directory",
        strike=_app_deleted,
        looks_like=("login.client_unknown", "login.client_is_object_id"),
    ),
    FailureMode(
        name="login.service_principal_missing",
        family="login.service_principal_missing",
        step=SetupStep.REGISTER_APP,
        title="The app is registered, but has no enterprise application (service principal) in the tenant.",
        symptom=Symptom("token", 401, "AADSTS7000229"),
        whose_turn=_ADMIN,
        remedy="Create the enterprise application, for example with `az ad sp create --id <client ID>`.",
        evidence="Azure/Commercial-Marketplace-SaaS-Accelerator#830, Azure/azure-sdk-for-net#46762",
        strike=_service_principal_missing,
    ),
    FailureMode(
        name="login.app_disabled",
        family="login.app_disabled",
        step=SetupStep.REGISTER_APP,
        title="Sign-in to the enterprise application is switched off.",
        symptom=Symptom("token", 400, "AADSTS7000112"),
        whose_turn=_ADMIN,
        remedy="Set Enabled for users to sign-in to Yes on the enterprise application's Properties page.",
        evidence="Worklytics/psoxy#74 (code, error and wire text)",
        strike=_app_disabled,
    ),
    FailureMode(
        name="login.consent_missing",
        family="login.consent_missing",
        step=SetupStep.API_PERMISSIONS,
        title="user_impersonation was never granted, in a tenant where that stops app-only sign-in.",
        symptom=Symptom("token", 400, "AADSTS65001"),
        whose_turn=_ADMIN,
        remedy="On API permissions click Grant admin consent; the status of user_impersonation must read Granted.",
        evidence="the vendor's page only; public evidence says app-only tokens need no consent, so this mode takes"
        " the other side of the quirk app_only_needs_consent",
        strike=_consent_missing,
    ),
)
