"""Ids of definitions, which follow from their names: the same table has the same id in every organisation here."""

import uuid

_NAMESPACE = uuid.UUID("5e3f7c0a-7f0e-4a51-8a5a-2f9f4f5b8a10")


def metadata_id(*names: str) -> str:
    """The id of a metadata object: a table by its logical name, a column by its table's and its own, and so on."""
    return str(uuid.uuid5(_NAMESPACE, ".".join(names)))
