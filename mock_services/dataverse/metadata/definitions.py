"""A schema as metadata objects: tables, columns, choices, relationships and keys, in the members that the Web API has.

Members: a recorded EntityDefinition of contact (terraform-provider-power-platform get_entitydefinition_contact.json)
and powerapps-docs webapi/reference for the types of columns. Ids are stable: a name has the same id everywhere.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import takewhile
from typing import Any

from mock_services.dataverse.metadata.recorded import managed, rest_of
from mock_services.dataverse.metadata_ids import metadata_id
from mock_services.dataverse.security import privilege_for
from mock_services.state.organisation.definitions import Column, Lookup, Table
from mock_services.state.organisation.privileges import Depth, privilege_name
from mock_services.state.organisation.schema import Schema

Members = dict[str, Any]
_CRM = "#Microsoft.Dynamics.CRM."
_OWNERSHIP = {"User": "UserOwned", "BusinessUnit": "BusinessOwned", "Organization": "OrganizationOwned"}
_LEVELS = {
    "none": "None",
    "application": "ApplicationRequired",
    "system": "SystemRequired",
    "recommended": "Recommended",
}
_KINDS: Mapping[str, tuple[str, str]] = {
    # our type: (AttributeType, the metadata type's name without AttributeMetadata)
    "string": ("String", "String"), "memo": ("Memo", "Memo"), "int": ("Integer", "Integer"),
    "bigint": ("BigInt", "BigInt"), "bool": ("Boolean", "Boolean"), "picklist": ("Picklist", "Picklist"),
    "state": ("State", "State"), "status": ("Status", "Status"), "datetime": ("DateTime", "DateTime"),
    "date": ("DateTime", "DateTime"), "guid": ("Uniqueidentifier", "UniqueIdentifier"), "money": ("Money", "Money"),
    "decimal": ("Decimal", "Decimal"), "double": ("Double", "Double"),
    "multiselect": ("Virtual", "MultiSelectPicklist"),
    "entityname": ("EntityName", "EntityName"), "managed": ("ManagedProperty", "ManagedProperty"),
    "organization": ("Uniqueidentifier", "UniqueIdentifier"),
}  # fmt: skip
_NO_TABLE = Table("", "", "", "", 0, "", "None")
_WITH_OPTIONS = {"picklist", "state", "status", "multiselect"}


def label(text: str) -> Members:
    """A label in the one language that there is; an empty text has none."""
    if not text:
        return {"LocalizedLabels": [], "UserLocalizedLabel": None}
    one = {"Label": text, "LanguageCode": 1033, "IsManaged": True, "MetadataId": metadata_id("label", text),
           "HasChanged": None}  # fmt: skip
    return {"LocalizedLabels": [one], "UserLocalizedLabel": one}


def spoken(name: str) -> str:
    """A name for people where a definition has none."""
    return name.rpartition("_")[2].replace("_", " ").title() or name


def entity(schema: Schema, table: Table) -> Members:
    """The definition of a table, without its parts."""
    made = {**rest_of(table), **_entity(schema, table)}
    for name, value in table.traits.items():
        made[name] = {**made[name], "Value": value} if isinstance(made.get(name), dict) else value
    return made


def _entity(schema: Schema, table: Table) -> Members:
    detects, related = table.logical in ("account", "contact"), not table.unique
    return {
        "LogicalName": table.logical,
        "SchemaName": table.schema,
        "EntitySetName": table.set,
        "LogicalCollectionName": table.set,
        "CollectionSchemaName": _collection_name(table),
        "PrimaryIdAttribute": table.primary_id,
        "PrimaryNameAttribute": table.primary_name or None,
        "PrimaryImageAttribute": None,
        "ObjectTypeCode": table.code,
        "OwnershipType": _OWNERSHIP.get(table.ownership, "None"),
        "OwnerId": None,
        "OwnerIdType": 8 if table.ownership == "User" else None,
        "OwningBusinessUnit": None,
        "IsActivity": table.activity,
        "IsActivityParty": table.logical == "activityparty",
        "ActivityTypeMask": 1 if table.activity else 0,
        "IsCustomEntity": table.custom,
        "IsManaged": not table.custom,
        "IsPrivate": False,
        "IsIntersect": bool(table.unique),
        "IsChildEntity": False,
        "IsLogicalEntity": False,
        "IsEnabledForCharts": not table.unique,
        "IsImportable": not table.unique,
        "IsReadingPaneEnabled": True,
        "IsQuickCreateEnabled": False,
        "IsValidForAdvancedFind": not table.unique,
        "IsOptimisticConcurrencyEnabled": True,
        "IsSLAEnabled": table.logical == "incident",
        "IsBPFEntity": False,
        "IsStateModelAware": bool(table.states),
        "EnforceStateTransitions": False,
        "ChangeTrackingEnabled": not table.unique,
        "EntityColor": None,
        "ExternalName": None,
        "HasNotes": table.notes,
        "HasActivities": any(n.startswith("regardingobjectid") for t in schema.tables.values() if t.activity
                             for n in t.lookups if table.logical in t.lookups[n].targets),
        "HasFeedback": False,
        "HasEmailAddresses": any("email" in name for name in table.columns),
        "DisplayName": label(table.label),
        "DisplayCollectionName": label(table.plural_label or table.label + "s"),
        "Description": label(table.description),
        "IsAuditEnabled": managed(False, "canmodifyauditsettings"),
        "IsCustomizable": managed(not table.unique, "iscustomizable"),
        "IsRenameable": managed(True, "isrenameable"),
        "IsMappable": managed(True, "ismappable"),
        "IsValidForQueue": managed(table.queues, "canmodifyqueuesettings"),
        "IsConnectionsEnabled": managed(False, "canmodifyconnectionsettings"),
        "IsDuplicateDetectionEnabled": managed(detects, "canmodifyduplicatedetectionsettings"),
        "CanCreateAttributes": managed(not table.unique, "cancreateattributes", can_change=False),
        "CanBeRelatedEntityInRelationship": managed(related, "canberelatedentityinrelationship", can_change=False),
        "CanBePrimaryEntityInRelationship": managed(related, "canbeprimaryentityinrelationship", can_change=False),
        "CanBeInManyToMany": managed(not table.unique, "canbeinmanytomany", can_change=False),
        "Privileges": _privileges(schema, table),
        "Settings": [],
        "MetadataId": metadata_id(table.logical),
        "HasChanged": None,
    }  # fmt: skip


def _collection_name(table: Table) -> str:
    """The schema name in the plural of the set, as `new_BankAccounts` in Microsoft's example."""
    pairs = zip(table.logical, table.set, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return table.schema[:shared] + table.set[shared:]


def _privileges(schema: Schema, table: Table) -> list[Members]:
    found = []
    for verb in table.verbs:
        privilege = privilege_for(schema, verb, table)
        if privilege is not None and privilege.name == privilege_name(verb, table.word):
            depths = {f"CanBe{depth.name}": privilege.allows(depth) for depth in Depth}
            extra = {"CanBeEntityReference": False, "CanBeParentEntityReference": False}
            ids = {"Name": privilege.name, "PrivilegeId": privilege.id, "PrivilegeType": verb}
            found.append({**depths, **extra, **ids})
    return found


def attributes(table: Table) -> Iterator[Members]:
    """The definitions of a table's columns and lookups, by the types of their own."""
    for column in table.columns.values():
        yield column_definition(table, column)
    for lookup in table.lookups.values():
        yield lookup_definition(table, lookup)


def column_definition(table: Table, column: Column) -> Members:
    """The definition of a column."""
    kind, type_name = _KINDS[column.type]
    made = _attribute(table, column.name, column, kind, type_name)
    made |= {
        "IsValidForCreate": column.create,
        "IsValidForUpdate": column.update,
        "IsPrimaryId": column.name == table.primary_id,
        "IsPrimaryName": column.name == table.primary_name,
    }
    if column.type in ("string", "memo"):
        form = "Text" if column.type == "string" else "TextArea"
        made |= {"MaxLength": column.length, "Format": form, "FormatName": {"Value": form}, "ImeMode": "Auto"}
    if column.type in ("int", "bigint", "money", "decimal", "double"):
        made |= {"MinValue": column.min, "MaxValue": column.max}
    if column.type in ("money", "decimal", "double"):
        made |= {"Precision": 2}
    if column.type == "int":
        made |= {"Format": "None"}
    if column.type in ("datetime", "date"):
        made |= {"Format": "DateOnly" if column.type == "date" else "DateAndTime",
                 "DateTimeBehavior": {"Value": "DateOnly" if column.type == "date" else "UserLocal"}}  # fmt: skip
    if column.type == "bool":
        made |= {"DefaultValue": bool(column.default)}
    if column.type in _WITH_OPTIONS:
        made |= {"DefaultFormValue": column.default if isinstance(column.default, int) else -1}
    return made | {name: value for name, value in column.traits.items() if name != "Description"}


def lookup_definition(table: Table, lookup: Lookup) -> Members:
    """The definition of a lookup: Customer and Owner are types of their own."""
    kind = "Lookup"
    if lookup.name == "ownerid":
        kind = "Owner"
    elif set(lookup.targets) == {"account", "contact"}:
        kind = "Customer"
    made = _attribute(table, lookup.name, lookup, kind, "Lookup")
    return made | {
        "IsValidForCreate": lookup.create,
        "IsValidForUpdate": lookup.update,
        "IsPrimaryId": False,
        "IsPrimaryName": False,
        "Targets": list(lookup.targets),
        "Format": "None",
    }


def _attribute(table: Table, name: str, part: Column | Lookup, kind: str, type_name: str) -> Members:
    return {
        "@odata.type": f"{_CRM}{type_name}AttributeMetadata",
        "LogicalName": name,
        "SchemaName": part.schema or name,
        "EntityLogicalName": table.logical,
        "AttributeType": kind,
        "AttributeTypeName": {"Value": f"{type_name}Type" if kind in ("Virtual", "Lookup") else f"{kind}Type"},
        "AttributeOf": None,
        "ColumnNumber": None,
        "DisplayName": label(part.label or spoken(part.schema or name)),
        "Description": label(str(part.traits.get("Description") or "")),
        "RequiredLevel": managed(_LEVELS.get(part.level, "None"), "canmodifyrequirementlevelsettings"),
        "IsValidForRead": True,
        "IsValidForForm": True,
        "IsValidForGrid": True,
        "IsCustomAttribute": part.custom,
        "IsManaged": not part.custom,
        "IsLogical": False,
        "IsSecured": part.secured,
        "CanBeSecuredForRead": True,
        "CanBeSecuredForCreate": True,
        "CanBeSecuredForUpdate": True,
        "IsFilterable": False,
        "IsSearchable": False,
        "IsRetrievable": True,
        "IsDataSourceSecret": False,
        "IsCustomizable": managed(True, "iscustomizable"),
        "IsRenameable": managed(True, "isrenameable"),
        "IsValidForAdvancedFind": managed(True, "canmodifysearchsettings"),
        "IsAuditEnabled": managed(False, "canmodifyauditsettings"),
        "IsSortableEnabled": managed(False, "canmodifyissortablesettings"),
        "IsGlobalFilterEnabled": managed(False, "canmodifyglobalfiltersettings"),
        "SourceType": 0 if isinstance(part, Column) else None,
        "IntroducedVersion": "1.0.0.0" if part.custom else "5.0.0.0",
        "MetadataId": metadata_id(table.logical, name),
        "HasChanged": None,
    }


@cache
def base_members(type_name: str) -> frozenset[str] | None:
    """The members that every column has whatever its type; None for a type that is no base of others."""
    if type_name != "AttributeMetadata":
        return None
    own = {"@odata.type", "IsValidForCreate", "IsValidForUpdate", "IsPrimaryId", "IsPrimaryName"}
    return frozenset(own | set(_attribute(_NO_TABLE, "", Column("", "string"), "String", "String")))


def option_set(table: Table, column: Column) -> Members:
    """The choices of a column; those of yes and no are two options of their own."""
    name = column.global_options or f"{table.logical}_{column.name}"
    made: Members = {
        "MetadataId": metadata_id("optionset", name),
        "Name": name,
        "IsGlobal": bool(column.global_options),
        "IsCustomOptionSet": column.custom,
        "IsManaged": not column.custom,
        "DisplayName": label(column.label or spoken(column.name)),
        "Description": label(""),
        "IsCustomizable": managed(True, "iscustomizable"),
        "OptionSetType": {"state": "State", "status": "Status", "bool": "Boolean"}.get(column.type, "Picklist"),
    }
    if column.type == "bool":
        yes, no = column.options.get(1, "Yes"), column.options.get(0, "No")
        return made | {"TrueOption": _option(table, column, 1, yes), "FalseOption": _option(table, column, 0, no)}
    return made | {"Options": [_option(table, column, value, text) for value, text in column.options.items()]}


def _option(table: Table, column: Column, value: int, text: str) -> Members:
    made: Members = {"Value": value, "Label": label(text), "Description": label(""), "Color": None, "IsManaged": True,
                     "ExternalValue": "", "MetadataId": None, "HasChanged": None}  # fmt: skip
    if column.type == "state":
        made |= {"DefaultStatus": table.default_status(value), "InvariantName": text}
    if column.type == "status":
        made |= {"State": table.state_of_status(value), "TransitionData": None}
    return made


def one_to_many(schema: Schema) -> Iterator[Members]:
    """Every relationship that a lookup makes, one for each of its targets."""
    for table in schema.tables.values():
        for lookup in table.lookups.values():
            for target in _referenced(lookup):
                yield _one_to_many(schema, table, lookup, target)


def _referenced(lookup: Lookup) -> Iterator[str]:
    """The tables that a lookup's relationships come from: whoever owns a row is an `owner`, of whichever kind."""
    yield from ("owner",) if lookup.name == "ownerid" else lookup.targets


def _owner_relationship(table: Table) -> str:
    """`owner_contacts` beside `business_unit_contacts`, as the reference of the standard tables has them."""
    unit = table.lookups.get("owningbusinessunit")
    name = unit.relationship_to("businessunit", table.logical) if unit is not None else ""
    told, _, rest = name.partition("business_unit_")
    return f"owner_{rest if rest and not told else table.logical}"


_MENU = {"Behavior": "DoNotDisplay", "Group": "Details", "Order": None, "Label": label("")}


def _one_to_many(schema: Schema, table: Table, lookup: Lookup, target: str) -> Members:
    name = _owner_relationship(table) if target == "owner" else lookup.relationship_to(target, table.logical)
    return {
        "@odata.type": f"{_CRM}OneToManyRelationshipMetadata",
        "SchemaName": name,
        "RelationshipType": "OneToManyRelationship",
        "ReferencedEntity": target,
        "ReferencedAttribute": "ownerid" if target == "owner" else schema.table(target).primary_id,
        "ReferencedEntityNavigationPropertyName": lookup.collections.get(target, name),
        "ReferencingEntity": table.logical,
        "ReferencingAttribute": lookup.name,
        "ReferencingEntityNavigationPropertyName": lookup.targets.get(target, lookup.name),
        "CascadeConfiguration": cascade_configuration(lookup, target),
        "AssociatedMenuConfiguration": _MENU,
        "IsHierarchical": table.logical == target and lookup.name.startswith("parent"),
        "IsCustomRelationship": lookup.custom,
        "IsManaged": not lookup.custom,
        "IsValidForAdvancedFind": True,
        "IsCustomizable": managed(True, "iscustomizable"),
        "SecurityTypes": "None",
        "MetadataId": metadata_id("relationship", name),
        "HasChanged": None,
    }  # fmt: skip


def cascade_configuration(lookup: Lookup, target: str) -> Members:
    """What happens to the rows that point at a row of `target` when something happens to that."""
    on_deletion = lookup.cascades.get(target, "RemoveLink")
    others = "Cascade" if on_deletion == "Cascade" else "NoCascade"
    return {
        "Assign": others,
        "Delete": on_deletion,
        "Merge": "NoCascade",
        "Reparent": others,
        "Share": others,
        "Unshare": others,
        "RollupView": "NoCascade",
        "Archive": "NoCascade",
    }


def many_to_many(schema: Schema) -> Iterator[Members]:
    """Every relationship that an intersect makes."""
    for table in schema.tables.values():
        if not table.ends:
            continue
        one, two = table.ends
        name = one.navigation
        yield {
            "@odata.type": f"{_CRM}ManyToManyRelationshipMetadata",
            "SchemaName": name,
            "RelationshipType": "ManyToManyRelationship",
            "IntersectEntityName": table.logical,
            "Entity1LogicalName": one.table,
            "Entity1IntersectAttribute": one.column,
            "Entity1NavigationPropertyName": one.navigation,
            "Entity2LogicalName": two.table,
            "Entity2IntersectAttribute": two.column,
            "Entity2NavigationPropertyName": two.navigation,
            "IsCustomRelationship": table.custom,
            "IsManaged": not table.custom,
            "IsValidForAdvancedFind": True,
            "IsCustomizable": managed(True, "iscustomizable"),
            "SecurityTypes": "None",
            "MetadataId": metadata_id("relationship", name),
            "HasChanged": None,
        }


def related(schema: Schema, table: Table, name: str) -> list[Members]:
    """The relationships of a table, of the kind that a property is called. Raises KeyError for another property."""
    if name == "ManyToManyRelationships":
        ends = ("Entity1LogicalName", "Entity2LogicalName")
        return [each for each in many_to_many(schema) if table.logical in (each[ends[0]], each[ends[1]])]
    if name == "ManyToOneRelationships":
        own = table.lookups.values()
        return [_one_to_many(schema, table, lookup, target) for lookup in own for target in _referenced(lookup)]
    if name != "OneToManyRelationships":
        raise KeyError(name)
    return [
        _one_to_many(schema, other, lookup, table.logical)
        for other in schema.tables.values()
        for lookup in other.lookups.values()
        if table.logical in _referenced(lookup)
    ]


def keys(table: Table) -> Iterator[Members]:
    """The alternate keys of a table."""
    for name, columns in table.keys.items():
        yield {
            "SchemaName": name,
            "LogicalName": name.lower(),
            "EntityLogicalName": table.logical,
            "KeyAttributes": list(columns),
            "EntityKeyIndexStatus": "Active",
            "AsyncJob": None,
            "DisplayName": label(spoken(name)),
            "IsManaged": False,
            "IsSynchronous": True,
            "IsExportKey": False,
            "IsSecondaryKey": False,
            "IsCustomizable": managed(True, "iscustomizable"),
            "IntroducedVersion": "1.0.0.0",
            "MetadataId": metadata_id("key", table.logical, name),
            "HasChanged": None,
        }
