"""What is refused before the directory is asked: the bearer, the path, the body, the pace, and batches."""

from mock_services.graph.refusals.row import Refusal

_BEARER = "InvalidAuthenticationToken"
_ODATA = "BadRequest"

# Bearer --------------------------------------------------------------------------------------------------------

BEARER_EMPTY = Refusal(
    401, _BEARER, "Access token is empty.", "a public capture, and an emulator that repeats it", "2017",
)  # fmt: skip
BEARER_MALFORMED = Refusal(
    401, _BEARER,
    "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or JWE Compact"
    " Serialization Format. (JWS): 'EncodedHeader.EncodedPayload.EncodedSignature'. (JWE): 'EncodedProtectedHeader."
    "EncodedEncryptedKey.EncodedInitializationVector.EncodedCiphertext.EncodedAuthenticationTag'.",
    "quoted in public issues about newer gateways; older ones say 'CompactToken parsing failed with error code:"
    " 80049217'",
)  # fmt: skip
BEARER_FORGED = Refusal(401, _BEARER, "Access token validation failure. Invalid signature.", "remembered")
BEARER_FOR_OTHERS = Refusal(
    401, _BEARER, "Access token validation failure. Invalid audience.", "a whole body in a public issue",
)  # fmt: skip
BEARER_EXPIRED = Refusal(
    401, _BEARER, "Lifetime validation failed, the token is expired.", "two public captures",
)  # fmt: skip
BEARER_EARLY = Refusal(401, _BEARER, "Lifetime validation failed, the token is not yet valid.", "remembered")
IDENTITY_NOT_FOUND = Refusal(
    401, "Authorization_IdentityNotFound", "The identity of the calling application could not be established.",
    "a whole body in a public client's tests, as 401; Vault's documentation names the text for an application that was"
    " deleted",
)  # fmt: skip

# Path and verb -------------------------------------------------------------------------------------------------

VERSION_UNKNOWN = Refusal(400, _ODATA, "Invalid version: {version}", "remembered")
SEGMENT_UNKNOWN = Refusal(400, _ODATA, "Resource not found for the segment '{segment}'.", "remembered")
METHOD_NOT_ALLOWED = Refusal(
    405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.",
    "DOC json-batching, a sample answer",
)  # fmt: skip
KEY_UNREADABLE = Refusal(400, _ODATA, "Bad Request - Error in query syntax.", "OData")
KEY_UNKNOWN = Refusal(
    400, _ODATA, "The key '{key}' is not an alternate key of type 'microsoft.graph.{type}'.", "own words",
)  # fmt: skip

# Body ----------------------------------------------------------------------------------------------------------

BODY_UNREADABLE = Refusal(
    400, _ODATA,
    "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON"
    " format.",
    "two public captures, for malformed JSON and for a wrong content type",
)  # fmt: skip
BODY_EMPTY = Refusal(400, _ODATA, "Empty Payload. JSON content expected.", "several public clients match code and text")
BODY_TOO_LARGE = Refusal(
    413, "RequestEntityTooLarge", "Maximum request length exceeded.", "status by HTTP; code and text in own words",
)  # fmt: skip

# Pace ----------------------------------------------------------------------------------------------------------

THROTTLED = Refusal(
    429, "TooManyRequests", "Please retry again later.",
    "DOC graph/throttling, a sample answer, as relayed in a public repository; no capture of the identity service's own"
    " was found",
)  # fmt: skip

# What these fakes do not play ----------------------------------------------------------------------------------

NOT_MODELLED = Refusal(
    501, "NotImplemented", "{sentence}", "own: a gap of these fakes, named in its sentence; Graph has no such answer",
)  # fmt: skip

# $batch --------------------------------------------------------------------------------------------------------

BATCH_UNREADABLE = Refusal(
    400, _ODATA, "Invalid batch payload format.",
    "an answer kept by a public client's tests; another client names it for no requests",
)  # fmt: skip
BATCH_TOO_LARGE = Refusal(
    400, _ODATA, "Number of batch request steps exceeds the maximum value of 20.",
    "rule: DOC json-batching; text remembered",
)  # fmt: skip
BATCH_WITHOUT_BODY = Refusal(
    400, _ODATA, "Write request id : {id} does not contain Content-Type header or body.",
    "rule: DOC json-batching; text quoted in PnP Core's source; status and code as of its siblings",
)  # fmt: skip
BATCH_ID_TWICE = Refusal(
    400, _ODATA, "Request Id {id} has to be unique in a batch.",
    "rule: DOC json-batching; an answer kept by a public client's tests",
)  # fmt: skip
BATCH_DEPENDENCY_UNKNOWN = Refusal(
    400, _ODATA, "Request {id} depends on a request that does not precede it.", "rule: DOC json-batching; own words",
)  # fmt: skip
DEPENDENCY_FAILED = Refusal(
    424, "FailedDependency", "A request that this one depends on has failed.",
    "status: DOC json-batching; code and text in own words",
)  # fmt: skip
