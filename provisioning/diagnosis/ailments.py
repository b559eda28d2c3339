"""Every cause this project can name: its family, whose turn it is, and the remedy as one sentence.

Words in braces are facts of the case; each has a general wording for when the case does not tell.
"""

from dataclasses import dataclass
from typing import Final

from provisioning.problems import DYNAMICS_ADMIN, ENTRA_ADMIN, MICROSOFT, VENDOR, YOU


@dataclass(frozen=True)
class Ailment:
    """A cause by name."""

    name: str
    family: str
    whose_turn: str
    remedy: str


# What a remedy says where the case does not tell better.
GENERAL_FACTS: Final = {
    "url": "the URL up to .dynamics.com, such as https://yourorg.crm.dynamics.com",
    "region_url": "the URL that the browser shows for this environment",
    "missing": "the privilege named in the answer",
    "tenant_hint": "",
    "client_hint": "",
    "environments": "",
}

_ROWS: Final = (
    Ailment(
        "login.tenant_unknown",
        "login.tenant_unknown",
        ENTRA_ADMIN,
        "copy the Directory (tenant) ID from the app's Overview page and paste it as tenant ID{tenant_hint}",
    ),
    Ailment(
        "login.tenant_is_app_object_id",
        "login.tenant_unknown",
        ENTRA_ADMIN,
        "the tenant ID given is the app's Object ID: paste the Directory (tenant) ID from the same page{tenant_hint}",
    ),
    Ailment(
        "login.client_unknown",
        "login.client_unknown",
        ENTRA_ADMIN,
        "copy the Application (client) ID, not an object ID, from the app's Overview page, in this tenant{client_hint}",
    ),
    Ailment(
        "login.service_principal_missing",
        "login.service_principal_missing",
        ENTRA_ADMIN,
        "create the app's service principal (az ad sp create --id <client id>), or grant admin consent in the portal",
    ),
    Ailment(
        "login.app_disabled",
        "login.app_disabled",
        ENTRA_ADMIN,
        "in Enterprise applications open the app and set Enabled for users to sign in to Yes",
    ),
    Ailment(
        "login.secret_expired",
        "login.secret_expired",
        ENTRA_ADMIN,
        "create a new client secret for the app and give its Value to the vendor, who pastes it and runs Test & Save",
    ),
    Ailment(
        "login.secret_id_pasted",
        "login.secret_id_pasted",
        ENTRA_ADMIN,
        "paste the secret's Value, not its Secret ID; if the Value was not kept, create a new secret",
    ),
    Ailment(
        "login.secret_wrong",
        "login.secret_wrong",
        ENTRA_ADMIN,
        "create a new client secret on this very app and paste its Value; a new secret can take a minute to work",
    ),
    Ailment(
        "login.secret_missing",
        "login.secret_missing",
        VENDOR,
        "give the client secret's Value: none was sent (an empty field or environment variable)",
    ),
    Ailment(
        "login.consent_missing",
        "login.consent_missing",
        ENTRA_ADMIN,
        "in the app's API permissions add Dynamics CRM user_impersonation and click Grant admin consent",
    ),
    Ailment(
        "login.scope_or_resource_wrong",
        "login.scope_or_resource_wrong",
        ENTRA_ADMIN,
        "paste as environment URL {url}; if it is that already, Dataverse is missing or disabled in this tenant",
    ),
    Ailment(
        "login.conditional_access",
        "login.conditional_access",
        ENTRA_ADMIN,
        "let the app's service principal through the Conditional Access policy for workload identities",
    ),
    Ailment(
        "login.throttled_or_transient",
        "login.throttled_or_transient",
        MICROSOFT,
        "wait a few minutes and try again; if it stays, give Microsoft the correlation id",
    ),
    Ailment(
        "dataverse.url_trailing_slash",
        "dataverse.wrong_environment_url",
        VENDOR,
        "paste the environment URL without the slash at its end: {url}",
    ),
    Ailment(
        "dataverse.url_with_path",
        "dataverse.wrong_environment_url",
        VENDOR,
        "paste the environment URL without anything after the host name: {url}",
    ),
    Ailment(
        "dataverse.host_mistyped",
        "dataverse.wrong_environment_url",
        DYNAMICS_ADMIN,
        "copy the environment URL from the browser's address bar, up to .dynamics.com{environments}",
    ),
    Ailment(
        "dataverse.domain_mistyped",
        "dataverse.wrong_environment_url",
        DYNAMICS_ADMIN,
        "the host is none of Dynamics'; copy the environment URL from the browser's address bar, up to .dynamics.com",
    ),
    Ailment(
        "dataverse.wrong_region",
        "dataverse.wrong_environment_url",
        DYNAMICS_ADMIN,
        "the name is right and the region is not: paste {region_url}",
    ),
    Ailment(
        "dataverse.token_refused",
        "dataverse.wrong_audience_or_token",
        DYNAMICS_ADMIN,
        "check that environment and app are in the same tenant, and that the URL is the environment's own",
    ),
    Ailment(
        "dataverse.user_missing",
        "dataverse.user_missing",
        DYNAMICS_ADMIN,
        "in the Power Platform admin center create an application user for this client ID, and give it a role",
    ),
    Ailment(
        "dataverse.user_of_another_app",
        "dataverse.user_missing",
        DYNAMICS_ADMIN,
        "the application user there belongs to another app: create one for this client ID, searched by the ID",
    ),
    Ailment(
        "dataverse.user_disabled",
        "dataverse.user_disabled",
        DYNAMICS_ADMIN,
        "in the admin center activate the application user again",
    ),
    Ailment(
        "dataverse.user_without_role",
        "dataverse.no_role",
        DYNAMICS_ADMIN,
        "in the admin center give the application user a security role (Manage roles)",
    ),
    Ailment(
        "dataverse.role_lacks_privilege",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "add to the application user's role, at organization level: {missing}",
    ),
    Ailment(
        "dataverse.vendor_role_list",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "the role holds just the vendor page's list, which does not suffice; add at organization level: {missing}",
    ),
    Ailment(
        "dataverse.depth_too_small",
        "dataverse.depth_too_small",
        DYNAMICS_ADMIN,
        "raise the role's privileges on contacts, incidents and queues to organization level",
    ),
    Ailment(
        "dataverse.table_missing",
        "dataverse.table_missing",
        DYNAMICS_ADMIN,
        "install Dynamics 365 Customer Service in the environment, or name the environment that has it",
    ),
    Ailment(
        "dataverse.environment_closed",
        "dataverse.license_or_admin_mode",
        DYNAMICS_ADMIN,
        "enable the environment and end its administration mode in the admin center",
    ),
    Ailment(
        "dataverse.throttled",
        "dataverse.throttled",
        VENDOR,
        "send fewer requests at a time and wait as long as Retry-After says",
    ),
    Ailment(
        "network.dns",
        "network.dns",
        YOU,
        "check that this machine can resolve the host name",
    ),
    Ailment(
        "network.tls_or_proxy",
        "network.tls_or_proxy",
        YOU,
        "check proxy and firewall; behind an inspecting proxy trust its CA (D365_CA_FILE or SSL_CERT_FILE)",
    ),
    Ailment(
        "other",
        "other",
        MICROSOFT,
        "this answer is not in the book: give Microsoft the request and correlation ids, and the time",
    ),
)

AILMENTS: Final = {ailment.name: ailment for ailment in _ROWS}
