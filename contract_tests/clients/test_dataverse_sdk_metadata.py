"""Microsoft's Dataverse SDK for Python, unmodified: the rest of its metadata surface, alone and in batches."""

import uuid
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import pytest
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.core.errors import HttpError, MetadataError
from PowerPlatform.Dataverse.models.labels import Label, LocalizedLabel
from PowerPlatform.Dataverse.models.relationship import (
    CascadeConfiguration,
    LookupAttributeMetadata,
    ManyToManyRelationshipMetadata,
    OneToManyRelationshipMetadata,
)

ONE_TO_MANY = "RelationshipType eq Microsoft.Dynamics.CRM.RelationshipType'OneToManyRelationship'"


class Mood(IntEnum):
    """A choice of two."""

    CALM = 1
    CROSS = 2


def _name(base: str) -> str:
    return f"new_{base}{uuid.uuid4().hex[:6]}"


def _label(text: str) -> Label:
    return Label([LocalizedLabel(text, 1033)])


@pytest.fixture
def table(administrator: DataverseClient) -> str:
    """A table of its own for each test; its schema name."""
    name = _name("Visit")
    specs: Mapping[str, Any] = {
        "new_Price": {"type": "decimal", "min_value": 0, "max_value": 100, "precision": 4},
        "new_Weight": "double",
        "new_Site": {"type": "string", "max_length": 40, "format": "Url", "required": "Recommended"},
        "new_Done": "bool",
        "new_Mood": Mood,
        "new_Count": {"type": "int", "min_value": 1},
    }
    administrator.tables.create(name, dict(specs), primary_column="new_Name", display_name="Visit", solution="Default")
    return name


def test_a_table_is_found_by_every_way_of_listing(administrator: DataverseClient, table: str) -> None:
    listed = administrator.tables.list(filter=f"SchemaName eq '{table}'", select=["LogicalName", "EntitySetName"])
    assert [each["LogicalName"] for each in listed] == [table.lower()]
    everything = {each["LogicalName"]: each for each in administrator.tables.list()}
    assert everything[table.lower()]["DisplayName"]["UserLocalizedLabel"]["Label"] == "Visit"
    assert {"contact", "incident"} < set(everything)
    own = administrator.tables.list(filter="IsCustomEntity eq true and IsIntersect eq false", select=["SchemaName"])
    assert table in {each["SchemaName"] for each in own}
    assert administrator.tables.get("new_NoSuchTable") is None
    with pytest.raises(MetadataError):
        administrator.tables.create(table, {"new_A": "int"}, primary_column="new_Name")


def test_what_a_column_was_made_with_is_read_back_by_type(administrator: DataverseClient, table: str) -> None:
    typed = {each["LogicalName"]: each for each in administrator.tables.list_columns(table, typed=True)}
    price, site, count = typed["new_price"], typed["new_site"], typed["new_count"]
    assert (price["AttributeType"], price["MinValue"], price["MaxValue"], price["Precision"]) == ("Decimal", 0, 100, 4)
    assert (site["MaxLength"], site["FormatName"]["Value"], site["RequiredLevel"]["Value"]) == (
        40,
        "Url",
        "Recommended",
    )
    assert (count["AttributeTypeName"], count["MinValue"]) == ({"Value": "IntegerType"}, 1)
    assert (typed["new_weight"]["Precision"], typed["new_done"]["AttributeType"]) == (5, "Boolean")
    strings = administrator.tables.list_columns(
        table,
        select=["LogicalName", "AttributeType"],
        filter="AttributeType eq Microsoft.Dynamics.CRM.AttributeTypeCode'String'",
    )
    assert {each["LogicalName"] for each in strings} == {"new_name", "new_site"}
    assert administrator.tables.get_column(table, "new_none") is None
    one = administrator.tables.get_column(table, "new_site", select=["SchemaName"])
    assert one is not None
    assert one["SchemaName"] == "new_Site"


def test_columns_are_changed_together_and_in_force_at_once(administrator: DataverseClient, table: str) -> None:
    changes: dict[str, dict[str, Any]] = {
        "new_site": {"max_length": 5, "required": "None"},
        "new_count": {"max_value": 3},
    }
    assert administrator.tables.update_columns(table, changes) == ["new_site", "new_count"]
    for row in ({"new_site": "too long"}, {"new_count": 4}):
        with pytest.raises(HttpError) as refusal:
            administrator.records.create(table, {"new_name": "x", **row})
        assert refusal.value.status_code == 400
    read = administrator.tables.get_column(table, "new_site", typed=True)
    assert read is not None
    assert (read["FormatName"]["Value"], read["RequiredLevel"]["Value"]) == ("Url", "None")
    with pytest.raises(MetadataError):
        administrator.tables.update_column(table, "new_none", {"max_length": 1})


def test_a_relationship_does_on_deletion_what_it_was_made_with(administrator: DataverseClient, table: str) -> None:
    name = f"new_account_{table.lower()}"
    lookup = LookupAttributeMetadata("new_Account", _label("Account"), required_level="ApplicationRequired")
    relationship = OneToManyRelationshipMetadata(
        schema_name=name,
        referenced_entity="account",
        referencing_entity=table.lower(),
        referenced_attribute="accountid",
        cascade_configuration=CascadeConfiguration(delete="Restrict"),
    )
    made = administrator.tables.create_one_to_many_relationship(lookup, relationship, solution="Default")
    found = administrator.tables.get_relationship(name)
    assert found is not None
    assert (found.relationship_id, found.relationship_type) == (made.relationship_id, "one_to_many")
    assert (found.referenced_entity, found.referencing_entity) == ("account", table.lower())
    account = administrator.records.create("account", {"name": "Contoso"})
    bound = {"new_name": "Monday", "new_Account@odata.bind": f"/accounts({account})"}
    visit = administrator.records.create(table, bound)
    with pytest.raises(HttpError):
        administrator.records.delete("account", account)
    expanded = administrator.records.retrieve(table, visit, select=["new_name"], expand=["new_Account"])
    assert expanded is not None
    assert expanded["new_Account"]["name"] == "Contoso"
    select = ["SchemaName", "ReferencedEntity"]
    listed = administrator.tables.list_relationships(filter=ONE_TO_MANY, select=select)
    assert name in {each["SchemaName"] for each in listed}
    assert made.relationship_id is not None
    administrator.tables.delete_relationship(made.relationship_id)
    assert administrator.tables.get_relationship(name) is None
    administrator.records.delete("account", account)


def test_many_to_many_joins_two_tables_until_it_is_removed(administrator: DataverseClient, table: str) -> None:
    name = f"{table.lower()}_contact"
    between = ManyToManyRelationshipMetadata(name, table.lower(), "contact")
    made = administrator.tables.create_many_to_many_relationship(between)
    found = administrator.tables.get_relationship(name)
    assert found is not None
    assert found.relationship_type == "many_to_many"
    assert (found.entity1_logical_name, found.entity2_logical_name) == (table.lower(), "contact")
    assert name in {each["SchemaName"] for each in administrator.tables.list_table_relationships(table)}
    assert made.relationship_id is not None
    administrator.tables.delete_relationship(made.relationship_id)
    assert administrator.tables.get_relationship(name) is None


def test_what_is_in_use_is_not_deleted(administrator: DataverseClient, table: str) -> None:
    other = _name("Report")
    administrator.tables.create(other, {"new_Text": "memo"}, primary_column="new_Name")
    administrator.tables.create_lookup_field(
        referencing_table=other.lower(), lookup_field_name="new_Visit", referenced_table=table.lower(), required=True
    )
    with pytest.raises(HttpError) as refusal:
        administrator.tables.delete(table)
    assert refusal.value.details["service_error_code"] == "0x8004f01f"
    administrator.tables.remove_columns(other, ["new_Text"])
    administrator.tables.delete(other)
    administrator.tables.delete(table)
    with pytest.raises(MetadataError):
        administrator.tables.delete(table)


def test_a_note_is_attached_to_a_row_of_an_own_table(administrator: DataverseClient, table: str) -> None:
    visit = administrator.records.create(table, {"new_name": "Monday"})
    info = administrator.tables.get(table)
    assert info is not None
    bound = {f"objectid_{table.lower()}@odata.bind": f"/{info.entity_set_name}({visit})"}
    note = administrator.records.create("annotation", {"subject": "Found", **bound})
    read = administrator.records.retrieve("annotation", note, select=["subject", "_objectid_value"])
    assert read is not None
    assert read["_objectid_value"] == visit


def test_a_batch_makes_reads_and_removes_definitions(administrator: DataverseClient) -> None:
    name = _name("Batched")
    batch = administrator.batch.new()
    batch.tables.create(name, {"new_Stars": "int", "new_Mood": Mood}, display_name="Batched")
    assert not batch.execute().has_errors
    batch = administrator.batch.new()
    batch.tables.get(name)
    batch.tables.list(filter=f"SchemaName eq '{name}'", select=["LogicalName"])
    batch.tables.add_columns(name, {"new_Extra": "string"})
    batch.tables.create_lookup_field(
        referencing_table=name, lookup_field_name="new_Contact", referenced_table="contact"
    )
    assert [each.status_code for each in batch.execute().responses] == [200, 200, 204, 204]
    batch = administrator.batch.new()
    batch.tables.remove_columns(name, ["new_Extra"])
    batch.tables.delete(name)
    assert not batch.execute().has_errors
    assert administrator.tables.get(name) is None
