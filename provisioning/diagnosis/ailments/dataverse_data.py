"""Dataverse refuses what a handoff writes: tables, properties, links, values, twins."""

from typing import Final

from provisioning.diagnosis.ailments.ailment import Ailment
from provisioning.problems import DYNAMICS_ADMIN, VENDOR

DATAVERSE_DATA: Final = (
    Ailment(
        "dataverse.table_missing",
        "dataverse.table_missing",
        DYNAMICS_ADMIN,
        "install Dynamics 365 Customer Service in the environment, or name the environment that has it",
    ),
    Ailment(
        "dataverse.omnichannel_missing",
        "dataverse.table_missing",
        DYNAMICS_ADMIN,
        "provision Omnichannel for Customer Service in the environment, or hand chats off as phone or email",
    ),
    Ailment(
        "dataverse.live_work_item_misnamed",
        "dataverse.table_missing",
        VENDOR,
        "name the set msdyn_ocliveworkitems: there is no table oc_liveworkitem",
    ),
    Ailment(
        "dataverse.property_unknown",
        "dataverse.bad_payload_property",
        VENDOR,
        "take the property out of ticket_properties, or name the column as the environment does (with its prefix)",
    ),
    Ailment(
        "dataverse.property_miscased",
        "dataverse.bad_payload_property",
        VENDOR,
        "write the property in lower case, by its logical name: names are case-sensitive",
    ),
    Ailment(
        "dataverse.lookup_as_value",
        "dataverse.bad_bind",
        VENDOR,
        "set a lookup as <navigation property>@odata.bind with /set(id), not as a plain value",
    ),
    Ailment(
        "dataverse.filter_property_unknown",
        "dataverse.bad_payload_property",
        VENDOR,
        "name the column in the query by its logical name, such as emailaddress1",
    ),
    Ailment(
        "dataverse.payload_unreadable",
        "dataverse.bad_payload_property",
        VENDOR,
        "send one valid JSON object with Content-Type: application/json",
    ),
    Ailment(
        "dataverse.queueid_on_incident",
        "dataverse.bad_bind",
        VENDOR,
        "leave queueid@odata.bind out: an incident has no such lookup; add it to the queue with AddToQueue",
    ),
    Ailment(
        "dataverse.customer_bind_without_type",
        "dataverse.bad_bind",
        VENDOR,
        "write customerid_contact@odata.bind or customerid_account@odata.bind instead of customerid@odata.bind",
    ),
    Ailment(
        "dataverse.lookup_mistyped",
        "dataverse.bad_bind",
        VENDOR,
        "bind the lookup by its navigation property as the environment's $metadata spells it, letter by letter",
    ),
    Ailment(
        "dataverse.bind_set_misnamed",
        "dataverse.bad_bind",
        VENDOR,
        "name the set in the link by its plural, such as /contacts(<id>)",
    ),
    Ailment(
        "dataverse.id_malformed",
        "dataverse.bad_bind",
        VENDOR,
        "write the id in the link as a bare GUID, without quotes: /systemusers(<GUID>)",
    ),
    Ailment(
        "dataverse.incident_without_customer",
        "dataverse.bad_value",
        VENDOR,
        "link a contact or an account: a case cannot be without a customer, so ask for an e-mail address first",
    ),
    Ailment(
        "dataverse.two_customers",
        "dataverse.bad_value",
        VENDOR,
        "link either a contact or an account as the case's customer, not both",
    ),
    Ailment(
        "dataverse.customer_inactive",
        "dataverse.bad_value",
        DYNAMICS_ADMIN,
        "activate the contact that the case is for, or let the look-up skip inactive contacts",
    ),
    Ailment(
        "dataverse.priority_out_of_range",
        "dataverse.bad_value",
        VENDOR,
        "set default_priority to 1 (high), 2 (normal) or 3 (low), unless the environment has more options",
    ),
    Ailment(
        "dataverse.option_out_of_range",
        "dataverse.bad_value",
        VENDOR,
        "send one of the option values that the column has in this environment",
    ),
    Ailment(
        "dataverse.label_for_option",
        "dataverse.bad_value",
        VENDOR,
        "send the option's number, not its label",
    ),
    Ailment(
        "dataverse.text_too_long",
        "dataverse.bad_value",
        VENDOR,
        "shorten the text to the column's length and attach the rest as a note, or lengthen the column",
    ),
    Ailment(
        "dataverse.date_malformed",
        "dataverse.bad_value",
        VENDOR,
        "send dates as ISO 8601, such as 2026-03-01T12:00:00Z (a date-only column takes 2026-03-01)",
    ),
    Ailment(
        "dataverse.number_as_text",
        "dataverse.bad_value",
        VENDOR,
        "send the value in the column's own JSON type: numbers and true or false without quotes",
    ),
    Ailment(
        "dataverse.number_out_of_range",
        "dataverse.bad_value",
        VENDOR,
        "send a number between the least and the greatest that the column allows",
    ),
    Ailment(
        "dataverse.status_mismatched",
        "dataverse.bad_value",
        VENDOR,
        "send a statuscode that belongs to the statecode sent with it, or neither",
    ),
    Ailment(
        "dataverse.apostrophe_in_filter",
        "dataverse.bad_value",
        VENDOR,
        "double each apostrophe in the filter's text: emailaddress1 eq 'o''brien@contoso.com'",
    ),
    Ailment(
        "dataverse.payload_too_large",
        "dataverse.bad_value",
        VENDOR,
        "send less at once: attach a long transcript as a file, or split it",
    ),
    Ailment(
        "dataverse.record_unknown",
        "dataverse.not_found",
        VENDOR,
        "the row does not exist in this environment (deleted, or an id from another): look it up again",
    ),
    Ailment(
        "dataverse.owner_unknown",
        "dataverse.not_found",
        VENDOR,
        "set default_owner_id to a user of this environment: copy systemuserid, not the Entra object id",
    ),
    Ailment(
        "dataverse.queue_unknown",
        "dataverse.not_found",
        VENDOR,
        "set default_queue_id to a queue of this environment",
    ),
    Ailment(
        "dataverse.duplicate_detected",
        "dataverse.duplicate",
        VENDOR,
        "link the row that exists already, or send MSCRM.SuppressDuplicateDetection: true",
    ),
    Ailment(
        "dataverse.key_taken",
        "dataverse.duplicate",
        VENDOR,
        "a row with the same alternate key exists: look it up by the key and use it, or upsert",
    ),
    Ailment(
        "dataverse.record_exists",
        "dataverse.duplicate",
        VENDOR,
        "a row with this id exists already: an earlier try went through; read it instead of creating it again",
    ),
    Ailment(
        "dataverse.already_in_queue",
        "dataverse.duplicate",
        VENDOR,
        "the case is in a queue already, perhaps by a routing rule: move its queue item instead of adding another",
    ),
    Ailment(
        "dataverse.queue_inactive",
        "dataverse.bad_value",
        DYNAMICS_ADMIN,
        "activate the queue, or set another default_queue_id",
    ),
    Ailment(
        "dataverse.case_closed",
        "dataverse.bad_value",
        VENDOR,
        "the case is resolved or cancelled: reopen it, or create a new one",
    ),
    Ailment(
        "dataverse.plugin_refused",
        "other",
        DYNAMICS_ADMIN,
        "a plug-in or workflow of the environment's own refused the row: its author's text says why",
    ),
)
