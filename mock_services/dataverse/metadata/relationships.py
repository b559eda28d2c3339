"""Relationships made, changed and removed: one to many by a lookup of its own, many to many by an intersect.

Only the cascade on deletion is kept; a change that sets the others apart from it is not modelled.
"""

from dataclasses import replace

from mock_services.dataverse import facts
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.errors import Refusal, does_not_exist, no_segment, refused
from mock_services.dataverse.metadata.bodies import (
    made_at,
    next_code,
    read_level,
    read_schema_name,
    read_text,
)
from mock_services.dataverse.metadata.definitions import (
    Members,
    cascade_configuration,
    many_to_many,
    one_to_many,
)
from mock_services.dataverse.metadata_ids import metadata_id
from mock_services.dataverse.refusals import metadata as rows
from mock_services.dataverse.urls import as_guid
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import Column, End, Lookup, Table, new_table

_CASCADES = ("Cascade", "Restrict", "NoCascade", "RemoveLink")


def change_relationship(call: Call) -> Answer:
    """POST, PUT or DELETE of `RelationshipDefinitions`. Raises Refusal and Unmodelled."""
    if call.method == "POST":
        call.security.demand_named("prvCreateRelationship")
        kind = str(call.body.get("@odata.type", "")).rpartition(".")[2]
        name = _many_to_many(call) if kind == "ManyToManyRelationshipMetadata" else _one_to_many(call)
        return made_at(call, "RelationshipDefinitions", metadata_id("relationship", name))
    if call.method not in ("PUT", "DELETE"):
        raise Refusal("0x80060888", facts.NOT_ON_COLLECTION.format(method=call.method), status=405)
    is_change = call.method == "PUT"
    call.security.demand_named("prvWriteRelationship" if is_change else "prvDeleteRelationship")
    inside = call.path.head.inside or ""
    for each in (*one_to_many(call.schema), *many_to_many(call.schema)):
        if as_guid(inside) == each["MetadataId"] or inside == f"SchemaName='{each['SchemaName']}'":
            _change_relationship(call, each) if is_change else _remove_relationship(call, each)
            return NO_CONTENT
    raise does_not_exist("RelationshipMetadata", inside)


def _remove_relationship(call: Call, told: Members) -> None:
    if not told["IsCustomRelationship"]:
        raise refused(rows.RELATIONSHIP_KEPT)
    if "IntersectEntityName" in told:
        call.organisation.undefine(told["IntersectEntityName"])
        return
    table = call.schema.table(told["ReferencingEntity"])
    left = {name: each for name, each in table.lookups.items() if name != told["ReferencingAttribute"]}
    call.organisation.define(replace(table, lookups=left))


def _change_relationship(call: Call, told: Members) -> None:
    """What happens on deletion is kept apart from the other cascades, which follow it here. Raises Unmodelled."""
    cast = "".join(each.name for each in call.path.tail)
    if cast and f"#{cast}" != told["@odata.type"]:
        raise no_segment(cast)
    cascade = call.body.get("CascadeConfiguration")
    if "IntersectEntityName" in told or not isinstance(cascade, dict):
        return
    on_deletion = cascade.get("Delete", told["CascadeConfiguration"]["Delete"])
    if on_deletion not in _CASCADES:
        raise refused(rows.BAD_METADATA, why=f"The cascade of {told['SchemaName']} on deletion is not valid")
    table, target = call.schema.table(told["ReferencingEntity"]), told["ReferencedEntity"]
    lookup = table.lookups[told["ReferencingAttribute"]]
    changed = replace(lookup, cascades={**lookup.cascades, target: on_deletion})
    shown = cascade_configuration(changed, target)
    if any(shown.get(name, value) != value for name, value in cascade.items()):
        raise Unmodelled("a relationship whose other cascades do not follow the one on deletion")
    call.organisation.define(replace(table, lookups={**table.lookups, changed.name: changed}))


def _named_table(call: Call, member: str) -> Table:
    name = str(call.body.get(member, "")).lower()
    if name not in call.schema.tables:
        raise refused(rows.BAD_METADATA, why=f"{member} names no table")
    return call.schema.table(name)


def _one_to_many(call: Call) -> str:
    one, many = _named_table(call, "ReferencedEntity"), _named_table(call, "ReferencingEntity")
    name, body = read_schema_name(call.body, "EntityRelationship"), call.body.get("Lookup")
    if not isinstance(body, dict):
        raise refused(rows.BAD_METADATA, why="The relationship has no Lookup")
    lookup_name = read_schema_name(body, "Attribute")
    if lookup_name.lower() in {*many.columns, *many.lookups}:
        raise refused(rows.COLUMN_TAKEN, name=lookup_name)
    if name in call.schema.collections_of(one.logical):
        raise refused(rows.RELATIONSHIP_TAKEN, name=name)
    cascade = call.body.get("CascadeConfiguration")
    on_deletion = cascade.get("Delete", "RemoveLink") if isinstance(cascade, dict) else "RemoveLink"
    if on_deletion not in _CASCADES:
        raise refused(rows.BAD_METADATA, why=f"The cascade of {name} on deletion is not valid")
    lookup = Lookup(
        lookup_name.lower(),
        {one.logical: lookup_name},
        {one.logical: name},
        level=read_level(body),
        index=True,
        label=read_text(body.get("DisplayName")),
        schema=lookup_name,
        custom=True,
        relationships={one.logical: name},
        cascades={one.logical: on_deletion},
    )
    call.organisation.define(replace(many, lookups={**many.lookups, lookup.name: lookup}))
    return name


def _many_to_many(call: Call) -> str:
    one, two = _named_table(call, "Entity1LogicalName"), _named_table(call, "Entity2LogicalName")
    name = read_schema_name(call.body, "EntityRelationship")
    logical = read_schema_name({"SchemaName": call.body.get("IntersectEntityName") or name}, "Entity").lower()
    if logical in call.schema.tables or name in call.schema.associations_of(one.logical):
        raise refused(rows.RELATIONSHIP_TAKEN, name=name)
    near = f"{one.logical}id" if one is not two else f"{one.logical}idone"
    far = f"{two.logical}id" if one is not two else f"{two.logical}idtwo"
    columns = {near: Column(near, "guid"), far: Column(far, "guid", index=True)}
    columns["versionnumber"] = Column("versionnumber", "bigint")
    table = new_table(
        columns=columns,
        lookups={},
        has_system_columns=False,
        logical=logical,
        set=f"{logical}set",
        schema=name,
        label=name,
        code=next_code(call, 0),
        primary_id=f"{logical}id",
        ownership="None",
        governed_by=one.word or one.governed_by,
        verbs=(),
        read_only=True,
        unique=(near, far),
        ends=(End(one.logical, near, name), End(two.logical, far, name)),
        custom=True,
    )
    call.organisation.define(table)
    return name
