"""The token service refuses the integration: tenant, client, secret, consent, policy."""

from typing import Final

from provisioning.diagnosis.ailments.ailment import Ailment
from provisioning.problems import ENTRA_ADMIN, MICROSOFT, VENDOR, YOU

LOGIN: Final = (
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
        "login.tenant_is_client_id",
        "login.tenant_unknown",
        ENTRA_ADMIN,
        "the tenant ID given is the client ID: paste the Directory (tenant) ID from the same page{tenant_hint}",
    ),
    Ailment(
        "login.tenant_malformed",
        "login.tenant_unknown",
        ENTRA_ADMIN,
        "the tenant ID is neither a GUID nor a domain: paste the Directory (tenant) ID from the app's Overview page",
    ),
    Ailment(
        "login.tenant_not_named",
        "login.tenant_unknown",
        VENDOR,
        "give the Directory (tenant) ID itself: common, organizations and consumers name no tenant",
    ),
    Ailment(
        "login.tenant_of_another_customer",
        "login.tenant_unknown",
        ENTRA_ADMIN,
        "the tenant exists and is not the app's: paste the tenant ID from the app's own Overview page{tenant_hint}",
    ),
    Ailment(
        "login.tenant_in_another_cloud",
        "login.tenant_unknown",
        VENDOR,
        "sign in at the national cloud that the tenant lives in, such as login.microsoftonline.us",
    ),
    Ailment(
        "login.tenant_blocked",
        "login.tenant_unknown",
        ENTRA_ADMIN,
        "the tenant was blocked for inactivity: reactivate it in the Entra admin center within 200 days",
    ),
    Ailment(
        "login.client_unknown",
        "login.client_unknown",
        ENTRA_ADMIN,
        "copy the Application (client) ID, not an object ID, from the app's Overview page, in this tenant{client_hint}",
    ),
    Ailment(
        "login.client_is_object_id",
        "login.client_unknown",
        ENTRA_ADMIN,
        "the registration's Object ID was pasted as client ID: paste the Application (client) ID{client_hint}",
    ),
    Ailment(
        "login.client_is_principal_id",
        "login.client_unknown",
        ENTRA_ADMIN,
        "the enterprise application's Object ID was pasted as client ID: paste the Application ID{client_hint}",
    ),
    Ailment(
        "login.client_is_placeholder",
        "login.client_unknown",
        VENDOR,
        "the client ID is the empty GUID of a template: paste the Application (client) ID",
    ),
    Ailment(
        "login.client_missing",
        "login.client_unknown",
        VENDOR,
        "give the Application (client) ID: none was sent (an empty field or environment variable)",
    ),
    Ailment(
        "login.app_deleted",
        "login.client_unknown",
        ENTRA_ADMIN,
        "restore the registration under Deleted applications within 30 days, or set up a new one",
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
        "login.secret_removed",
        "login.secret_wrong",
        ENTRA_ADMIN,
        "the app has no such secret any more: create a new one and paste its Value",
    ),
    Ailment(
        "login.secret_of_another_app",
        "login.secret_wrong",
        ENTRA_ADMIN,
        "the secret belongs to another app: paste one from the registration whose client ID was given",
    ),
    Ailment(
        "login.secret_with_space",
        "login.secret_wrong",
        VENDOR,
        "paste the secret's Value again, without the white space around it",
    ),
    Ailment(
        "login.secret_cut_short",
        "login.secret_wrong",
        ENTRA_ADMIN,
        "the Value is shorter than Entra's secrets are: paste it whole, with the copy button beside it",
    ),
    Ailment(
        "login.secret_not_seen_yet",
        "graph.replication_lag",
        YOU,
        "wait until several sign-ins in a row succeed: a secret made seconds ago works now and then at first",
    ),
    Ailment(
        "login.secret_missing",
        "login.secret_missing",
        VENDOR,
        "give the client secret's Value: none was sent (an empty field or environment variable)",
    ),
    Ailment(
        "login.client_is_public",
        "login.secret_missing",
        ENTRA_ADMIN,
        "in the app's Authentication page set Allow public client flows to No: a public app may present no secret",
    ),
    Ailment(
        "login.consent_missing",
        "login.consent_missing",
        ENTRA_ADMIN,
        "in the app's API permissions add Dynamics CRM user_impersonation and click Grant admin consent",
    ),
    Ailment(
        "login.consent_of_one_person",
        "login.consent_missing",
        ENTRA_ADMIN,
        "one person consented for themselves: click Grant admin consent, which consents for the whole tenant",
    ),
    Ailment(
        "login.not_assigned",
        "login.consent_missing",
        ENTRA_ADMIN,
        "Dataverse demands an assignment: assign the app's service principal, or set Assignment required to No",
    ),
    Ailment(
        "login.conditional_access",
        "login.conditional_access",
        ENTRA_ADMIN,
        "let the app's service principal through the Conditional Access policy for workload identities",
    ),
    Ailment(
        "login.scope_or_resource_wrong",
        "login.scope_or_resource_wrong",
        ENTRA_ADMIN,
        "paste as environment URL {url}; if it is that already, Dataverse is missing or disabled in this tenant",
    ),
    Ailment(
        "login.dataverse_absent",
        "login.scope_or_resource_wrong",
        ENTRA_ADMIN,
        "the tenant has no service principal of Dataverse: start a Power Platform subscription in it, or take the"
        " tenant that has one",
    ),
    Ailment(
        "login.dataverse_disabled",
        "login.scope_or_resource_wrong",
        ENTRA_ADMIN,
        "renew the Power Platform subscription, or enable Dataverse's service principal in Enterprise applications",
    ),
    Ailment(
        "login.request_malformed",
        "login.scope_or_resource_wrong",
        VENDOR,
        "send a form with grant_type=client_credentials, client_id, a credential and scope, each once",
    ),
    Ailment(
        "login.throttled_or_transient",
        "login.throttled_or_transient",
        MICROSOFT,
        "wait a few minutes and try again; if it stays, give Microsoft the correlation id",
    ),
    Ailment(
        "login.throttled",
        "login.throttled_or_transient",
        VENDOR,
        "keep the token and use it until it ends instead of asking for one each time; wait as long as Retry-After says",
    ),
    Ailment(
        "login.unavailable",
        "login.throttled_or_transient",
        MICROSOFT,
        "try again in a few minutes; if it stays, look at Azure's status page and give Microsoft the correlation id",
    ),
)
