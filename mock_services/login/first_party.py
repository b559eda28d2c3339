"""Microsoft's own public clients: what each may use of which resource without anybody's consent.

The scopes of the Azure CLI's Graph token are as decoded ones show them (Azure/azure-cli issues, 2022 on).
"""

from collections.abc import Mapping

from mock_services.state.well_known import (
    AZURE_CLI,
    AZURE_MANAGEMENT,
    DATAVERSE,
    MICROSOFT_GRAPH,
    PORTAL,
    POWER_PLATFORM_API,
    POWERAPPS,
)

PREAUTHORISED: Mapping[tuple[str, str], tuple[str, ...]] = {
    # (client, resource): delegated scopes
    (AZURE_CLI, MICROSOFT_GRAPH): (
        "Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "AuditLog.Read.All",
        "DelegatedPermissionGrant.ReadWrite.All", "Directory.AccessAsUser.All", "email", "Group.ReadWrite.All",
        "openid", "profile", "User.Read.All", "User.ReadWrite.All",
    ),
    (AZURE_CLI, DATAVERSE): ("user_impersonation",),
    (AZURE_CLI, POWERAPPS): ("user_impersonation",),
    # What that token is refused with in public guides (2026): none of the permissions that the API's paths ask for. The
    # name of what it does hold is inferred.
    (AZURE_CLI, POWER_PLATFORM_API): ("user_impersonation",),
    (AZURE_CLI, AZURE_MANAGEMENT): ("user_impersonation",),
    (AZURE_CLI, PORTAL): ("user_impersonation",),
}  # fmt: skip


def is_public_client(app_id: str) -> bool:
    """Whether this application id is one of those in the table."""
    return any(client == app_id.lower() for client, _ in PREAUTHORISED)
