"""Tables, columns and keys made, changed and removed: what a customizer does, and what is refused.

Bodies as Microsoft's SDK for Python and DynamicsWebApi send them. Codes: powerapps-docs data-service-error-codes.md.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.errors import Refusal, does_not_exist, no_segment, payload, refused
from mock_services.dataverse.metadata.attachments import attached, detached, is_for_queues
from mock_services.dataverse.metadata.bodies import (
    Body,
    made_at,
    next_code,
    read_level,
    read_list,
    read_schema_name,
    read_table_traits,
    read_text,
    read_traits,
    unconverted,
)
from mock_services.dataverse.metadata.choices import change_choice, following
from mock_services.dataverse.metadata.definitions import attributes
from mock_services.dataverse.metadata.relationships import change_relationship
from mock_services.dataverse.metadata_ids import metadata_id
from mock_services.dataverse.refusals import metadata as rows
from mock_services.dataverse.urls import Segment, as_guid
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import Column, State, Table, new_table

Find = Callable[[Call, Segment], Table]
_TYPES: Mapping[str, str] = {
    "String": "string", "Memo": "memo", "Integer": "int", "BigInt": "bigint", "Boolean": "bool",
    "DateTime": "datetime", "Decimal": "decimal", "Double": "double", "Money": "money", "Picklist": "picklist",
    "MultiSelectPicklist": "multiselect",
}  # fmt: skip
_STATES = (State(0, "Active", {1: "Active"}), State(1, "Inactive", {2: "Inactive"}))
_NOT_CUSTOM = "Managed Property Name: iscustomizable; Component Name: Entity; Attribute Name: iscustomizable"
_LENGTHS = {"string": 4_000, "memo": 1_048_576}


def change(call: Call, find: Find) -> Answer:
    """POST, PUT or DELETE of metadata. Raises Refusal and Unmodelled."""
    if call.method == "PATCH":
        raise Refusal("0x80060888", "Operation not supported on EntityMetadata", status=405)
    head, tail = call.path.head, call.path.tail
    if head.name == "GlobalOptionSetDefinitions":
        return change_choice(call)
    if head.name == "RelationshipDefinitions":
        return change_relationship(call)
    if head.inside is None:
        return _make_table(call)
    table = find(call, head)
    if not tail:
        return _change_table(call, table)
    if len(tail) == 1 and tail[0].name in _PARTS:
        return _PARTS[tail[0].name](call, table, tail[0])
    if len(tail) == 2 and call.method == "PUT" and tail[0].name == "Attributes":
        return _attribute(call, table, tail[0], cast=tail[1].name)
    raise Unmodelled(f"{call.method} of {tail[0].name} of a table's metadata")


def create_entities(call: Call) -> Answer:
    """The CreateEntities action: several tables, all or none."""
    call.security.demand_named("prvCreateEntity")
    bodies = call.body.get("Entities")
    if not isinstance(bodies, list) or not all(isinstance(each, dict) for each in bodies):
        raise payload("CreateEntities", facts.NOT_CONVERTED.format(literal="Entities", type="Collection"))
    made: list[Table] = []
    for body in bodies:
        made.append(_table(call, body, taken={table.logical for table in made}, code=next_code(call, len(made))))
    call.organisation.define(*made)
    for table, body in zip(made, bodies, strict=True):
        call.organisation.define(*attached(call.schema, table, body))
    return Answer(200, {"@odata.context": call.context(f"{facts.NAMESPACE}CreateEntitiesResponse")})


def _make_table(call: Call) -> Answer:
    if call.method != "POST":
        raise Refusal("0x80060888", facts.NOT_ON_COLLECTION.format(method=call.method), status=405)
    call.security.demand_named("prvCreateEntity")
    table = _table(call, call.body, taken=set(), code=next_code(call, 0))
    call.organisation.define(table)
    call.organisation.define(*attached(call.schema, table, call.body))
    return made_at(call, "EntityDefinitions", metadata_id(table.logical))


def _table(call: Call, body: Body, *, taken: set[str], code: int) -> Table:
    schema_name = read_schema_name(body, "Entity")
    logical = schema_name.lower()
    if logical in call.schema.tables or logical in taken:
        raise refused(rows.TABLE_TAKEN, name=schema_name)
    ownership = {"UserOwned": "User", "OrganizationOwned": "Organization"}.get(
        str(body.get("OwnershipType", "UserOwned"))
    )
    if ownership is None:
        raise refused(rows.BAD_METADATA, why=f"The ownership type of {schema_name} is not valid")
    display = read_text(body.get("DisplayName"))
    if not display:
        raise refused(rows.BAD_METADATA, why=f"The display name of {schema_name} is missing")
    columns: dict[str, Column] = {}
    primary = ""
    for each in read_list(body, "Attributes"):
        column = following(call, _column(each, set(columns)), each)
        columns[column.name] = column
        if each.get("IsPrimaryName"):
            primary = column.name
    if not columns:
        raise refused(rows.NO_COLUMNS)
    if not primary or columns[primary].type != "string":
        raise refused(rows.PRIMARY_NOT_TEXT)
    plural = read_text(body.get("DisplayCollectionName")) or display + "s"
    return new_table(
        columns=columns,
        lookups={},
        states=_STATES,
        logical=logical,
        set=_set_name(call, logical),
        schema=schema_name,
        label=display,
        plural_label=plural,
        description=read_text(body.get("Description")),
        code=code,
        primary_id=logical + "id",
        primary_name=primary,
        ownership=ownership,
        word=schema_name,
        custom=True,
        notes=body.get("HasNotes") is True,
        queues=is_for_queues(body),
        traits=read_table_traits(body),
    )


def _set_name(call: Call, logical: str) -> str:
    """The plural in URLs: as the platform forms it, with -es and -ies. [the rules inferred from generated names]"""
    if logical.endswith("y") and logical[-2:-1] not in "aeiou":
        plural = logical[:-1] + "ies"
    else:
        plural = logical + ("es" if logical.endswith(("s", "x", "z", "ch", "sh")) else "s")
    return plural if plural not in call.schema.by_set else plural + "set"


def _column(body: Body, taken: set[str]) -> Column:
    kind = str(body.get("@odata.type", "")).rpartition(".")[2].removeprefix("Complex").removesuffix("AttributeMetadata")
    if kind == "Lookup":
        raise refused(rows.BAD_METADATA, why="A lookup is made with its relationship")
    if kind not in _TYPES:
        raise Unmodelled(f"columns of the type {kind or 'that is missing'}")
    schema_name = read_schema_name(body, "Attribute")
    if schema_name.lower() in taken:
        raise refused(rows.COLUMN_TAKEN, name=schema_name)
    return _told(Column(schema_name.lower(), _TYPES[kind], schema=schema_name, custom=True), body)


def _told(column: Column, body: Body) -> Column:
    """A column with what a body says about it. Raises Refusal."""
    changed: dict[str, Any] = {}
    if text := read_text(body.get("DisplayName")):
        changed["label"] = text
    changed["level"] = read_level(body, column.level)
    if isinstance(body.get("IsSecured"), bool):
        changed["secured"] = body["IsSecured"]
    if column.type in _LENGTHS and (length := body.get("MaxLength")) is not None:
        if not isinstance(length, int) or isinstance(length, bool):
            raise unconverted(length, "Edm.Int32")
        if not 1 <= length <= _LENGTHS[column.type]:
            raise refused(rows.BAD_METADATA, why=f"The length of {column.schema} is out of range")
        changed["length"] = length
    for ours, theirs in (("min", "MinValue"), ("max", "MaxValue")):
        if isinstance(body.get(theirs), int | float) and column.type in ("int", "bigint", "money", "decimal", "double"):
            changed[ours] = body[theirs]
    if column.type == "datetime" and body.get("Format") == "DateOnly":
        changed["type"] = "date"
    if column.type == "bool" and isinstance(body.get("DefaultValue"), bool):
        changed["default"] = body["DefaultValue"]
    return replace(column, **changed, traits={**column.traits, **read_traits(column, body)})


def _change_table(call: Call, table: Table) -> Answer:
    if call.method == "DELETE":
        call.security.demand_named("prvDeleteEntity")
        if not table.custom:
            raise refused(rows.NOT_DELETABLE, kind="Entity", id=metadata_id(table.logical), condition=_NOT_CUSTOM)
        _demand_unused("Entity", metadata_id(table.logical), sum(
            lookup.custom and table.logical in lookup.targets
            for other in call.schema.tables.values() if other is not table for lookup in other.lookups.values()
        ))  # fmt: skip
        call.organisation.define(*detached(call.schema, table.logical))
        for other in call.schema.tables.values():
            if other.custom and any(end.table == table.logical for end in other.ends):
                call.organisation.undefine(other.logical)
        call.organisation.undefine(table.logical)
        return NO_CONTENT
    if call.method != "PUT":
        raise Refusal("0x80060888", facts.NOT_ON_COLLECTION.format(method=call.method), status=405)
    call.security.demand_named("prvWriteEntity")
    label, plural = read_text(call.body.get("DisplayName")), read_text(call.body.get("DisplayCollectionName"))
    body = call.body
    changed = replace(
        table,
        label=label or table.label,
        plural_label=plural or table.plural_label,
        description=read_text(body["Description"]) if "Description" in body else table.description,
        notes=table.notes or body.get("HasNotes") is True,
        queues=table.queues or (table.custom and is_for_queues(body)),
        traits={**table.traits, **read_table_traits(body)},
    )
    call.organisation.define(changed)
    if table.custom:
        call.organisation.define(*attached(call.schema, changed, body))
    return NO_CONTENT


def _demand_unused(kind: str, id_: str, count: int) -> None:
    """Keep what other definitions rest on. Raises Refusal."""
    if count:
        raise refused(rows.IN_USE, kind=kind, id=id_, count=str(count))


def _attribute(call: Call, table: Table, segment: Segment, cast: str = "") -> Answer:
    """A column made, changed or removed; a change may name its type at the end of the path. Raises Refusal."""
    if call.method == "POST" and segment.inside is None:
        call.security.demand_named("prvCreateAttribute")
        column = following(call, _column(call.body, {*table.columns, *table.lookups}), call.body)
        call.organisation.define(replace(table, columns={**table.columns, column.name: column}))
        place = f"{call.path.head}/Attributes"
        return made_at(call, place, metadata_id(table.logical, column.name))
    name = _part(segment, table, {**table.columns, **table.lookups})
    kinds = {each["LogicalName"]: each["@odata.type"] for each in attributes(table)}
    if cast and kinds[name] != f"#{cast}":
        raise no_segment(cast)
    if call.method == "PUT":
        call.security.demand_named("prvWriteAttribute")
        if name in table.lookups:
            return _change_lookup(call, table, name)
        changed = _changed(call, table, table.columns[name])
        call.organisation.define(replace(table, columns={**table.columns, name: changed}))
        return NO_CONTENT
    if call.method != "DELETE":
        raise Refusal("0x80060888", facts.NOT_ON_COLLECTION.format(method=call.method), status=405)
    call.security.demand_named("prvDeleteAttribute")
    column_ = table.columns.get(name)
    if column_ is not None and name == table.primary_name:
        raise refused(rows.PRIMARY_KEPT)
    if column_ is None or not column_.custom or name == table.primary_id:
        raise refused(rows.COLUMN_KEPT)
    _demand_unused("Attribute", metadata_id(table.logical, name), sum(name in each for each in table.keys.values()))
    call.organisation.define(replace(table, columns={n: c for n, c in table.columns.items() if n != name}))
    return NO_CONTENT


def _changed(call: Call, table: Table, column: Column) -> Column:
    """A column as a PUT leaves it. Raises Refusal and Unmodelled."""
    body = call.body
    if column.level == "system" and read_level(body, "system") != "system":
        raise refused(rows.LEVEL_FIXED)
    if following(call, column, body).options != column.options:
        raise Unmodelled("options changed by PUT; InsertOptionValue, UpdateOptionValue and DeleteOptionValue do it")
    changed = _told(column, body)
    keys = [key for key, columns in table.keys.items() if column.name in columns]
    if changed.secured and not column.secured and keys:
        raise refused(rows.KEY_NOT_SECURABLE, name=column.name, keys=", ".join(keys))
    return changed


def _change_lookup(call: Call, table: Table, name: str) -> Answer:
    lookup = table.lookups[name]
    secured = bool(call.body.get("IsSecured", lookup.secured))
    changed = replace(lookup, label=read_text(call.body.get("DisplayName")) or lookup.label, secured=secured)
    call.organisation.define(replace(table, lookups={**table.lookups, name: changed}))
    return NO_CONTENT


def _part(segment: Segment, table: Table, parts: Mapping[str, Any]) -> str:
    inside = segment.inside or ""
    named = re.match(r"^LogicalName='([^']*)'$", inside)
    guid = as_guid(inside)
    for name in parts:
        if (named and named[1] == name) or (guid and metadata_id(table.logical, name) == guid):
            return name
    raise does_not_exist("AttributeMetadata", named[1] if named else inside)


def _key(call: Call, table: Table, segment: Segment) -> Answer:
    call.security.demand_named("prvWriteEntity")
    if call.method == "POST":
        name, columns = read_schema_name(call.body, "EntityKey"), call.body.get("KeyAttributes")
        known = {*table.columns, *table.lookups}
        if not isinstance(columns, list) or not columns or not all(isinstance(e, str) and e in known for e in columns):
            raise refused(rows.BAD_METADATA, why=f"The key attributes of {name} are not columns of {table.logical}")
        if name.lower() in {each.lower() for each in table.keys}:
            raise refused(rows.KEY_TAKEN, name=name, table=table.logical)
        if set(columns) in map(set, table.keys.values()):
            raise refused(rows.KEY_COLUMNS_TAKEN)
        call.organisation.define(replace(table, keys={**table.keys, name: tuple(columns)}))
        place = f"{call.path.head}/Keys"
        return made_at(call, place, metadata_id("key", table.logical, name))
    if call.method != "DELETE":
        raise Unmodelled(f"{call.method} of an alternate key")
    guid, named = as_guid(segment.inside or ""), re.match(r"^LogicalName='([^']*)'$", segment.inside or "")
    for name in table.keys:
        if metadata_id("key", table.logical, name) == guid or (named and named[1] == name.lower()):
            call.organisation.define(replace(table, keys={n: c for n, c in table.keys.items() if n != name}))
            return NO_CONTENT
    raise does_not_exist("EntityKeyMetadata", segment.inside or "")


_PARTS: Mapping[str, Callable[[Call, Table, Segment], Answer]] = {"Attributes": _attribute, "Keys": _key}
