"""Bodies and rows: what cannot be read, what is not there, what a rule of a table forbids."""

from mock_services.dataverse import facts
from mock_services.dataverse.refusals.row import Row

_PAYLOAD = "0x80048d19"
_CODES = "[codes]"

UNDECLARED = Row(400, _PAYLOAD, facts.UNDECLARED, "[client], recorded", "2024")
INVALID_PROPERTY = Row(
    400, _PAYLOAD, facts.INVALID_PROPERTY, "[client] with code 0x0; newer servers wrap it so: inferred"
)
NOT_CONVERTED = Row(400, _PAYLOAD, facts.NOT_CONVERTED, "recorded")
BAD_JSON = Row(400, _PAYLOAD, facts.BAD_JSON, "prefix recorded; the reader's own words are inferred")
EMPTY_BODY = Row(400, _PAYLOAD, facts.NO_STREAM, "[client], for a part of a batch")
PAYLOAD = Row(400, _PAYLOAD, "{problem}", "prefix recorded; inner text by the OData library")

ABSENT = Row(404, "0x80040217", facts.DOES_NOT_EXIST, "live", "2026-10", "ObjectDoesNotExist")
ABSENT_BY_NAME = Row(
    404,
    "0x80040217",
    "{table} With Name = {name} Does Not Exist",
    "by analogy with the sentence about ids",
    name="ObjectDoesNotExist",
)
NO_SUCH_KEY = Row(404, "0x80060891", facts.NO_SUCH_KEY, "[codes, handle]", name="RecordNotFoundByEntityKey")
DUPLICATE = Row(
    412, "0x80040237", facts.DUPLICATE, "powerapps-docs perform-conditional-operations; [tf]", "2026", "DuplicateRecord"
)
KEY_VIOLATED = Row(
    412,
    "0x80060892",
    facts.KEY_VIOLATED,
    "recorded, with DuplicateAttributes and display names",
    name="DuplicateRecordEntityKey",
)
EMPTY_RULE = Row(400, "0x80048414", facts.EMPTY_RULE, _CODES, name="CannotPublishEmptyRule")
DUPLICATES_FOUND = Row(412, "0x80040333", facts.DUPLICATES_FOUND, "[handle, codes]", name="DuplicateRecordsFound")
STALE = Row(
    412, "0x80060882", facts.STALE, "powerapps-docs perform-conditional-operations", name="ConcurrencyVersionMismatch"
)
NO_CONCURRENCY = Row(
    400, "0x8006088d", facts.NO_CONCURRENCY, "[codes]; status inferred", name="OptimisticConcurrencyNotEnabled"
)

REQUIRED = Row(400, "0x80040200", facts.REQUIRED, _CODES, name="RequiredFieldMissing")
USE_CLOSE_INCIDENT = Row(
    400,
    "0x80040203",
    facts.USE_CLOSE_INCIDENT,
    "delegateas/XrmMockup UpdateRequestHandler; contradicted by one newer note",
    name="InvalidArgument",
)
NO_BUSINESS_UNIT = Row(
    400,
    "0x80040203",
    facts.NO_BUSINESS_UNIT,
    "recorded of applicationuser, seanmcne/Microsoft.Xrm.Data.PowerShell#499",
    "2021",
    "InvalidArgument",
)
NOT_DISABLED = Row(
    400,
    "0x80048356",
    facts.NOT_DISABLED,
    "[codes], whose sentence differs; text: microsoft/powerplatform-build-tools",
    name="CannotDeleteEnabledUser",
)
INVALID_ARGUMENT = Row(
    400,
    "0x80040203",
    "{sentence}",
    "the code and its status: [handle]; the sentence differs with the operation",
    name="InvalidArgument",
)
TOO_LONG = Row(
    400, "0x80044331", facts.TOO_LONG, "execute-batch-operations-using-web-api.md", name="StringLengthTooLong"
)
OUT_OF_OPTIONS = Row(
    400,
    "0x8004431a",
    facts.OUT_OF_OPTIONS,
    "code, status: [handle, codes]; sentence inferred",
    name="PicklistValueOutOfRange",
)
OUT_OF_RANGE = Row(400, "0x8004432f", facts.OUT_OF_RANGE, "[handle, codes]", name="IntegerValueOutOfRange")
DECIMAL_RANGE = Row(400, "0x80044330", facts.DECIMAL_RANGE, "[handle, codes]", name="DecimalValueOutOfRange")
BAD_CHARACTERS = Row(
    400, "0x80040278", facts.BAD_CHARACTERS, "XrmHttp expects 400; [codes]", name="InvalidCharactersInField"
)
BAD_STATE = Row(400, "0x80048408", facts.BAD_STATE, _CODES, name="InvalidStateCodeStatusCode")
NO_CUSTOMER = Row(
    400,
    "0x80044410",
    facts.NO_CUSTOMER,
    "[handle, codes]",
    name="unManagedidsincidentparentaccountandparentcontactnotpresent",
)
TWO_CUSTOMERS = Row(
    400,
    "0x8004440f",
    facts.TWO_CUSTOMERS,
    "[codes]; that the Web API says so is inferred",
    name="unManagedidsincidentparentaccountandparentcontactpresent",
)
INACTIVE_CUSTOMER = Row(400, "0x80040517", facts.INACTIVE_CUSTOMER, _CODES, name="CustomerIsInactive")
NO_SUCH_MESSAGE = Row(
    400,
    "0x80040800",
    "The '{message}' method does not support entities of type '{table}'.",
    "code, status: [handle]; sentence widely quoted",
    name="SdkEntityDoesNotSupportMessage",
)
ASSOCIATED = Row(
    405,
    "0x80040227",
    facts.ASSOCIATED,
    "[handle, codes]; quirk delete_blocked_status",
    name="CannotDeleteDueToAssociation",
)
LOOP = Row(
    400,
    "0x80040387",
    facts.LOOP,
    _CODES,
    name="EntityLoopBeingCreated",
)
ACCOUNT_LOOP = Row(
    400,
    "0x80040507",
    facts.ACCOUNT_LOOP,
    _CODES,
    name="AccountLoopBeingCreated",
)
