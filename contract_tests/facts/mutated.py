"""The mutants that are no row of refusals: checks left out, defaults, members and headers that lie."""

from datetime import timedelta
from typing import Any, Final

from contract_tests.facts.lying import Mutant, headed, member, patch
from mock_services.dataverse.security import Reach, Security
from mock_services.graph.permissions import Reach as GraphReach
from mock_services.login.clients import Client
from mock_services.login.errors import Refused
from mock_services.login.refusals import credentials
from mock_services.power_platform.environments import Environment
from mock_services.state.directory import Directory
from mock_services.state.directory.consent import grant_admin_consent
from mock_services.state.directory.records import ServicePrincipal
from mock_services.state.organisation.definitions import Table
from mock_services.state.well_known import GLOBAL_ADMINISTRATOR


def _nothing(*_arguments: Any, **_named: Any) -> None:
    """A check that checks nothing."""


def _always(value: Any) -> Any:
    return lambda *_arguments, **_named: value


def _endless(client: Client, text: str) -> None:
    """Whose secret it is counts, and not when it ends."""
    if not any(secret.matches(text) for secret in client.secrets):
        raise Refused(credentials.SECRET_WRONG, application=client.app_id)


def _unchecked(security: Security, _verb: str, _table: Table) -> Reach:
    """Whoever asks holds every privilege."""
    return security._everything


def _added(directory: Directory, app_id: str, **how: Any) -> ServicePrincipal:
    """Consent that takes nothing back."""
    return grant_admin_consent(directory, app_id, **{**how, "replaces": False})


BEHAVIOUR: Final[tuple[Mutant, ...]] = (
    # Checks that the token service leaves out
    Mutant("login", "any secret is good", patch("login.client_authentication:_check_secret", _nothing)),
    Mutant(
        "login",
        "secrets never end",
        patch("login.client_authentication:_check_secret", _endless),
        refusal="credentials.SECRET_EXPIRED",
    ),
    Mutant(
        "login", "a v2 request may name a resource", patch("login.client_credentials:refuse_resource_on_v2", _nothing)
    ),
    Mutant("login", "every host is a resource", patch("login.resources:answers_to", _always(True))),
    Mutant(
        "login",
        "assertions need no signature",
        patch("login.certificates:is_signed_by", _always(True)),
        refusal="credentials.SIGNATURE_WRONG",
    ),
    Mutant(
        "login",
        "assertions never end",
        patch("login.certificates:check_lifetime", _nothing),
        refusal="credentials.ASSERTION_OUT_OF_TIME",
    ),
    Mutant(
        "login",
        "assertions are for anybody",
        patch("login.certificates:_is_ours", _always(True)),
        refusal="credentials.ASSERTION_FOR_OTHERS",
    ),
    Mutant("login", "a first device code tells numbers", wire=member(r"oauth2/devicecode$", "expires_in", 900)),
    Mutant("login", "first keys without thumbprints", wire=member(r"discovery/keys$", "x5t", gone=True)),
    Mutant("login", "a token tells no type", wire=member(r"/token$", "token_type", gone=True)),
    Mutant("login", "a lifetime is a text", wire=member(r"v2\.0/token$", "expires_in", "3599")),
    Mutant("login", "no extended lifetime", wire=member(r"v2\.0/token$", "ext_expires_in", gone=True)),
    Mutant("login", "answers may be cached", wire=headed(r"/token$", cache_control="max-age=60")),
    Mutant("login", "no request id", wire=headed(r"/token$", x_ms_request_id=None)),
    Mutant("login", "no cookies", wire=headed(r"/token$", set_cookie=None)),
    Mutant("login", "a refusal tells no codes", wire=member(r"/token$", "error_codes", gone=True)),
    Mutant("login", "a refusal tells no correlation id", wire=member(r"/token$", "correlation_id", gone=True)),
    Mutant(
        "login", "the issuer is the second format's", wire=member(r"openid-configuration$", "issuer", "https://odd")
    ),
    Mutant("login", "keys without certificates", wire=member(r"discovery/v2\.0/keys$", "x5c", gone=True)),
    # People at a browser
    Mutant("login", "any password is good", patch("state.directory.records:User.matches", _always(True))),
    Mutant("login", "nobody is ever locked", patch("state.pending:Attempts.is_locked", _always(False))),
    Mutant("login", "any verifier is good", patch("login.authorization_code:_check_verifier", _nothing)),
    Mutant("login", "codes are good for ever", patch("login.authorize:AUTHORIZATION_CODE_LIFE", timedelta(days=1))),
    Mutant("login", "consent is not kept", patch("login.consent:answer", _nothing)),
    Mutant("login", "devices need nobody", patch("login.device:_check_decision", _nothing)),
    # Graph
    Mutant(
        "graph",
        "no permission is needed",
        patch("graph.permissions:_of_application", _always(GraphReach.ALL)),
        refusal="objects.DENIED",
    ),
    Mutant("graph", "a token of any audience is good", patch("graph.bearer:_is_for_us", _always(True))),
    Mutant(
        "graph",
        "tokens never end",
        patch("graph.bearer:_check_lifetime", _nothing),
        refusal="gateway.BEARER_EXPIRED",
    ),
    Mutant(
        "graph", "accounts of every tenant by default", patch("graph.facts:DEFAULT_AUDIENCE", "AzureADMultipleOrgs")
    ),
    Mutant("graph", "pages may be larger", patch("graph.query:facts.LARGEST_PAGE", 5000)),
    Mutant("graph", "batches may be larger", patch("graph.facts:LARGEST_BATCH", 50)),
    Mutant("graph", "refusals tell an OData version", wire=headed(r"applications", odata_version="4.0")),
    Mutant("graph", "no place of what was made", wire=headed(r"applications$", location=None)),
    Mutant("graph", "no resource units", wire=headed(r"v1\.0/", x_ms_resource_unit=None)),
    Mutant("graph", "an application without its api", wire=member(r"applications", "api", gone=True)),
    Mutant("graph", "a secret without a hint", wire=member(r"addPassword$", "hint", gone=True)),
    Mutant("graph", "a grant without its person", wire=member(r"oauth2PermissionGrants", "principalId", gone=True)),
    Mutant(
        "graph", "Dataverse has application roles", wire=member(r"servicePrincipals", "appRoles", [{"value": "Odd"}])
    ),
    Mutant(
        "graph", "reads tell fractions of a second", patch("graph.shapes:instant", _always("2026-01-01T00:00:00.5Z"))
    ),
    Mutant("graph", "an inner error without its date", wire=member(r"v1\.0/", "date", gone=True)),
    # Dataverse
    Mutant("dataverse", "tokens of any audience are good", patch("dataverse.auth:_is_for", _always(True))),
    Mutant(
        "dataverse",
        "no privilege is checked",
        patch("dataverse.security:Security.demand", _unchecked),
        refusal="security.PRIVILEGE_MISSING",
    ),
    Mutant("dataverse", "tokens never end", patch("dataverse.auth:_is_in_time", _always(True))),
    Mutant(
        "dataverse",
        "no row is out of reach",
        patch("dataverse.security:Reach._covers", _always(True)),
        refusal="security.ROW_OUT_OF_REACH",
    ),
    Mutant("dataverse", "lists show every row", patch("dataverse.security:Reach._condition", _always(None))),
    Mutant("dataverse", "lookups need no rights", patch("dataverse.writing:demand_lookups", _nothing)),
    Mutant("dataverse", "versions are not compared", patch("dataverse.writing:check_match", _nothing)),
    Mutant("dataverse", "values are not checked", patch("dataverse.rules:_check_value", _nothing)),
    Mutant("dataverse", "states are not checked", patch("dataverse.rules:settle_state", _nothing)),
    Mutant("dataverse", "a case needs no customer", patch("dataverse.rules:_ON_CREATE", {})),
    Mutant("dataverse", "a new row is not named", wire=headed(r"/contacts$", odata_entityid=None)),
    Mutant("dataverse", "no OData version", wire=headed(r"/api/data", odata_version=None)),
    Mutant("dataverse", "what is left is not told", wire=headed(r"/api/data", x_ms_dop_hint=None)),
    Mutant(
        "dataverse",
        "numbers without a thousands' comma",
        wire=headed(r"/api/data", x_ms_ratelimit_time_remaining_xrm_requests="1200.00"),
    ),
    Mutant("dataverse", "rows without etags", wire=member(r"/contacts", "@odata.etag", gone=True)),
    Mutant("dataverse", "the default priority is low", wire=member(r"/incidents", "prioritycode", 3)),
    Mutant("dataverse", "WhoAmI tells no unit", wire=member(r"WhoAmI", "BusinessUnitId", gone=True)),
    Mutant("dataverse", "another version is told", wire=member(r"RetrieveVersion", "Version", "8.2.1.1")),
    Mutant("dataverse", "application users are people", wire=member(r"/systemusers", "accessmode", 0)),
    Mutant(
        "dataverse", "definitions without type codes", wire=member(r"EntityDefinitions", "ObjectTypeCode", gone=True)
    ),
    Mutant("dataverse", "no challenge", wire=headed(r"/api/data", www_authenticate=None)),
    Mutant("dataverse", "counts are not told", wire=member(r"/businessunits", "@odata.count", gone=True)),
    # Power Platform
    Mutant("power_platform", "any version will do", patch("power_platform.admin:_check_version", _nothing)),
    Mutant(
        "power_platform",
        "tokens for Graph are good",
        patch("power_platform.facts:AUDIENCES", ("https://graph.microsoft.com",)),
    ),
    Mutant(
        "power_platform",
        "applications are administrators",
        patch("power_platform.callers:Caller.is_administrator", _always(True)),
    ),
    Mutant("power_platform", "refusals without detailUrlType", wire=member("", "detailUrlType", gone=True)),
    Mutant("power_platform", "an environment's URL has no slash", wire=member("", "instanceUrl", "https://odd")),
    Mutant("power_platform", "discovery tells no environment", wire=member("Instances", "EnvironmentId", gone=True)),
    Mutant("power_platform", "discovery gives no challenge", wire=headed("Instances", www_authenticate=None)),
    Mutant(
        "power_platform",
        "no permission is needed",
        patch("power_platform.platform:_check_permission", _nothing),
        refusal="facts.API_SCOPE_MISSING",
    ),
    Mutant("power_platform", "everybody sees every environment", patch("power_platform.admin:_sees", _always(True))),
    Mutant(
        "power_platform",
        "users manage their environment",
        patch("power_platform.environments:Environment.is_managed_by", Environment.has_user),
    ),
    Mutant("power_platform", "addUser makes nobody", patch("power_platform.membership:add_user", _nothing)),
    Mutant(
        "power_platform",
        "a role stays when it is taken",
        patch("power_platform.membership:_taken", _always({"httpStatus": "OK"})),
    ),
    Mutant(
        "power_platform",
        "a registration stays when it is taken away",
        patch("state.power_platform:ManagementApplications.unregister", _nothing),
    ),
    Mutant(
        "power_platform", "its API's URLs end in a slash", wire=member("environmentmanagement", "url", "https://o/")
    ),
    Mutant("power_platform", "a language without its number", wire=member("Languages", "localeId", gone=True)),
    # Azure Resource Manager
    Mutant(
        "management",
        "tokens are good for ever",
        patch("management.callers:_check_lifetime", _nothing),
        refusal="facts.TOKEN_EXPIRED",
    ),
    Mutant("management", "every version is good", patch("management.routes:_version", _always("2022-12-01"))),
    Mutant("management", "every tenant is told in full", patch("management.shapes:DESCRIBED_SINCE", "")),
    Mutant("management", "no challenge is given", wire=headed("", www_authenticate=None)),
    Mutant("management", "a tenant has no default domain", wire=member("tenants", "defaultDomain", gone=True)),
    Mutant("management", "what is left is not told", wire=headed("", x_ms_ratelimit_remaining_tenant_reads=None)),
    Mutant("management", "a cloud tells no storage", wire=member("metadata", "storage", gone=True)),
    # The portal's back end
    Mutant(
        "portal",
        "everybody may consent",
        patch("state.directory.people:People.directory_roles_of", _always([GLOBAL_ADMINISTRATOR])),
        refusal="facts.NOT_ADMINISTRATOR",
    ),
    Mutant("portal", "every permission is valid", patch("state.directory.consent:_resolve", _always([]))),
    Mutant("portal", "no role is granted", patch("state.directory.consent:_write_roles", _nothing)),
    Mutant("portal", "consent only adds", patch("portal.routes:grant_admin_consent", _added)),
    Mutant("portal", "an application may consent", patch("portal.facts:APPLICATION_STATUS", 204)),
    Mutant("portal", "a refusal has no HResult", wire=member("Consent", "HResult", gone=True)),
)
