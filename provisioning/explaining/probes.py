"""How to tell look-alikes apart: for each family the one look or call that would decide."""

from collections.abc import Sequence
from typing import Final

from provisioning.diagnosis.doctor import Cause

_VERIFY = "run `d365 verify` with the four values"

PROBES: Final[dict[str, str]] = {
    "login.tenant_unknown": "open https://login.microsoftonline.com/<tenant>/v2.0/.well-known/openid-configuration:"
    " an unknown tenant answers 400",
    "login.client_unknown": "search the client ID under App registrations, All applications, and under Enterprise"
    " applications of this very tenant",
    "login.secret_wrong": "compare the secret's first three characters with those the portal shows beside it; wait a"
    " minute where it is new, and sign in again",
    "login.secret_id_pasted": "look at the value that was pasted: a Secret ID is a GUID, a Value is not",
    "login.secret_expired": "look at Expires under Certificates & secrets",
    "login.secret_missing": "look whether the field or the environment variable is filled where the program runs",
    "login.scope_or_resource_wrong": "look under Enterprise applications for Dataverse (00000007-0000-0000-c000-"
    "000000000000), and compare the scope with <environment URL>/.default",
    "login.service_principal_missing": "search the client ID under Enterprise applications",
    "login.app_disabled": "look at Enabled for users to sign in on the enterprise application",
    "login.certificate_problem": "compare the thumbprint in the answer with those under Certificates & secrets, and the"
    " machine's clock with the real time",
    "login.federated_credential_problem": "compare the presented token's iss, sub and aud with the federated"
    " credential, letter by letter",
    "login.conditional_access": "look up the correlation id in Entra's sign-in logs: the Conditional Access tab names"
    " the policy",
    "login.consent_missing": "look at API permissions: each must say Granted for your organization",
    "login.throttled_or_transient": "try the same again in some minutes",
    "graph.permission_missing": "look which roles the caller's token holds (roles, scp, wids)",
    "graph.replication_lag": "ask for the object by its id again after a minute: lag passes, absence stays",
    "graph.duplicate": "look the object up by its appId or name",
    "graph.policy_blocks_secret": "read policies/defaultAppManagementPolicy",
    "graph.bad_request": "compare the request with Graph's reference",
    "dataverse.user_missing": "look under Application users of this very environment for the client ID",
    "dataverse.user_disabled": "look at the application user's State",
    "dataverse.no_role": "look at Manage roles of the application user",
    "dataverse.privilege_missing": f"{_VERIFY}: it lists the privileges that are missing",
    "dataverse.depth_too_small": "read the same row as its owner: what one reads and the other not is depth",
    "dataverse.wrong_environment_url": "open the environment URL in a browser, and compare its host letter by letter",
    "dataverse.wrong_audience_or_token": "read aud, tid and exp of the token: aud must be the environment URL",
    "dataverse.table_missing": "open <environment URL>/api/data/v9.2/incidents as an administrator: 404 means that it"
    " is not installed",
    "dataverse.bad_payload_property": "look the column up in <environment URL>/api/data/v9.2/$metadata",
    "dataverse.bad_bind": "look the navigation property up in <environment URL>/api/data/v9.2/$metadata",
    "dataverse.bad_value": "look the column's type, length and options up in its table's columns",
    "dataverse.not_found": "read the row by its id as an administrator",
    "dataverse.duplicate": "look the row up by the key in the answer",
    "dataverse.throttled": "look at Retry-After, and at how many requests run at once",
    "dataverse.license_or_admin_mode": "look at the environment's state in the admin center",
    "power_platform.permission": "look at the caller's Entra roles and at Power Platform's registered applications",
    "network.tls_or_proxy": "curl -v the same host from the same machine, with and without the proxy",
    "network.dns": "nslookup the host from the same machine and from another network",
}


def tell_apart(causes: Sequence[Cause]) -> tuple[str, ...]:
    """The probes that would decide between the causes, best first; none where one is certain."""
    if not causes or (causes[0].certainty == "certain" and len({cause.family for cause in causes}) == 1):
        return ()
    families = dict.fromkeys(cause.family for cause in causes)
    return tuple(PROBES[family] for family in families if family in PROBES)
