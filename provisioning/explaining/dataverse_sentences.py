"""Sentences of Dataverse and its clients about who may come in: rights, users, licences, limits, the address."""

from typing import Final

from provisioning.explaining.aadsts import FIRM
from provisioning.explaining.sentence import HINT, SPECIFIC, WORDS, Sentence, said

_PRIVILEGE: Final = (
    r"\bprv(?:read|create|write|delete|append|appendto|assign|share|publish|import|export|activate|bulk)[a-z_]\w*"
)
_REFUSAL: Final = (
    r"error|fail|denied|missing|forbidden|exception|\b403\b|lacks?\b|insufficient|not have|requires?\b|needs?\b|"
    r"fehl|nicht|manqu|pas\b|falta|no tiene|não|manca|不足|必要|权限|権限|ошибк"
)

_RIGHTS: Final = (
    said(
        r"ha(?:s|ve) not been assigned any roles|has not used any functions\b.{0,60}\bprv[a-z]",
        "certain",
        "dataverse.user_without_role",
    ),
    said(
        r"user (?:has|with) no (?:security )?roles?\b|no (?:security )?roles? (?:is |are )?assigned to the user",
        "likely",
        "dataverse.user_without_role",
        weight=WORDS,
        place="dataverse",
    ),
    said(
        r"read privilege check for owner failed",
        "certain",
        "dataverse.owner_cannot_read",
        "dataverse.user_without_role",
        weight=FIRM + 1,
    ),
    said(r"\bmissing prv[a-z]\w{2,80}", "certain", "dataverse.role_lacks_privilege"),
    said(r"seclib::(?:crm)?checkprivilege(?:foruser)? ?failed", "certain", "dataverse.role_lacks_privilege"),
    said(
        r"privilegename: ?prv[a-z]|privilege:? ?prv[a-z]\w+",
        "certain",
        "dataverse.role_lacks_privilege",
        weight=SPECIFIC - 1,
    ),
    said(
        r"does not have \w{2,20}access rights?\b|accesscheckex2? failed",
        "certain",
        "dataverse.depth_too_small",
        "dataverse.role_lacks_privilege",
    ),
    said(r"roleservice::verifycallerprivileges failed", "certain", "dataverse.operator_cannot_make_roles"),
    said(r"act on behalf (?:of )?another user", "certain", "dataverse.impersonation_forbidden"),
    said(
        r"does not have (?:update|create|read) permissions? for the|permissions? to a secured field|"
        r"query contained a secured attribute",
        "likely",
        "dataverse.column_secured",
    ),
    said(
        r"does not hold the necessary privileges|do not have (?:enough|sufficient|the necessary) privileges? to access "
        r"the microsoft dynamics",
        "certain",
        "dataverse.role_lacks_privilege",
    ),
    said(
        r"(?:you|users?|principal|caller|account) (?:do|does|don't|doesn't)(?: not)? have (?:the )?(?:enough |"
        r"sufficient "
        r"|required |necessary |appropriate |right )?(?:security )?(?:privileges?|permissions?|roles?)",
        "likely",
        "dataverse.role_lacks_privilege",
        weight=HINT + 5,
        place="dataverse",
    ),
    said(
        r"insufficient (?:permissions?|privileges?)|access is denied due to insufficient",
        "likely",
        "dataverse.role_lacks_privilege",
        weight=HINT,
        place="dataverse",
    ),
    # In any language: a privilege's name close to a word of refusal; a mere list of privileges is none.
    said(
        rf"(?:{_REFUSAL}).{{0,200}}?{_PRIVILEGE}|{_PRIVILEGE}.{{0,120}}?(?:{_REFUSAL})",
        "likely",
        "dataverse.role_lacks_privilege",
        weight=WORDS,
    ),
)
_USERS: Final = (
    said(
        r"(?:is not|isn't) a member of the organization",
        "likely",
        "dataverse.user_missing",
        "dataverse.user_in_another_environment",
        "dataverse.host_mistyped",
    ),
    said(
        r"(?:application )?user .{0,80}?(?:does not exist|was not found|could not be found|not found) in "
        r"(?:the |this )?(?:organization|environment|dataverse|crm)",
        "likely",
        "dataverse.user_missing",
        weight=WORDS,
        place="dataverse",
    ),
    said(
        r"the user with systemuserid ?= ?\S{1,60} in organizationcontext ?= ?\S{1,60} is disabled",
        "certain",
        "dataverse.user_disabled",
    ),
    said(
        r"specified user ?(?:\(id ?= ?[^)]{1,60}\))? is (?:either )?disabled|systemuserid ?= ?\S{1,60}\bis disabled",
        "certain",
        "dataverse.user_disabled",
    ),
    said(
        r"disabled users cannot access the system|user is disabled in (?:dynamics|dataverse|crm)",
        "certain",
        "dataverse.user_disabled",
    ),
    said(
        r"user has not been assigned any license|(?:doesn't|does not) have a (?:valid )?(?:dynamics|power apps|"
        r"dataverse)[\w ]{0,30} licen[sc]e|does not have a service plan|missing (?:the )?required licen[sc]e|"
        r"(?:isn't|is not|not) (?:properly )?licen[sc]ed|no (?:valid )?licen[sc]e",
        "likely",
        "dataverse.licence_missing",
        place="dataverse",
    ),
    said(
        r"environment .{0,80}is (?:currently )?(?:disabled|inactive|suspended)",
        "likely",
        "dataverse.environment_closed",
        weight=WORDS,
        place="dataverse",
    ),
    said(
        r"rate limit is exceeded|number of concurrent calls? exceeded",
        "likely",
        "dataverse.throttled",
        weight=WORDS,
        place="dataverse",
    ),
    said(
        r"organization you are attempting to access is currently disabled|organization is disabled",
        "certain",
        "dataverse.organisation_disabled",
    ),
    said(
        r"admin(?:istration)? only mode|in administration mode",
        "likely",
        "dataverse.administration_mode",
        place="dataverse",
    ),
    said(
        r"admin restricted location|ip (?:address )?firewall.{0,60}block",
        "likely",
        "dataverse.location_restricted",
        place="dataverse",
    ),
    said(r"number of requests exceeded the limit of", "certain", "dataverse.throttled"),
    said(r"combined execution time of incoming requests exceeded", "certain", "dataverse.throttled_by_time"),
    said(r"number of concurrent requests exceeded the limit", "certain", "dataverse.throttled_by_concurrency"),
    said(
        r"http error 401 - unauthorized: access is denied",
        "likely",
        "dataverse.token_refused",
        "dataverse.token_missing",
        "dataverse.environment_of_another_tenant",
        "dataverse.user_missing",
        weight=WORDS,
    ),
)
_ADDRESS: Final = (
    said(
        r"is not a valid (?:power platform |dataverse |dynamics )?environment url|"
        r"environment url .{0,80}(?:is )?(?:invalid|not valid)",
        "likely",
        "dataverse.host_mistyped",
        place="dataverse",
    ),
    said(
        r"did not return any service endpoints|metadata contains a reference that cannot be resolved",
        "likely",
        "dataverse.host_mistyped",
        "network.dns",
    ),
    said(r"can't resolve aad/oauth authority|need a non-empty authority", "likely", "dataverse.host_mistyped"),
    said(
        r"no http resource was found that matches the request uri",
        "likely",
        "dataverse.url_with_path",
        place="dataverse",
    ),
    said(
        r"<(?:!doctype )?html.{0,300}?\b404\b",
        "likely",
        "dataverse.host_mistyped",
        "dataverse.wrong_region",
        "dataverse.environment_deleted",
        weight=HINT + 5,
        place="dataverse",
    ),
    said(
        r"cannot resolve crm region|no (?:dataverse )?(?:environment|organization)s? (?:was |were )?found (?:that )?"
        r"(?:match|for|with)",
        "likely",
        "dataverse.host_mistyped",
        place="dataverse",
    ),
    said(
        r"unable to (?:find|locate) (?:the )?(?:dataverse )?(?:environment|organi[sz]ation)",
        "likely",
        "dataverse.host_mistyped",
        weight=WORDS,
        place="dataverse",
    ),
    said(
        r"resource not found for the segment '?(?:api|data|v9\.\d|xrmservices)'?",
        "likely",
        "dataverse.url_with_path",
        weight=SPECIFIC + 1,
        place="dataverse",
    ),
)
DATAVERSE_SENTENCES: Final[tuple[Sentence, ...]] = (*_RIGHTS, *_USERS, *_ADDRESS)
