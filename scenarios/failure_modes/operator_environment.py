"""Step 8: the operator's own sign-in, rights in the environment, and rights in the Power Platform."""

from mock_services.baseline import OPERATOR_CLIENT_ID
from mock_services.state.directory.access import ALL, BLOCK, MFA
from provisioning.settings import Integration
from provisioning.transport import Answer
from scenarios.failure_modes.application_user import user_row
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom
from scenarios.failure_modes.operator_wire import OperatorWire
from scenarios.failure_modes.registration import principal_of
from scenarios.failure_modes.scene import Scene

_STEP = SetupStep.OPERATOR
_LACKING = Symptom("operator", 403, "0x80040220")
_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"  # the Azure CLI, a public client
_CODES = "Dataverse web-service-error-codes"


def _operator(scene: Scene) -> str:
    row = scene.tenant.organisation.application_user(OPERATOR_CLIENT_ID)
    if row is None:
        raise LookupError("the operator is no user of the environment")
    return str(row["systemuserid"])


def _operator_out(scene: Scene) -> Integration:
    scene.tenant.organisation.people.remove_user(_operator(scene))
    return scene.integration


def _operator_in(scene: Scene) -> Integration:
    organisation, directory = scene.tenant.organisation, scene.tenant.directory
    principal = directory.service_principal(app_id=OPERATOR_CLIENT_ID)
    row = organisation.application_user(OPERATOR_CLIENT_ID)
    if row is None and principal is not None:
        organisation.add_application_user(
            app_id=OPERATOR_CLIENT_ID,
            object_id=principal.id,
            name=principal.display_name,
            tenant_domain=scene.tenant.domain,
        )
    return _administers(scene)


def _only(scene: Scene, role_name: str) -> None:
    organisation, user = scene.tenant.organisation, _operator(scene)
    for role in organisation.roles_of(user):
        organisation.remove_role(user, role["roleid"])
    wanted = organisation.role_named(role_name)
    if wanted is None:
        raise LookupError(f"no role {role_name}")
    organisation.assign_role(user, wanted["roleid"])


def _administers(scene: Scene) -> Integration:
    _only(scene, "System Administrator")
    return scene.integration


def _is_a_basic_user(scene: Scene) -> Integration:
    _only(scene, "Basic User")
    return scene.integration


def _without_user(scene: Scene) -> Integration:
    """The user is not there yet: it is what the operator is about to make."""
    scene.tenant.organisation.people.remove_user(user_row(scene)["systemuserid"])
    return _is_a_basic_user(scene)


def _policy(scene: Scene, control: str) -> Integration:
    scene.tenant.directory.add_access_policy("Administrators", users=(ALL,), control=control)
    return scene.integration


def _no_policy(scene: Scene) -> Integration:
    for policy in scene.tenant.directory.access_policies():
        scene.tenant.directory.remove_access_policy(policy.id)
    return scene.integration


async def _who_am_i(wire: OperatorWire) -> Answer:
    return await wire.environment("GET", "WhoAmI()")


async def _make_user(wire: OperatorWire) -> Answer:
    organisation = wire.scene.tenant.organisation
    body = {
        "applicationid": wire.scene.integration.client_id,
        "businessunitid@odata.bind": f"/businessunits({organisation.root_business_unit})",
    }
    return await wire.environment("POST", "systemusers", body)


async def _read_user(wire: OperatorWire) -> Answer:
    path = f"systemusers?$select=systemuserid&$filter=applicationid eq {wire.scene.integration.client_id}"
    return await wire.environment("GET", path)


async def _make_role(wire: OperatorWire) -> Answer:
    unit = wire.scene.tenant.organisation.root_business_unit
    body = {"name": "OpenCX handoff 2", "businessunitid@odata.bind": f"/businessunits({unit})"}
    return await wire.environment("POST", "roles", body)


async def _give_role(wire: OperatorWire, role: str) -> Answer:
    path = f"systemusers({user_row(wire.scene)['systemuserid']})/systemuserroles_association/$ref"
    url = f"{wire.settings.environment_url}/api/data/v9.2/roles({role})"
    return await wire.environment("POST", path, {"@odata.id": url})


async def _give_role_of_another_unit(wire: OperatorWire) -> Answer:
    organisation = wire.scene.tenant.organisation
    unit = organisation.add_business_unit("Sales")
    role = organisation.role_named("Basic User", unit)
    return await _give_role(wire, role["roleid"] if role is not None else "")


async def _give_role_of_own_unit(wire: OperatorWire) -> Answer:
    role = wire.scene.tenant.organisation.role_named("Basic User")
    return await _give_role(wire, role["roleid"] if role is not None else "")


async def _password(wire: OperatorWire, username: str, password: str) -> Answer:
    return await wire.token(
        wire.scene.tenant.id,
        grant_type="password",
        client_id=_CLI,
        username=username,
        password=password,
        scope=f"{wire.settings.environment_url}/.default",
    )


async def _sign_in(wire: OperatorWire) -> Answer:
    return await _password(wire, wire.scene.tenant.operator.username, wire.scene.tenant.operator.password)


async def _sign_in_mistyped(wire: OperatorWire) -> Answer:
    return await _password(wire, wire.scene.tenant.operator.username, "not-the-password")


async def _sign_in_as_nobody(wire: OperatorWire) -> Answer:
    return await _password(wire, f"nobody@{wire.scene.tenant.domain}", "not-the-password")


async def _environments(wire: OperatorWire) -> Answer:
    return await wire.admin("GET", "environments")


async def _own_environment(wire: OperatorWire) -> Answer:
    return await wire.admin("GET", f"environments/{wire.scene.tenant.organisation.environment_id}")


async def _unknown_environment(wire: OperatorWire) -> Answer:
    return await wire.admin("GET", "environments/5b1d6c9e-0f3a-4e27-8c64-a1f2d3b4c5e6")


async def _with_graphs_token(wire: OperatorWire) -> Answer:
    token = await wire.token_for(wire.settings.bases().graph_resource)
    return await wire.admin("GET", "environments", token=token)


async def _add_app_user(wire: OperatorWire, app_id: str) -> Answer:
    path = f"environments/{wire.scene.tenant.organisation.environment_id}/addAppUser"
    return await wire.admin("POST", path, {"servicePrincipalAppId": app_id})


async def _add_unknown_app(wire: OperatorWire) -> Answer:
    return await _add_app_user(wire, "5b1d6c9e-0f3a-4e27-8c64-a1f2d3b4c5e6")


async def _add_known_app(wire: OperatorWire) -> Answer:
    directory = wire.scene.tenant.directory
    other = directory.add_application("Another integration")
    directory.add_service_principal(other.app_id)
    return await _add_app_user(wire, other.app_id)


def _registered_by_admin(scene: Scene) -> Integration:
    from mock_services.state.power_platform import ManagementApplications

    ManagementApplications(scene.tenant.directory).register(OPERATOR_CLIENT_ID, by=principal_of(scene).id)
    return scene.integration


OPERATOR_ENVIRONMENT: tuple[FailureMode, ...] = (
    FailureMode(
        name="login.operator_needs_mfa",
        step=_STEP,
        title="The operator's sign-in wants a second factor, which a password alone cannot give.",
        symptom=Symptom("operator", 400, "AADSTS50076"),
        causes=("a script signs in with user name and password",),
        evidence="entra-docs reference-error-codes.md and many public issues",
        seen="2025",
        strike=lambda scene: _policy(scene, MFA),
        act=_sign_in,
        mend=_no_policy,
    ),
    FailureMode(
        name="login.operator_blocked_by_policy",
        step=_STEP,
        title="A Conditional Access policy blocks the operator.",
        symptom=Symptom("operator", 400, "AADSTS53003"),
        causes=("the sign-in comes from a device or place that the policy does not allow",),
        evidence="MartinIngesen/MSOLSpray#5 (error and text)",
        seen="2024",
        strike=lambda scene: _policy(scene, BLOCK),
        act=_sign_in,
        mend=_no_policy,
    ),
    FailureMode(
        name="login.operator_password_wrong",
        step=_STEP,
        title="The operator's password is wrong.",
        symptom=Symptom("operator", 400, "AADSTS50126"),
        causes=("mistyped, or changed since",),
        evidence="entra-docs reference-error-codes.md and password-spraying tools' texts",
        seen="2024",
        act=_sign_in_mistyped,
        mended_act=_sign_in,
    ),
    FailureMode(
        name="login.operator_unknown",
        step=_STEP,
        title="The operator's account is not in this tenant.",
        symptom=Symptom("operator", 400, "AADSTS50034"),
        causes=("a guest's or a partner's own account",),
        evidence="MartinIngesen/MSOLSpray#5 (text)",
        seen="2021",
        act=_sign_in_as_nobody,
        mended_act=_sign_in,
    ),
    FailureMode(
        name="dataverse.operator_not_a_member",
        step=_STEP,
        title="The operator's app is no user of the environment.",
        symptom=Symptom("operator", 403, "0x80072560"),
        causes=("rights in Entra ID or the Power Platform were taken for rights in the environment",),
        evidence="Microsoft's dual-write troubleshooting page; public issues with service principals",
        seen="2026",
        strike=_operator_out,
        act=_who_am_i,
        mend=_operator_in,
    ),
    FailureMode(
        name="dataverse.operator_cannot_create_users",
        step=_STEP,
        title="The operator may not create users in the environment.",
        symptom=_LACKING,
        causes=("the operator is a user of the environment with an everyday role",),
        evidence="microsoft/coe-starter-kit#6827 (complete capture, for another table)",
        seen="2023-10",
        strike=_without_user,
        act=_make_user,
        mend=_administers,
    ),
    FailureMode(
        name="dataverse.operator_cannot_make_roles",
        step=_STEP,
        title="The operator may not create security roles in the environment.",
        symptom=_LACKING,
        causes=("the operator is a user of the environment with an everyday role",),
        evidence="microsoft/coe-starter-kit#6827 (complete capture, for another table)",
        seen="2023-10",
        strike=_is_a_basic_user,
        act=_make_role,
        mend=_administers,
    ),
    FailureMode(
        name="dataverse.role_of_another_business_unit",
        step=_STEP,
        title="The role that was assigned is another business unit's copy.",
        symptom=Symptom("operator", 400, "0x80041409"),
        causes=("a role was looked up by name alone, and each business unit has its own copy",),
        evidence="a third-party guide with status 400; web-service-error-codes (text)",
        seen="2026",
        act=_give_role_of_another_unit,
        mended_act=_give_role_of_own_unit,
    ),
    FailureMode(
        name="dataverse.user_exists_already",
        step=_STEP,
        title="The app has an application user in this environment already.",
        symptom=Symptom("operator", 400, "0x8004f511"),
        causes=("an earlier try went through",),
        evidence=f"{_CODES}; terraform-provider-power-platform's tests show other codes too",
        seen="2026",
        act=_make_user,
        mended_act=_read_user,
    ),
    FailureMode(
        name="power_platform.app_not_registered",
        step=_STEP,
        title="The operator's app is not registered as a management application.",
        symptom=Symptom("operator", 403, "Forbidden"),
        causes=("Entra permissions do not count here: an administrator registers the app once",),
        evidence="MicrosoftDocs/power-platform#1260, microsoft/terraform-provider-power-platform#665 (whole bodies)",
        seen="2025-03",
        act=_environments,
        mend=_registered_by_admin,
    ),
    FailureMode(
        name="power_platform.token_refused",
        step=_STEP,
        title="The admin API was asked with a token for Graph.",
        symptom=Symptom("operator", 401, "InvalidAuthenticationAudience"),
        causes=("one token was used for everything",),
        evidence="microsoft/Power-Fx#2986 (whole body, a sister API); code seen from this API",
        seen="2025-10",
        strike=_registered_by_admin,
        act=_with_graphs_token,
        mended_act=_environments,
    ),
    FailureMode(
        name="power_platform.environment_unknown",
        step=_STEP,
        title="The tenant has no environment of this id.",
        symptom=Symptom("operator", 404, "EnvironmentNotFound"),
        causes=("an organization id was taken for an environment id", "another tenant's environment"),
        evidence="terraform-provider-power-platform's test fixtures",
        seen="2025",
        strike=_registered_by_admin,
        act=_unknown_environment,
        mended_act=_own_environment,
    ),
    FailureMode(
        name="power_platform.principal_unknown",
        step=_STEP,
        title="An application user was asked for of an app without a service principal here.",
        symptom=Symptom("operator", 400, "ServicePrincipalNotFound"),
        causes=("the app was registered by script and has no service principal yet",),
        evidence="that the app must be present follows from what the call makes; code and words inferred",
        seen="2026-11",
        strike=_registered_by_admin,
        act=_add_unknown_app,
        mended_act=_add_known_app,
    ),
)
