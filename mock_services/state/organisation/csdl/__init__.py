"""A customer's own `$metadata` (CSDL 4.0): read from a file, and turned into tables over the standard ones."""

from functools import lru_cache
from pathlib import Path

from mock_services.state.organisation.csdl.document import FEWER, MOST_BYTES, BadMetadata, Document, read_document
from mock_services.state.organisation.csdl.intersects import joined
from mock_services.state.organisation.csdl.tables import Reading, attaching, without_doubles
from mock_services.state.organisation.definitions import Table
from mock_services.state.organisation.schema import Schema

_MARKS = {"customer_service": "incident", "omnichannel": "msdyn_ocliveworkitem"}
"""Solution -> the table that tells whether it is installed."""


def read_metadata(path: Path) -> Document:
    """The document in a file. Raises BadMetadata, which names the file, what is wrong and what to do."""
    try:
        told = path.stat()
        if told.st_size > MOST_BYTES:
            raise BadMetadata(f"the file is larger than {MOST_BYTES // 1024 // 1024} MB; {FEWER}")
        return _kept(path.resolve(), told.st_mtime_ns, told.st_size)
    except OSError as problem:
        why = (problem.strerror or "no access").lower()
        raise BadMetadata(f"{path} cannot be read ({why}); name a file saved from <environment>/$metadata") from None
    except BadMetadata as problem:
        raise BadMetadata(f"{path}: {problem}") from None


@lru_cache(maxsize=4)
def _kept(path: Path, _changed: int, _size: int) -> Document:
    """Read once a process while the file stays as it is: tests make many tenants of one file."""
    return read_document(path.read_bytes())


def solutions_in(document: Document) -> frozenset[str]:
    """The optional solutions whose tables are in a document."""
    return frozenset(solution for solution, table in _MARKS.items() if table in document.types)


def tables_of(document: Document, schema: Schema) -> list[Table]:
    """The tables of a document that differ from those of `schema`, or are not in it. Raises BadMetadata."""
    tables = joined(document, Reading(document, schema).tables(), schema)
    found = without_doubles(attaching(tables), schema)
    return [table for table in found.values() if table != schema.tables.get(table.logical)]


__all__ = ["BadMetadata", "Document", "read_document", "read_metadata", "solutions_in", "tables_of"]
