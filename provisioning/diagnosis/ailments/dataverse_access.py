"""Dataverse lets the integration in, or not: token, application user, role, state of the environment, limits."""

from typing import Final

from provisioning.diagnosis.ailments.ailment import Ailment
from provisioning.problems import DYNAMICS_ADMIN, ENTRA_ADMIN, MICROSOFT, VENDOR, YOU

DATAVERSE_ACCESS: Final = (
    Ailment(
        "dataverse.token_refused",
        "dataverse.wrong_audience_or_token",
        DYNAMICS_ADMIN,
        "check that environment and app are in the same tenant, and that the URL is the environment's own",
    ),
    Ailment(
        "dataverse.token_missing",
        "dataverse.wrong_audience_or_token",
        VENDOR,
        "send the access token as Authorization: Bearer <token>; a proxy or a redirect may have dropped the header",
    ),
    Ailment(
        "dataverse.token_expired",
        "dataverse.wrong_audience_or_token",
        VENDOR,
        "ask for a new token before the old one ends (about an hour), and check the machine's clock",
    ),
    Ailment(
        "dataverse.token_for_another_resource",
        "dataverse.wrong_audience_or_token",
        VENDOR,
        "ask for the token with scope <environment URL>/.default: this one was issued for another resource",
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
        "dataverse.user_in_another_environment",
        "dataverse.user_missing",
        DYNAMICS_ADMIN,
        "the application user is in another environment of this tenant: paste that one's URL, or create one here"
        "{environments}",
    ),
    Ailment(
        "dataverse.user_deleted",
        "dataverse.user_missing",
        DYNAMICS_ADMIN,
        "the application user was deleted: delete it for good in the admin center, then create it again with a role",
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
        "dataverse.team_role_lost",
        "dataverse.no_role",
        DYNAMICS_ADMIN,
        "the application user had its role from a team only: add it to the team again, or give it a role of its own",
    ),
    Ailment(
        "dataverse.role_seen_late",
        "dataverse.no_role",
        YOU,
        "wait half a minute and try again: the role was given a moment ago, and Dataverse keeps rights for 30 seconds",
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
        "dataverse.cannot_read_contacts",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "add Read on Contact at organization level to the role: the customer is looked up by e-mail address",
    ),
    Ailment(
        "dataverse.cannot_create_contacts",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "add Create on Contact at organization level to the role: an unknown customer is created",
    ),
    Ailment(
        "dataverse.cannot_create_incidents",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "add Create on Case at organization level to the role",
    ),
    Ailment(
        "dataverse.cannot_append_incidents",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "add Append on Case to the role: a case is linked to its customer",
    ),
    Ailment(
        "dataverse.cannot_append_to_contacts",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "add Append To on Contact at organization level to the role: a customer takes a link from a case",
    ),
    Ailment(
        "dataverse.cannot_create_notes",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "add Create, Read and Append on Note to the role: the transcript is attached as one",
    ),
    Ailment(
        "dataverse.cannot_assign_incidents",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "add Assign on Case at organization level to the role, or set no default owner",
    ),
    Ailment(
        "dataverse.owner_cannot_read",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "give the owner that is set a role with Read on Case: whoever owns a row must be able to read it",
    ),
    Ailment(
        "dataverse.cannot_add_to_queue",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "add Append To on Queue and the privilege Add to Queue to the role, or set no default queue",
    ),
    Ailment(
        "dataverse.cannot_create_conversations",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "add Create on Activity to the role: a live work item is an activity, and all activities share one privilege",
    ),
    Ailment(
        "dataverse.column_secured",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "give the application user a column security profile that allows the secured column, or leave the column out",
    ),
    Ailment(
        "dataverse.impersonation_forbidden",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "send no MSCRMCallerID or CallerObjectId, or add Act on Behalf of Another User to the role",
    ),
    Ailment(
        "dataverse.depth_too_small",
        "dataverse.depth_too_small",
        DYNAMICS_ADMIN,
        "raise the role's privileges on contacts, incidents and queues to organization level",
    ),
    Ailment(
        "dataverse.contacts_unseen",
        "dataverse.depth_too_small",
        DYNAMICS_ADMIN,
        "raise Read on Contact to organization level: contacts of others are not found and so are created again",
    ),
    Ailment(
        "dataverse.environment_closed",
        "dataverse.license_or_admin_mode",
        DYNAMICS_ADMIN,
        "enable the environment and end its administration mode in the admin center",
    ),
    Ailment(
        "dataverse.organisation_disabled",
        "dataverse.license_or_admin_mode",
        DYNAMICS_ADMIN,
        "enable the environment in the admin center; a trial may have ended, or a subscription lapsed",
    ),
    Ailment(
        "dataverse.administration_mode",
        "dataverse.license_or_admin_mode",
        DYNAMICS_ADMIN,
        "end the environment's administration mode in the admin center, on the environment's Edit page",
    ),
    Ailment(
        "dataverse.location_restricted",
        "login.conditional_access",
        ENTRA_ADMIN,
        "let the vendor's addresses through the environment's location-based access rule or IP firewall",
    ),
    Ailment(
        "dataverse.throttled",
        "dataverse.throttled",
        VENDOR,
        "send fewer requests at a time and wait as long as Retry-After says",
    ),
    Ailment(
        "dataverse.throttled_by_time",
        "dataverse.throttled",
        VENDOR,
        "make each request cheaper (fewer columns, smaller batches) and wait as long as Retry-After says",
    ),
    Ailment(
        "dataverse.throttled_by_concurrency",
        "dataverse.throttled",
        VENDOR,
        "send fewer requests at the same time and wait as long as Retry-After says",
    ),
    Ailment(
        "dataverse.unavailable",
        "other",
        MICROSOFT,
        "try again in a few minutes; if it stays, give Microsoft the request id and the time",
    ),
)
