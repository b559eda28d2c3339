"""Microsoft's Dataverse SDK for Python, unmodified: tables, columns, relationships and keys, made and removed."""

import uuid
from enum import IntEnum

import pytest
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.core.errors import HttpError


class Colour(IntEnum):
    """A choice of three."""

    RED = 1
    GREEN = 2
    BLUE = 3


@pytest.fixture
def table(administrator: DataverseClient) -> str:
    """A table of its own for each test; its schema name."""
    name = f"new_Rating{uuid.uuid4().hex[:6]}"
    columns = {
        "new_Stars": "int",
        "new_Note": "memo",
        "new_Colour": Colour,
        "new_Fee": "decimal",
        "new_When": "datetime",
    }
    administrator.tables.create(name, columns, primary_column="new_Title")
    return name


def test_a_table_is_made_and_keeps_rows(administrator: DataverseClient, table: str) -> None:
    info = administrator.tables.get(table)
    assert info is not None
    assert info.entity_set_name == table.lower() + "s"
    row = {"new_title": "Good", "new_stars": 5, "new_colour": "BLUE", "new_fee": 1.5}
    made = administrator.records.create(table, row)
    read = administrator.records.retrieve(table, made, select=["new_title", "new_stars", "new_colour", "statecode"])
    assert read is not None
    assert (read["new_title"], read["new_stars"], read["new_colour"], read["statecode"]) == ("Good", 5, 3, 0)
    administrator.tables.delete(table)
    assert administrator.tables.get(table) is None


def test_columns_come_change_and_go(administrator: DataverseClient, table: str) -> None:
    administrator.tables.add_columns(table, {"new_Extra": "string"})
    administrator.tables.update_column(table, "new_extra", {"max_length": 50, "display_name": "More"})
    column = administrator.tables.get_column(table, "new_extra", typed=True)
    assert column is not None
    assert column["MaxLength"] == 50
    with pytest.raises(HttpError) as refusal:
        administrator.records.create(table, {"new_title": "T", "new_extra": "x" * 51})
    assert refusal.value.details["service_error_code"] == "0x80044331"
    administrator.tables.remove_columns(table, "new_Extra")
    assert "new_extra" not in {each["LogicalName"] for each in administrator.tables.list_columns(table)}


def test_a_lookup_joins_two_tables(administrator: DataverseClient, table: str) -> None:
    administrator.tables.create_lookup_field(
        referencing_table=table.lower(), lookup_field_name="new_Customer", referenced_table="account"
    )
    account = administrator.records.create("account", {"name": "Contoso"})
    row = {"new_title": "T", "new_Customer@odata.bind": f"/accounts({account})"}
    made = administrator.records.create(table, row)
    found = administrator.records.retrieve(table, made, select=["new_title", "_new_customer_value"])
    assert found is not None
    assert found["_new_customer_value"] == account
    relationships = administrator.tables.list_table_relationships(table)
    assert any(each.get("ReferencingAttribute") == "new_customer" for each in relationships)


def test_an_alternate_key_finds_rows_and_keeps_them_apart(administrator: DataverseClient, table: str) -> None:
    key = administrator.tables.create_alternate_key(table, "new_titlekey", ["new_title"])
    assert [each.schema_name for each in administrator.tables.get_alternate_keys(table)] == ["new_titlekey"]
    administrator.records.create(table, {"new_title": "One"})
    with pytest.raises(HttpError) as refusal:
        administrator.records.create(table, {"new_title": "one"})
    assert refusal.value.status_code == 412
    administrator.tables.delete_alternate_key(table, key.metadata_id)
    assert administrator.tables.get_alternate_keys(table) == []


def test_the_integration_may_not_customise(dataverse: DataverseClient) -> None:
    with pytest.raises(HttpError) as refusal:
        dataverse.tables.create("new_Mine", {"new_A": "int"}, primary_column="new_Name")
    assert refusal.value.status_code == 403
