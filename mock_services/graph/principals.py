"""What can be done with service principals."""

from mock_services.errors import Missing, Taken
from mock_services.graph import creation, shapes
from mock_services.graph.call import Answer, Call, required
from mock_services.graph.entities import SERVICE_PRINCIPAL
from mock_services.graph.errors import Refused
from mock_services.graph.members import SERVICE_PRINCIPAL as MEMBERS
from mock_services.graph.members import read_members
from mock_services.graph.permissions import Reach
from mock_services.graph.query import Document
from mock_services.graph.refusals import gateway, objects
from mock_services.state.directory import ServicePrincipal

_KIND = "ServicePrincipal"


def find(call: Call) -> ServicePrincipal:
    """The principal that the path names, by id or appId. Raises Refused."""
    key = call.keys[0]
    if key.name == "id":
        held = call.directory.service_principal(id=key.guid())
    elif key.name == "appId":
        held = call.directory.service_principal(app_id=key.value)
    else:
        raise Refused(gateway.KEY_UNKNOWN, key=key.name, type="servicePrincipal")
    if held is None:
        raise Refused(objects.NOT_FOUND, key=key.value)
    return held


def managed(call: Call) -> ServicePrincipal:
    """The principal as it was written last, which the caller must be allowed to change. Raises Refused."""
    held = find(call)
    call.must_own(held.id)
    call.touch(held.id)
    return call.directory.written_principal(held.id) if call.directory.replication.lags else held


def document(call: Call, held: ServicePrincipal) -> Document:
    """The principal as the wire shows it."""
    return shapes.service_principal(held, call.directory.secrets(held.id))


def create(call: Call, app_id: str | None = None) -> Answer:
    """POST /servicePrincipals, and the creating half of the upsert."""
    creation.check(call)
    read = read_members(call.body, MEMBERS, _KIND)
    wanted = app_id or required(read, "app_id", "appId", _KIND)
    read.pop("app_id", None)
    _must_reach(call, wanted)
    _fill(read)
    try:
        held = call.directory.add_service_principal(wanted, **read)
    except Missing:
        raise Refused(objects.NO_BACKING, app_id=wanted) from None
    except Taken:
        raise Refused(objects.PRINCIPAL_EXISTS, app_id=wanted) from None
    creation.record(call, held.id)
    if call.reach is Reach.OWNED:
        call.directory.add_owner(held.id, call.caller.object_id)
    location = call.location_of(held.id, _KIND)
    return call.one(shapes.service_principal(held), SERVICE_PRINCIPAL, status=201, location=location)


def _must_reach(call: Call, app_id: str) -> None:
    """A caller that reaches only its own may make principals of its own registrations alone."""
    if call.reach is Reach.ALL:
        return
    application = call.directory.application(app_id=app_id)
    if application is None:
        raise Refused(objects.DENIED) if call.caller.is_user else Refused(objects.BACKING_NOT_LOCAL)
    call.must_own(application.id)


def _fill(read: dict[str, object]) -> None:
    if "info" in read:
        read["info"] = read["info"] or {}


def read(call: Call) -> Answer:
    """GET /servicePrincipals/{key}."""
    return call.one(document(call, find(call)), SERVICE_PRINCIPAL)


def documents(call: Call) -> list[Document]:
    """GET /servicePrincipals."""
    return [document(call, each) for each in call.directory.service_principals()]


def change(call: Call) -> Answer:
    """PATCH /servicePrincipals/{key}; with `Prefer: create-if-missing` on an appId, the upsert."""
    try:
        held = managed(call)
    except Refused as refused:
        if refused.status == 404 and call.keys[0].name == "appId" and call.creates_if_missing:
            return create(call, app_id=call.keys[0].value)
        raise
    read = read_members(call.body, MEMBERS, _KIND)
    if str(read.pop("app_id", held.app_id)).lower() != held.app_id:
        raise Refused(objects.READ_ONLY, member="appId")
    _fill(read)
    call.directory.change_service_principal(held.id, **read)
    return Answer(204)


def delete(call: Call) -> Answer:
    """DELETE /servicePrincipals/{key}: into the bin."""
    call.directory.delete_service_principal(managed(call).id)
    return Answer(204)
