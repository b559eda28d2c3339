"""Microsoft Graph refuses the operator, or does not see yet what was just made."""

from typing import Final

from provisioning.diagnosis.ailments.ailment import Ailment
from provisioning.problems import ENTRA_ADMIN, MICROSOFT, YOU

GRAPH: Final = (
    Ailment(
        "graph.cannot_register_apps",
        "graph.permission_missing",
        ENTRA_ADMIN,
        "give the operator Application Administrator (an app: Application.ReadWrite.OwnedBy or .All, with consent)",
    ),
    Ailment(
        "graph.cannot_add_secrets",
        "graph.permission_missing",
        ENTRA_ADMIN,
        "make the operator an owner of the app, or give it Application Administrator (an app:"
        " Application.ReadWrite.All)",
    ),
    Ailment(
        "graph.cannot_create_principals",
        "graph.permission_missing",
        ENTRA_ADMIN,
        "give the operator Application Administrator (an app: Application.ReadWrite.All); waiting does not help",
    ),
    Ailment(
        "graph.cannot_grant_consent",
        "graph.permission_missing",
        ENTRA_ADMIN,
        "let a Cloud Application Administrator grant the consent (an app: DelegatedPermissionGrant.ReadWrite.All)",
    ),
    Ailment(
        "graph.quota_exceeded",
        "graph.permission_missing",
        ENTRA_ADMIN,
        "delete objects that the operator created and purge them, or set up as an administrator, who has no quota",
    ),
    Ailment(
        "graph.token_refused",
        "graph.permission_missing",
        YOU,
        "ask for the token with scope https://graph.microsoft.com/.default, and use it until it ends and no longer",
    ),
    Ailment(
        "graph.application_seen_late",
        "graph.replication_lag",
        YOU,
        "wait and ask again: the registration was just made and this part of the directory has not seen it",
    ),
    Ailment(
        "graph.backing_application_seen_late",
        "graph.replication_lag",
        YOU,
        "wait and ask again: the registration was just made; if it stays for minutes, a permission is missing",
    ),
    Ailment(
        "graph.object_seen_late",
        "graph.replication_lag",
        YOU,
        "wait and ask again if the object was made within minutes; otherwise it was deleted or the id is wrong",
    ),
    Ailment(
        "graph.principal_seen_late",
        "graph.replication_lag",
        YOU,
        "wait and ask again: the service principal was just made and cannot be referred to everywhere yet",
    ),
    Ailment(
        "graph.secret_seen_late",
        "graph.replication_lag",
        YOU,
        "wait and ask again: the secret was just made; if it was removed already, nothing is left to do",
    ),
    Ailment(
        "graph.directory_busy",
        "graph.replication_lag",
        YOU,
        "wait and look before asking again: the write may have taken effect all the same",
    ),
    Ailment(
        "graph.concurrent_writes",
        "graph.replication_lag",
        YOU,
        "wait briefly and ask again, one change of an app at a time",
    ),
    Ailment(
        "graph.personal_app_seen_late",
        "graph.replication_lag",
        YOU,
        "wait and ask again; register the app for this organization only, which has no such half",
    ),
    Ailment(
        "graph.object_absent",
        "graph.bad_request",
        YOU,
        "take the id of an object that exists: this one was deleted, or the id is an application's where an object's"
        " belongs",
    ),
    Ailment(
        "graph.application_absent",
        "graph.bad_request",
        YOU,
        "take the client ID of an app that is registered in this tenant",
    ),
    Ailment(
        "graph.principal_exists",
        "graph.duplicate",
        YOU,
        "go on with the service principal that exists: look it up by appId",
    ),
    Ailment(
        "graph.grant_exists",
        "graph.duplicate",
        YOU,
        "go on: the consent is there already; to change its scopes, change that grant",
    ),
    Ailment(
        "graph.owner_exists",
        "graph.duplicate",
        YOU,
        "go on: the owner is one already",
    ),
    Ailment(
        "graph.role_assignment_exists",
        "graph.duplicate",
        YOU,
        "go on: the application permission is assigned already",
    ),
    Ailment(
        "graph.identifier_uri_taken",
        "graph.duplicate",
        ENTRA_ADMIN,
        "choose another identifier URI, or take it from the app that has it",
    ),
    Ailment(
        "graph.two_apps_of_one_name",
        "graph.duplicate",
        YOU,
        "say which of the apps is meant by its client ID, or delete the one that is not",
    ),
    Ailment(
        "graph.policy_blocks_secret",
        "graph.policy_blocks_secret",
        ENTRA_ADMIN,
        "use a certificate (--certificate), or exempt the app from the app management policy; asking again is no use",
    ),
    Ailment(
        "graph.policy_caps_secret",
        "graph.policy_blocks_secret",
        ENTRA_ADMIN,
        "ask for a shorter life of the secret (--months), within what the app management policy allows",
    ),
    Ailment(
        "graph.identifier_uri_unverified",
        "graph.bad_request",
        ENTRA_ADMIN,
        "use api://<client ID> as identifier URI, or a domain that the tenant has verified",
    ),
    Ailment(
        "graph.id_malformed",
        "graph.bad_request",
        YOU,
        "write the object's id as a GUID",
    ),
    Ailment(
        "graph.body_malformed",
        "graph.bad_request",
        YOU,
        "send valid JSON with Content-Type: application/json, with the members that Graph knows",
    ),
    Ailment(
        "graph.value_missing",
        "graph.bad_request",
        YOU,
        "send the member that the answer names",
    ),
    Ailment(
        "graph.throttled",
        "login.throttled_or_transient",
        YOU,
        "wait as long as Retry-After says and ask again",
    ),
    Ailment(
        "graph.unavailable",
        "login.throttled_or_transient",
        MICROSOFT,
        "ask again in a while; if it stays, give Microsoft the request id",
    ),
)
