"""What an object id names: a person, a principal, a group, a registration or a role, as a document with its type."""

from collections.abc import Callable

from mock_services.graph import shapes
from mock_services.graph.query import Document
from mock_services.state.directory import Directory

Finder = Callable[[Directory, str], Document | None]


def _user(directory: Directory, identity: str) -> Document | None:
    found = directory.user(id=identity)
    return shapes.user(found) if found else None


def _principal(directory: Directory, identity: str) -> Document | None:
    found = directory.service_principal(id=identity)
    return shapes.service_principal(found, directory.secrets(found.id)) if found else None


def _group(directory: Directory, identity: str) -> Document | None:
    found = directory.group(identity)
    return shapes.group(found) if found else None


def _application(directory: Directory, identity: str) -> Document | None:
    found = directory.application(id=identity)
    if found is None:
        return None
    return shapes.application(found, directory.secrets(found.id), directory.key_credentials(found.id))


def _role(directory: Directory, identity: str) -> Document | None:
    return next((shapes.directory_role(each) for each in directory.directory_roles() if each.id == identity), None)


FINDERS: dict[str, Finder] = {
    "user": _user,
    "servicePrincipal": _principal,
    "group": _group,
    "application": _application,
    "directoryRole": _role,
}
"""Kind, as the wire spells it -> how one is found; what is in the bin is not."""
PRINCIPALS = ("user", "servicePrincipal")
HOLDERS = (*PRINCIPALS, "group")
"""What can be a member of a group or hold a role."""
OWNED = ("application", "servicePrincipal", "group")
"""What can have owners."""
ALL = tuple(FINDERS)


def typed(directory: Directory, identity: str, kinds: tuple[str, ...] = ALL) -> Document | None:
    """The object of one of these kinds with this id, its `@odata.type` first; None for what is not there."""
    for kind in kinds:
        found = FINDERS[kind](directory, identity.lower())
        if found is not None:
            return {"@odata.type": type_of(kind), **found}
    return None


def type_of(kind: str) -> str:
    """The annotation of a kind."""
    return f"#microsoft.graph.{kind}"
