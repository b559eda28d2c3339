"""The path, its keys, the query options and batches. The sentences of Microsoft's OData library share one row."""

from mock_services.dataverse import facts
from mock_services.dataverse.refusals.row import Row

_ODATA = "0x80060888"

NO_ROUTE = Row(404, "", facts.NO_RESOURCE, "[client]; the code is an empty string")
NO_SEGMENT = Row(
    404, _ODATA, facts.NO_SEGMENT, "live notes, many; 0x8006088a in [client]: quirk unknown_segment_code", "2026"
)
NO_PROPERTY = Row(
    400,
    _ODATA,
    "Could not find a property named '{name}' on type '{type}'.",
    "live notes; 0x0 in [client]: quirk unknown_property_code",
    "2026",
)
NOT_A_KEY = Row(400, _ODATA, facts.NOT_A_KEY, "powerapps-docs use-alternate-key-reference-record.md; code by analogy")
BAD_KEY = Row(400, _ODATA, facts.BAD_KEY, "widely met; no recording kept")
SKIP = Row(400, _ODATA, facts.SKIP_REFUSED, "three independent reports")
EXPAND_LIMITED = Row(400, _ODATA, facts.EXPAND_LIMITED, "powerapps-docs webapi/query/join-tables.md")
BIND_UNPARSED = Row(400, _ODATA, facts.BIND_UNPARSED, "recorded", "2024-05")
ENTITY_REFERENCE = Row(400, _ODATA, facts.ENTITY_REFERENCE, "widely quoted; no recording kept")
NO_REFERENCE = Row(400, _ODATA, facts.NO_REFERENCE, "powerapps-docs execute-batch-operations-using-web-api.md")
BATCH_TOO_LONG = Row(400, _ODATA, facts.BATCH_TOO_LONG, "limit: the same page; text and code inferred")
BATCH_URL_TOO_LONG = Row(414, _ODATA, "Request URL Too Long", "limit: powerapps-docs webapi/query/overview.md")
ODATA = Row(
    400,
    _ODATA,
    "{sentence}",
    "the OData library's own sentences about queries and addresses, as Dataverse passes them on: live notes",
    "2026",
)

CONDITIONS_TOO_MANY = Row(
    400,
    "0x8004430c",
    "Number of conditions in query exceeded maximum limit.",
    "[codes]",
    name="TooManyConditionsInQuery",
)
LINKS_TOO_MANY = Row(
    400,
    "0x8004430d",
    "Number of link entities in query exceeded maximum limit.",
    "[codes]",
    name="TooManyLinkEntitiesInQuery",
)
VALUES_TOO_MANY = Row(
    400,
    "0x8004430e",
    "Number of parameters in a condition exceeded maximum limit.",
    "[codes]",
    name="TooManyConditionParametersInQuery",
)
AGGREGATE_TOO_LARGE = Row(
    400,
    "0x8004e023",
    "The maximum record limit is exceeded. Reduce the number of records.",
    "[codes]; XrmHttp expects 400",
    name="AggregateQueryRecordLimitExceeded",
)
NO_ENTITY = Row(
    400, "0x80041102", facts.NO_ENTITY, "code: [codes]; wording partly inferred", name="QueryBuilderNoEntity"
)
NO_ATTRIBUTE = Row(
    400,
    "0x80041103",
    "'{table}' entity doesn't contain attribute with Name = '{column}'{details}",
    "code: [codes]; wording partly inferred",
    name="QueryBuilderNoAttribute",
)
