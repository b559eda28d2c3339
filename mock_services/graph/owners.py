"""Owners of registrations and principals."""

from mock_services.errors import Missing, Taken
from mock_services.graph.call import Answer, Call, referenced_id
from mock_services.graph.entities import DIRECTORY_OBJECT
from mock_services.graph.errors import Refused
from mock_services.graph.expansion import principal
from mock_services.graph.refusals import objects


def read_all(call: Call, object_id: str) -> Answer:
    """GET …/owners."""
    shown = [principal(call.directory, each) for each in call.directory.owners_of(object_id)]
    return call.many([each for each in shown if each], DIRECTORY_OBJECT)


def add(call: Call, object_id: str) -> Answer:
    """POST …/owners/$ref with `@odata.id`."""
    owner = referenced_id(call, call.body.get("@odata.id"), "owners")
    try:
        call.directory.add_owner(object_id, owner)
    except Taken:
        raise Refused(objects.ADDED_TWICE, member="owners") from None
    return Answer(204)


def remove(call: Call, object_id: str) -> Answer:
    """DELETE …/owners/{id}/$ref."""
    try:
        call.directory.remove_owner(object_id, call.keys[1].guid())
    except Missing:
        raise Refused(objects.REMOVED_ABSENT, member="owners") from None
    return Answer(204)
