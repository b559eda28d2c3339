"""`$expand`: the objects related to an object, one level, the first twenty (DOC query-parameters)."""

from collections.abc import Callable, Iterable

from mock_services.errors import Unmodelled
from mock_services.graph import kinds, shapes
from mock_services.graph.query import Document, Entity, Options
from mock_services.state.directory import Directory

_MOST = 20
Relation = Callable[[Directory, str], Iterable[Document]]


def _owners(directory: Directory, identity: str) -> Iterable[Document]:
    shown = (kinds.typed(directory, each, kinds.PRINCIPALS) for each in directory.owners_of(identity))
    return (each for each in shown if each)


def _members(directory: Directory, identity: str) -> Iterable[Document]:
    shown = (kinds.typed(directory, each, kinds.HOLDERS) for each in directory.members_of(identity))
    return (each for each in shown if each)


_RELATIONS: dict[tuple[str, str], Relation] = {
    ("Application", "owners"): _owners,
    ("Application", "federatedidentitycredentials"): lambda directory, identity: map(
        shapes.federated_credential, directory.federated_credentials(identity)
    ),
    ("Group", "members"): _members,
    ("Group", "owners"): _owners,
    ("ServicePrincipal", "owners"): _owners,
    ("ServicePrincipal", "approleassignments"): lambda directory, identity: (
        shapes.role_assignment(each, directory) for each in directory.app_roles_of(identity)
    ),
    ("ServicePrincipal", "approleassignedto"): lambda directory, identity: (
        shapes.role_assignment(each, directory) for each in directory.app_roles_by(identity)
    ),
    ("ServicePrincipal", "oauth2permissiongrants"): lambda directory, identity: map(
        shapes.grant, directory.delegated_grants(client_id=identity)
    ),
}


def relations_of(directory: Directory, options: Options, entity: Entity) -> Callable[[Document], Document]:
    """What `$expand` adds to each document. Raises Refused, Unmodelled."""
    wanted = options.expand(entity)
    if wanted is None:
        return lambda _: {}
    relation = _RELATIONS.get((entity.name, wanted.name.lower()))
    if relation is None:
        raise Unmodelled(f"$expand={wanted.name} of {entity.name} of Graph")
    names = wanted.select

    def related(document: Document) -> Document:
        found = list(relation(directory, str(document["id"])))[:_MOST]
        if names:
            found = [{name: each[name] for name in each if name.startswith("@") or name in names} for each in found]
        return {wanted.name: found}

    return related
