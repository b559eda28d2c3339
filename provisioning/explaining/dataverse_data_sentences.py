"""Sentences of Dataverse about what is read and written: tables, properties, links, values, rows."""

from typing import Final

from provisioning.explaining.sentence import HINT, SPECIFIC, WORDS, Sentence, said

_TABLES: Final = (
    said(r"0x80060888\W{1,8}message\W{1,6}not found", "likely", "dataverse.table_missing", weight=WORDS),
    said(
        r"url was not parsed due to an odataunrecognizedpathexception",
        "certain",
        "dataverse.bind_set_misnamed",
        weight=SPECIFIC + 1,
    ),
    said(
        r"resource not found for the segment '?oc_live",
        "certain",
        "dataverse.live_work_item_misnamed",
        weight=SPECIFIC + 1,
    ),
    said(
        r"resource not found for the segment '?msdyn_oc",
        "certain",
        "dataverse.omnichannel_missing",
        weight=SPECIFIC + 1,
    ),
    said(r"resource not found for the segment", "likely", "dataverse.table_missing", place="dataverse"),
    said(
        r"entity with a name = '?[\w]{0,80}'? .{0,80}?was not found in the metadatacache",
        "certain",
        "dataverse.table_missing",
    ),
    said(
        r"could not find an entity with (?:the )?(?:name|specified|object)|entity '?\w{1,80}'? (?:was )?not found in "
        r"(?:the )?metadata|could not find entity",
        "likely",
        "dataverse.table_missing",
        place="dataverse",
    ),
)
_PROPERTIES: Final = (
    said(
        r"invalid object provided in the request|stream was not readable",
        "likely",
        "dataverse.payload_unreadable",
        weight=WORDS,
        place="dataverse",
    ),
    said(
        r"undeclared property '\w{0,20}queueid' which only has",
        "certain",
        "dataverse.queueid_on_incident",
        "dataverse.lookup_mistyped",
        weight=SPECIFIC + 2,
    ),
    said(
        r"undeclared property 'customerid' which only has",
        "certain",
        "dataverse.customer_bind_without_type",
        weight=SPECIFIC + 2,
    ),
    said(
        r"undeclared property .{1,120}?which only has property annotations",
        "certain",
        "dataverse.lookup_mistyped",
        weight=SPECIFIC + 1,
    ),
    said(
        r"invalid property '[^']{1,120}' was found in entity|property '[^']{1,120}' does not exist on type",
        "certain",
        "dataverse.property_unknown",
        place="dataverse",
    ),
    said(r"could not find a property named", "certain", "dataverse.filter_property_unknown", place="dataverse"),
    said(
        r"doesn't contain attribute with name ?=|attribute .{1,80}?was not found in the metadatacache",
        "certain",
        "dataverse.property_unknown",
    ),
    said(r"is an invalid instance annotation name", "certain", "dataverse.property_unknown", place="dataverse"),
    said(r"does not support untyped value in non-open type", "certain", "dataverse.property_unknown"),
    said(r"error identified in payload provided by the user", "likely", "dataverse.payload_unreadable", weight=WORDS),
    said(r"do not support direct update of entity reference properties", "certain", "dataverse.lookup_as_value"),
    said(r"'primitivevalue' node with non-null value was found when", "certain", "dataverse.lookup_as_value"),
    said(
        r"node was found when reading from the json reader|was read from the json reader when trying to read",
        "likely",
        "dataverse.lookup_as_value",
        place="dataverse",
    ),
    said(
        r"crmexception: invalid json|unexpected end of (?:json|input) .{0,60}payload|a json (?:object|value) was",
        "likely",
        "dataverse.payload_unreadable",
        weight=WORDS,
        place="dataverse",
    ),
    said(
        r"navigation property .{0,80}(?:not found|does not exist|invalid)|cannot find a (?:property|navigation)",
        "likely",
        "dataverse.lookup_mistyped",
        weight=WORDS,
        place="dataverse",
    ),
    said(r"bad request - error in query syntax", "likely", "dataverse.id_malformed", "dataverse.apostrophe_in_filter"),
    said(
        r"guid should contain 32 digits|badly formed guid|unrecognized guid format",
        "likely",
        "dataverse.id_malformed",
        weight=WORDS,
        place="dataverse",
    ),
    said(
        r"odata\.bind.{0,120}(?:invalid|error|not valid)|entity reference cannot have an empty",
        "likely",
        "dataverse.lookup_mistyped",
        weight=HINT,
        place="dataverse",
    ),
)
_VALUES: Final = (
    said(
        r"parameter '[^']{1,80}' is null, empty, or white-?space|expected non-empty guid",
        "likely",
        "dataverse.value_refused",
        weight=WORDS,
        place="dataverse",
    ),
    said(r"exceeded the maximum allowed length", "certain", "dataverse.text_too_long", place="dataverse"),
    said(
        r"is outside the valid range|picklist value is out of the range|option set value .{0,60}(?:invalid|not valid)",
        "certain",
        "dataverse.option_out_of_range",
    ),
    said(
        r"provided is outside of the allowed values|value .{1,60}is (?:less|greater|more) than the (?:min|max)",
        "certain",
        "dataverse.number_out_of_range",
        place="dataverse",
    ),
    said(
        r"cannot convert the literal '[^']{0,120}' to the expected type 'edm\.date",
        "certain",
        "dataverse.date_malformed",
        weight=SPECIFIC + 1,
    ),
    said(
        r"cannot convert the literal '[^']{0,120}' to the expected type 'edm\.(?:int|decimal|double|boolean)",
        "certain",
        "dataverse.number_as_text",
        "dataverse.label_for_option",
        weight=SPECIFIC + 1,
    ),
    said(
        r"cannot convert (?:the literal|a (?:primitive )?value)|incorrect attribute value type|invalid attribute value "
        r"type|cannot read the value .{0,80}as a",
        "likely",
        "dataverse.number_as_text",
        place="dataverse",
    ),
    said(
        r"state code is invalid or state code is valid but status code is invalid|is not a valid status code",
        "certain",
        "dataverse.status_mismatched",
    ),
    said(r"you should specify a parent contact or account", "certain", "dataverse.incident_without_customer"),
    said(r"already closed or canceled", "certain", "dataverse.case_closed", place="dataverse"),
    said(
        r"syntax error(?: at position|: .{0,80}(?:position|unterminated))|unterminated (?:string )?literal",
        "likely",
        "dataverse.apostrophe_in_filter",
        weight=WORDS,
        place="dataverse",
    ),
    said(
        r"batch size exceeds the maximum|request entity too large|maximum request length exceeded",
        "likely",
        "dataverse.payload_too_large",
        weight=WORDS,
        place="dataverse",
    ),
    said(
        r"required field .{0,60}missing|a validation error occurred",
        "likely",
        "dataverse.value_refused",
        weight=HINT,
        place="dataverse",
    ),
)
_ROWS: Final = (
    said(
        r"cannot be deleted because (?:it is |of an? )?associat",
        "certain",
        "dataverse.row_in_use",
        place="dataverse",
    ),
    said(r"with ids? ?= ?\S{0,90} ?do(?:es)? not exist", "certain", "dataverse.record_unknown", weight=SPECIFIC - 1),
    said(
        r"requested record was not found or you do not have|record is unavailable",
        "likely",
        "dataverse.record_unknown",
        "dataverse.role_lacks_privilege",
        place="dataverse",
    ),
    said(
        r"isv code aborted the operation|invalidpluginexecutionexception|could not load file or assembly",
        "possible",
        "dataverse.plugin_refused",
        weight=HINT,
        place="dataverse",
    ),
    said(r"record with the specified key values does not exist", "certain", "dataverse.record_unknown"),
    said(
        r"a record with matching (?:key values|applicationid) already exists",
        "certain",
        "dataverse.record_exists",
        weight=SPECIFIC - 1,
    ),
    said(
        r"record with matching (?:key values|applicationid) already exists|cannot insert duplicate key",
        "certain",
        "dataverse.record_exists",
        weight=SPECIFIC - 1,
        place="dataverse",
    ),
    said(
        r"entity key .{0,120}?violated|record with the same value for .{1,80}already exists|"
        r"entity key .{1,120}requires that this set of attributes",
        "certain",
        "dataverse.key_taken",
    ),
    said(r"because a duplicate of the current record", "certain", "dataverse.duplicate_detected"),
    said(r"active queue item already exists", "certain", "dataverse.already_in_queue"),
    said(r"application id ?= ?\S{1,60} that already exists", "certain", "dataverse.user_exists_already"),
    said(
        r"belongs to a different business unit ?=?.{0,60}than the role|"
        r"security role's business unit is not the same as the (?:user|team)'s",
        "certain",
        "dataverse.role_of_another_business_unit",
    ),
    said(r"doesn't match the rowversion property provided", "certain", "dataverse.row_changed"),
)

DATAVERSE_DATA_SENTENCES: Final[tuple[Sentence, ...]] = (*_TABLES, *_PROPERTIES, *_VALUES, *_ROWS)
