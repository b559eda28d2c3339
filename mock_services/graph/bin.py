"""Soft-deleted registrations and principals: listed, restored, removed for good."""

from mock_services.errors import Missing, Taken
from mock_services.graph import applications, shapes
from mock_services.graph.call import Answer, Call
from mock_services.graph.entities import APPLICATION, DIRECTORY_OBJECT, SERVICE_PRINCIPAL
from mock_services.graph.errors import Refused
from mock_services.graph.query import Document
from mock_services.graph.refusals import objects
from mock_services.state.directory import Application, ServicePrincipal

_TYPE = {Application: "#microsoft.graph.application", ServicePrincipal: "#microsoft.graph.servicePrincipal"}


def read_applications(call: Call) -> Answer:
    """GET /directory/deletedItems/microsoft.graph.application."""
    held = call.directory.deleted_applications()
    return call.many([applications.document(call, each) for each in held], APPLICATION)


def read_principals(call: Call) -> Answer:
    """GET /directory/deletedItems/microsoft.graph.servicePrincipal."""
    held = call.directory.deleted_service_principals()
    return call.many([shapes.service_principal(each) for each in held], SERVICE_PRINCIPAL)


def _find(call: Call) -> Application | ServicePrincipal:
    wanted = call.keys[0].guid()
    items: list[Application | ServicePrincipal] = [
        *call.directory.deleted_applications(),
        *call.directory.deleted_service_principals(),
    ]
    found = next((each for each in items if each.id == wanted), None)
    if found is None:
        raise Refused(objects.NOT_FOUND, key=call.keys[0].value)
    return found


def _document(call: Call, held: Application | ServicePrincipal) -> Document:
    shown = applications.document(call, held) if isinstance(held, Application) else shapes.service_principal(held)
    return {"@odata.type": _TYPE[type(held)], **shown}


def read(call: Call) -> Answer:
    """GET /directory/deletedItems/{id}."""
    return call.one(_document(call, _find(call)), DIRECTORY_OBJECT)


def restore(call: Call) -> Answer:
    """POST /directory/deletedItems/{id}/restore. A principal needs its registration back first."""
    held = _find(call)
    call.must_own(held.id)
    try:
        if isinstance(held, Application):
            call.directory.restore_application(held.id)
        else:
            call.directory.restore_service_principal(held.id)
    except Missing as missing:
        raise Refused(objects.NO_BACKING, app_id=missing.key) from None
    except Taken as taken:
        if isinstance(held, Application):
            raise Refused(objects.OBJECT_CONFLICT, member=taken.kind) from None
        raise Refused(objects.PRINCIPAL_EXISTS, app_id=taken.key) from None
    return call.one({**_document(call, held), "deletedDateTime": None}, DIRECTORY_OBJECT)


def purge(call: Call) -> Answer:
    """DELETE /directory/deletedItems/{id}: for good."""
    held = _find(call)
    call.must_own(held.id)
    if isinstance(held, Application):
        call.directory.purge_application(held.id)
    else:
        call.directory.purge_service_principal(held.id)
    return Answer(204)
