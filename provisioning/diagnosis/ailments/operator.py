"""The operator is held up: a person's sign-in, and the operator's rights in the environment."""

from typing import Final

from provisioning.diagnosis.ailments.ailment import Ailment
from provisioning.problems import DYNAMICS_ADMIN, ENTRA_ADMIN, YOU

OPERATOR: Final = (
    Ailment(
        "login.operator_needs_mfa",
        "login.conditional_access",
        YOU,
        "sign in with --sign-in browser or device_code, where the second factor can be given",
    ),
    Ailment(
        "login.operator_blocked_by_policy",
        "login.conditional_access",
        ENTRA_ADMIN,
        "sign in from a place and device that the Conditional Access policy allows, or let the operator through",
    ),
    Ailment(
        "login.operator_password_wrong",
        "other",
        YOU,
        "type the password again; after too many tries the account is locked for a while",
    ),
    Ailment(
        "login.operator_unknown",
        "other",
        YOU,
        "sign in with an account of this tenant: the one given is not in it",
    ),
    Ailment(
        "login.operator_code_expired",
        "other",
        YOU,
        "run the command again and enter the new code within 15 minutes",
    ),
    Ailment(
        "login.operator_declined",
        "other",
        YOU,
        "run the command again and accept, or sign in with another account",
    ),
    Ailment(
        "login.operator_needs_admin_consent",
        "login.consent_missing",
        ENTRA_ADMIN,
        "consent for the tenant to the app that the operator signs in with",
    ),
    Ailment(
        "dataverse.operator_not_a_member",
        "dataverse.user_missing",
        DYNAMICS_ADMIN,
        "make the operator a user of this environment (an app: an application user) with System Administrator",
    ),
    Ailment(
        "dataverse.operator_cannot_create_users",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "give the operator System Administrator in this environment: creating users needs prvCreateUser",
    ),
    Ailment(
        "dataverse.operator_cannot_make_roles",
        "dataverse.privilege_missing",
        DYNAMICS_ADMIN,
        "give the operator System Administrator in this environment: nobody grants more than they hold",
    ),
    Ailment(
        "dataverse.role_of_another_business_unit",
        "dataverse.no_role",
        DYNAMICS_ADMIN,
        "assign the role's copy in the user's own business unit: each unit has one, with an id of its own",
    ),
    Ailment(
        "dataverse.user_exists_already",
        "dataverse.duplicate",
        DYNAMICS_ADMIN,
        "the app has an application user here already, perhaps a deleted one: use it, or delete it for good first",
    ),
)
