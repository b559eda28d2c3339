"""A row removed, with what goes along and what merely lets go of it.

What happens to a row that points at a deleted one is data: `Lookup.cascades`. What the tables do not say follows
MicrosoftDocs' entity pages in general: a relationship that is not parental lets go (RemoveLink).
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import facts, principals
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.writing import PEOPLE
from mock_services.state.organisation.definitions import Lookup, Table
from mock_services.state.organisation.schema import type_column

Row = Mapping[str, Any]
_PARENTAL = frozenset(
    {
        ("incident", "customerid"),
        ("annotation", "objectid"),
        ("queueitem", "objectid"),
        ("incidentresolution", "incidentid"),
        ("activityparty", "activityid"),
    }
)
"""Table and lookup of parental relationships, for targets on which the tables are silent."""


def delete_row(call: Call, table: Table, row: Row) -> None:
    """Remove a row that the caller may remove. Raises Refusal when something forbids it."""
    with call.organisation.store.transaction():
        if table.logical in PEOPLE:
            principals.delete(call, table, row)
        else:
            _remove(call, table, row[table.primary_id], set())


def _remove(call: Call, table: Table, id: str, gone: set[tuple[str, str]]) -> None:  # noqa: A002 - the usual word
    if (table.logical, id) in gone:
        return
    gone.add((table.logical, id))
    _refuse_filled_queue(call, table, id)
    for other in call.schema.tables.values():
        if other.view:
            continue
        for lookup in other.lookups.values():
            if table.logical in lookup.targets and not lookup.virtual:
                _release(call, table, id, other, lookup=lookup, gone=gone)
    for way in call.schema.associations_of(table.logical).values():
        sql = call.schema.sql(way.via)
        call.organisation.store.write(sa.delete(sql).where(sql.c[way.near] == id))
    call.organisation.delete(table.logical, id)


def cascade_of(table: Table, other: Table, lookup: Lookup) -> str:
    """What happens to the rows of `other` whose lookup points at a deleted row of `table`."""
    found = lookup.cascades.get(table.logical)
    if table.activity and found in (None, "NoCascade"):  # every activity is an activitypointer too
        found = lookup.cascades.get("activitypointer", found)
    if found is not None:
        return found
    return "Cascade" if (other.logical, lookup.name) in _PARENTAL else "RemoveLink"


def _release(
    call: Call,
    table: Table,
    id: str,  # noqa: A002 - as above
    other: Table,
    *,
    lookup: Lookup,
    gone: set[tuple[str, str]],
) -> None:
    organisation = call.organisation
    pointing = {lookup.name: id} | ({type_column(lookup.name): table.logical} if lookup.polymorphic else {})
    match cascade_of(table, other, lookup):
        case "Cascade":
            for row in organisation.select(other.logical, **pointing):
                _remove(call, other, row[other.primary_id], gone)
        case "Restrict":
            rows = organisation.select(other.logical, **pointing)
            if any((other.logical, row[other.primary_id]) not in gone for row in rows):
                raise Refusal("0x80040227", facts.ASSOCIATED)
        case "RemoveLink":
            if lookup.level != "system":
                organisation.rows.unlink(other.logical, lookup.name, id)
        case _:
            pass  # NoCascade: the id stays where it is


def _refuse_filled_queue(call: Call, table: Table, id: str) -> None:  # noqa: A002 - as above
    if table.logical == "queue" and call.organisation.select("queueitem", queueid=id):
        raise Refusal("0x80631117", facts.QUEUE_HAS_ITEMS)
