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
BATCH_TOO_LONG = Row(
    400,
    _ODATA,
    facts.BATCH_TOO_LONG,
    "GuidoPreite/DRB#3, as Message and ExceptionMessage with no error around them; that operations of change sets count"
    " too: MicrosoftDocs/powerapps-docs#1890; status, code and envelope inferred",
    "2021-11",
)
CHANGE_SET_TOO_LONG = Row(
    400,
    _ODATA,
    facts.CHANGE_SET_TOO_LONG,
    "AleksandrRogov/DynamicsWebApi#71; status, code and envelope inferred",
    "2020-07",
)
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
    "AggregateQueryRecordLimit exceeded. Cannot perform this operation.",
    "powerapps-docs use-fetchxml-aggregation.md, as the platform's own words beside a client's; rappen/FetchXMLBuilder"
    "#1016; XrmHttp expects 400",
    "2024-02",
    name="AggregateQueryRecordLimitExceeded",
)
NO_ENTITY = Row(
    400, "0x80041102", facts.NO_ENTITY, "code: [codes]; wording partly inferred", name="QueryBuilderNoEntity"
)
NO_ATTRIBUTE = Row(
    400,
    "0x80041103",
    facts.NO_QUERIED_ATTRIBUTE,
    "an answer quoted whole in khoait/DCE.PCF#216, and PowerPlatform-DataverseServiceClient#299",
    "2025-02",
    name="QueryBuilderNoAttribute",
)
PAGE_TOO_HIGH = Row(
    400,
    "0x8004430a",
    "Over upper limit of records that can be requested without a paging cookie. A paging cookie is required when"
    " retrieving a high page number.",
    "[codes]; limit: powerapps-docs fetchxml/page-results.md",
    name="OverRetrievalUpperLimitWithoutPagingCookie",
)
NOT_THE_SET = Row(
    400,
    "0x80041128",
    "Entity Name specified in FetchXml does not match the entity name in the EntityExpression",
    "strings of the platform's own library; that code and text belong together is inferred",
    name="QueryBuilderEntitiesDontMatch",
)

# Mistakes in FetchXML. Codes and texts are those of [codes]; which mistake has which is inferred from the texts.
INVALID_XML = Row(400, "0x80040201", "Invalid XML.", "[codes]", name="InvalidXml")
BAD_NODE = Row(
    400, "0x8004111c", "The element node encountered is invalid.", "[codes]", name="QueryBuilderDeserializeInvalidNode"
)
NO_ELEMENT = Row(
    400, "0x80041123", "A required element was not specified.", "[codes]", name="QueryBuilderElementNotFound"
)
NO_REQUIRED_ATTRIBUTE = Row(
    400, "0x8004111e", "A required attribute was not specified.", "[codes]", name="QueryBuilderAttributeNotFound"
)
BAD_VALUE = Row(400, "0x80041108", "Invalid value specified for type.", "[codes]", name="QueryBuilderInvalid_Value")
NOT_ABOVE_ZERO = Row(
    400,
    "0x8004110c",
    "A value greater than zero must be specified.",
    "[codes]",
    name="QueryBuilderValue_GreaterThanZero",
)
BAD_DISTINCT = Row(
    400,
    "0x80041115",
    "The only valid values for distinct attribute are 'true', 'false', '1', and '0'.",
    "[codes]",
    name="QueryBuilderDeserializeInvalidDistinct",
)
BAD_LINK_TYPE = Row(
    400,
    "0x80041117",
    "The only valid values for link-type attribute are 'natural', 'inner','in','exists','matchfirstrowusingcrossapply'"
    " and 'outer'.",
    "[codes]",
    name="QueryBuilderDeserializeInvalidLinkType",
)
BAD_NO_LOCK = Row(
    400,
    "0x80041118",
    "The only valid values for no-lock attribute are 'true', 'false', '1', and '0'.",
    "[codes]",
    name="QueryBuilderDeserializeInvalidNoLock",
)
BAD_DESCENDING = Row(
    400,
    "0x80041119",
    "The only valid values for descending attribute are 'true', 'false', '1', and '0'.",
    "[codes]",
    name="QueryBuilderDeserializeInvalidDescending",
)
BAD_AGGREGATE = Row(
    400,
    "0x8004111a",
    "An error occurred while processing Aggregates in Query",
    "[codes]",
    name="QueryBuilderDeserializeInvalidAggregate",
)
BAD_GROUP_BY = Row(
    400,
    "0x8004112e",
    "The only valid values for groupby attribute are 'true', 'false', '1', and '0'.",
    "[codes]",
    name="QueryBuilderDeserializeInvalidGroupBy",
)
BAD_FILTER_TYPE = Row(
    400,
    "0x80041122",
    "Unsupported filter type. Valid values are 'and', or 'or'.",
    "[codes]",
    name="QueryBuilderInvalidFilterType",
)
BAD_OPERATOR = Row(
    400, "0x80041120", "Unsupported condition operator.", "[codes]", name="QueryBuilderInvalidConditionOperator"
)
BAD_CONDITION = Row(
    400, "0x80041106", "Incorrect filter condition or conditions.", "[codes]", name="QueryBuilderBad_Condition"
)
PAIR_MISMATCH = Row(
    400,
    "0x80041111",
    "AttributeFrom and AttributeTo must be either both specified or both omitted.",
    "[codes]",
    name="QueryBuilderAttributePairMismatch",
)
NO_SUCH_ALIAS = Row(
    400,
    "0x8004110a",
    "The specified alias for the given entity in the condition does not exist.",
    "[codes]",
    name="QueryBuilderAlias_Does_Not_Exist",
)
NO_LINK_FOR_ORDER = Row(
    400,
    "0x80041126",
    "Converting from Query to EntityExpression failed. Link Node for order was not found.",
    "[codes]",
    name="QueryBuilderLinkNodeForOrderNotFound",
)
DUPLICATE_ALIAS = Row(
    400, "0x80041130", "FetchXML should have unique aliases.", "[codes]", name="QueryBuilderDuplicateAlias"
)
AGGREGATE_ALIAS = Row(
    400, "0x80041109", "Invalid alias for aggregate operation.", "[codes]", name="QueryBuilderInvalid_Alias"
)
NOT_AGGREGATED = Row(
    400,
    "0x80041107",
    "Attributes can not be returned when aggregate operation is specified.",
    "[codes]",
    name="QueryBuilderAttribute_With_Aggregate",
)
GROUPED_AND_AGGREGATED = Row(
    400,
    "0x80041137",
    "An attribute can either be an aggregate or a Group By but not both",
    "[codes]",
    name="QueryBuilderAttributeCannotBeGroupByAndAggregate",
)
NOT_SUMMED = Row(
    400,
    "0x8004112f",
    "Aggregate {detail} is not supported for attribute of type {kind}.",
    "[codes]",
    name="QueryBuilderInvalidAggregateAttribute",
)
BAD_DATE_GROUPING = Row(
    400,
    "0x80041135",
    "An invalid value was specified for dategrouping.",
    "[codes]",
    name="QueryBuilderInvalidDateGrouping",
)
ORDER_BY_ATTRIBUTE = Row(
    400,
    "0x80041131",
    "An attribute cannot be specified for an order clause for an aggregate Query. Use an alias.",
    "[codes]",
    name="QueryBuilderAttributeNotAllowedForAggregateOrderBy",
)
ORDER_BY_ALIAS = Row(
    400,
    "0x80041132",
    "An alias cannot be specified for an order clause for a non-aggregate Query. Use an attribute.",
    "[codes]",
    name="QueryBuilderAliasNotAllowedForNonAggregateOrderBy",
)
ORDER_WITHOUT_ATTRIBUTE = Row(
    400,
    "0x80041133",
    "An attribute is required for an order clause for a non-aggregate Query.",
    "[codes]",
    name="QueryBuilderAttributeRequiredForNonAggregateOrderBy",
)
ORDER_WITHOUT_ALIAS = Row(
    400,
    "0x80041134",
    "An alias is required for an order clause for an aggregate Query.",
    "[codes]",
    name="QueryBuilderAliasRequiredForAggregateOrderBy",
)
COOKIE_MISMATCH = Row(
    400,
    "0x80041129",
    "Order by columns do not match those in paging cookie.",
    "[codes]",
    name="QueryBuilderPagingOrderBy",
)
BAD_ARGUMENT = Row(
    400,
    "0x80040203",
    "Condition for attribute '{detail}': expected argument(s) of type '{kind}' but received 'System.String'.",
    "wording: emulated with the platform's words in daryllabar/XrmUnitTest; code inferred from its name in [codes]",
    name="InvalidArgument",
)
BAD_INSTANT = Row(
    400,
    "0x80040239",
    "The date-time format is invalid, or value is outside the supported range.",
    "[codes]",
    name="InvalidDateTime",
)
BAD_OPERATOR_FOR_TYPE = Row(
    400,
    "0x80048415",
    "The operator is not valid or it is not supported.",
    "[codes]; that it is of columns of another type is inferred",
    name="InvalidOperatorCode",
)
