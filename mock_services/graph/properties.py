"""One member of an object, by a path of its own: `/applications/{id}/appRoles` (OData 4.01, part 2, section 4.7)."""

from mock_services.graph import applications, principals
from mock_services.graph.call import Answer, Call
from mock_services.graph.entities import APPLICATION, SERVICE_PRINCIPAL
from mock_services.graph.errors import Refused
from mock_services.graph.query import Document, Entity
from mock_services.graph.refusals import gateway


def of_application(call: Call) -> Answer:
    """GET /applications/{key}/{member}."""
    return _member(call, applications.document(call, applications.find(call)), APPLICATION)


def of_principal(call: Call) -> Answer:
    """GET /servicePrincipals/{key}/{member}."""
    return _member(call, principals.document(call, principals.find(call)), SERVICE_PRINCIPAL)


def _member(call: Call, document: Document, entity: Entity) -> Answer:
    """An object's members as they are, anything else as `value`; nothing (204) for null. Raises Refused."""
    wanted = call.keys[1].value.lower()
    name = next((each for each in document if each.lower() == wanted), None)
    if name is None:
        raise Refused(gateway.SEGMENT_UNKNOWN, segment=call.keys[1].value)
    value = document[name]
    if value is None:
        return Answer(204)
    head = {"@odata.context": f"{call.root}/$metadata#{entity.collection}('{document['id']}')/{name}"}
    return Answer(200, head | (value if isinstance(value, dict) else {"value": value}))
