"""Many-to-many relationships in a `$metadata` document: which table keeps the pairs is not said, and found by names."""

from dataclasses import replace

from mock_services.state.organisation.csdl.document import Document, Type, Way
from mock_services.state.organisation.csdl.tables import way_back
from mock_services.state.organisation.definitions import End, Table
from mock_services.state.organisation.schema import Schema

_ASSOCIATION = "_association"


def joined(document: Document, tables: dict[str, Table], schema: Schema) -> dict[str, Table]:
    """The tables with the intersects among them told their two ends."""
    found = dict(tables)
    for near in document.types.values():
        for way in near.ways:
            back = way_back(document, near, way)
            if back is None or near.name not in found or way.target not in found:
                continue
            if way.name in schema.associations_of(near.name) if near.name in schema.tables else False:
                continue
            if any(_is_end(each, near, way) for table in found.values() for each in table.ends):
                continue
            intersect = _intersect(found, near, way)
            if intersect is not None:
                found[intersect.logical] = _with_ends(found, intersect, near, way, back)
    return found


def _is_end(end: End, near: Type, way: Way) -> bool:
    return (end.table, end.navigation) == (near.name, way.name)


def _columns(found: dict[str, Table], near: str, far: str) -> tuple[str, str]:
    one, two = found[near].primary_id, found[far].primary_id
    return (one, two) if near != far else (f"{one}one", f"{two}two")


def _intersect(found: dict[str, Table], near: Type, way: Way) -> Table | None:
    """The table without lookups that has the ids of both ends: by the relationship's name, else the only one."""
    ends = set(_columns(found, near.name, way.target))
    fits = [
        table
        for table in found.values()
        if table.custom and not table.ends and not table.lookups and ends <= set(table.columns)
    ]
    names = {way.name.lower(), way.name.lower().removesuffix(_ASSOCIATION)}
    named = [table for table in fits if table.logical in names]
    if named:
        return named[0]
    return fits[0] if len(fits) == 1 else None


def _with_ends(found: dict[str, Table], intersect: Table, near: Type, way: Way, back: Way) -> Table:
    one, two = _columns(found, near.name, way.target)
    governing = found[near.name]
    return replace(
        intersect, ends=(End(near.name, one, way.name), End(way.target, two, back.name)), unique=(one, two),
        read_only=True, verbs=(), word="", ownership="None", governed_by=governing.word or governing.governed_by,
        states=(),
    )  # fmt: skip
