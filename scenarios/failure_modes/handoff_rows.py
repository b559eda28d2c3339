"""Step 9: rows that are not there, rows that are there already, tables that are not installed."""

from dataclasses import replace

from provisioning.settings import Integration
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom
from scenarios.failure_modes.handoff_requests import USUAL, as_usual, by_chat, changed, for_this
from scenarios.failure_modes.other_environment import add_environment, admit, pasted_url
from scenarios.failure_modes.scene import Scene

_STEP = SetupStep.HANDOFF
_ABSENT = Symptom("handoff", 404, "0x80040217")
_CODES = "Dataverse web-service-error-codes"
_NOBODY = "0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9"


def _without_omnichannel(scene: Scene) -> Integration:
    scene.tenant.organisation.uninstall("omnichannel")
    return scene.integration


def _with_omnichannel(scene: Scene) -> Integration:
    there = add_environment(scene)
    admit(scene, there)
    return pasted_url(scene.integration, there)


def _closed_queue(scene: Scene) -> dict[str, str]:
    return {"add_to_queue": scene.tenant.organisation.insert("queue", {"name": "Old", "statecode": 1, "statuscode": 2})}


def _duplicate_rule(scene: Scene) -> Integration:
    """A published rule: contacts with the same e-mail address are the same customer."""
    organisation = scene.tenant.organisation
    rule = organisation.insert(
        "duplicaterule",
        {
            "name": "Contacts with the same mobile phone",
            "baseentityname": "contact",
            "matchingentityname": "contact",
            "statecode": 1,
            "statuscode": 2,
        },
    )
    organisation.insert(
        "duplicaterulecondition",
        {
            "regardingobjectid": rule,
            "baseattributename": "mobilephone",
            "matchingattributename": "mobilephone",
            "operatorcode": 0,
        },
    )
    organisation.insert("contact", {"firstname": "A.", "lastname": "Lovelace", "mobilephone": USUAL.phone})
    return scene.integration


def _phone_is_a_key(scene: Scene) -> Integration:
    """An alternate key: no two contacts have the same mobile phone. Somebody of the same household has it already."""
    organisation = scene.tenant.organisation
    contact = organisation.schema.table("contact")
    organisation.define(replace(contact, keys={**contact.keys, "contoso_mobilephone": ("mobilephone",)}))
    organisation.insert("contact", {"firstname": "William", "lastname": "Lovelace", "mobilephone": USUAL.phone})
    return scene.integration


def _phone_is_free(scene: Scene) -> Integration:
    """The other contact is the customer: the look-up by e-mail address finds them from now on."""
    organisation = scene.tenant.organisation
    for contact in organisation.select("contact", mobilephone=USUAL.phone):
        organisation.update("contact", contact["contactid"], {"emailaddress1": USUAL.email})
    return scene.integration


def _case(scene: Scene) -> str:
    organisation = scene.tenant.organisation
    contact = organisation.insert("contact", {"lastname": "Hopper"})
    return organisation.insert("incident", {"title": "Earlier", "customerid": contact, "customeridtype": "contact"})


HANDOFF_ROWS: tuple[FailureMode, ...] = (
    FailureMode(
        name="dataverse.owner_unknown",
        step=_STEP,
        title="default_owner_id is no user of this environment.",
        symptom=_ABSENT,
        causes=("the Entra object id was taken for the systemuserid", "the id comes from another environment"),
        evidence="verified live by a public note (404 for a bind to a missing row)",
        seen="2026-10",
        handoff=changed(owner_id=_NOBODY),
    ),
    FailureMode(
        name="dataverse.queue_unknown",
        step=_STEP,
        title="The queue that the case is put into does not exist here.",
        symptom=_ABSENT,
        causes=("the id comes from another environment",),
        evidence=f"verified live by a public note for rows in general; {_CODES}",
        seen="2026-10",
        handoff=changed(add_to_queue=_NOBODY),
    ),
    FailureMode(
        name="dataverse.record_unknown",
        step=_STEP,
        title="ticket_properties links a row that does not exist here.",
        symptom=_ABSENT,
        causes=("the id comes from another environment", "the row was deleted or merged"),
        evidence="verified live by a public note (404 for a bind to a missing row)",
        seen="2026-10",
        handoff=changed(properties={"primarycontactid@odata.bind": f"/contacts({_NOBODY})"}),
    ),
    FailureMode(
        name="dataverse.key_taken",
        step=_STEP,
        title="The customer's phone number is an alternate key of contacts, and another contact has it.",
        symptom=Symptom("handoff", 412, "0x80060892"),
        causes=("a data import made the key", "two people of a household share a number"),
        evidence="a recorded answer with DuplicateAttributes; Dataverse web-service-error-codes",
        seen="2026",
        strike=_phone_is_a_key,
        handoff=as_usual,
        mend=_phone_is_free,
    ),
    FailureMode(
        name="dataverse.queue_inactive",
        step=_STEP,
        title="The queue that the case is put into is inactive.",
        symptom=Symptom("handoff", 400, "0x80040521"),
        causes=("the queue was retired, and default_queue_id was not changed",),
        evidence=_CODES,
        seen="2026",
        handoff=for_this(_closed_queue),
    ),
    FailureMode(
        name="dataverse.record_exists",
        step=_STEP,
        title="The case was made already: an earlier try of the same handoff went through.",
        symptom=Symptom("handoff", 412, "0x80040237"),
        causes=("an answer was lost and the request was sent again with the same id",),
        evidence="powerapps-docs perform-conditional-operations; terraform-provider-power-platform",
        seen="2026",
        handoff=for_this(lambda scene: {"properties": {"incidentid": _case(scene)}}),
    ),
    FailureMode(
        name="dataverse.duplicate_detected",
        step=_STEP,
        title="A duplicate detection rule keeps the contact from being made.",
        symptom=Symptom("handoff", 412, "0x80040333"),
        causes=("the customer exists with another e-mail address, and the client asks for the check",),
        evidence=f"{_CODES}; powerapps-docs detect-duplicate-data-using-web-api.md (the header)",
        seen="2026",
        strike=_duplicate_rule,
        handoff=changed(headers={"MSCRM.SuppressDuplicateDetection": "false"}),
    ),
    FailureMode(
        name="dataverse.omnichannel_missing",
        step=_STEP,
        title="A chat is handed off, and the environment has no Omnichannel.",
        symptom=Symptom("handoff", 404, "0x80060888"),
        causes=("Customer Service Enterprise alone brings no conversations",),
        evidence="unknown entity sets: many live notes; vendor set-up page (Before you start)",
        seen="2026-11",
        strike=_without_omnichannel,
        handoff=by_chat,
        mend=_with_omnichannel,
    ),
)
