"""What the bodies of changed definitions have in common: names, labels, levels, and the answers to them."""

import re
from collections.abc import Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.errors import Refusal, payload, refused
from mock_services.dataverse.refusals import metadata as rows

Body = Mapping[str, Any]
LEVELS = {"None": "none", "Recommended": "none", "ApplicationRequired": "application", "SystemRequired": "system"}
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9]{1,7}_[A-Za-z0-9_]{1,90}$")
_FIRST_CODE = 10_900


def made_at(call: Call, place: str, id_: str) -> Answer:
    """The answer to something made: where it is."""
    location = f"{call.root}/{place}({id_})"
    return Answer(204, headers=(("Location", location), ("OData-EntityId", location)))


def next_code(call: Call, further: int) -> int:
    """A table code nobody has; the one `further` on, for several tables made at once."""
    return max(_FIRST_CODE, *(table.code for table in call.schema.tables.values())) + 1 + further


def read_schema_name(body: Body) -> str:
    """The schema name, with its prefix. Raises Refusal."""
    name = body.get("SchemaName")
    if not isinstance(name, str) or not _NAME.match(name):
        why = "The schema name must begin with a customization prefix and hold only letters, digits and underscores"
        raise refused(rows.BAD_METADATA, why=why)
    return name


def read_text(value: Any) -> str:
    """The label in a Label, in whatever language comes first; "" without one."""
    labels = value.get("LocalizedLabels") if isinstance(value, dict) else None
    first = labels[0] if isinstance(labels, list) and labels else None
    text = first.get("Label") if isinstance(first, dict) else None
    return text if isinstance(text, str) else ""


def read_level(body: Body, default: str = "none") -> str:
    """How much a column is required; `default` where the body does not say. Raises Refusal."""
    level = body.get("RequiredLevel")
    value = level.get("Value") if isinstance(level, dict) else None
    if value is None:
        return default
    if not isinstance(value, str) or value not in LEVELS:
        raise unconverted(value, "mscrm.AttributeRequiredLevel")
    return LEVELS[value]


def read_list(body: Body, name: str) -> list[Body]:
    """The objects in a member that holds several; none where the body does not have it. Raises Refusal."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise unconverted(name, "Collection")
    return value


def unconverted(value: object, type_name: str) -> Refusal:
    """The refusal of a value that is not of the type its member has."""
    literal = str(value)[:100].encode("utf-8", "replace").decode()
    return payload("EntityDefinitions", facts.NOT_CONVERTED.format(literal=literal, type=type_name))
