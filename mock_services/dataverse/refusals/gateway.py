"""Before the path is read: the token, the organisation, the caller, the pace and the size of a request."""

from mock_services.dataverse import facts
from mock_services.dataverse.refusals.row import Row

UNAUTHORIZED = Row(
    401,
    "",
    "unauthorized",
    "WWW-Authenticate as PowerPlatform-DataverseServiceClient AuthorityResolver.cs reads it; the body is plain text,"
    " benbaran/adal-angular4-example#10",
    "2018",
)
TOKEN_REFUSED = Row(
    401,
    "",
    facts.BAD_TOKEN,
    "the string is in the server's table; that it stands in the challenge's error_description is inferred",
)
TOKEN_EXPIRED = Row(401, "", facts.EXPIRED_TOKEN, "as above")

ORGANISATION_DISABLED = Row(
    403, "0x8004a104", facts.ORG_DISABLED, "text: [codes]; status inferred", name="OrganizationDisabled"
)
ADMINISTRATION_MODE = Row(
    403,
    "0x8004a113",
    facts.ADMIN_MODE,
    "text: [codes], and met by users of Copilot for Sales (SupportArticles-docs); status inferred",
    name="UserDoesNotHaveAdminOnlyModePermissions",
)
NOT_A_MEMBER = Row(
    403,
    "0x80072560",
    facts.NOT_A_MEMBER,
    "recorded, many times over; quirk user_missing_status",
    "2026",
    name="UserNotMemberOfOrg",
)
USER_DISABLED = Row(
    403,
    "0x80040225",
    facts.USER_DISABLED,
    "recorded with its placeholders unfilled, microsoft/powerplatform-build-tools#771; quirk user_disabled_status",
    "2025",
    name="unManagedidsusernotenabled",
)

_LIMITS = "powerapps-docs developer/data-platform/api-limits.md; codes in ConnectionService.cs"
REQUESTS_EXCEEDED = Row(
    429, "0x80072322", facts.REQUESTS_EXCEEDED, _LIMITS, "2026", "ThrottlingBurstRequestLimitExceededError"
)
TIME_EXCEEDED = Row(429, "0x80072321", facts.TIME_EXCEEDED, _LIMITS, "2026", "ThrottlingTimeExceededError")
CONCURRENCY_EXCEEDED = Row(
    429, "0x80072326", facts.CONCURRENCY_EXCEEDED, _LIMITS, "2026", "ThrottlingConcurrencyLimitExceededError"
)

URL_TOO_LONG = Row(
    414,
    "",
    facts.URL_TOO_LONG,
    "limit: powerapps-docs webapi/query/overview.md; the page is http.sys's own, as any IIS sends it; which of the two"
    " answers is inferred",
)
HEADERS_TOO_LONG = Row(
    400, "", facts.HEADERS_TOO_LONG, "http.sys's own page, which Microsoft's XrmHttp client knows; the limit is a guess"
)
BODY_TOO_LARGE = Row(
    413, "0x8004418a", facts.TOO_LARGE, "[handle, codes]; the limit is a guess", name="RequestLengthTooLarge"
)
NOT_ACCEPTABLE = Row(
    415,
    "0x80060888",
    facts.NOT_ACCEPTABLE,
    "recorded on v9.2 for $metadata as JSON (Gharib89/crm); for data as Atom or XML by analogy",
    "2026",
)
CONTENT_TYPE_REFUSED = Row(
    415, "0x80060888", facts.CONTENT_TYPE_REFUSED, "the OData library's own text; status by analogy with Accept"
)
METHOD_REFUSED = Row(
    405,
    "",
    facts.NOT_ON_COLLECTION,
    "status: [handle]; text and empty code: MicrosoftDocs/powerapps-docs#3792",
    "2022-11",
)
