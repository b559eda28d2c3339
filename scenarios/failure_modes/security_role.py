"""Step 5: the security role, broken."""

from mock_services.tenant import FakeTenant
from provisioning.settings import Integration
from scenarios.failure_modes.application_user import user_row
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom

_ADMIN = "the customer's Dynamics administrator"

VENDOR_ROLE_LIST: tuple[str, ...] = (
    "prvReadContact", "prvReadQueue", "prvReadUser",
    "prvCreateIncident", "prvWriteIncident", "prvAppendToIncident",
    "prvCreateNote", "prvWriteNote", "prvAppendToNote",
    "prvCreateActivity",
)  # fmt: skip
"""The vendor's set-up page, taken at its word; `Omnichannel Live Work Item` has no privilege but Activity's."""


def _only_role(tenant: FakeTenant, integration: Integration, name: str, privileges: tuple[str, ...]) -> None:
    """Leave the integration's user one role that holds exactly these privileges."""
    organisation = tenant.organisation
    user = user_row(tenant, integration)["systemuserid"]
    for role in organisation.roles_of(user):
        organisation.remove_role(user, role["roleid"])
    role_id = organisation.insert("role", {"name": name, "businessunitid": organisation.root_business_unit})
    organisation.set_privileges(role_id, dict.fromkeys(privileges, "Global"))
    organisation.assign_role(user, role_id)


def _user_without_role(tenant: FakeTenant, integration: Integration) -> Integration:
    user = user_row(tenant, integration)["systemuserid"]
    for role in tenant.organisation.roles_of(user):
        tenant.organisation.remove_role(user, role["roleid"])
    return integration


def _role_lacks_privilege(tenant: FakeTenant, integration: Integration) -> Integration:
    _only_role(tenant, integration, "Contacts only", ("prvReadContact", "prvReadUser", "prvCreateContact"))
    return integration


def _vendor_role_list(tenant: FakeTenant, integration: Integration) -> Integration:
    _only_role(tenant, integration, "OpenCX least privilege", VENDOR_ROLE_LIST)
    return integration


SECURITY_ROLE: tuple[FailureMode, ...] = (
    FailureMode(
        name="dataverse.user_without_role",
        family="dataverse.no_role",
        step=SetupStep.SECURITY_ROLE,
        title="The Application User has no security role.",
        symptom=Symptom("probe", 403, "0x80042f09"),
        whose_turn=_ADMIN,
        remedy="Give the Application User a security role: Manage roles on its page in the admin center.",
        evidence="Microsoft's own client code matches 403 with this code; microsoft/coe-starter-kit#678 (text)",
        strike=_user_without_role,
    ),
    FailureMode(
        name="dataverse.role_lacks_privilege",
        family="dataverse.privilege_missing",
        step=SetupStep.SECURITY_ROLE,
        title="The role holds no privilege on cases.",
        symptom=Symptom("probe", 403, "0x80040220"),
        whose_turn=_ADMIN,
        remedy="Add the privilege that the message names to the role, at Organization level.",
        evidence="microsoft/coe-starter-kit#6827 (complete capture, 2023)",
        strike=_role_lacks_privilege,
        looks_like=("dataverse.vendor_role_list",),
    ),
    FailureMode(
        name="dataverse.vendor_role_list",
        family="dataverse.privilege_missing",
        step=SetupStep.SECURITY_ROLE,
        title="The role holds exactly what the vendor's page lists, which does not include Read on cases.",
        symptom=Symptom("probe", 403, "0x80040220"),
        whose_turn=_ADMIN,
        remedy="Add Read on Case, and the other privileges that the verdict lists, to the role.",
        evidence="vendor set-up page against its own connect page, whose probe reads incidents",
        strike=_vendor_role_list,
        looks_like=("dataverse.role_lacks_privilege",),
    ),
)
