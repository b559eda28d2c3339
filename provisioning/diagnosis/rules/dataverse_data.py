"""What Dataverse's refusals of a handoff's requests mean: tables, properties, links, values, twins.

Codes after MicrosoftDocs web-service-error-codes; sentences after SupportArticles-docs web-api-client-errors.md and
Microsoft's own OData library. Read 2026-11.
"""

from typing import Final

from provisioning.diagnosis.rules.rule import DATAVERSE, ENVIRONMENT, HANDOFF, READ, Rule, rivals, traits, words

_SEGMENT: Final = frozenset({"0x80060888", "0x8006088a"})
_PAYLOAD: Final = frozenset({"0x80048d19", "0x0"})
_QUERY: Final = frozenset({"0x80060888", "0x0"})
_NOT_FOUND: Final = frozenset({404})
_UNDECLARED: Final = "undeclared property '"
_OPTION: Final = frozenset({"0x8004431a"})
_ABSENT: Final = frozenset({"0x80040217", "0x80060891"})

_TABLE_RULES: Final = (
    Rule(
        "dataverse.table_missing",
        "certain",
        READ,
        _SEGMENT,
        statuses=_NOT_FOUND,
        unless=traits("url_has_path", "url_trailing_slash"),
    ),
    Rule(
        "dataverse.live_work_item_misnamed",
        "certain",
        HANDOFF,
        _SEGMENT,
        statuses=_NOT_FOUND,
        words=words("segment 'oc_liveworkitems?'"),
    ),
    Rule(
        "dataverse.omnichannel_missing",
        "certain",
        HANDOFF,
        _SEGMENT,
        statuses=_NOT_FOUND,
        words=words("segment 'msdyn_oc"),
    ),
    Rule(
        "dataverse.table_missing", "likely", HANDOFF, _SEGMENT, statuses=_NOT_FOUND, words=words("segment 'incidents'")
    ),
    Rule("dataverse.table_missing", "possible", HANDOFF, _SEGMENT, statuses=_NOT_FOUND),
)

_PAYLOAD_RULES: Final = (
    Rule("dataverse.queueid_on_incident", "certain", HANDOFF, _PAYLOAD, words=words(f"{_UNDECLARED}queueid'")),
    Rule(
        "dataverse.customer_bind_without_type", "certain", HANDOFF, _PAYLOAD, words=words(f"{_UNDECLARED}customerid'")
    ),
    Rule(
        "dataverse.lookup_mistyped",
        "certain",
        HANDOFF,
        _PAYLOAD,
        words=words(f"{_UNDECLARED}(?!queueid'|customerid')"),
    ),
    Rule("dataverse.bind_set_misnamed", "certain", HANDOFF, _QUERY, words=words("ODataUnrecognizedPathException")),
    Rule("dataverse.id_malformed", "likely", HANDOFF, _QUERY, words=words("Bad Request - Error in query syntax")),
    Rule(
        "dataverse.property_miscased",
        "likely",
        HANDOFF,
        _PAYLOAD,
        words=words("(?-i:Invalid property '[^']*[A-Z][^']*' was found)"),
    ),
    Rule("dataverse.property_unknown", "possible", HANDOFF, _PAYLOAD, words=words("Invalid property '")),
    Rule(
        "dataverse.property_unknown",
        "certain",
        HANDOFF,
        _PAYLOAD,
        words=words("(?-i:Invalid property '[^'A-Z]+' was found)"),
    ),
    Rule(
        "dataverse.lookup_as_value",
        "certain",
        HANDOFF,
        _PAYLOAD,
        words=words("'PrimitiveValue' node with non-null value was found"),
    ),
    Rule(
        "dataverse.filter_property_unknown",
        "certain",
        DATAVERSE,
        _QUERY,
        words=words("Could not find a property named"),
    ),
    Rule("dataverse.payload_unreadable", "certain", HANDOFF, _PAYLOAD, words=words("Invalid JSON")),
    Rule("dataverse.apostrophe_in_filter", "likely", HANDOFF, _QUERY, words=words("unterminated (?:string )?literal")),
)

_VALUE_RULES: Final = (
    Rule("dataverse.incident_without_customer", "certain", HANDOFF, frozenset({"0x80044410"})),
    Rule("dataverse.two_customers", "certain", HANDOFF, frozenset({"0x8004440f"})),
    Rule("dataverse.customer_inactive", "certain", HANDOFF, frozenset({"0x80040517"})),
    Rule("dataverse.priority_out_of_range", "certain", HANDOFF, _OPTION, words=words("'prioritycode'")),
    Rule(
        "dataverse.option_out_of_range",
        "certain",
        HANDOFF,
        _OPTION,
        words=words("^(?!.*'prioritycode')"),
    ),
    Rule("dataverse.text_too_long", "certain", HANDOFF, frozenset({"0x80044331"})),
    Rule(
        "dataverse.label_for_option",
        "likely",
        HANDOFF,
        _PAYLOAD,
        words=words("literal '[^']*[^0-9'][^']*' to the expected type 'Edm.Int32'"),
    ),
    Rule(
        "dataverse.date_malformed",
        "certain",
        HANDOFF,
        _PAYLOAD | {"0x80040239"},
        words=words("expected type 'Edm.Date|date-time format is invalid"),
    ),
    Rule(
        "dataverse.number_as_text",
        "likely",
        HANDOFF,
        _PAYLOAD,
        words=words("expected type 'Edm.(?!Date|Int32)"),
    ),
    Rule("dataverse.number_as_text", "possible", HANDOFF, _PAYLOAD, words=words("Cannot convert the literal")),
    Rule("dataverse.number_out_of_range", "certain", HANDOFF, frozenset({"0x8004432f", "0x80044330"})),
    Rule("dataverse.status_mismatched", "certain", HANDOFF, frozenset({"0x80048408"})),
    Rule("dataverse.payload_too_large", "certain", HANDOFF, frozenset({"0x8004418a"})),
    Rule("dataverse.payload_too_large", "likely", HANDOFF, statuses=frozenset({413})),
    Rule("dataverse.case_closed", "certain", HANDOFF, frozenset({"0x80044411"})),
    Rule("dataverse.plugin_refused", "certain", HANDOFF, frozenset({"0x80040265", "0x80040224"})),
)

_ROW_RULES: Final = (
    Rule("dataverse.owner_unknown", "certain", HANDOFF, _ABSENT, words=words("'SystemUser'|systemuser With Id")),
    Rule("dataverse.queue_unknown", "certain", HANDOFF, _ABSENT, words=words("'Queue'|^queue With Id")),
    Rule("dataverse.record_unknown", "certain", HANDOFF, _ABSENT, words=words("^(?!.*('SystemUser'|'Queue'))")),
    Rule("dataverse.record_unknown", "likely", ENVIRONMENT - HANDOFF, _ABSENT),
    Rule("dataverse.queue_inactive", "certain", HANDOFF, frozenset({"0x80040521"})),
    Rule("dataverse.already_in_queue", "certain", HANDOFF, frozenset({"0x80040526"})),
    Rule("dataverse.duplicate_detected", "certain", HANDOFF, frozenset({"0x80040333"})),
    Rule("dataverse.key_taken", "certain", HANDOFF, frozenset({"0x80060892"})),
    *rivals(HANDOFF, frozenset({"0x80040237"}), "dataverse.record_exists", "dataverse.key_taken"),
)

DATAVERSE_DATA_RULES: Final = (*_TABLE_RULES, *_PAYLOAD_RULES, *_VALUE_RULES, *_ROW_RULES)
