"""Owners of registrations and principals."""

from mock_services.errors import Missing, Taken
from mock_services.graph import facts, kinds
from mock_services.graph.call import Answer, Call, referenced_id
from mock_services.graph.errors import Refused
from mock_services.graph.query import Document
from mock_services.graph.refusals import objects


def documents(call: Call, object_id: str) -> list[Document]:
    """GET …/owners; what is in the bin is left out."""
    shown = [kinds.typed(call.directory, each, kinds.PRINCIPALS) for each in call.directory.owners_of(object_id)]
    return [each for each in shown if each]


def add(call: Call, object_id: str) -> Answer:
    """POST …/owners/$ref with `@odata.id`."""
    owner = referenced_id(call, call.body.get("@odata.id"), "owners")
    count = len(call.directory.owners_of(object_id)) + 1
    if count > facts.OWNERS_OF_OBJECT:
        raise Refused(objects.OWNERS_TOO_MANY, count=count, limit=facts.OWNERS_OF_OBJECT)
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
