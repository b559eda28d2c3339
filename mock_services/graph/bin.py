"""What was soft-deleted, for thirty days: listed, restored, removed for good."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mock_services.errors import Missing, Taken
from mock_services.graph import kinds, shapes
from mock_services.graph.call import Answer, Call
from mock_services.graph.entities import APPLICATION, DIRECTORY_OBJECT, GROUP, SERVICE_PRINCIPAL
from mock_services.graph.errors import Refused
from mock_services.graph.permissions import authorise
from mock_services.graph.query import Document, Entity
from mock_services.graph.refusals import objects
from mock_services.state.directory import Application, Directory, Group, ServicePrincipal

Held = Application | ServicePrincipal | Group


@dataclass(frozen=True)
class _Compartment:
    """One kind of object in the bin; `subject` is what permissions call it."""

    kind: str
    subject: str
    entity: Entity
    held: Callable[[Directory], Sequence[Held]]
    shown: Callable[[Directory, Held], Document]
    restore: Callable[[Directory, str], None]
    purge: Callable[[Directory, str], None]


def _application(directory: Directory, held: Held) -> Document:
    assert isinstance(held, Application)  # noqa: S101 - narrows the type: a compartment holds one kind
    return shapes.application(held, directory.secrets(held.id), directory.key_credentials(held.id))


def _principal(directory: Directory, held: Held) -> Document:
    assert isinstance(held, ServicePrincipal)  # noqa: S101 - see above
    return shapes.service_principal(held, directory.secrets(held.id))


def _group(_directory: Directory, held: Held) -> Document:
    assert isinstance(held, Group)  # noqa: S101 - see above
    return shapes.group(held)


APPLICATIONS = _Compartment(
    "application", "applications", APPLICATION, Directory.deleted_applications, _application,
    Directory.restore_application, Directory.purge_application,
)  # fmt: skip
PRINCIPALS = _Compartment(
    "servicePrincipal", "applications", SERVICE_PRINCIPAL, Directory.deleted_service_principals, _principal,
    Directory.restore_service_principal, Directory.purge_service_principal,
)  # fmt: skip
GROUPS = _Compartment(
    "group", "groups", GROUP, Directory.deleted_groups, _group, Directory.restore_group, Directory.purge_group,
)  # fmt: skip


def documents(call: Call, compartment: _Compartment) -> list[Document]:
    """GET /directory/deletedItems/microsoft.graph.{kind}."""
    return [compartment.shown(call.directory, each) for each in compartment.held(call.directory)]


def _find(call: Call, verb: str) -> tuple[_Compartment, Held]:
    """The object that the path names, which the caller must be allowed to do this to. Raises Refused."""
    wanted = call.keys[0].guid()
    for compartment in (APPLICATIONS, PRINCIPALS, GROUPS):
        found = next((each for each in compartment.held(call.directory) if each.id == wanted), None)
        if found is not None:
            reach = authorise(call.caller, f"{verb} {compartment.subject}")
            if verb != "read":
                replace(call, reach=reach).must_own(found.id)
            return compartment, found
    raise Refused(objects.NOT_FOUND, key=call.keys[0].value)


def _document(call: Call, compartment: _Compartment, held: Held) -> Document:
    return {"@odata.type": kinds.type_of(compartment.kind), **compartment.shown(call.directory, held)}


def read(call: Call) -> Answer:
    """GET /directory/deletedItems/{id}."""
    return call.one(_document(call, *_find(call, "read")), DIRECTORY_OBJECT)


def restore(call: Call) -> Answer:
    """POST /directory/deletedItems/{id}/restore. A principal needs its registration back first."""
    compartment, held = _find(call, "restore")
    try:
        compartment.restore(call.directory, held.id)
    except Missing as missing:
        raise Refused(objects.NO_BACKING, app_id=missing.key) from None
    except Taken as taken:
        if compartment is PRINCIPALS:
            raise Refused(objects.PRINCIPAL_EXISTS, app_id=taken.key) from None
        raise Refused(objects.OBJECT_CONFLICT, member=taken.kind) from None
    return call.one({**_document(call, compartment, held), "deletedDateTime": None}, DIRECTORY_OBJECT)


def purge(call: Call) -> Answer:
    """DELETE /directory/deletedItems/{id}: for good."""
    compartment, held = _find(call, "write")
    compartment.purge(call.directory, held.id)
    return Answer(204)
