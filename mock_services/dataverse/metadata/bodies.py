"""What the bodies of changed definitions have in common: names, labels, levels, and the answers to them."""

import re
from collections.abc import Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.errors import Refusal, payload, refused
from mock_services.dataverse.refusals import metadata as rows
from mock_services.state.organisation.definitions import Column

Body = Mapping[str, Any]
LEVELS = {
    "None": "none",
    "Recommended": "recommended",
    "ApplicationRequired": "application",
    "SystemRequired": "system",
}
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9]{1,7}_[A-Za-z0-9_]+$")
_LONGEST_NAME = 100
"""Characters of a schema name. [inferred]"""
_FIRST_CODE = 10_900
_TRAITS = {"ImeMode": ("string", "memo", "int", "decimal", "money", "double", "datetime", "date"), "Format": ("int",)}
_FLAGS = ("ChangeTrackingEnabled", "IsQuickCreateEnabled", "IsReadingPaneEnabled", "IsDocumentManagementEnabled")
_MANAGED = ("IsAuditEnabled", "IsConnectionsEnabled", "IsDuplicateDetectionEnabled", "IsMailMergeEnabled")
_PRECISIONS = {"decimal": 10, "double": 5, "money": 4}
"""Digits behind the point at most: powerapps-docs webapi/reference."""


def made_at(call: Call, place: str, id_: str) -> Answer:
    """The answer to something made: where it is."""
    location = f"{call.root}/{place}({id_})"
    return Answer(204, headers=(("Location", location), ("OData-EntityId", location)))


def next_code(call: Call, further: int) -> int:
    """A table code nobody has; the one `further` on, for several tables made at once."""
    return max(_FIRST_CODE, *(table.code for table in call.schema.tables.values())) + 1 + further


def read_schema_name(body: Body, kind: str) -> str:
    """The schema name, with its prefix: two to eight letters and digits. Raises Refusal.

    `kind`: what is named, as the platform calls it in its refusals: `Entity`, `Attribute`, `OptionSet` …
    """
    name = body.get("SchemaName")
    told = str(name or "")[: _LONGEST_NAME + 1].encode("utf-8", "replace").decode()
    if told[:1].isascii() and told[:1].isdigit():
        raise refused(rows.NAME_WITHOUT_LETTER, name=told, kind=kind)
    if not isinstance(name, str) or not _NAME.match(name):
        raise refused(rows.NAME_WITHOUT_PREFIX, name=told, kind=kind)
    if len(name) > _LONGEST_NAME:
        raise refused(rows.NAME_TOO_LONG, name=told, kind=kind, longest=str(_LONGEST_NAME))
    return name


def read_text(value: Any) -> str:
    """The label in a Label, in whatever language comes first; "" without one."""
    labels = value.get("LocalizedLabels") if isinstance(value, dict) else None
    first = labels[0] if isinstance(labels, list) and labels else None
    text = first.get("Label") if isinstance(first, dict) else None
    return _whole(text) if isinstance(text, str) else ""


def _whole(text: str) -> str:
    """A text that can be kept: halves of characters, which JSON can spell, become question marks."""
    return text.encode("utf-8", "replace").decode()


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


def read_traits(column: Column, body: Body) -> dict[str, Any]:
    """What a body says about a column that is kept and shown, and changes nothing else. Raises Refusal."""
    found: dict[str, Any] = {}
    if "Description" in body:
        found["Description"] = read_text(body["Description"])
    for name, values in _TRAITS.items():
        value = body.get(name)
        if value is not None and column.type in values:
            if not isinstance(value, str):
                raise unconverted(value, f"mscrm.{name}")
            found[name] = _whole(value)
    form = body.get("FormatName")
    if column.type in ("string", "memo") and isinstance(form, dict) and isinstance(form.get("Value"), str):
        found |= {"FormatName": {"Value": _whole(form["Value"])}, "Format": _whole(form["Value"])}
    if column.type in _PRECISIONS and (precision := body.get("Precision")) is not None:
        if not isinstance(precision, int) or isinstance(precision, bool):
            raise unconverted(precision, "Edm.Int32")
        if not 0 <= precision <= _PRECISIONS[column.type]:
            raise refused(rows.BAD_METADATA, why=f"The precision of {column.schema} is out of range")
        found["Precision"] = precision
    return found


def read_table_traits(body: Body) -> dict[str, Any]:
    """What a body says about a table that is kept and shown, and changes nothing else. Raises Refusal."""
    found: dict[str, Any] = {}
    for name in _FLAGS:
        value = body.get(name)
        if value is not None:
            if not isinstance(value, bool):
                raise unconverted(value, "Edm.Boolean")
            found[name] = value
    for name in _MANAGED:
        value = body.get(name)
        if value is not None:
            if not isinstance(value, dict) or not isinstance(value.get("Value"), bool):
                raise unconverted(value, "mscrm.BooleanManagedProperty")
            found[name] = value["Value"]
    return found


def unconverted(value: object, type_name: str) -> Refusal:
    """The refusal of a value that is not of the type its member has."""
    literal = str(value)[:100].encode("utf-8", "replace").decode()
    return payload("EntityDefinitions", facts.NOT_CONVERTED.format(literal=literal, type=type_name))
