"""What the error codes of Microsoft Graph, of its predecessor and of the Power Platform admin API mean.

Graph's codes after the resource error documents and public issue threads; a message often decides over the code
(see `sentences`). Read 2026-11.
"""

from typing import Final

from provisioning.diagnosis.rules import Certainty
from provisioning.explaining.aadsts import FAINT, Meaning
from provisioning.explaining.guess import guesses

_GRAPH = 85


def _rows(codes: str, certainty: Certainty, name: str, *also: str, weight: int = _GRAPH) -> dict[str, Meaning]:
    meaning = Meaning(guesses(certainty, name, *also), weight)
    return {code.lower(): meaning for code in codes.split()}


GRAPH_CODES: Final[dict[str, Meaning]] = {
    **_rows("Authorization_RequestDenied", "likely", "graph.cannot_register_apps", "graph.cannot_create_principals"),
    **_rows("ErrorAccessDenied Directory_InsufficientPrivileges", "likely", "graph.cannot_register_apps"),
    **_rows("Authorization_IdentityNotFound", "likely", "login.service_principal_missing",
            "graph.token_refused"),
    **_rows("InvalidAuthenticationToken Authentication_MissingOrMalformed Authentication_ExpiredToken "
            "Authentication_Unauthorized TokenNotFound", "certain", "graph.token_refused"),
    **_rows("Request_ResourceNotFound", "likely", "graph.object_seen_late", "graph.object_absent"),
    **_rows("ResourceNotFound itemNotFound", "possible", "graph.object_absent", "graph.object_seen_late", weight=FAINT),
    **_rows("NoBackingApplicationObject", "likely", "graph.application_seen_late", "graph.application_absent"),
    **_rows("Directory_ObjectNotFound", "likely", "graph.directory_busy", "graph.object_absent"),
    **_rows("Directory_ConcurrencyViolation", "certain", "graph.concurrent_writes"),
    **_rows("Error_MsaAppDoesNotExist", "likely", "graph.personal_app_seen_late"),
    **_rows("Request_MultipleObjectsWithSameKeyValue", "certain", "graph.principal_exists"),
    **_rows("ObjectConflict", "certain", "graph.identifier_uri_taken"),
    **_rows("CredentialInvalidLifetimeAsPerAppPolicy InvalidKeyEndDate", "certain", "graph.policy_caps_secret"),
    **_rows("CredentialTypeNotAllowedAsPerAppPolicy KeyCredentialTypeNotAllowed "
            "CredentialTypeNotAllowedAsPerTenantPolicy", "certain", "graph.policy_blocks_secret"),
    **_rows("HostNameNotOnVerifiedDomain", "certain", "graph.identifier_uri_unverified"),
    **_rows("Directory_QuotaExceeded", "certain", "graph.quota_exceeded"),
    **_rows("Request_BadRequest Request_UnsupportedQuery Request_InvalidRequestUrl Request_InvalidDataContractVersion "
            "Request_DataContractVersionMissing CannotDeleteOrUpdateEnabledEntitlement "
            "SignInAudienceNotAllowedAsPerAppPolicy", "likely", "graph.body_malformed", weight=FAINT),
    **_rows("TooManyRequests Request_ThrottledTemporarily Request_ThrottledPermanently ApplicationThrottled "
            "activityLimitReached", "certain", "graph.throttled"),
    **_rows("Service_InternalServerError Service_ServiceUnavailable serviceNotAvailable Request_Timeout", "likely",
            "graph.unavailable"),
    **_rows("EnvironmentAccess EnvironmentAccessDenied UserMissingRequiredPermission "
            "UserNotAuthorizedToPerformOperation", "likely", "power_platform.not_environment_administrator",
            "power_platform.not_an_administrator"),
    **_rows("EnvironmentNotFound", "likely", "power_platform.environment_unknown"),
    **_rows("ServicePrincipalNotFound", "likely", "power_platform.principal_unknown"),
}  # fmt: skip
