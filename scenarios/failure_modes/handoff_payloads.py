"""Step 9: properties and links that Dataverse does not know."""

from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom
from scenarios.failure_modes.handoff_requests import changed, for_this, mistaken, with_properties
from scenarios.failure_modes.scene import Scene

_STEP = SetupStep.HANDOFF
_PAYLOAD = Symptom("handoff", 400, "0x80048d19")
_CLIENT = "SupportArticles-docs web-api-client-errors.md and live notes of the newer prefix"
_NOBODY = "0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9"


def _some_queue(scene: Scene) -> str:
    return scene.tenant.organisation.insert("queue", {"name": "Support"})


HANDOFF_PAYLOADS: tuple[FailureMode, ...] = (
    FailureMode(
        name="dataverse.queueid_on_incident",
        step=_STEP,
        title="A default queue is bound on the incident, which has no such lookup.",
        symptom=_PAYLOAD,
        causes=("default_queue_id is set, and the vendor binds it on the row itself",),
        evidence="incident has no queueid in Microsoft's table reference nor in classes generated online; the text by"
        " analogy with the documented parentcustomerid",
        seen="2026-11",
        handoff=for_this(lambda scene: {"queue_id": _some_queue(scene)}),
    ),
    FailureMode(
        name="dataverse.customer_bind_without_type",
        step=_STEP,
        title="The customer is bound as customerid, without saying whether it is a contact or an account.",
        symptom=_PAYLOAD,
        causes=("the lookup's logical name was taken for its navigation property",),
        evidence="SupportArticles-docs web-api-client-errors.md (parentcustomerid, by exact analogy)",
        seen="2026",
        handoff=mistaken(customer_bind="customerid"),
    ),
    FailureMode(
        name="dataverse.lookup_mistyped",
        step=_STEP,
        title="A lookup is bound by a name that is not its navigation property.",
        symptom=_PAYLOAD,
        causes=("names are case-sensitive, and a custom lookup's is often its schema name",),
        evidence=_CLIENT,
        seen="2026",
        handoff=for_this(
            lambda scene: {
                "properties": {"OwnerId@odata.bind": f"/systemusers({scene.tenant.organisation.system_user})"}
            }
        ),
    ),
    FailureMode(
        name="dataverse.bind_set_misnamed",
        step=_STEP,
        title="A link names a table instead of its set.",
        symptom=Symptom("handoff", 400, "0x80060888"),
        causes=("/contact(…) for /contacts(…)",),
        evidence="a recorded answer to account(test) (ODataUnrecognizedPathException)",
        seen="2024-05",
        handoff=with_properties({"primarycontactid@odata.bind": f"/contact({_NOBODY})"}),
    ),
    FailureMode(
        name="dataverse.id_malformed",
        step=_STEP,
        title="A link holds something that is no id.",
        symptom=Symptom("handoff", 400, "0x80060888"),
        causes=("default_owner_id was given as an e-mail address or a name",),
        evidence="the OData library's own text; status by analogy",
        seen="2026",
        handoff=changed(owner_id="jane.doe@example.com"),
    ),
    FailureMode(
        name="dataverse.property_unknown",
        step=_STEP,
        title="ticket_properties names a column that incidents do not have.",
        symptom=_PAYLOAD,
        causes=("the column exists in the sandbox only", "its prefix was left out", "its display name was used"),
        evidence=_CLIENT,
        seen="2026",
        handoff=with_properties({"new_customertier": "gold"}),
    ),
    FailureMode(
        name="dataverse.property_miscased",
        step=_STEP,
        title="ticket_properties names a column in the wrong case.",
        symptom=_PAYLOAD,
        causes=("the schema name, such as PriorityCode, was taken for the logical one",),
        evidence=_CLIENT,
        seen="2026",
        handoff=with_properties({"CaseOriginCode": 2}),
    ),
    FailureMode(
        name="dataverse.lookup_as_value",
        step=_STEP,
        title="ticket_properties sets a lookup as if it were a text.",
        symptom=_PAYLOAD,
        causes=("an id was given for a lookup, without @odata.bind",),
        evidence="the OData library's own text",
        seen="2026",
        handoff=with_properties({"primarycontactid": _NOBODY}),
    ),
    FailureMode(
        name="dataverse.filter_property_unknown",
        step=_STEP,
        title="The customer is looked up by a column that contacts do not have.",
        symptom=Symptom("handoff", 400, "0x80060888"),
        causes=("email for emailaddress1",),
        evidence="live notes; 0x0 in SupportArticles-docs web-api-client-errors.md (quirk unknown_property_code)",
        seen="2026",
        handoff=mistaken(email_column="email"),
    ),
    FailureMode(
        name="dataverse.payload_unreadable",
        step=_STEP,
        title="The incident is not sent as a JSON object.",
        symptom=_PAYLOAD,
        causes=("a body that was encoded twice",),
        evidence="the OData library's own text; code by analogy",
        seen="2026",
        handoff=mistaken(body='{"title": "encoded twice"}'),
    ),
    FailureMode(
        name="dataverse.live_work_item_misnamed",
        step=_STEP,
        title="The live work item is sent to oc_liveworkitems, which no environment has.",
        symptom=Symptom("handoff", 404, "0x80060888"),
        causes=("the vendor's own documentation names it so",),
        evidence="the vendor's conversations page against Microsoft's table reference, msdyn_ocliveworkitem",
        seen="2026-11",
        handoff=mistaken(channel="web", conversation_set="oc_liveworkitems"),
    ),
)
