"""Queries that are malformed, and those that the directory does not take."""

from mock_services.graph.refusals.row import Refusal

_ODATA = "BadRequest"
_UNSUPPORTED = "Request_UnsupportedQuery"

# Malformed -----------------------------------------------------------------------------------------------------

OPTION_TWICE = Refusal(
    400, _ODATA, "Query option '{option}' was specified more than once, but it must be specified at most once.",
    "OData",
)  # fmt: skip
SELECT_UNREADABLE = Refusal(
    400,
    _ODATA,
    "Parsing OData Select and Expand failed: {problem}",
    "OData; quoted in public for a blank and for @odata.type",
)
PROPERTY_UNKNOWN = Refusal(
    400, _ODATA,
    "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type"
    " 'microsoft.graph.{type}'.",
    "OData",
)  # fmt: skip
TOP_UNREADABLE = Refusal(
    400, _ODATA,
    "Invalid value '{text}' for $top query option found. The $top query option requires a non-negative integer value.",
    "OData",
)  # fmt: skip
ORDER_UNREADABLE = Refusal(400, _ODATA, "Syntax error at position {position} in '{text}'.", "OData")
FILTER_UNREADABLE = Refusal(
    400, _ODATA, "Invalid filter clause: Syntax error in '{text}'.", "OData, without the position it tells",
)  # fmt: skip
FILTER_TOO_LONG = Refusal(400, _ODATA, "Invalid filter clause", "remembered")
FILTER_TOO_DEEP = Refusal(
    400, _ODATA, "Invalid filter clause: Recursion depth exceeded allowed limit.", "OData; the depth is the fakes' own",
)  # fmt: skip
FILTER_NOT_BOOLEAN = Refusal(
    400, _ODATA, "Invalid filter clause: The $filter expression must evaluate to a single boolean value.",
    "OData, and a sample answer of DOC (2024-08)", "2024-08",
)  # fmt: skip
FILTER_ARGUMENTS_WRONG = Refusal(
    400, _ODATA,
    "Invalid filter clause: No function signature for the function with name '{function}' matches the specified"
    " arguments.",
    "OData, without the list of signatures",
)  # fmt: skip
FILTER_TYPES_WRONG = Refusal(
    400, _ODATA,
    "Invalid filter clause: A binary operator with incompatible types was detected. Found operand types '{left}' and"
    " '{right}' for operator kind '{operator}'.",
    "OData",
)  # fmt: skip
FILTER_INSTANT_UNREADABLE = Refusal(
    400, _ODATA, "Invalid filter clause: Unrecognized 'Edm.DateTimeOffset' literal '{text}'.",
    "OData, without the position it tells",
)  # fmt: skip
SEARCH_UNREADABLE = Refusal(
    400, _ODATA, "Syntax error: character '{character}' is not valid at position {position} in '{text}'.",
    "quoted widely, for a $search without quotes",
)  # fmt: skip

# Not taken -----------------------------------------------------------------------------------------------------

NEEDS_ADVANCED = Refusal(
    400, _UNSUPPORTED,
    "Operator '{operator}' is not supported because the required parameters might be missing. Try adding $count=true"
    " query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for"
    " more information",
    "DOC aad-advanced-queries, a whole body",
)  # fmt: skip
SEARCH_NEEDS_HEADER = Refusal(
    400, _UNSUPPORTED,
    "Request with $search query parameter only works through MSGraph with a special request header:"
    " 'ConsistencyLevel: eventual'",
    "DOC aad-advanced-queries, a whole body",
)  # fmt: skip
CLAUSE_UNSUPPORTED = Refusal(
    400, _UNSUPPORTED,
    "Unsupported or invalid query filter clause specified for property '{member}' of resource '{kind}'.",
    "DOC aad-advanced-queries, for a group",
)  # fmt: skip
ALTERNATIVES_TOO_MANY = Refusal(
    400, _UNSUPPORTED,
    "Too many child clauses specified in search filter expression containing 'OR' operators: {count}. Max allowed:"
    " {limit}.",
    "a whole body in a public script of 2019", "2019-12",
)  # fmt: skip
SORTING_UNSUPPORTED = Refusal(400, _UNSUPPORTED, "Sorting not supported for current query.", "remembered")
PAGE_SIZE_INVALID = Refusal(
    400, _UNSUPPORTED, "Invalid page size specified: '{top}'. Must be between 1 and 999 inclusive.", "remembered",
)  # fmt: skip
PAGE_SIZE_REFUSED = Refusal(
    400, _UNSUPPORTED,
    "This resource does not support custom page sizes. Please retry without a page size argument.",
    "measured and noted in a public repository, for directoryRoles, directoryRoleTemplates and subscribedSkus",
)  # fmt: skip
COUNT_UNSUPPORTED = Refusal(
    400, "Request_BadRequest", "$count is not currently supported.", "DOC application-list",
)  # fmt: skip
SKIP_TOKEN_UNREADABLE = Refusal(400, "Request_BadRequest", "Invalid skip token.", "own words")
