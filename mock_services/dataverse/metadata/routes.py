"""From a path of metadata to what it stands for: definitions, columns, relationships, keys, choices, `$metadata`."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.errors import Refusal, bad_query, does_not_exist, no_segment, refused
from mock_services.dataverse.metadata import changes, definitions
from mock_services.dataverse.metadata.asking import Members, check_options, filtered, selected, shaped
from mock_services.dataverse.metadata.choices import global_choices
from mock_services.dataverse.metadata.csdl import csdl
from mock_services.dataverse.metadata_ids import metadata_id
from mock_services.dataverse.refusals import metadata as rows
from mock_services.dataverse.urls import Segment, as_guid
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import Column, Table

TABLES, RELATIONSHIPS, CHOICES = "EntityDefinitions", "RelationshipDefinitions", "GlobalOptionSetDefinitions"
ROOTS = frozenset({"$metadata", TABLES, RELATIONSHIPS, CHOICES})
_NAMED = re.compile(r"^(LogicalName|SchemaName|Name|MetadataId)='?([^']*)'?$")
_ONE_TO_MANY, _MANY_TO_MANY = "OneToManyRelationshipMetadata", "ManyToManyRelationshipMetadata"


def answer(call: Call) -> Answer:
    """Whatever a request below one of the roots asks for. Raises Refusal and Unmodelled."""
    head = call.path.head
    if head.name == "$metadata":
        return _document(call)
    if call.method != "GET":
        return changes.change(call, find_table)
    call.security.demand_any_role("prvReadEntity")
    check_options(call)
    return _READERS[head.name](call)


def _definitions(call: Call) -> Answer:
    if call.path.head.inside is None:
        return _list(call, TABLES, "EntityMetadata", [definitions.entity(call.schema, t) for t in _tables(call)])
    table = find_table(call, call.path.head)
    if call.path.tail:
        return _below(call, table)
    return _one(call, TABLES, "EntityMetadata", definitions.entity(call.schema, table), table)


def _document(call: Call) -> Answer:
    if call.method != "GET":
        raise Refusal("0x80060888", facts.NOT_ON_COLLECTION.format(method=call.method), status=405)
    for name, _ in call.query:
        if name not in ("annotations", "$format"):
            raise bad_query(f"The query parameter {name} is not supported")
    annotated = call.given.get("annotations") == "true" or call.prefer.wants("*")
    return Answer(200, text=csdl(call.schema, annotated=annotated), content_type="application/xml")


def _tables(call: Call) -> list[Table]:
    return list(call.schema.tables.values())


def _list(call: Call, context: str, type_name: str, objects: list[Members], table: Table | None = None) -> Answer:
    if (text := call.given.get("$filter")) is not None:
        objects = filtered(objects, text, type_name)
    value = [_shaped(call, each, type_name, table or _table_of(call, each)) for each in objects]
    body: dict[str, Any] = {"@odata.context": call.context(f"{context}{selected(call.given)}")}
    if call.given.get("$count") == "true":
        body["@odata.count"] = len(value)
    return Answer(200, {**body, "value": value})


def _one(call: Call, context: str, type_name: str, found: Members, table: Table | None) -> Answer:
    whole = call.context(f"{context}{selected(call.given)}/$entity")
    return Answer(200, {"@odata.context": whole, **_shaped(call, found, type_name, table)})


def _table_of(call: Call, each: Members) -> Table | None:
    return call.schema.tables.get(str(each.get("LogicalName"))) if "EntitySetName" in each else None


def _shaped(call: Call, each: Members, type_name: str, table: Table | None) -> Members:
    def parts(name: str) -> Any:
        if table is not None and type_name == "EntityMetadata":
            return _parts(call, table, name)
        if table is not None and name in ("OptionSet", "GlobalOptionSet"):
            column = table.columns.get(str(each["LogicalName"]))
            return _option_set(table, column, name)
        raise KeyError(name)

    return shaped(each, call.given, type_name, parts)


def _option_set(table: Table, column: Column | None, name: str) -> Members | None:
    if column is None or not (column.options or column.type == "bool"):
        raise KeyError(name)
    is_global = bool(column.global_options)
    found = definitions.option_set(table, column)
    return found if is_global is (name == "GlobalOptionSet") else None


def _parts(call: Call, table: Table, name: str) -> Any:
    if name == "Attributes":
        return list(definitions.attributes(table))
    if name == "Keys":
        return list(definitions.keys(table))
    return definitions.related(call.schema, table, name)


def find_table(call: Call, segment: Segment) -> Table:
    """The table that a key names, by logical name or id. Raises Refusal."""
    inside = segment.inside or ""
    hit, guid = _NAMED.match(inside), as_guid(inside)
    if hit is None and guid is None:
        raise Refusal("0x80060888", facts.BAD_KEY)
    wanted = hit[2] if hit else inside
    for table in call.schema.tables.values():
        by_name = hit is not None and hit[1] == "LogicalName" and table.logical == wanted
        if by_name or metadata_id(table.logical) in (guid, wanted):
            return table
    raise does_not_exist("EntityMetadata", wanted)


def _below(call: Call, table: Table) -> Answer:
    first, rest = call.path.tail[0], call.path.tail[1:]
    place = f"{TABLES}('{table.logical}')/{first.name}"
    if first.name == "Attributes":
        return _attributes(call, table, first, rest, place)
    try:
        found = _parts(call, table, first.name)
    except KeyError:
        raise no_segment(first.name) from None
    if rest:
        raise Unmodelled(f"a path beyond {first.name} of a table's metadata")
    type_name = "EntityKeyMetadata" if first.name == "Keys" else _ONE_TO_MANY
    type_name = _MANY_TO_MANY if first.name == "ManyToManyRelationships" else type_name
    if first.inside is None:
        return _list(call, place, type_name, found)
    return _one(call, place, type_name, _chosen(found, first.inside, type_name), None)


def _attributes(call: Call, table: Table, first: Segment, rest: tuple[Segment, ...], place: str) -> Answer:
    found = list(definitions.attributes(table))
    type_name = "AttributeMetadata"
    if rest and rest[0].name.startswith(facts.NAMESPACE):
        type_name = rest[0].name.removeprefix(facts.NAMESPACE)
        if not type_name.endswith("AttributeMetadata"):
            raise no_segment(rest[0].name)
        if type_name != "AttributeMetadata":
            found = [each for each in found if each["@odata.type"].endswith("." + type_name)]
        place, rest = f"{place}/{rest[0].name}", rest[1:]
    if first.inside is None:
        if rest:
            raise no_segment(rest[0].name)
        return _list(call, place, type_name, found, table)
    chosen = _chosen(found, first.inside, type_name)
    if not rest:
        return _one(call, place, type_name, chosen, table)
    if len(rest) > 1 or rest[0].name not in ("OptionSet", "GlobalOptionSet"):
        raise no_segment(rest[0].name)
    try:
        options = _option_set(table, table.columns.get(str(chosen["LogicalName"])), rest[0].name)
    except KeyError:
        raise no_segment(rest[0].name) from None
    if options is None:
        return Answer(204)
    return Answer(200, {"@odata.context": call.context(f"{place}/{rest[0].name}/$entity"), **options})


def _chosen(found: list[Members], inside: str, type_name: str) -> Members:
    hit, guid = _NAMED.match(inside), as_guid(inside)
    for each in found:
        if guid is not None and each["MetadataId"] == guid:
            return each
        if hit is not None and str(each.get(hit[1], "")) == hit[2]:
            return each
    if hit is None and guid is None:
        raise Refusal("0x80060888", facts.BAD_KEY)
    raise does_not_exist(type_name, hit[2] if hit else inside)


def _relationships(call: Call) -> Answer:
    found = [*definitions.one_to_many(call.schema), *definitions.many_to_many(call.schema)]
    type_name, place = "RelationshipMetadataBase", RELATIONSHIPS
    tail = call.path.tail
    if tail and tail[0].name.startswith(facts.NAMESPACE):
        type_name = tail[0].name.removeprefix(facts.NAMESPACE)
        found = [each for each in found if each["@odata.type"].endswith("." + type_name)]
        place = f"{place}/{tail[0].name}"
        tail = tail[1:]
    if tail:
        raise Unmodelled(f"a path beyond {RELATIONSHIPS}")
    if call.path.head.inside is not None:
        return _one(call, place, type_name, _chosen(found, call.path.head.inside, type_name), None)
    return _list(call, place, type_name, found)


def _choices(call: Call) -> Answer:
    found = global_choices(call.schema)
    if call.path.tail and not call.path.tail[0].name.startswith(facts.NAMESPACE):
        raise no_segment(call.path.tail[0].name)
    if call.path.head.inside is not None:
        chosen = _chosen(list(found.values()), call.path.head.inside, "OptionSetMetadata")
        return _one(call, CHOICES, "OptionSetMetadata", chosen, None)
    if "$filter" in call.given:
        raise refused(rows.CHOICES_UNFILTERED)
    return _list(call, CHOICES, "OptionSetMetadata", list(found.values()))


_READERS: Mapping[str, Callable[[Call], Answer]] = {
    TABLES: _definitions,
    RELATIONSHIPS: _relationships,
    CHOICES: _choices,
}
