"""What a change in the directory needs of whoever makes it: an app its permission; a person a scope and a role.

Evidence: permissions.json of microsoftgraph/microsoft-graph-devx-content for the permissions; entra-docs
delegate-by-task and grant-admin-consent for the roles: Application Administrator and Cloud Application Administrator
register applications and consent to any API's delegated permissions. A person without a role may still register where
`allowedToCreateApps` holds, which is the default, and then owns the application; whether it holds is not in a token.
"""

from collections.abc import Iterable
from typing import Final

from provisioning.authorised import Rights

# Lets a client do whatever the person may who is signed in.
_AS_USER: Final = "Directory.AccessAsUser.All"
# For apps alone: a person owns what they register without it.
_APP_ONLY: Final = frozenset({"Application.ReadWrite.OwnedBy"})

# learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference: template ids, the same everywhere.
DIRECTORY_ROLES: Final = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
    "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
    "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
    "11648597-926c-4cf3-9c36-bcebb0ba8dcc": "Power Platform Administrator",
    "44367163-eba1-44c3-98af-f5787879f96a": "Dynamics 365 Administrator",
    # Not given by anybody: what every member, and every guest, of a directory is.
    "b79fbf4d-3ef9-4689-8143-76b194e85509": "User",
    "10dae51f-b6af-4016-8d66-8c2a99b929b3": "Guest User",
}
_MAKE_APPLICATIONS: Final = ("Application Administrator", "Cloud Application Administrator", "Global Administrator")
_CONSENT: Final = (*_MAKE_APPLICATIONS, "Privileged Role Administrator")


def need_and_held(rights: Rights | None, any_of: Iterable[str]) -> tuple[str, bool | None]:
    """What is needed where one of these Graph permissions is, in words, and whether it is held (None: unknown)."""
    wanted = tuple(any_of)
    if rights is None or not rights.is_person:
        held = None if rights is None else not rights.permissions.isdisjoint(wanted)
        return f"the Microsoft Graph permission {' or '.join(wanted)}", held
    scopes = tuple(name for name in wanted if name not in _APP_ONLY)
    makes_applications = any(name.startswith("Application.") for name in wanted)
    roles = _MAKE_APPLICATIONS if makes_applications else _CONSENT
    needs = f"the delegated Microsoft Graph permission {' or '.join(scopes)}, and the role {_either(roles)}"
    if rights.permissions.isdisjoint((*scopes, _AS_USER)):
        return needs, False
    without = None if makes_applications else False
    return needs, _has_role(rights.directory_roles, roles, without=without)


def role_names(ids: Iterable[str]) -> list[str]:
    """Directory roles in words; one that is not known here by its id."""
    return sorted(DIRECTORY_ROLES.get(id_, id_) for id_ in ids)


def _has_role(held: frozenset[str] | None, wanted: Iterable[str], *, without: bool | None) -> bool | None:
    """True with one of the roles; where there is another that is not known here, it may do as well: None."""
    if held is None:
        return None
    names = {DIRECTORY_ROLES.get(id_) for id_ in held}
    if names.intersection(wanted):
        return True
    return None if None in names else without


def _either(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
