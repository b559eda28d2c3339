"""Any object by its id alone."""

from mock_services.graph import facts, kinds
from mock_services.graph.addressing import is_guid
from mock_services.graph.call import Answer, Call
from mock_services.graph.entities import DIRECTORY_OBJECT
from mock_services.graph.errors import Refused
from mock_services.graph.members import GET_BY_IDS, read_members
from mock_services.graph.query import context, selected
from mock_services.graph.refusals import objects

_KIND = "GetByIds"


def read(call: Call) -> Answer:
    """GET /directoryObjects/{id}."""
    found = kinds.typed(call.directory, call.keys[0].guid())
    if found is None:
        raise Refused(objects.NOT_FOUND, key=call.keys[0].value)
    return call.one(found, DIRECTORY_OBJECT)


def get_by_ids(call: Call) -> Answer:
    """POST /directoryObjects/getByIds: those that are there, of the kinds asked for."""
    read = read_members(call.body, GET_BY_IDS, _KIND)
    ids, types = read.get("ids") or [], read.get("types") or []
    if not ids:
        raise Refused(objects.VALUE_REQUIRED, member="ids", kind=_KIND)
    if len(ids) > facts.IDS_AT_ONCE or not all(map(is_guid, ids)):
        raise Refused(objects.VALUE_INVALID, member="ids", kind=_KIND)
    wanted = {str(each).lower() for each in types}
    among = tuple(kind for kind in kinds.ALL if not wanted or kind.lower() in wanted or "directoryobject" in wanted)
    found = [kinds.typed(call.directory, each, among) for each in dict.fromkeys(each.lower() for each in ids)]
    names = call.options.select()
    shown = [selected(each, names, DIRECTORY_OBJECT) if names else each for each in found if each]
    # All of them at once: there is no page to follow after a POST.
    return Answer(200, {"@odata.context": context(call.root, DIRECTORY_OBJECT, names, is_single=False), "value": shown})
