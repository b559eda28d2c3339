"""Step 9: Test & Save passes, and a right is missing all the same."""

from collections.abc import Callable
from dataclasses import replace

from provisioning.conversation import Handoff
from provisioning.handoff import privileges_to_grant
from provisioning.settings import CHANNELS, Integration
from scenarios.failure_modes.application_user import user_row
from scenarios.failure_modes.entry import FailureMode, SetupStep, Strike, Symptom
from scenarios.failure_modes.handoff_requests import USUAL, as_usual, by_chat, for_this
from scenarios.failure_modes.scene import Scene
from scenarios.failure_modes.security_role import enough_rights, only_role

_STEP = SetupStep.HANDOFF
_LACKING = Symptom("handoff", 403, "0x80040220")
_CAPTURE = "microsoft/coe-starter-kit#6827 (complete capture, for another table)"


def _all_but(*privileges: str) -> Strike:
    """A role with everything that handoffs need, these left out."""

    def strike(scene: Scene) -> Integration:
        return only_role(scene, "OpenCX handoff", privileges_to_grant(CHANNELS) - set(privileges))

    return strike


def _shallow(scene: Scene) -> Integration:
    """Everything the user's own alone: other people's contacts are not seen."""
    scene.tenant.organisation.insert(
        "contact", {"firstname": "Ada", "lastname": "Lovelace", "emailaddress1": USUAL.email}
    )
    only_role(scene, "OpenCX handoff", privileges_to_grant(CHANNELS))
    _at_depth(scene, "Basic", "prvReadContact")
    return scene.integration


def _at_depth(scene: Scene, depth: str, *names: str) -> None:
    organisation = scene.tenant.organisation
    role = organisation.role_named("OpenCX handoff")
    if role is None:
        raise LookupError("the role was not made")
    organisation.set_privileges(
        role["roleid"], {**dict.fromkeys(privileges_to_grant(CHANNELS), "Global"), **dict.fromkeys(names, depth)}
    )


def _appending_to_own(scene: Scene) -> Integration:
    """Contacts of others are found, and may not be linked to."""
    _shallow(scene)
    _at_depth(scene, "Basic", "prvAppendToContact")
    return scene.integration


def _person(scene: Scene) -> str:
    """A person of this environment without any role; the systemuserid."""
    organisation, tenant = scene.tenant.organisation, scene.tenant
    name = f"jane@{tenant.domain}"
    person = tenant.directory.user(user_principal_name=name)
    person = person or tenant.directory.add_user(name, "Jane Doe", tenant.chance.secret())
    row = organisation.user_of(person.id)
    if row is not None:
        return str(row["systemuserid"])
    return organisation.add_user(object_id=person.id, user_principal_name=name, first_name="Jane", last_name="Doe")


def _owned_by(find: Callable[[Scene], str]) -> Callable[[Scene], Handoff]:
    return lambda scene: replace(USUAL, owner_id=find(scene))


def _emails_secured(scene: Scene) -> Integration:
    """Column security is on for the contact's e-mail address."""
    organisation = scene.tenant.organisation
    contact = organisation.schema.table("contact")
    secured = replace(contact.columns["emailaddress1"], secured=True)
    organisation.define(replace(contact, columns={**contact.columns, "emailaddress1": secured}))
    return scene.integration


def _profile_given(scene: Scene) -> Integration:
    """The application user gets a column security profile that opens the column."""
    organisation = scene.tenant.organisation
    profile = organisation.insert("fieldsecurityprofile", {"name": "OpenCX"})
    organisation.insert(
        "fieldpermission",
        {
            "fieldsecurityprofileid": profile,
            "entityname": "contact",
            "attributelogicalname": "emailaddress1",
            **dict.fromkeys(("canread", "cancreate", "canupdate"), 4),
        },
    )
    user = user_row(scene)["systemuserid"]
    organisation.insert("systemuserprofiles", {"systemuserid": user, "fieldsecurityprofileid": profile})
    return scene.integration


def _some_queue(scene: Scene) -> dict[str, str]:
    return {"add_to_queue": scene.tenant.organisation.insert("queue", {"name": "Conversations"})}


def _agent(scene: Scene) -> str:
    """A person who may own cases."""
    user = _person(scene)
    organisation = scene.tenant.organisation
    role = organisation.role_named("System Administrator")
    if role is not None and not organisation.roles_of(user):
        organisation.assign_role(user, role["roleid"])
    return user


HANDOFF_RIGHTS: tuple[FailureMode, ...] = (
    FailureMode(
        name="dataverse.cannot_read_contacts",
        step=_STEP,
        title="The role cannot read contacts.",
        symptom=_LACKING,
        causes=("a role made for cases alone",),
        evidence=_CAPTURE,
        seen="2023-10",
        strike=_all_but("prvReadContact"),
        handoff=as_usual,
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.cannot_create_contacts",
        step=_STEP,
        title="The role cannot create contacts, and the customer is unknown.",
        symptom=_LACKING,
        causes=("the vendor's least-privilege list has Read on Contact only",),
        evidence=_CAPTURE,
        seen="2023-10",
        strike=_all_but("prvCreateContact"),
        handoff=as_usual,
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.cannot_create_incidents",
        step=_STEP,
        title="The role can read cases and cannot create them.",
        symptom=_LACKING,
        causes=("a reader's role: Test & Save only reads",),
        evidence=f"{_CAPTURE}; vendor troubleshooting page (403 on incident create)",
        seen="2026-11",
        strike=_all_but("prvCreateIncident"),
        handoff=as_usual,
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.cannot_append_incidents",
        step=_STEP,
        title="The role lacks Append on cases, which linking the customer needs.",
        symptom=_LACKING,
        causes=("Append and Append To are easily mixed up: linking needs one on each side",),
        evidence=f"{_CAPTURE}; powerapps-docs on Append and Append To",
        seen="2023-10",
        strike=_all_but("prvAppendIncident"),
        handoff=as_usual,
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.cannot_append_to_contacts",
        step=_STEP,
        title="The role lacks Append To on contacts, which linking the customer needs.",
        symptom=_LACKING,
        causes=("the vendor's least-privilege list has Read on Contact only",),
        evidence=f"{_CAPTURE}; powerapps-docs on Append and Append To",
        seen="2023-10",
        strike=_all_but("prvAppendToContact"),
        handoff=as_usual,
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.cannot_create_notes",
        step=_STEP,
        title="The case is made, and the role cannot attach the transcript to it.",
        symptom=_LACKING,
        causes=("notes have privileges of their own",),
        evidence=_CAPTURE,
        seen="2023-10",
        strike=_all_but("prvCreateNote"),
        handoff=as_usual,
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.cannot_assign_incidents",
        step=_STEP,
        title="A default owner is set, and the role cannot assign cases.",
        symptom=_LACKING,
        causes=("Assign is on no vendor's list, and whoever creates a row for another needs it",),
        evidence=f"{_CAPTURE}; power-platform how-record-access-determined",
        seen="2023-10",
        strike=_all_but("prvAssignIncident"),
        handoff=_owned_by(_agent),
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.owner_cannot_read",
        step=_STEP,
        title="The default owner has no role that reads cases.",
        symptom=Symptom("handoff", 403, "0x80042f09"),
        causes=("the owner left the team", "a queue's or a service's user was set as owner"),
        evidence="the recorded prefix Read Privilege Check For Owner failed, before the sentence for no role",
        seen="2026",
        handoff=_owned_by(_person),
        mend=lambda scene: (_agent(scene), scene.integration)[1],
    ),
    FailureMode(
        name="dataverse.cannot_create_conversations",
        step=_STEP,
        title="A chat is handed off, and the role cannot create activities.",
        symptom=_LACKING,
        causes=("a live work item is an activity; it has no privilege of its own that one could find by name",),
        evidence="a recorded 403 for prvCreateActivity on another activity's table",
        seen="2026",
        strike=_all_but("prvCreateActivity"),
        handoff=by_chat,
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.depth_too_small",
        step=_STEP,
        title="The role may link to its own contacts only, and the customer's contact is somebody else's.",
        symptom=Symptom("handoff", 403, "0x80048306"),
        causes=("privileges at User or Business Unit level",),
        evidence="a recorded 403 with AppendToAccess on a Contact",
        seen="2026",
        strike=_appending_to_own,
        handoff=as_usual,
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.contacts_unseen",
        step=_STEP,
        title="The role sees its own contacts only, so the known customer is not found and is made again.",
        symptom=Symptom("handoff", None),
        causes=("Read on Contact at User level: a list then is empty, and nothing is refused",),
        evidence="power-platform security-roles-privileges (levels); lists are filtered and never refused",
        seen="2026",
        strike=_shallow,
        handoff=as_usual,
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.cannot_add_to_queue",
        step=_STEP,
        title="The role may not put cases into queues.",
        symptom=_LACKING,
        causes=("a queue was set after the role had been made",),
        evidence="powerapps-docs security-prerequisites-messages (AddToQueue); the refusal is that of any privilege",
        seen="2026",
        strike=_all_but("prvAppendToQueue"),
        handoff=for_this(_some_queue),
        mend=enough_rights,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.column_secured",
        step=_STEP,
        title="The contact's e-mail address is a secured column, and no profile lets the integration write it.",
        symptom=Symptom("handoff", 400, "0x8004f506"),
        causes=("the customer protects personal data by column security", "the profile was given to people alone"),
        evidence="Dataverse web-service-error-codes; powerapps-docs column-level-security.md",
        seen="2026",
        strike=_emails_secured,
        handoff=as_usual,
        mend=_profile_given,
    ),
    FailureMode(
        name="dataverse.impersonation_forbidden",
        step=_STEP,
        title="The client acts in another user's name without the right to.",
        symptom=Symptom("handoff", 403, "0x8004a110"),
        causes=("MSCRMCallerID is sent to show who handed off",),
        evidence="Dataverse web-service-error-codes; powerapps-docs impersonate-another-user-web-api.md",
        seen="2026",
        handoff=lambda scene: replace(USUAL, headers={"MSCRMCallerID": _agent(scene)}),
    ),
)
