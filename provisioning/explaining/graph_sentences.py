"""Sentences of Microsoft Graph and the Power Platform admin API, as public issue threads quote them."""

from typing import Final

from provisioning.explaining.sentence import SPECIFIC, WORDS, Sentence, said

_ABOVE_CODE: Final = SPECIFIC + 5
"""A sentence that decides over its own code, which others share."""

GRAPH_SENTENCES: Final[tuple[Sentence, ...]] = (
    said(r"backing application of the service principal being created must", "likely",
         "graph.backing_application_seen_late", "graph.cannot_create_principals", weight=_ABOVE_CODE),
    said(r"does not reference a valid application object", "likely", "graph.application_seen_late",
         "graph.application_absent", weight=_ABOVE_CODE),
    said(r"one of its queried reference-property objects are not present", "likely", "graph.object_seen_late",
         "graph.object_absent"),
    said(r"not a valid reference update", "likely", "graph.principal_seen_late", weight=_ABOVE_CODE),
    said(r"unable to read the company information", "likely", "graph.directory_busy"),
    said(r"no password credential found with keyid", "likely", "graph.secret_seen_late", weight=_ABOVE_CODE),
    said(r"due to concurrent requests being made", "certain", "graph.concurrent_writes", weight=_ABOVE_CODE),
    said(r"corresponding msa application does not exist", "likely", "graph.personal_app_seen_late"),
    said(r"insufficient privileges to complete the operation", "likely", "graph.cannot_register_apps",
         "graph.cannot_create_principals"),
    said(r"missing (?:scope|role) permissions on the request|either scp or roles claim need", "certain",
         "graph.cannot_register_apps"),
    said(r"identity of the calling application could not be established", "likely", "login.service_principal_missing"),
    said(r"object quota limit for the (?:principal|tenant)", "certain", "graph.quota_exceeded"),
    said(r"service principal (?:cannot be created|name).{0,160}?already in use", "certain", "graph.principal_exists"),
    said(r"(?:permission|entitlementgrant) entry already exists", "certain", "graph.grant_exists", weight=_ABOVE_CODE),
    said(r"permission being assigned already exists", "certain", "graph.role_assignment_exists", weight=_ABOVE_CODE),
    said(r"added object references already exist", "certain", "graph.owner_exists", weight=_ABOVE_CODE),
    said(r"another object with the same value for property", "certain", "graph.identifier_uri_taken",
         weight=_ABOVE_CODE),
    said(r"credential lifetime exceeds the max", "certain", "graph.policy_caps_secret", weight=_ABOVE_CODE),
    said(r"credential type not allowed|password addition .{0,40}not allowed|(?:password|secret) credentials? .{0,60}"
         r"(?:blocked|restricted) by .{0,40}policy", "certain", "graph.policy_blocks_secret", weight=_ABOVE_CODE),
    said(r"access token validation failure|compacttoken parsing failed|compactassertion|access token (?:is empty|has "
         r"expired|missing or malformed)|lifetime validation failed, the token is expired", "certain",
         "graph.token_refused", weight=SPECIFIC - 10, place="graph"),
    said(r"values? of identifieruris property must use a verified domain|host ?name not on verified domain", "certain",
         "graph.identifier_uri_unverified", weight=_ABOVE_CODE),
    said(r"could not find a property named '[^']{1,120}' on type 'microsoft\.graph", "certain", "graph.body_malformed",
         weight=_ABOVE_CODE),
    said(r"reference target '[^']{1,160}' of type .{1,60}is invalid for the", "certain", "graph.object_absent",
         weight=_ABOVE_CODE),
    said(r"invalid value specified for property|does not match schema|contains? invalid values|unless disabled first|"
         r"invalid filter clause|unsupported query|parsing odata select and expand failed|invalid property '", "likely",
         "graph.body_malformed", weight=WORDS, place="graph"),
    said(r"resource not found for the segment", "likely", "graph.body_malformed", weight=WORDS, place="graph"),
    said(r"\"code\": ?\"badrequest\"", "possible", "graph.body_malformed", weight=45, place="graph"),
    said(r"encountered an internal server error", "likely", "graph.unavailable", weight=WORDS, place="graph"),
    said(r"principal \S{1,60} does not exist in the directory|\bprincipalnotfound\b|service principal clientid: .{1,80}"
         r"not found in active directory", "likely", "graph.principal_seen_late", "login.service_principal_missing"),
    said(r"missing permission scope|application is not authorized to perform this operation", "certain",
         "graph.cannot_register_apps", weight=WORDS, place="graph"),
    said(r"a value is required for property", "certain", "graph.value_missing", weight=WORDS, place="graph"),
    said(r"invalid object identifier", "certain", "graph.id_malformed", weight=WORDS, place="graph"),
    said(r"unable to read json request payload", "certain", "graph.body_malformed", weight=WORDS, place="graph"),
    # the Power Platform admin API
    said(r"service principal with id .{1,260}?does not have permission to access the path", "certain",
         "power_platform.app_not_registered", "power_platform.not_an_administrator"),
    said(r"user with object id .{1,200}?does not have (?:access to )?permission", "certain",
         "power_platform.not_environment_administrator", "power_platform.not_an_administrator"),
    said(r"does not have (?:permission|access) to (?:access )?(?:the )?(?:path|permission)", "likely",
         "power_platform.not_an_administrator", place="power_platform"),
    said(r"invalidauthenticationaudience|expiredauthenticationtoken|\"code\": ?\"authenticationfailed\"", "likely",
         "power_platform.token_refused", place="power_platform"),
    said(r"does not have permission for connection|connectionauthorizationfailed|missing connection acl|"
         r"not a connection "
         r"you have access permission for", "certain", "power_platform.not_environment_administrator"),
    said(r"(?:is|are|am) not (?:authorized|permitted|allowed) to", "likely", "power_platform.not_an_administrator",
         "power_platform.not_environment_administrator", weight=45, place="power_platform"),
    said(r"the environment '?[\w-]{3,60}'? could not be found in the tenant", "likely",
         "power_platform.environment_unknown"),
)  # fmt: skip
