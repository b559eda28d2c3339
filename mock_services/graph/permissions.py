"""Who may do what: one table, by kind of call.

Evidence: permissions.json of microsoftgraph/microsoft-graph-devx-content (2026-08) for the permissions;
entra-docs delegate-by-task and grant-admin-consent for the directory roles that a person needs besides; the
permissions reference's remark on Application.ReadWrite.OwnedBy (reads of everything, writes of one's own).
"""

from dataclasses import dataclass
from enum import Enum

from mock_services.graph.bearer import Caller
from mock_services.graph.errors import Refused
from mock_services.graph.refusals import objects
from mock_services.state import well_known as known

OWNED_BY = "Application.ReadWrite.OwnedBy"
AS_USER = "Directory.AccessAsUser.All"
"""Lets a client do whatever the signed-in person may."""


class Reach(Enum):
    """How far a permission goes."""

    ALL = "all"
    OWNED = "owned"


@dataclass(frozen=True)
class Need:
    """What one kind of call asks of its caller: any one permission of the kind the caller has."""

    app: tuple[str, ...] | None
    """None: nothing is asked of an application, because the act refuses it by itself."""
    delegated: tuple[str, ...]
    app_owned: tuple[str, ...] = ()
    """Application permissions that reach only what the caller owns."""
    directory_roles: tuple[str, ...] | None = None
    """A person needs one of these besides; None: no role."""
    owners_too: bool = False
    """A person without the role may do it to what is their own."""
    besides: tuple[str, ...] = ()
    """One of these is needed in addition."""


_APP_READERS = ("Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
_APP_ADMINS = (
    known.GLOBAL_ADMINISTRATOR,
    known.APPLICATION_ADMINISTRATOR,
    known.CLOUD_APPLICATION_ADMINISTRATOR,
)
_APP_WRITERS = ("Application.ReadWrite.All",)
_GRANT_WRITERS = ("DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All")
_DIRECTORY_READERS = ("Directory.Read.All", "Directory.ReadWrite.All")
_APP_POLICY_WRITER = "Policy.ReadWrite.ApplicationConfiguration"
_POLICY_READERS = ("Policy.Read.All", _APP_POLICY_WRITER)
_AUTHORIZATION_WRITER = "Policy.ReadWrite.Authorization"
_ROLE_READERS = ("RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory")
_ROLE_WRITERS = ("RoleManagement.ReadWrite.Directory",)
_ROLE_ADMINS = (known.GLOBAL_ADMINISTRATOR, known.PRIVILEGED_ROLE_ADMINISTRATOR)
_GROUP_WRITERS = ("Group.ReadWrite.All", "Directory.ReadWrite.All")
_GROUP_READERS = (*_GROUP_WRITERS, "Group.Read.All", "GroupMember.Read.All", "GroupMember.ReadWrite.All",
                  "Directory.Read.All")  # fmt: skip
_GROUP_ADMINS = (known.GLOBAL_ADMINISTRATOR, known.GROUPS_ADMINISTRATOR, known.USER_ADMINISTRATOR)

NEEDS: dict[str, Need] = {
    "read applications": Need((*_APP_READERS, OWNED_BY), (*_APP_READERS, AS_USER)),
    "write applications": Need(
        _APP_WRITERS, (*_APP_WRITERS, AS_USER), (OWNED_BY,), directory_roles=_APP_ADMINS, owners_too=True
    ),
    # A plain user may register while allowedToCreateApps holds, which is the default; the app is then their own.
    "create applications": Need(
        _APP_WRITERS, (*_APP_WRITERS, AS_USER), (OWNED_BY,), directory_roles=_APP_ADMINS, owners_too=True
    ),
    "restore applications": Need(
        _APP_WRITERS,
        (*_APP_WRITERS, AS_USER),
        (OWNED_BY,),
        directory_roles=(*_APP_ADMINS, known.HYBRID_IDENTITY_ADMINISTRATOR),
        owners_too=True,
    ),
    "read grants": Need(
        ("DelegatedPermissionGrant.Read.All", *_GRANT_WRITERS, "Directory.Read.All"),
        ("DelegatedPermissionGrant.Read.All", *_GRANT_WRITERS, "Directory.Read.All", AS_USER),
    ),
    "write grants": Need(
        _GRANT_WRITERS,
        (*_GRANT_WRITERS, AS_USER),
        directory_roles=(*_APP_ADMINS, known.PRIVILEGED_ROLE_ADMINISTRATOR),
    ),
    "read app roles": Need(
        (*_APP_READERS, "AppRoleAssignment.ReadWrite.All"), (*_APP_READERS, "AppRoleAssignment.ReadWrite.All", AS_USER)
    ),
    "write app roles": Need(
        ("AppRoleAssignment.ReadWrite.All",),
        ("AppRoleAssignment.ReadWrite.All", AS_USER),
        directory_roles=(*_APP_ADMINS, known.PRIVILEGED_ROLE_ADMINISTRATOR),
        besides=(*_APP_READERS, AS_USER),
    ),
    "read organization": Need(
        ("Organization.Read.All", *_DIRECTORY_READERS),
        ("User.Read", "Organization.Read.All", *_DIRECTORY_READERS, AS_USER),
    ),
    "read domains": Need(("Domain.Read.All", *_DIRECTORY_READERS), ("Domain.Read.All", *_DIRECTORY_READERS, AS_USER)),
    "read me": Need(None, ("User.Read", "User.Read.All", *_DIRECTORY_READERS, AS_USER)),
    "revoke my sessions": Need(
        None, ("User.RevokeSessions.All", "User.ReadWrite", "User.ReadWrite.All", "Directory.ReadWrite.All", AS_USER)
    ),
    "revoke sessions": Need(
        ("User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"),
        ("User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All", AS_USER),
        directory_roles=(known.GLOBAL_ADMINISTRATOR, known.USER_ADMINISTRATOR),
    ),
    # With User.Read alone only oneself: the act sees to that.
    "read a user": Need(
        ("User.Read.All", *_DIRECTORY_READERS), ("User.Read", "User.Read.All", *_DIRECTORY_READERS, AS_USER)
    ),
    "read users": Need(("User.Read.All", *_DIRECTORY_READERS), ("User.Read.All", *_DIRECTORY_READERS, AS_USER)),
    # The 2026 metadata's Policy.Read.ApplicationConfiguration is not rolled out everywhere.
    "read app policies": Need(_POLICY_READERS, (*_POLICY_READERS, AS_USER)),
    "write app policies": Need((_APP_POLICY_WRITER,), (_APP_POLICY_WRITER, AS_USER), directory_roles=_APP_ADMINS),
    "assign app policies": Need(
        (_APP_POLICY_WRITER,),
        (_APP_POLICY_WRITER, AS_USER),
        directory_roles=_APP_ADMINS,
        besides=(*_APP_READERS, AS_USER),
    ),
    "read authorization policy": Need(
        ("Policy.Read.All", _AUTHORIZATION_WRITER), ("Policy.Read.All", _AUTHORIZATION_WRITER, AS_USER)
    ),
    "write authorization policy": Need(
        (_AUTHORIZATION_WRITER,), (_AUTHORIZATION_WRITER, AS_USER), directory_roles=_ROLE_ADMINS
    ),
    "read roles": Need((*_ROLE_READERS, *_DIRECTORY_READERS), (*_ROLE_READERS, *_DIRECTORY_READERS, AS_USER)),
    "read role assignments": Need(_ROLE_READERS, (*_ROLE_READERS, AS_USER)),
    "write roles": Need(_ROLE_WRITERS, (*_ROLE_WRITERS, AS_USER), directory_roles=_ROLE_ADMINS),
    "read groups": Need(_GROUP_READERS, (*_GROUP_READERS, AS_USER)),
    # A plain user may make one while allowedToCreateSecurityGroups holds, which is the default.
    "create groups": Need(
        ("Group.Create", *_GROUP_WRITERS), (*_GROUP_WRITERS, AS_USER), directory_roles=_GROUP_ADMINS, owners_too=True
    ),
    "write groups": Need(_GROUP_WRITERS, (*_GROUP_WRITERS, AS_USER), directory_roles=_GROUP_ADMINS, owners_too=True),
    "write group members": Need(
        (*_GROUP_WRITERS, "GroupMember.ReadWrite.All"),
        (*_GROUP_WRITERS, "GroupMember.ReadWrite.All", AS_USER),
        directory_roles=_GROUP_ADMINS,
        owners_too=True,
    ),
    # In addition to the above for a group that can hold roles; Directory.ReadWrite.All does not reach it
    # (hashicorp/terraform-provider-azuread#1181, microsoft-graph-docs#15815).
    "write role groups": Need(_ROLE_WRITERS, (*_ROLE_WRITERS, AS_USER), directory_roles=_ROLE_ADMINS, owners_too=True),
    "read directory objects": Need(_DIRECTORY_READERS, (*_DIRECTORY_READERS, AS_USER)),
    # What lies in the bin asks for its own kind's permission besides: the act sees to that.
    "read deleted": Need((*_APP_READERS, OWNED_BY, *_GROUP_READERS), (*_APP_READERS, *_GROUP_READERS, AS_USER)),
    "restore groups": Need(_GROUP_WRITERS, (*_GROUP_WRITERS, AS_USER), directory_roles=_GROUP_ADMINS, owners_too=True),
    "write deleted": Need((*_APP_WRITERS, OWNED_BY, *_GROUP_WRITERS), (*_APP_WRITERS, *_GROUP_WRITERS, AS_USER)),
    "write users": Need(
        ("User.ReadWrite.All", "Directory.ReadWrite.All"),
        ("User.ReadWrite.All", "Directory.ReadWrite.All", AS_USER),
        directory_roles=(known.GLOBAL_ADMINISTRATOR, known.USER_ADMINISTRATOR),
    ),
}

GRAPH_ROLE_GRANTERS = frozenset((known.GLOBAL_ADMINISTRATOR, known.PRIVILEGED_ROLE_ADMINISTRATOR))
"""Only these may assign Microsoft Graph's own application roles (entra-docs grant-admin-consent)."""


def authorise(caller: Caller, purpose: str) -> Reach:
    """How far the caller may go for this purpose. Raises Refused (403)."""
    need = NEEDS[purpose]
    reach = _of_person(caller, need) if caller.is_user else _of_application(caller, need)
    held = caller.scopes if caller.is_user else caller.roles
    if reach is None or (need.besides and held.isdisjoint(need.besides)):
        raise Refused(objects.DENIED)
    return reach


def _of_application(caller: Caller, need: Need) -> Reach | None:
    if need.app is None or not caller.roles.isdisjoint(need.app):
        return Reach.ALL
    return None if caller.roles.isdisjoint(need.app_owned) else Reach.OWNED


def _of_person(caller: Caller, need: Need) -> Reach | None:
    if caller.scopes.isdisjoint(need.delegated):
        return None
    if need.directory_roles is None or not caller.directory_roles.isdisjoint(need.directory_roles):
        return Reach.ALL
    return Reach.OWNED if need.owners_too else None
