"""Step 5: the security role, missing or too small for Test & Save."""

from collections.abc import Iterable

from mock_services.state.organisation.held import AS_DOCUMENTED
from provisioning.handoff import privileges_to_grant
from provisioning.settings import CHANNELS, Integration
from scenarios.failure_modes.application_user import user_row
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom
from scenarios.failure_modes.scene import Scene

VENDOR_ROLE_LIST: tuple[str, ...] = (
    "prvReadContact", "prvReadQueue", "prvReadUser",
    "prvCreateIncident", "prvWriteIncident", "prvAppendToIncident",
    "prvCreateNote", "prvWriteNote", "prvAppendToNote",
    "prvCreateActivity",
)  # fmt: skip
"""The vendor's set-up page, taken at its word; `Omnichannel Live Work Item` has no privilege but Activity's."""


def only_role(scene: Scene, name: str, privileges: Iterable[str], depth: str = "Global") -> Integration:
    """Leave the integration's user one role that holds exactly these privileges."""
    organisation = scene.tenant.organisation
    without_roles(scene)
    role_id = organisation.insert("role", {"name": name, "businessunitid": organisation.root_business_unit})
    organisation.set_privileges(role_id, dict.fromkeys(privileges, depth))
    organisation.assign_role(user_row(scene)["systemuserid"], role_id)
    return scene.integration


def without_roles(scene: Scene) -> Integration:
    """Take every role from the integration's user."""
    user = user_row(scene)["systemuserid"]
    for role in scene.tenant.organisation.roles_of(user):
        scene.tenant.organisation.remove_role(user, role["roleid"])
    return scene.integration


def enough_rights(scene: Scene) -> Integration:
    """A role with everything that any handoff uses, as far as the environment has it."""
    there = {row["name"] for row in scene.tenant.organisation.select("privilege")}
    wanted = [name for name in privileges_to_grant(CHANNELS) if name in there]
    return only_role(scene, "OpenCX handoff", wanted)


def _by_team(scene: Scene) -> Integration:
    """The role came from a team, and the user was taken out of it."""
    organisation = scene.tenant.organisation
    user = user_row(scene)["systemuserid"]
    team = organisation.people.add_team("OpenCX", organisation.root_business_unit, by=organisation.system_user)
    organisation.people.join(user, team)
    without_roles(scene)
    organisation.people.leave(user, team)
    return scene.integration


def _given_just_now(scene: Scene) -> Integration:
    """The environment still goes by what it looked up before the role was given."""
    organisation = scene.tenant.organisation
    user = user_row(scene)["systemuserid"]
    roles = [role["roleid"] for role in organisation.roles_of(user)]
    without_roles(scene)
    organisation.held.delay = AS_DOCUMENTED
    organisation.held.role_count(user, strong=True)
    for role in roles:
        organisation.assign_role(user, role)
    return scene.integration


def _half_a_minute_later(scene: Scene) -> Integration:
    scene.tenant.clock.advance(AS_DOCUMENTED)
    return scene.integration


_STEP = SetupStep.SECURITY_ROLE
_NO_ROLE = Symptom("probe", 403, "0x80042f09")
_LACKING = Symptom("probe", 403, "0x80040220")

SECURITY_ROLE: tuple[FailureMode, ...] = (
    FailureMode(
        name="dataverse.user_without_role",
        step=_STEP,
        title="The Application User has no security role.",
        symptom=_NO_ROLE,
        causes=("the step was left out", "the user was moved to another business unit, which takes its roles"),
        evidence="Microsoft's own client code matches 403 with this code; microsoft/coe-starter-kit#678 (text)",
        seen="2026-08",
        strike=without_roles,
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.team_role_lost",
        step=_STEP,
        title="The Application User had its role from a team, and is no longer in it.",
        symptom=_NO_ROLE,
        causes=("team membership was tidied up, or follows a group in Entra ID",),
        evidence="effective roles are one's own and one's teams' (powerapps-docs); the refusal is that of no role",
        seen="2026-08",
        strike=_by_team,
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.role_seen_late",
        step=_STEP,
        title="The role was given a moment ago, and the environment has not looked since.",
        symptom=_NO_ROLE,
        causes=("Test & Save right after the role was assigned",),
        evidence="powerapps-docs compose-http-requests-handle-errors.md (rights are kept for up to 30 s, and"
        " Consistency: Strong)",
        seen="2026",
        strike=_given_just_now,
        mend=_half_a_minute_later,
    ),
    FailureMode(
        name="dataverse.role_lacks_privilege",
        step=_STEP,
        title="The role holds no privilege on cases.",
        symptom=_LACKING,
        causes=("a role of the customer's own, made for another integration",),
        evidence="microsoft/coe-starter-kit#6827 (complete capture)",
        seen="2023-10",
        strike=lambda scene: only_role(scene, "Contacts only", ("prvReadContact", "prvReadUser", "prvCreateContact")),
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.vendor_role_list",
        step=_STEP,
        title="The role holds exactly what the vendor's page lists, which does not include Read on cases.",
        symptom=_LACKING,
        causes=("the least-privilege list of the vendor's page, taken at its word",),
        evidence="vendor set-up page against its own connect page, whose probe reads incidents",
        seen="2026-11",
        strike=lambda scene: only_role(scene, "OpenCX least privilege", VENDOR_ROLE_LIST),
        mend=enough_rights,
        repairable=True,
    ),
)
