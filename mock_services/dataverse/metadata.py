"""The little of the metadata that clients ask for before their first write: `EntityDefinitions`."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.errors import Refusal, bad_query, does_not_exist, no_segment
from mock_services.dataverse.security import privilege_for
from mock_services.dataverse.urls import Segment, as_guid
from mock_services.errors import Unmodelled
from mock_services.odata.options import read_select
from mock_services.odata.problems import BadQuery
from mock_services.state.organisation.definitions import Column, Table
from mock_services.state.organisation.privileges import Depth, privilege_name

SET = "EntityDefinitions"
_NAMESPACE = uuid.UUID("5e3f7c0a-7f0e-4a51-8a5a-2f9f4f5b8a10")
_CAST = f"{facts.NAMESPACE}PicklistAttributeMetadata"
_KEY = re.compile(r"^LogicalName='(\w+)'$")
_FILTER = re.compile(r"^\s*(LogicalName|EntitySetName|SchemaName)\s+eq\s+'([^']*)'\s*$")
_OPTIONS = {"$select", "$filter", "$expand"}


def answer(call: Call) -> Answer:
    """`EntityDefinitions` and what lies below it. Raises Refusal and Unmodelled."""
    if call.method != "GET":
        raise Unmodelled(f"{call.method} of metadata")
    call.security.demand_any_role("prvReadEntity")
    for name, _ in call.query:
        if not name.startswith("@") and name not in _OPTIONS:
            raise bad_query(f"The query parameter {name} is not supported")
    head, tail = call.path.head, call.path.tail
    if head.inside is None:
        return _list(call)
    table = _table(call, head)
    if not tail:
        body = {"@odata.context": call.context(f"{SET}{_selected(call)}/$entity"), **_definition(call, table)}
        return Answer(200, body)
    if tail[0].name != "Attributes":
        raise Unmodelled(f"the metadata of {tail[0].name}")
    return _attributes(call, table, tail)


def _list(call: Call) -> Answer:
    wanted = list(call.schema.tables.values())
    if (text := dict(call.query).get("$filter")) is not None:
        hit = _FILTER.match(text)
        if hit is None:
            raise Unmodelled("a $filter on metadata other than one name eq 'x'")
        member = {"LogicalName": "logical", "EntitySetName": "set", "SchemaName": "schema"}[hit[1]]
        wanted = [table for table in wanted if getattr(table, member) == hit[2]]
    value = [_definition(call, table) for table in wanted]
    return Answer(200, {"@odata.context": call.context(f"{SET}{_selected(call)}"), "value": value})


def _selected(call: Call) -> str:
    select = dict(call.query).get("$select")
    return f"({select})" if select else ""


def _table(call: Call, head: Segment) -> Table:
    inside = head.inside or ""
    hit, guid = _KEY.match(inside), as_guid(inside)
    for table in call.schema.tables.values():
        named = hit is not None and table.logical == hit[1]
        if named or guid == _metadata_id(table.logical):
            return table
    if hit is None and guid is None:
        raise Refusal("0x80060888", facts.BAD_KEY)
    raise does_not_exist("EntityMetadata", hit[1] if hit else inside)


def _metadata_id(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))


def _definition(call: Call, table: Table) -> Mapping[str, Any]:
    whole = {
        "LogicalName": table.logical,
        "SchemaName": table.schema,
        "EntitySetName": table.set,
        "LogicalCollectionName": table.set,
        "PrimaryIdAttribute": table.primary_id,
        "PrimaryNameAttribute": table.primary_name or None,
        "ObjectTypeCode": table.code,
        "OwnershipType": {
            "User": "UserOwned",
            "BusinessUnit": "BusinessOwned",
            "Organization": "OrganizationOwned",
        }.get(table.ownership, "None"),
        "IsActivity": table.word == "Activity",
        "IsCustomEntity": False,
        "IsPrivate": False,
        "IsIntersect": bool(table.unique),
        "IsOptimisticConcurrencyEnabled": True,
        "HasNotes": table.notes,
        "DisplayName": _label(table.label),
        "Privileges": _privileges(call, table),
        "MetadataId": _metadata_id(table.logical),
    }
    return _select(call, whole)


def _privileges(call: Call, table: Table) -> list[dict[str, Any]]:
    """The table's privileges, shaped as in the provider's get_entitydefinition_contact.json."""
    found = []
    for verb in table.verbs:
        privilege = privilege_for(call.schema, verb, table)
        if privilege is not None and privilege.name == privilege_name(verb, table.word):
            depths = {f"CanBe{depth.name}": privilege.allows(depth) for depth in Depth}
            extra = {"CanBeEntityReference": False, "CanBeParentEntityReference": False}
            found.append(
                {**depths, **extra, "Name": privilege.name, "PrivilegeId": privilege.id, "PrivilegeType": verb}
            )
    return found


def _select(call: Call, whole: Mapping[str, Any]) -> Mapping[str, Any]:
    text = dict(call.query).get("$select")
    if not text:
        return whole
    try:
        names = read_select(text)
    except BadQuery as problem:
        raise bad_query(problem.sentence) from None
    unknown = [name for name in names if name not in whole]
    if unknown:
        raise Unmodelled(f"the metadata property {unknown[0]}")
    return {name: whole[name] for name in (*names, "MetadataId") if name in whole}


def _attributes(call: Call, table: Table, tail: tuple[Segment, ...]) -> Answer:
    """All columns, one of them, or the choices with their labels."""
    cast = len(tail) == 2 and tail[1].name == _CAST
    if len(tail) > 1 and not cast:
        raise Unmodelled(f"the metadata of {tail[1].name}")
    columns = [column for column in table.columns.values() if not cast or column.type == "picklist"]
    if (inside := tail[0].inside) is not None:
        hit = _KEY.match(inside)
        columns = [column for column in columns if hit and column.name == hit[1]]
        if not columns:
            raise no_segment(str(tail[0]))
        context = call.context(f"{SET}('{table.logical}')/Attributes{_selected(call)}/$entity")
        return Answer(200, {"@odata.context": context, **_attribute(call, table, columns[0], cast=cast)})
    suffix = f"/{_CAST}" if cast else ""
    context = call.context(f"{SET}('{table.logical}')/Attributes{suffix}{_selected(call)}")
    return Answer(
        200, {"@odata.context": context, "value": [_attribute(call, table, each, cast=cast) for each in columns]}
    )


def _attribute(call: Call, table: Table, column: Column, *, cast: bool) -> Mapping[str, Any]:
    type_name = {"string": "String", "memo": "Memo", "picklist": "Picklist", "int": "Integer", "bool": "Boolean"}
    whole: dict[str, Any] = {
        "LogicalName": column.name,
        "SchemaName": column.name,
        "AttributeType": type_name.get(column.type, column.type.capitalize()),
        "IsValidForCreate": column.create,
        "IsValidForUpdate": column.update,
        "IsValidForRead": True,
        "IsPrimaryId": column.name == table.primary_id,
        "IsPrimaryName": column.name == table.primary_name,
        "MaxLength": column.length,
        "MetadataId": _metadata_id(f"{table.logical}.{column.name}"),
    }
    made = dict(_select(call, whole))
    if cast and "OptionSet" in dict(call.query).get("$expand", ""):
        options = [{"Value": value, "Label": _label(label)} for value, label in column.options.items()]
        made["OptionSet"] = {"Options": options, "MetadataId": _metadata_id(f"{table.logical}.{column.name}.options")}
    return made


def _label(text: str) -> Mapping[str, Any]:
    one = {
        "Label": text,
        "LanguageCode": 1033,
        "IsManaged": True,
        "MetadataId": _metadata_id(f"label {text}"),
        "HasChanged": None,
    }
    return {"LocalizedLabels": [one], "UserLocalizedLabel": one}
