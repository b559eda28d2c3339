"""Step 9: values that Dataverse does not take."""

from datetime import UTC, datetime

from provisioning.conversation import Line, Mistakes
from provisioning.settings import Integration
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom
from scenarios.failure_modes.handoff_requests import USUAL, as_usual, changed, for_this, with_properties
from scenarios.failure_modes.scene import Scene

_STEP = SetupStep.HANDOFF
_PAYLOAD = Symptom("handoff", 400, "0x80048d19")
_OPTION = Symptom("handoff", 400, "0x8004431a")
_CODES = "Dataverse web-service-error-codes"
_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_LONG = tuple(Line(_NOON, "Ada Lovelace", "It was sent twice, and I paid it twice. " * 3) for _ in range(30))


def _inactive_contact(scene: Scene) -> Integration:
    scene.tenant.organisation.insert(
        "contact",
        {"firstname": "Ada", "lastname": "Lovelace", "emailaddress1": USUAL.email, "statecode": 1, "statuscode": 2},
    )
    return scene.integration


def _contact_activated(scene: Scene) -> Integration:
    for contact in scene.tenant.organisation.select("contact", emailaddress1=USUAL.email):
        scene.tenant.organisation.update("contact", contact["contactid"], {"statecode": 0, "statuscode": 1})
    return scene.integration


def _everything_allowed(scene: Scene) -> Integration:
    """With System Administrator, so that the customer's account may be linked at all."""
    organisation = scene.tenant.organisation
    user = organisation.application_user(scene.integration.client_id)
    role = organisation.role_named("System Administrator")
    if user is None or role is None:
        raise LookupError(f"no application user, or no System Administrator, in {organisation.host}")
    organisation.assign_role(user["systemuserid"], role["roleid"])
    return scene.integration


def _and_an_account(scene: Scene) -> dict[str, object]:
    account = scene.tenant.organisation.insert("account", {"name": "Analytical Engines"})
    return {"properties": {"customerid_account@odata.bind": f"/accounts({account})"}}


HANDOFF_VALUES: tuple[FailureMode, ...] = (
    FailureMode(
        name="dataverse.incident_without_customer",
        step=_STEP,
        title="The customer gave no e-mail address, and so the case has no customer.",
        symptom=Symptom("handoff", 400, "0x80044410"),
        causes=("an anonymous call or mail; the vendor then sends the case without a customer",),
        evidence=_CODES,
        seen="2026",
        handoff=changed(name="", email="", phone=""),
    ),
    FailureMode(
        name="dataverse.two_customers",
        step=_STEP,
        title="The case is linked to a contact and to an account as its customer.",
        symptom=Symptom("handoff", 400, "0x8004440f"),
        causes=("ticket_properties links an account, and the vendor links the contact",),
        evidence=f"{_CODES}; that it is met through the Web API is inferred",
        seen="2026",
        strike=_everything_allowed,
        handoff=for_this(_and_an_account),
    ),
    FailureMode(
        name="dataverse.customer_inactive",
        step=_STEP,
        title="The contact that the customer is known as is inactive.",
        symptom=Symptom("handoff", 400, "0x80040517"),
        causes=("the contact was deactivated in a clean-up, and the look-up finds it all the same",),
        evidence=_CODES,
        seen="2026",
        strike=_inactive_contact,
        handoff=as_usual,
        mend=_contact_activated,
    ),
    FailureMode(
        name="dataverse.priority_out_of_range",
        step=_STEP,
        title="default_priority is 4, and cases have priorities 1 to 3.",
        symptom=_OPTION,
        causes=("the vendor's setting takes 1 to 4; a stock environment has High, Normal and Low",),
        evidence=f"{_CODES} (code, status); the sentence inferred",
        seen="2026",
        handoff=changed(priority=4),
    ),
    FailureMode(
        name="dataverse.option_out_of_range",
        step=_STEP,
        title="ticket_properties holds an option value that the column does not have.",
        symptom=_OPTION,
        causes=("the option exists in the sandbox only", "a value of another column's"),
        evidence=f"{_CODES} (code, status); the sentence inferred",
        seen="2026",
        handoff=with_properties({"caseorigincode": 100000007}),
    ),
    FailureMode(
        name="dataverse.label_for_option",
        step=_STEP,
        title="ticket_properties holds an option's label instead of its value.",
        symptom=_PAYLOAD,
        causes=("labels are what people see in Dynamics",),
        evidence="a recorded answer to 'Charity' for an Edm.Int32",
        seen="2024",
        handoff=with_properties({"caseorigincode": "Email"}),
    ),
    FailureMode(
        name="dataverse.text_too_long",
        step=_STEP,
        title="The transcript is longer than an incident's description may be.",
        symptom=Symptom("handoff", 400, "0x80044331"),
        causes=("a long conversation: the vendor writes the whole transcript into the description",),
        evidence="powerapps-docs execute-batch-operations-using-web-api.md (text)",
        seen="2026",
        handoff=changed(transcript=_LONG),
    ),
    FailureMode(
        name="dataverse.date_malformed",
        step=_STEP,
        title="ticket_properties holds a date in another form than ISO 8601.",
        symptom=_PAYLOAD,
        causes=("a date as people write it, 01/03/2026",),
        evidence="the OData library's own text, as recorded for numbers",
        seen="2026",
        handoff=with_properties({"followupby": "01/03/2026"}),
    ),
    FailureMode(
        name="dataverse.number_as_text",
        step=_STEP,
        title="ticket_properties holds yes where the column wants true.",
        symptom=_PAYLOAD,
        causes=("a form that knows texts alone",),
        evidence="the OData library's own text, as recorded for numbers",
        seen="2026",
        handoff=with_properties({"isescalated": "yes"}),
    ),
    FailureMode(
        name="dataverse.number_out_of_range",
        step=_STEP,
        title="ticket_properties holds a number outside the column's range.",
        symptom=Symptom("handoff", 400, "0x8004432f"),
        causes=("a negative count", "seconds where the column counts minutes"),
        evidence=_CODES,
        seen="2026",
        handoff=with_properties({"billedserviceunits": -5}),
    ),
    FailureMode(
        name="dataverse.status_mismatched",
        step=_STEP,
        title="ticket_properties sets a status reason that belongs to another status.",
        symptom=Symptom("handoff", 400, "0x80048408"),
        causes=("Problem Solved is sent for a case that is being opened",),
        evidence=_CODES,
        seen="2026",
        handoff=with_properties({"statecode": 0, "statuscode": 5}),
    ),
    FailureMode(
        name="dataverse.apostrophe_in_filter",
        step=_STEP,
        title="The customer's e-mail address has an apostrophe, and it is not doubled in the filter.",
        symptom=Symptom("handoff", 400, "0x80060888"),
        causes=("o'brien@…: the address was put between quotes as it is",),
        evidence="the OData library's own text (unterminated literal)",
        seen="2026",
        handoff=changed(email="o'brien@example.com", mistakes=Mistakes(doubles_quotes=False)),
    ),
)
