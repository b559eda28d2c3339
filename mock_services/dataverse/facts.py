"""Dataverse's own words: codes, statuses and message texts, each with where it was seen.

Sources, all public: [handle] powerapps-docs webapi/compose-http-requests-handle-errors.md; [codes] powerapps-docs
includes/data-service-error-codes.md; [client] SupportArticles-docs dataverse/web-api-client-errors.md; [tf]
microsoft/terraform-provider-power-platform @57ba091 (code and recorded fixtures); [coe#N] microsoft/coe-starter-kit
issue N; [rec] responses recorded in public logs; [inferred] nothing found, a guess. Looked up November 2026.
"""

from typing import Final

API_PATH: Final = "/api/data/"
VERSIONS: Final = frozenset({"v9.0", "v9.1", "v9.2"})
"""What is served; 8.x is retired online, and what later numbers answer is not documented."""
VERSION_NUMBER: Final = "9.2.24073.198"
NAMESPACE: Final = "Microsoft.Dynamics.CRM."
DATAVERSE_APP_ID: Final = "00000007-0000-0000-c000-000000000000"
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of a body; the real number is not stated on any page read. [inferred]"""
MOST_ROWS: Final = 5_000
"""Of a page, of $top and of $count: powerapps-docs webapi/query/page-results.md, count-rows.md."""
LONGEST_URL: Final = 32_768
"""Characters of a GET: powerapps-docs webapi/query/overview.md."""
LARGEST_HEADERS: Final = 32_768
"""Bytes of all headers; the page's real threshold is not stated anywhere. [inferred]"""
DEEPEST_INSERT: Final = 10
"""Levels of rows nested in a body. "Any depth" in the documentation; some end there must be. [inferred]"""
LONGEST_BATCH_URL: Final = 65_536
"""Characters of a request inside a batch: as above."""
MOST_OPERATIONS: Final = 1_000
"""Of a batch: powerapps-docs webapi/execute-batch-operations-using-web-api.md."""
MOST_EXPANSIONS: Final = 15
"""powerapps-docs webapi/query/join-tables.md."""

# 401: plain text, not JSON [rec benbaran/adal-angular4-example#10]; the challenge as Microsoft's own client parses it
# (PowerPlatform-DataverseServiceClient AuthorityResolver.cs: both members required).
UNAUTHORIZED_BODY: Final = "HTTP Error 401 - Unauthorized: Access is denied"
CHALLENGE: Final = (
    "Bearer authorization_uri=https://login.microsoftonline.com/{tenant}/oauth2/authorize, resource_id=https://{host}/"
)
BAD_TOKEN: Final = "Error during token validation!"  # noqa: S105 - a message; server string table
EXPIRED_TOKEN: Final = "Security Token Expired!"  # noqa: S105 - as above

NOT_A_MEMBER: Final = "The user is not a member of the organization."  # 403 0x80072560 [rec, many]
ADMIN_MODE: Final = (  # 0x8004a113 [codes]; status inferred
    "User does not have required privileges (or role membership) to access the org when it is in Admin Only mode."
)
USER_DISABLED: Final = (  # 403 0x80040225, placeholders unfilled as recorded, microsoft/powerplatform-build-tools
    "The specified user(Id = {0}) is disabled. Consider enabling this user. Additional Details: {1}"
)
USER_DISABLED_BEFORE: Final = (  # 400 in 2020, PowerPlatform-DataverseServiceClient#71; the id's form is as there
    "The user with SystemUserId={user} in OrganizationContext={organisation} is disabled."
)
NO_ROLES: Final = (  # 403 0x80042f09 [coe#678]
    "RetrievePrivilegeForUser: The user with id {user} has not been assigned any roles. They need a role with the"
    " {privilege} privilege."
)
MISSING_PRIVILEGE: Final = (  # 403 0x80040220 [coe#6827], October 2023
    "Principal user (Id={user}, type=8, roleCount={roles}, privilegeCount={privileges}, accessMode={access_mode},"
    " MetadataCachePrivilegesCount={known}, businessUnitId={business_unit}), is missing {privilege} privilege"
    " (Id={privilege_id}) on OTC={code} for entity '{entity}' (LocalizedName='{label}'). context.Caller={caller}."
    " Consider adding missed privilege to one of the principal (user/team) roles."
)
MISSING_PRIVILEGE_ALONE: Final = (  # the same without a table: prvAssignRole and its kin [inferred from the form above]
    "Principal user (Id={user}, type=8, roleCount={roles}, privilegeCount={privileges}, accessMode={access_mode},"
    " MetadataCachePrivilegesCount={known}, businessUnitId={business_unit}), is missing {privilege} privilege"
    " (Id={privilege_id}). context.Caller={caller}."
    " Consider adding missed privilege to one of the principal (user/team) roles."
)
OWNER_PREFIX: Final = "Read Privilege Check For Owner failed with exception: "  # [coe#8320] and a recorded assignment
NO_ACCESS: Final = (  # 403 0x80048306 [rec]; only BusinessUnitLevel is recorded, the other names are inferred
    "Principal with id {user} does not have {right}Access right(s) for record with id {id} of entity {entity}."
    " Consider assigning a role with the level {level} to the user or team."
)
LEVELS: Final = ("UserLevel", "BusinessUnitLevel", "ParentChildBusinessUnitLevel", "OrganizationLevel")
ORG_DISABLED: Final = (  # 0x8004a104, double space as published [codes]; status inferred
    "The Dynamics 365 organization you are attempting to access is currently disabled.  Please contact your system"
    " administrator"
)

# 429, all three as printed in powerapps-docs api-limits.md; the two blanks before "milliseconds" are the page's.
REQUESTS_EXCEEDED: Final = "Number of requests exceeded the limit of {limit} over time window of {seconds} seconds."
TIME_EXCEEDED: Final = (
    "Combined execution time of incoming requests exceeded limit of {limit}  milliseconds over time window of {seconds}"
    " seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later."
)
CONCURRENCY_EXCEEDED: Final = "Number of concurrent requests exceeded the limit of {limit}."

# Pages of http.sys, which stands before every IIS: sent without asking who calls.
URL_TOO_LONG: Final = "HTTP Error 414. The request URL is too long."
HEADERS_TOO_LONG: Final = "HTTP Error 400. The size of the request headers is too long."
SYSTEM_PAGE: Final = (
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd">\r\n'
    "<HTML><HEAD><TITLE>{title}</TITLE>\r\n"
    '<META HTTP-EQUIV="Content-Type" Content="text/html; charset=us-ascii"></HEAD>\r\n'
    "<BODY><h2>{heading}</h2>\r\n<hr><p>{sentence}</p>\r\n</BODY></HTML>\r\n"
)
NOT_ACCEPTABLE: Final = (  # 415 0x80060888, recorded on v9.2 for $metadata asked for as JSON: Gharib89/crm
    "A supported MIME type could not be found that matches the acceptable MIME types for the request."
)
CONTENT_TYPE_REFUSED: Final = (  # Microsoft.OData.Core's own text, which says "response" of requests too; list inferred
    "A supported MIME type could not be found that matches the content type of the response. None of the supported"
    " type(s) 'application/json;odata.metadata=minimal, application/json;odata.metadata=full,"
    " application/json;odata.metadata=none, application/json' matches the content type '{type}'."
)

NO_SEGMENT: Final = "Resource not found for the segment '{segment}'."  # 404 0x80060888 live, 0x8006088a [client]
NO_RESOURCE: Final = "No HTTP resource was found that matches the request URI '{url}'."  # 404, code "" [client]
NOT_ON_COLLECTION: Final = (
    "The requested resource does not support http method '{method}'."  # 405, code "": MicrosoftDocs/powerapps-docs#3792
)
BAD_KEY: Final = "Bad Request - Error in query syntax."
NOT_A_KEY: Final = (  # 400: powerapps-docs use-alternate-key-reference-record.md
    "The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.{table}'. Ensure that the names and"
    " number of key properties match the declared or alternate key properties for the resource"
    " 'Microsoft.Dynamics.CRM.{table}'."
)
NULL_IN_KEY: Final = (  # the OData library's own text; that it shows here is inferred
    "The key property '{name}' on type 'Microsoft.Dynamics.CRM.{table}' has a null value. Key properties must not have"
    " null values."
)
SKIP_REFUSED: Final = "Skip Clause is not supported in CRM"  # 400 0x80060888: three independent reports, even for 0
EXPAND_LIMITED: Final = (  # powerapps-docs webapi/query/join-tables.md
    "Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested"
    " one-to-many relationship."
)
BIND_UNPARSED: Final = (  # 400 0x80060888 [rec, May 2024]
    "URL was not parsed due to an ODataUnrecognizedPathException. Resource not found for the segment provided"
    " in the URL."
)
PAYLOAD: Final = (  # 400 0x80048d19 [rec]
    "Error identified in Payload provided by the user for Entity :'{set}', For more information on this error please"
    " follow this help link https://go.microsoft.com/fwlink/?linkid=2195293  ---->  InnerException : {inner}"
)
UNDECLARED: Final = (  # [client, rec]
    "Microsoft.OData.ODataException: An undeclared property '{name}' which only has property annotations in the payload"
    " but no property value was found in the payload. In OData, only declared navigation properties and declared named"
    " streams can be represented as properties without values."
)
INVALID_PROPERTY: Final = (  # [client]
    "An error occurred while validating input parameters: Microsoft.Crm.CrmException: Invalid property '{name}'"
    " was found"
    " in entity 'Microsoft.Dynamics.CRM.{table}'. ---> Microsoft.OData.ODataException: Does not support untyped"
    " value in"
    " non-open type."
)
NOT_CONVERTED: Final = (  # [rec]
    "Microsoft.OData.ODataException: Cannot convert the literal '{literal}' to the expected type '{type}'. --->"
    " System.FormatException: Input string was not in a correct format."
)
NO_TYPE: Final = "Microsoft.OData.ODataException: A type named '{type}' could not be resolved by the model."
OTHER_TYPE: Final = (  # Microsoft.OData.Core's own text
    "Microsoft.OData.ODataException: A value with type name '{type}' was found, which is not assignable to the expected"
    " type 'Microsoft.Dynamics.CRM.{wanted}'. Only types assignable to the expected type can be specified as values."
)
NO_KEY: Final = (
    "Entity Id must be specified for {message}"  # org-service/entity-operations-update-delete.md; code inferred
)
NO_ENTITY: Final = (  # 400 0x80041102; wording partly inferred
    "The entity with a name = '{name}' with namemapping = 'Logical' was not found in the MetadataCache."
)
NO_QUERIED_ATTRIBUTE: Final = (  # 400 0x80041103 khoait/DCE.PCF#216, February 2025; the index is as recorded once
    "'{entity}' entity doesn't contain attribute with Name = '{name}' and NameMapping = 'Logical' (look up attribute by"
    " name is case-sensitive).orgIndex: 70, id: {id}, logicalName: {table}"
)
BAD_JSON: Final = "Microsoft.OData.ODataException: Invalid JSON. {why}"  # inner wording inferred
BAD_BATCH: Final = "Microsoft.OData.ODataException: {why}"  # within, Microsoft.OData.Core's own text
READ_IN_CHANGE_SET: Final = (  # Microsoft.OData.Core's own text
    "An invalid HTTP method '{method}' was detected for a request in a change set. Requests in change sets only support"
    " the HTTP methods 'POST', 'PUT', 'DELETE', and 'PATCH'."
)
BATCH_TOO_LONG: Final = (  # GuidoPreite/DRB#3, November 2021; the 400 and the code inferred
    "The current batch message contains too many parts. A maximum number of '{limit}' query operations and change sets"
    " are allowed in a batch message."
)
CHANGE_SET_TOO_LONG: Final = (  # AleksandrRogov/DynamicsWebApi#71, July 2020; the 400 and the code inferred
    "The current change set contains too many operations. A maximum number of '{limit}' operations are allowed in a"
    " change set."
)
NO_REFERENCE: Final = "Content-ID Reference: '${id}' does not exist in the batch context."  # 400: execute-batch page
REPEATED_CONTENT_ID: Final = (  # Microsoft.OData.Core's own text
    "The content ID '{id}' was found more than once in the same change set or same batch request. Content IDs have to"
    " be unique across all operations of a change set for OData V4.0 and have to be unique across all operations in"
    " the whole batch request for OData V4.01."
)
NO_CONTENT_ID: Final = (  # the OData library's own text, seen live with code 0x80060888 by a third party
    "The header with name 'Content-ID' was not present in the header collection of the batch operation."
)
NO_STREAM: Final = "System.ArgumentException: Stream was not readable."  # [client], for an empty stream
ENTITY_REFERENCE: Final = (  # widely quoted; no recording kept
    "CRM do not support direct update of Entity Reference properties, Use Navigation properties instead."
)
PRIMITIVE_NAVIGATION: Final = (  # Microsoft.OData.Core's own text
    "Microsoft.OData.ODataException: A 'PrimitiveValue' node with non-null value was found when trying to read"
    " the value"
    " of the property '{name}'; however, a 'StartArray' node, a 'StartObject' node, or a 'PrimitiveValue' node"
    " with null"
    " value was expected."
)

NOT_SUPPORTED: Final = "The '{verb}' method does not support entities of type '{table}'."  # 0x80040800; status inferred
REPEATED_PROPERTY: Final = (  # Microsoft.OData.Core's own text
    "Microsoft.OData.ODataException: Multiple properties with the name '{name}' were detected in a resource or a"
    " complex value. In OData, duplicate property names are not allowed."
)
BIND_NO_LIST: Final = (  # Microsoft.OData.Core's own text
    "Microsoft.OData.ODataException: The resource set reference navigation property '{name}' has a property annotation"
    " 'odata.bind' with a string value. Resource set reference navigation properties can only have a property"
    " annotation 'odata.bind' with an array value."
)

DOES_NOT_EXIST: Final = "Entity '{entity}' With Id = {id} Does Not Exist"  # 404 0x80040217, seen live October 2026
NO_SUCH_KEY: Final = (  # 404 0x80060891 [codes]
    "A record with the specified key values does not exist in {entity} entity"
)
KEY_VIOLATED: Final = (  # 412 0x80060892 [codes]; key and columns by their display names, and DuplicateAttributes [rec]
    "Entity Key {key} violated. A record with the same value for {columns} already exists. A duplicate record cannot be"
    " created. Select one or more unique values and try again."
)
DUPLICATES_FOUND: Final = (  # 412 0x80040333: powerapps-docs detect-duplicate-data-with-code.md
    "A record was not created or updated because a duplicate of the current record already exists."
)
EMPTY_RULE: Final = (  # 400 0x80048414 [codes]
    "No criteria have been specified. Add criteria, and then publish the duplicate detection rule."
)
NO_CONCURRENCY: Final = (  # 400 0x8006088d [codes]
    "Optimistic concurrency isn't enabled for entity type {table}. The IfVersionMatches value of ConcurrencyBehavior"
    " can only be used if optimistic concurrency is enabled."
)
DUPLICATE: Final = "A record with matching key values already exists."  # 412 0x80040237 [tf, powerapps-docs]
STALE: Final = "The version of the existing record doesn't match the RowVersion property provided."  # 412 0x80060882
TOO_LONG: Final = (  # 400 0x80044331; two blanks after "occurred." as in execute-batch-operations-using-web-api.md
    "A validation error occurred.  The length of the '{column}' attribute of the '{table}' entity exceeded the maximum"
    " allowed length of '{length}'."
)
OUT_OF_OPTIONS: Final = (  # 400 0x8004431a; the sentence is inferred, code and status published
    "A validation error occurred.  The value {value} of '{column}' on record of type '{table}' is outside the"
    " valid range."
    " Accepted Values: {accepted}"
)
OUT_OF_RANGE: Final = (  # 400 0x8004432f
    "A validation error occurred. An integer provided is outside of the allowed values for this attribute."
)
DECIMAL_RANGE: Final = (  # 400 0x80044330
    "A validation error occurred. A decimal value provided is outside of the allowed values for this attribute."
)
BAD_CHARACTERS: Final = "The field '{column}' contains one or more invalid characters."  # 400 0x80040278
BAD_STATE: Final = (  # 400 0x80048408
    "State code is invalid or state code is valid but status code is invalid for a specified state code."
)
NO_CUSTOMER: Final = "You should specify a parent contact or account."  # 400 0x80044410
TWO_CUSTOMERS: Final = "You can either specify a parent contact or account, but not both."  # 400 0x8004440f
INACTIVE_CUSTOMER: Final = "An inactive customer cannot be set as the parent of an object."  # 400 0x80040517
# classic text, emulated by delegateas/XrmMockup; newer organisations may accept the PATCH
USE_CLOSE_INCIDENT: Final = (
    "This message can not be used to set the state of incident to Resolved. In order to set state of incident"
    " to Resolved,"
    " use the CloseIncidentRequest message instead."
)
ONE_SENDER: Final = "Communication activity cannot have more than one Sender party"  # 400 0x80040203 [rec]
IN_A_QUEUE: Final = (  # 400 0x80040526
    "An active queue item already exists for the given object. Cannot create more than one active queue item for this"
    " object."
)
INACTIVE_QUEUE: Final = (  # 400 0x80040521 [codes]
    "You cannot add items to an inactive queue. Select another queue and try again."
)
INACTIVE_OBJECT: Final = "Deactivated object cannot be added to queue."  # 400 0x8004051e [codes]
NOT_IN_SOURCE_QUEUE: Final = (  # 400 0x80040524 [codes]
    "Could not find any queue item associated with the Target in the specified SourceQueueId. Either the SourceQueueId"
    " or Target is invalid or the queue item does not exist."
)
EMAIL_IN_QUEUE: Final = (  # 400 0x80040523 [codes]
    "You cannot add this e-mail to the selected queue. A queue item for this e-mail already exists in the queue. You"
    " can delete the item from the queue, and then try again."
)
NO_QUEUE: Final = (  # 400 0x80040528 [codes]
    "You must enter the target queue. Provide a valid value in the Queue field and try again."
)
NO_QUEUE_OBJECT: Final = (  # 400 0x80040529 [codes]
    "You must enter the name of the record that you would like to put in the queue. Provide a valid value in the Queue"
    " Item field and try again."
)
INACTIVE_ITEM: Final = "You can't route a queue item that has been deactivated."  # 400 0x80040527 [codes]
SAME_QUEUE: Final = "The queue item cannot be routed to the same queue"  # 400 0x8004051b [codes]
NO_USER_QUEUE: Final = "Cannot find user queue"  # 400 0x800404ec [codes]
DEACTIVATED_ITEM: Final = (  # 400 0x8004051d [codes]
    "This item is deactivated. To work with this item, reactivate it and then try again."
)
NOT_FOR_QUEUES: Final = "Entity {table} is not enabled for queues."  # 400 0x80040203; sentence inferred
NO_INCIDENT: Final = "The incident id is missing."  # 400 0x80044409 [codes]; that CloseIncident says it is inferred
ALREADY_CLOSED: Final = "Already Closed or Canceled"  # 400 0x80044411 [codes]
OPEN_ON_CLOSE: Final = (  # 400 0x8004440a [codes]
    "The incident can not be closed because there are open activities for this incident."
)
OPEN_ON_CANCEL: Final = (  # 400 0x8004440e [codes]
    "The incident can not be cancelled because there are open activities for this incident."
)
LOOP: Final = (  # 400 0x80040387 [codes]
    "Creating this parental association would create a loop in this entity hierarchy."
)
ACCOUNT_LOOP: Final = (  # 400 0x80040507 [codes]
    "Creating this parental association would create a loop in Accounts hierarchy."
)
REQUIRED: Final = "Required field missing."  # 400 0x80040200 [codes]
TOO_LARGE: Final = "Request message length is too large."  # 413 0x8004418a
ASSOCIATED: Final = (  # 405 0x80040227
    "The object you tried to delete is associated with another object and cannot be deleted."
)

QUEUE_HAS_ITEMS: Final = (  # 400 0x80631117 [codes]
    "You can't delete this queue because it has items assigned to it. Assign these items to another user, team, or"
    " queue and try again."
)
NO_BUSINESS_UNIT: Final = (  # recorded on the sibling table applicationuser, seanmcne/Microsoft.Xrm.Data.PowerShell#499
    "Expecting business column to be set for Creating business owned entities, business column is null"
)
UNKNOWN_APPLICATION: Final = (  # 0x8004f510 [codes]; a public client waits for this code to go after POST systemusers
    "We didn’t find that application ID {app_id} in your Azure Active Directory (Azure AD) with CorrelationID"
    " {correlation_id}. Make sure your application is registered in Azure AD."
)
DUPLICATE_APPLICATION: Final = (  # 400 0x8004f511 [codes]; [tf tests] have a sentence of their own beside the code
    "You are attempting to create an Application ID = {app_id} that already exists."
)
NOT_DISABLED: Final = (  # 400 0x80048356 [codes]; text: microsoft/powerplatform-build-tools
    "User with SystemUserId={user} is not disabled. Please disable the user in the organization before"
    " attempting to delete."
)
ACCESS_MODE_FIXED: Final = "An application user's access mode cannot be changed."  # 400 0x80040d40 [codes]
OBJECT_ID_FIXED: Final = "The property AzureActiveDirectoryObjectId cannot be modified."  # 400 0x80041d4f [codes]
APPLICATION_FIXED: Final = "The user representing an OAuth application cannot not be updated"  # 400 0x80041d48, sic

OTHER_BUSINESS_UNIT: Final = (  # 400 0x80041409 [codes]; "belongs to a different business unit" before
    "Cannot associate security role because the security role's Business Unit is not the same as the user's Business"
    " Unit. Details: userid={user}, userBU={unit}, roleId={role}, roleBU={role_unit}"
)
TEAM_OTHER_BUSINESS_UNIT: Final = (  # 400 0x8004140d [codes], which call the team a user in the details
    "Cannot associate security role because the security role's Business Unit is not the same as the team's Business"
    " Unit. Details: userid={user}, userBU={unit}, roleId={role}, roleBU={role_unit}"
)
ROLE_NAME_TAKEN: Final = (  # 400 0x80041403 [codes]
    "A role with the specified name '{name}' already exists on business unit {unit} and Solution Id {solution}."
    " Role id: {role}"
)
INHERITED_ROLE: Final = "Inherited roles cannot be modified."  # 400 0x80044152 [codes]
INHERITED_ROLE_DELETE: Final = "Cannot delete a role that is inherited from a parent business."  # 400 0x8004140c
ADMINISTRATOR_MODIFY: Final = "The System Administrator Role cannot be modified."  # 400 0x80041d31; wording unverified
ADMINISTRATOR_DELETE: Final = "The System Administrator Role cannot be deleted."  # 400 0x80041d2e; wording unverified
BAD_DEPTH: Final = "Invalid privilege depth."  # 400 0x8004140b [codes]
REPEATED_PRIVILEGE: Final = "Privilege {name} is duplicated."  # 400 0x8004140f [codes]
UNKNOWN_PRIVILEGE: Final = "The privilege id is invalid or missing."  # 400 0x800404ce [codes]
CALLER_LACKS: Final = (  # 0x80048d3b with the older recorded text
    "RoleService::VerifyCallerPrivileges failed. User: {user}, UserBU: {unit}, PrivilegeName: {privilege},"
    " PrivilegeId: {privilege_id}, Depth: {depth}, BusinessUnitId: {unit}, MissingPrivilegeCount: {count}"
)
SECOND_ROOT: Final = "Only one organization and one root business are allowed."  # 400 0x80041d35 [codes]

SYSTEM_ADMINISTRATOR: Final = "627090ff-40a3-4053-8790-584edc5be201"
"""Role template id, the same everywhere [tf get_security_roles.json]."""
