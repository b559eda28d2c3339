"""The Entra directory of one make-believe tenant: registrations, secrets, principals, grants and people."""

from mock_services.state.directory.directory import Directory
from mock_services.state.directory.records import (
    AccessPolicy,
    Application,
    AppRoleAssignment,
    DelegatedGrant,
    DirectoryRole,
    FederatedCredential,
    Group,
    KeyCredential,
    RefreshToken,
    Secret,
    ServicePrincipal,
    User,
)

__all__ = [
    "AccessPolicy",
    "AppRoleAssignment",
    "Application",
    "DelegatedGrant",
    "Directory",
    "DirectoryRole",
    "FederatedCredential",
    "Group",
    "KeyCredential",
    "RefreshToken",
    "Secret",
    "ServicePrincipal",
    "User",
]
