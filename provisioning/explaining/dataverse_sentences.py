"""Sentences of Dataverse and its clients, as public issue threads quote them."""

from typing import Final

from provisioning.explaining.sentence import HINT, SPECIFIC, WORDS, Sentence, said

_RIGHTS: Final = (
    said(r"ha(?:s|ve) not been assigned any roles|has not used any functions\b.{0,60}\bprv[a-z]", "certain",
         "dataverse.user_without_role"),
    said(r"user (?:has|with) no (?:security )?roles?\b|no (?:security )?roles? (?:is |are )?assigned to the user",
         "likely", "dataverse.user_without_role", weight=WORDS, place="dataverse"),
    said(r"read privilege check for owner failed", "certain", "dataverse.owner_cannot_read"),
    said(r"\bmissing prv[a-z]\w{2,80}", "certain", "dataverse.role_lacks_privilege"),
    said(r"seclib::(?:crm)?checkprivilege(?:foruser)? ?failed", "certain", "dataverse.role_lacks_privilege"),
    said(r"privilegename: ?prv[a-z]|privilege:? ?prv[a-z]\w+", "certain", "dataverse.role_lacks_privilege",
         weight=SPECIFIC - 1),
    said(r"does not have \w{2,20}access rights?\b|accesscheckex2? failed", "certain", "dataverse.depth_too_small",
         "dataverse.role_lacks_privilege"),
    said(r"roleservice::verifycallerprivileges failed", "certain", "dataverse.operator_cannot_make_roles"),
    said(r"act on behalf (?:of )?another user", "certain", "dataverse.impersonation_forbidden"),
    said(r"does not have (?:update|create|read) permissions? for the|permissions? to a secured field", "likely",
         "dataverse.column_secured"),
    said(r"does not hold the necessary privileges|do not have (?:enough|sufficient|the necessary) privileges? to access "
         r"the microsoft dynamics", "certain", "dataverse.role_lacks_privilege"),
    said(r"(?:you|user|principal|caller) (?:do|does|don't|doesn't)(?: not)? have (?:the )?(?:enough |sufficient "
         r"|required |necessary |appropriate )?(?:privileges?|permissions?|security roles?)", "likely",
         "dataverse.role_lacks_privilege", weight=HINT + 5, place="dataverse"),
    said(r"insufficient (?:permissions?|privileges?)|access is denied due to insufficient", "likely",
         "dataverse.role_lacks_privilege", weight=HINT, place="dataverse"),
    said(r"\bprv(?:read|create|write|delete|append|appendto|assign|share|publish|import|export|activate|bulk)[a-z_]\w*",
         "likely", "dataverse.role_lacks_privilege", weight=WORDS),
)
_USERS: Final = (
    said(r"(?:is not|isn't) a member of the organization", "likely", "dataverse.user_missing",
         "dataverse.user_in_another_environment", "dataverse.host_mistyped"),
    said(r"(?:application )?user .{0,80}?(?:does not exist|was not found|could not be found|not found) in "
         r"(?:the |this )?(?:organization|environment|dataverse|crm)", "likely", "dataverse.user_missing", weight=WORDS,
         place="dataverse"),
    said(r"the user with systemuserid ?= ?\S{1,60} in organizationcontext ?= ?\S{1,60} is disabled", "certain",
         "dataverse.user_disabled"),
    said(r"specified user ?(?:\(id ?= ?[^)]{1,60}\))? is (?:either )?disabled|systemuserid ?= ?\S{1,60}\bis disabled",
         "certain", "dataverse.user_disabled"),
    said(r"disabled users cannot access the system|user is disabled in (?:dynamics|dataverse|crm)", "certain",
         "dataverse.user_disabled"),
    said(r"user has not been assigned any license|(?:doesn't|does not) have a (?:valid )?(?:dynamics|power apps|"
         r"dataverse)[\w ]{0,30} licen[sc]e|does not have a service plan|missing (?:the )?required licen[sc]e", "likely",
         "dataverse.licence_missing"),
    said(r"organization you are attempting to access is currently disabled|organization is disabled", "certain",
         "dataverse.organisation_disabled"),
    said(r"admin(?:istration)? only mode|in administration mode", "likely", "dataverse.administration_mode",
         place="dataverse"),
    said(r"admin restricted location|ip (?:address )?firewall.{0,60}block", "likely", "dataverse.location_restricted",
         place="dataverse"),
    said(r"number of requests exceeded the limit of", "certain", "dataverse.throttled"),
    said(r"combined execution time of incoming requests exceeded", "certain", "dataverse.throttled_by_time"),
    said(r"number of concurrent requests exceeded the limit", "certain", "dataverse.throttled_by_concurrency"),
    said(r"http error 401 - unauthorized: access is denied", "likely", "dataverse.token_refused",
         "dataverse.token_missing", "dataverse.user_missing", weight=WORDS),
)
_ADDRESS: Final = (
    said(r"did not return any service endpoints|metadata contains a reference that cannot be resolved", "likely",
         "dataverse.host_mistyped", "network.dns"),
    said(r"cannot resolve crm region|no (?:dataverse )?(?:environment|organization)s? (?:was |were )?found (?:that )?"
         r"(?:match|for|with)", "likely", "dataverse.host_mistyped", place="dataverse"),
    said(r"unable to (?:find|locate) (?:the )?(?:dataverse )?(?:environment|organi[sz]ation)", "likely",
         "dataverse.host_mistyped", weight=WORDS, place="dataverse"),
    said(r"resource not found for the segment '?(?:api|data|v9\.\d|xrmservices)'?", "likely", "dataverse.url_with_path",
         weight=SPECIFIC + 1, place="dataverse"),
)
_TABLES: Final = (
    said(r"url was not parsed due to an odataunrecognizedpathexception", "certain", "dataverse.bind_set_misnamed",
         weight=SPECIFIC + 1),
    said(r"resource not found for the segment '?oc_live", "certain", "dataverse.live_work_item_misnamed",
         weight=SPECIFIC + 1),
    said(r"resource not found for the segment '?msdyn_oc", "certain", "dataverse.omnichannel_missing",
         weight=SPECIFIC + 1),
    said(r"resource not found for the segment", "likely", "dataverse.table_missing", place="dataverse"),
    said(r"entity with a name = '?[\w]{0,80}'? .{0,80}?was not found in the metadatacache", "certain",
         "dataverse.table_missing"),
    said(r"could not find an entity with (?:the )?(?:name|specified|object)|entity '?\w{1,80}'? (?:was )?not found in "
         r"(?:the )?metadata|could not find entity", "likely", "dataverse.table_missing", place="dataverse"),
)
_PROPERTIES: Final = (
    said(r"undeclared property '\w{0,20}queueid' which only has", "certain", "dataverse.queueid_on_incident",
         "dataverse.lookup_mistyped", weight=SPECIFIC + 2),
    said(r"undeclared property 'customerid' which only has", "certain", "dataverse.customer_bind_without_type",
         weight=SPECIFIC + 2),
    said(r"undeclared property .{1,120}?which only has property annotations", "certain", "dataverse.lookup_mistyped",
         weight=SPECIFIC + 1),
    said(r"invalid property '[^']{1,120}' was found in entity|property '[^']{1,120}' does not exist on type", "certain",
         "dataverse.property_unknown", place="dataverse"),
    said(r"could not find a property named", "certain", "dataverse.filter_property_unknown", place="dataverse"),
    said(r"doesn't contain attribute with name ?=|attribute .{1,80}?was not found in the metadatacache", "certain",
         "dataverse.property_unknown"),
    said(r"is an invalid instance annotation name", "certain", "dataverse.property_unknown", place="dataverse"),
    said(r"does not support untyped value in non-open type", "certain", "dataverse.property_unknown"),
    said(r"error identified in payload provided by the user", "likely", "dataverse.payload_unreadable",
         weight=WORDS),
    said(r"crmexception: invalid json|unexpected end of (?:json|input) .{0,60}payload|a json (?:object|value) was", "likely",
         "dataverse.payload_unreadable", weight=WORDS, place="dataverse"),
    said(r"navigation property .{0,80}(?:not found|does not exist|invalid)|cannot find a (?:property|navigation)",
         "likely", "dataverse.lookup_mistyped", weight=WORDS, place="dataverse"),
    said(r"guid should contain 32 digits|badly formed guid|unrecognized guid format", "likely", "dataverse.id_malformed",
         weight=WORDS, place="dataverse"),
    said(r"odata\.bind.{0,120}(?:invalid|error|not valid)|entity reference cannot have an empty", "likely",
         "dataverse.lookup_mistyped", weight=HINT, place="dataverse"),
)
_VALUES: Final = (
    said(r"exceeded the maximum allowed length", "certain", "dataverse.text_too_long", place="dataverse"),
    said(r"is outside the valid range|picklist value is out of the range|option set value .{0,60}(?:invalid|not valid)",
         "certain", "dataverse.option_out_of_range"),
    said(r"provided is outside of the allowed values|value .{1,60}is (?:less|greater|more) than the (?:min|max)", "certain",
         "dataverse.number_out_of_range", place="dataverse"),
    said(r"cannot convert the literal '[^']{0,120}' to the expected type 'edm\.date", "certain",
         "dataverse.date_malformed", weight=SPECIFIC + 1),
    said(r"cannot convert the literal '[^']{0,120}' to the expected type 'edm\.(?:int|decimal|double|boolean)", "certain",
         "dataverse.number_as_text", "dataverse.label_for_option", weight=SPECIFIC + 1),
    said(r"cannot convert (?:the literal|a (?:primitive )?value)|incorrect attribute value type|invalid attribute value "
         r"type|cannot read the value .{0,80}as a", "likely", "dataverse.number_as_text", place="dataverse"),
    said(r"state code is invalid or state code is valid but status code is invalid|is not a valid status code",
         "certain", "dataverse.status_mismatched"),
    said(r"you should specify a parent contact or account", "certain", "dataverse.incident_without_customer"),
    said(r"already closed or canceled", "certain", "dataverse.case_closed", place="dataverse"),
    said(r"syntax error: .{0,80}(?:position|unterminated)|unterminated string literal", "likely",
         "dataverse.apostrophe_in_filter", weight=WORDS, place="dataverse"),
    said(r"batch size exceeds the maximum|request entity too large|maximum request length exceeded", "likely",
         "dataverse.payload_too_large", weight=WORDS, place="dataverse"),
    said(r"required field .{0,60}missing|a validation error occurred", "likely", "dataverse.value_refused", weight=HINT,
         place="dataverse"),
)
_ROWS: Final = (
    said(r"with ids? ?= ?\S{0,90} ?do(?:es)? not exist", "certain", "dataverse.record_unknown", weight=SPECIFIC - 1),
    said(r"record with the specified key values does not exist", "certain", "dataverse.record_unknown"),
    said(r"record with matching (?:key values|applicationid) already exists|cannot insert duplicate key", "certain",
         "dataverse.record_exists", weight=SPECIFIC - 1, place="dataverse"),
    said(r"entity key .{0,120}?violated|record with the same value for .{1,80}already exists", "certain",
         "dataverse.key_taken"),
    said(r"because a duplicate of the current record", "certain", "dataverse.duplicate_detected"),
    said(r"active queue item already exists", "certain", "dataverse.already_in_queue"),
    said(r"application id ?= ?\S{1,60} that already exists", "certain", "dataverse.user_exists_already"),
    said(r"belongs to a different business unit ?=?.{0,60}than the role", "certain",
         "dataverse.role_of_another_business_unit"),
    said(r"doesn't match the rowversion property provided", "certain", "dataverse.row_changed"),
)

DATAVERSE_SENTENCES: Final[tuple[Sentence, ...]] = (
    *_RIGHTS, *_USERS, *_ADDRESS, *_TABLES, *_PROPERTIES, *_VALUES, *_ROWS,
)  # fmt: skip
