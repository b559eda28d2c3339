"""Owners of registrations and principals."""

from mock_services.errors import Missing, Taken
from mock_services.graph import facts, shapes
from mock_services.graph.call import Answer, Call, referenced_id
from mock_services.graph.entities import DIRECTORY_OBJECT
from mock_services.graph.errors import bad_request
from mock_services.graph.query import Document


def read_all(call: Call, object_id: str) -> Answer:
    """GET …/owners."""
    shown = [_owner(call, each) for each in call.directory.owners_of(object_id)]
    return call.many([each for each in shown if each], DIRECTORY_OBJECT)


def _owner(call: Call, identity: str) -> Document | None:
    """A user or principal with its type; None for one that is in the bin."""
    if user := call.directory.user(id=identity):
        return {"@odata.type": "#microsoft.graph.user", **shapes.user(user)}
    if principal := call.directory.service_principal(id=identity):
        return {"@odata.type": "#microsoft.graph.servicePrincipal", **shapes.service_principal(principal)}
    return None


def add(call: Call, object_id: str) -> Answer:
    """POST …/owners/$ref with `@odata.id`."""
    owner = referenced_id(call, call.body.get("@odata.id"), "owners")
    try:
        call.directory.add_owner(object_id, owner)
    except Taken:
        raise bad_request(facts.ADDED_TWICE, member="owners") from None
    return Answer(204)


def remove(call: Call, object_id: str) -> Answer:
    """DELETE …/owners/{id}/$ref."""
    try:
        call.directory.remove_owner(object_id, call.keys[1].guid())
    except Missing:
        raise bad_request(facts.REMOVED_ABSENT, member="owners") from None
    return Answer(204)
