"""Tables, columns, keys and choices of the run's own."""

from typing import Any, Final

from contract_tests.facts.place import DATA
from contract_tests.facts.world import Stage, World

_CRM: Final = "Microsoft.Dynamics.CRM."
_TABLES, _CHOICES = f"{DATA}/EntityDefinitions", f"{DATA}/GlobalOptionSetDefinitions"


def label(text: str) -> dict[str, Any]:
    """A text in English, as definitions have it."""
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": 1033}]}


def _column(name: str, kind: str, **more: Any) -> dict[str, Any]:
    level = {"Value": "None", "CanBeChanged": True, "ManagedPropertyLogicalName": "canmodifyrequirementlevelsettings"}
    return {
        "@odata.type": f"{_CRM}{kind}AttributeMetadata",
        "SchemaName": name,
        "DisplayName": label(name),
        "RequiredLevel": level,
        **more,
    }


def text_column(name: str, **more: Any) -> dict[str, Any]:
    """The definition of a column of text."""
    return _column(name, "String", MaxLength=100, FormatName={"Value": "Text"}, **more)


async def _table(world: World, name: str) -> None:
    """A table with a name, a code that is a key, a choice, a switch, and a lookup to accounts."""
    mark, schema = world.values["mark"], f"new_{world.values['slug']}_Visit"
    logical = schema.lower()
    options = [{"Value": value, "Label": label(text)} for value, text in ((1, "Calm"), (2, "Cross"), (3, "Furious"))]
    switch = {
        "TrueOption": {"Value": 1, "Label": label("Yes")},
        "FalseOption": {"Value": 0, "Label": label("No")},
        "OptionSetType": "Boolean",
    }
    columns = [
        text_column("new_Name", IsPrimaryName=True),
        text_column("new_Code"),
        _column("new_Mood", "Picklist", OptionSet={"IsGlobal": False, "OptionSetType": "Picklist", "Options": options}),
        _column("new_Done", "Boolean", OptionSet=switch),
    ]
    body = {
        "@odata.type": f"{_CRM}EntityMetadata",
        "SchemaName": schema,
        "DisplayName": label(mark),
        "DisplayCollectionName": label(f"{mark} all"),
        "Description": label("What a contract run tries definitions on."),
        "OwnershipType": "UserOwned",
        "IsActivity": False,
        "HasActivities": False,
        "HasNotes": False,
        "Attributes": columns,
    }
    made = await world.operate("POST", "dataverse", _TABLES, body)
    path = f"{_TABLES}(LogicalName='{logical}')"
    key = {"SchemaName": "new_ByCode", "DisplayName": label("Code"), "KeyAttributes": ["new_code"]}
    key_id = await world.operate("POST", "dataverse", f"{path}/Keys", key)
    relationship = f"new_{world.values['slug']}_visits"
    link = {
        "@odata.type": f"{_CRM}OneToManyRelationshipMetadata",
        "SchemaName": relationship,
        "ReferencedEntity": "account",
        "ReferencedAttribute": "accountid",
        "ReferencingEntity": logical,
        "Lookup": _column("new_Account", "Lookup"),
    }
    link_id = await world.operate("POST", "dataverse", f"{DATA}/RelationshipDefinitions", link)
    told = await world.operate("GET", "dataverse", f"{path}?$select=EntitySetName")
    world.values |= {
        f"{name}.id": made,
        f"{name}.schema": schema,
        f"{name}.logical": logical,
        f"{name}.set": told["EntitySetName"],
        f"{name}.key_id": key_id,
        f"{name}.relationship": relationship,
        f"{name}.relationship_id": link_id,
    }


async def _choice(world: World, name: str) -> None:
    """A global choice of two options."""
    chosen = f"new_{world.values['slug']}"
    body = {
        "@odata.type": f"{_CRM}OptionSetMetadata",
        "Name": chosen,
        "DisplayName": label(world.values["mark"]),
        "OptionSetType": "Picklist",
        "Options": [{"Value": 1, "Label": label("Red")}, {"Value": 2, "Label": label("Green")}],
    }
    world.values[f"{name}.id"] = await world.operate("POST", "dataverse", _CHOICES, body)
    world.values[f"{name}.name"] = chosen


_TABLE: Final = frozenset({"id", "schema", "logical", "set", "key_id", "relationship", "relationship_id"})

STAGES: Final[dict[str, Stage]] = {
    "table": Stage(_table, _TABLE),
    "choice": Stage(_choice, frozenset({"id", "name"})),
}
