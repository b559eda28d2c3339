"""Global choices: listed, made, renamed and removed. Their single options are changed by actions, in `options`.

powerapps-docs webapi/create-update-optionsets.md and metadata-option-sets.md. Those that Microsoft ships are known by
the columns that use them; they cannot be changed here.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.errors import Refusal, does_not_exist, no_segment, refused
from mock_services.dataverse.metadata.bodies import (
    Body,
    made_at,
    read_list,
    read_schema_name,
    read_text,
    unconverted,
)
from mock_services.dataverse.metadata.definitions import Members, label, option_set, spoken
from mock_services.dataverse.metadata.recorded import managed
from mock_services.dataverse.metadata_ids import metadata_id
from mock_services.dataverse.refusals import metadata as rows
from mock_services.dataverse.urls import as_guid, read_reference
from mock_services.errors import Unmodelled
from mock_services.state.organisation.customisation import uses
from mock_services.state.organisation.definitions import INTEGER_RANGE, Choice, Column
from mock_services.state.organisation.schema import Schema

SET = "GlobalOptionSetDefinitions"
_PLACES = 10_000
"""A publisher's prefix of option values times this is its first value."""
_WHOLE = "Microsoft.Dynamics.CRM.OptionSetMetadata"


def global_choices(schema: Schema) -> dict[str, Members]:
    """Every global choice by name: Microsoft's, as the columns that use them have them, and an organisation's own."""
    standard = {
        column.global_options: option_set(table, column)
        for table in schema.tables.values()
        for column in table.columns.values()
        if column.global_options and column.global_options not in schema.choices
    }
    return {**standard, **{name: choice_definition(choice) for name, choice in schema.choices.items()}}


def choice_definition(choice: Choice) -> Members:
    """The definition of an organisation's own global choice."""
    return {
        "@odata.type": f"#{_WHOLE}",
        "MetadataId": metadata_id("optionset", choice.name),
        "Name": choice.name,
        "IsGlobal": True,
        "IsCustomOptionSet": choice.custom,
        "IsManaged": False,
        "DisplayName": label(choice.label or spoken(choice.name)),
        "Description": label(choice.description),
        "IsCustomizable": managed(True, "iscustomizable"),
        "OptionSetType": "Picklist",
        "ExternalTypeName": None,
        "IntroducedVersion": "1.0.0.0",
        "ParentOptionSetName": None,
        "HasChanged": None,
        "Options": [_option(value, text) for value, text in choice.options.items()],
    }


def _option(value: int, text: str) -> Members:
    return {
        "Value": value, "Label": label(text), "Description": label(""), "Color": None, "IsManaged": False,
        "ExternalValue": "", "ParentValues": [], "MetadataId": None, "HasChanged": None,
    }  # fmt: skip


def change_choice(call: Call) -> Answer:
    """POST, PUT or DELETE of `GlobalOptionSetDefinitions`. Raises Refusal and Unmodelled."""
    head, tail = call.path.head, call.path.tail
    if tail and (len(tail) > 1 or tail[0].name != _WHOLE or call.method != "PUT"):
        raise no_segment(tail[0].name)
    if head.inside is None:
        if call.method != "POST":
            raise Refusal("0x80060888", facts.NOT_ON_COLLECTION.format(method=call.method), status=405)
        return _make(call)
    if call.method not in ("PUT", "DELETE"):
        raise Refusal("0x80060888", facts.NOT_ON_COLLECTION.format(method=call.method), status=405)
    call.security.demand_named("prvWriteOptionSet" if call.method == "PUT" else "prvDeleteOptionSet")
    name = choice_called(call, head.inside)
    if call.method == "PUT":
        _rename(call, name)
    else:
        _remove(call, name)
    return NO_CONTENT


def choice_called(call: Call, inside: str) -> str:
    """The name of the global choice that a key names: `Name='x'` or its id. Raises Refusal."""
    for name, told in global_choices(call.schema).items():
        if as_guid(inside) == told["MetadataId"] or inside == f"Name='{name}'":
            return name
    if as_guid(inside) is None and not inside.startswith("Name='"):
        raise Refusal("0x80060888", facts.BAD_KEY)
    raise does_not_exist("OptionSetMetadata", inside)


def following(call: Call, column: Column, body: Body) -> Column:
    """A column with its options: those of the global choice that its body names, or those in it. Raises Refusal."""
    bound, own = body.get("GlobalOptionSet@odata.bind"), body.get("OptionSet")
    if isinstance(bound, str):
        reference = read_reference(bound, call.url)
        if reference is None or reference[0] != SET:
            raise refused(rows.BAD_METADATA, why="GlobalOptionSet names no global choice")
        name = choice_called(call, reference[1])
    elif isinstance(own, dict) and own.get("IsGlobal") is True:
        name = choice_called(call, f"Name='{own.get('Name')}'")
    elif isinstance(own, dict):
        return replace(column, options=_own_options(call, column, own))
    else:
        return column
    if column.type not in ("picklist", "multiselect"):
        raise refused(rows.BAD_METADATA, why=f"{column.schema} takes no choice")
    told = global_choices(call.schema)[name]["Options"]
    options = {each["Value"]: read_text(each["Label"]) for each in told}
    return replace(column, global_options=name, options=options)


def _own_options(call: Call, column: Column, own: Body) -> Mapping[int, str]:
    if column.type != "bool":
        return read_options(call, own) if own.get("Options") is not None else column.options
    found = dict(column.options)
    for value, name in ((1, "TrueOption"), (0, "FalseOption")):
        option = own.get(name)
        if isinstance(option, dict) and (text := read_text(option.get("Label"))):
            found[value] = text
    return found


def first_free(call: Call, taken: Mapping[int, str]) -> int:
    """The next value for an option that names none: those of the organisation's own publisher in order."""
    own = call.organisation.select("publisher", isreadonly=False)
    prefix = own[0]["customizationoptionvalueprefix"] if own else None
    value = (prefix or _PLACES) * _PLACES
    while value in taken:
        value += 1
    return value


def read_options(call: Call, body: Body, name: str = "Options") -> dict[int, str]:
    """The options in a body; one without a value takes the next free one. Raises Refusal."""
    found: dict[int, str] = {}
    for each in read_list(body, name):
        value = read_value(each)
        if value is None:
            value = first_free(call, found)
        if value in found:
            raise refused(rows.BAD_METADATA, why=f"The option value {value} occurs twice")
        found[value] = read_text(each.get("Label"))
    return found


def read_value(body: Body, name: str = "Value") -> int | None:
    """The value of an option, or None where the body has none. Raises Refusal."""
    value: Any = body.get(name)
    low, high = INTEGER_RANGE
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high):
        raise unconverted(value, "Edm.Int32")
    return value


def _make(call: Call) -> Answer:
    call.security.demand_named("prvCreateOptionSet")
    body = call.body
    kind = str(body.get("@odata.type", _WHOLE)).rpartition(".")[2]
    if kind != "OptionSetMetadata" or body.get("OptionSetType", "Picklist") != "Picklist":
        raise Unmodelled("a global choice of yes and no, or of states")
    name = read_schema_name({"SchemaName": body.get("Name")}, "OptionSet")
    if name.lower() in {each.lower() for each in global_choices(call.schema)}:
        raise refused(rows.CHOICE_TAKEN, name=name)
    options = read_options(call, body)
    text, description = read_text(body.get("DisplayName")), read_text(body.get("Description"))
    call.organisation.define_choice(Choice(name.lower(), options, text or name, description))
    return made_at(call, SET, metadata_id("optionset", name.lower()))


def _rename(call: Call, name: str) -> None:
    """What a PUT changes: names and descriptions; options have actions of their own. Raises Unmodelled."""
    choice = call.schema.choices.get(name)
    if choice is None:
        raise Unmodelled("a change of a global choice that Microsoft ships")
    body = call.body
    if "Options" in body and read_options(call, body) != dict(choice.options):
        raise Unmodelled("options changed by PUT; InsertOptionValue, UpdateOptionValue and DeleteOptionValue do it")
    text = read_text(body.get("DisplayName")) or choice.label
    description = read_text(body.get("Description")) if "Description" in body else choice.description
    call.organisation.define_choice(replace(choice, label=text, description=description))


def _remove(call: Call, name: str) -> None:
    if name not in call.schema.choices:
        raise refused(rows.CHOICE_KEPT)
    if users := [table.logical for table in call.schema.tables.values() if uses(table, name)]:
        raise refused(rows.CHOICE_IN_USE, tables=", ".join(sorted(users)))
    call.organisation.undefine_choice(name)
