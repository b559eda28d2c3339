"""Who is in a group, and what a person, principal or group is in: directly, or through groups in groups."""

from collections.abc import Iterable

from mock_services.graph import groups, kinds, people, principals, shapes
from mock_services.graph.call import Call
from mock_services.graph.query import Document

_READS_GROUPS = frozenset(
    (
        "Group.Read.All", "Group.ReadWrite.All", "GroupMember.Read.All", "GroupMember.ReadWrite.All",
        "Directory.Read.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All",
    )
)  # fmt: skip


def _shown(call: Call, ids: Iterable[str]) -> list[Document]:
    found = (kinds.typed(call.directory, each, kinds.HOLDERS) for each in ids)
    return [each for each in found if each]


def members(call: Call) -> list[Document]:
    """GET /groups/{id}/members; what is in the bin is left out."""
    return _shown(call, call.directory.members_of(groups.find(call).id))


def all_members(call: Call) -> list[Document]:
    """GET /groups/{id}/transitiveMembers."""
    return _shown(call, call.directory.members_of(groups.find(call).id, transitive=True))


def _belongings(call: Call, identity: str, *, transitive: bool) -> list[Document]:
    """The groups and roles of an object; transitive counts roles of the groups too."""
    directory = call.directory
    found = [directory.group(each) for each in directory.groups_of(identity, transitive=transitive)]
    held = set(directory.directory_roles_of(identity) if transitive else directory.own_directory_roles_of(identity))
    roles = [each for each in directory.directory_roles() if each.template_id in held]
    return [
        *({"@odata.type": kinds.type_of("group"), **shapes.group(each)} for each in found if each),
        *({"@odata.type": kinds.type_of("directoryRole"), **shapes.directory_role(each)} for each in roles),
    ]


def _of_person(call: Call, *, transitive: bool) -> list[Document]:
    return _belongings(call, people.find(call).id, transitive=transitive)


def _of_caller(call: Call, *, transitive: bool) -> list[Document]:
    """One's own; a caller that may not read groups is told their ids alone (DOC permissions-overview)."""
    found = _belongings(call, people.myself(call).id, transitive=transitive)
    if not call.caller.scopes.isdisjoint(_READS_GROUPS):
        return found
    return [each if each["@odata.type"] != kinds.type_of("group") else _hidden(each) for each in found]


def _hidden(document: Document) -> Document:
    return {name: value if name in ("@odata.type", "id") else None for name, value in document.items()}


def _owned(call: Call, owner_id: str) -> list[Document]:
    found = (kinds.typed(call.directory, each, kinds.OWNED) for each in call.directory.owned_by(owner_id))
    return [each for each in found if each]


def owned_by_me(call: Call) -> list[Document]:
    """GET /me/ownedObjects; what is in the bin is left out."""
    return _owned(call, people.myself(call).id)


def owned_by_user(call: Call) -> list[Document]:
    """GET /users/{key}/ownedObjects."""
    return _owned(call, people.find(call).id)


def owned_by_principal(call: Call) -> list[Document]:
    """GET /servicePrincipals/{key}/ownedObjects."""
    return _owned(call, principals.find(call).id)


def of_me(call: Call) -> list[Document]:
    """GET /me/memberOf."""
    return _of_caller(call, transitive=False)


def all_of_me(call: Call) -> list[Document]:
    """GET /me/transitiveMemberOf."""
    return _of_caller(call, transitive=True)


def of_user(call: Call) -> list[Document]:
    """GET /users/{key}/memberOf."""
    return _of_person(call, transitive=False)


def all_of_user(call: Call) -> list[Document]:
    """GET /users/{key}/transitiveMemberOf."""
    return _of_person(call, transitive=True)


def of_principal(call: Call) -> list[Document]:
    """GET /servicePrincipals/{key}/memberOf."""
    return _belongings(call, principals.find(call).id, transitive=False)


def all_of_principal(call: Call) -> list[Document]:
    """GET /servicePrincipals/{key}/transitiveMemberOf."""
    return _belongings(call, principals.find(call).id, transitive=True)


def of_group(call: Call) -> list[Document]:
    """GET /groups/{id}/memberOf."""
    return _belongings(call, groups.find(call).id, transitive=False)


def all_of_group(call: Call) -> list[Document]:
    """GET /groups/{id}/transitiveMemberOf."""
    return _belongings(call, groups.find(call).id, transitive=True)
