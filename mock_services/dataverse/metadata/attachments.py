"""Notes, activities and queues of a table that a customer makes: the standard lookups that then lead to it too.

Names: as the platform gave them to tables that were made so (`objectid_<table>`, `<table>_Annotations`,
`regardingobjectid_<table>_<activity>`, `<table>_Tasks`, `<table>_QueueItems`), in classes generated from live
organisations (sebastienlevert/kiota-demo, fake-xrm-easy).
"""

from collections.abc import Iterator
from dataclasses import replace

from mock_services.dataverse.metadata.bodies import Body
from mock_services.state.organisation.definitions import Table
from mock_services.state.organisation.schema import Schema

_NOTE, _QUEUE_ITEM, _POINTER = "annotation", "queueitem", "activitypointer"
_REGARDING = "regardingobjectid"
_OF_CUSTOMERS = ("phonecall", "email", "task", "appointment", "letter", "fax")


def attached(schema: Schema, table: Table, body: Body) -> Iterator[Table]:
    """The standard tables as they are once `table` may have what its body asks for."""
    name = table.logical
    if body.get("HasNotes") is True:
        yield _widened(schema, _NOTE, "objectid", name, (f"objectid_{name}", f"{name}_Annotations"))
    if is_for_queues(body):
        yield _widened(schema, _QUEUE_ITEM, "objectid", name, (f"objectid_{name}", f"{name}_QueueItems"))
    if body.get("HasActivities") is True:
        yield _widened(schema, _POINTER, _REGARDING, name, (f"{_REGARDING}_{name}", f"{name}_ActivityPointers"))
        for activity in _OF_CUSTOMERS:
            plural = schema.table(activity).set.title() if activity != "fax" else "Faxes"
            back = f"{name}_{'PhoneCalls' if activity == 'phonecall' else plural}"
            yield _widened(schema, activity, _REGARDING, name, (f"{_REGARDING}_{name}_{activity}", back))


def is_for_queues(body: Body) -> bool:
    """Whether a body asks that rows may stand in queues."""
    queue = body.get("IsValidForQueue")
    return isinstance(queue, dict) and queue.get("Value") is True


def detached(schema: Schema, name: str) -> Iterator[Table]:
    """The standard tables whose lookups lead to a table, as they are without it."""
    for table in schema.tables.values():
        kept = {
            lookup.name: replace(
                lookup,
                targets={target: way for target, way in lookup.targets.items() if target != name},
                collections={target: way for target, way in lookup.collections.items() if target != name},
            )
            for lookup in table.lookups.values()
            if name in lookup.targets and not lookup.custom
        }
        if kept and table.logical != name:
            yield replace(table, lookups={**table.lookups, **kept})


def _widened(schema: Schema, logical: str, lookup: str, target: str, ways: tuple[str, str]) -> Table:
    table, (there, back) = schema.table(logical), ways
    known = table.lookups[lookup]
    wider = replace(
        known,
        targets={**known.targets, target: there},
        collections={**known.collections, target: back},
        polymorphic=True,
    )
    return replace(table, lookups={**table.lookups, lookup: wider})
