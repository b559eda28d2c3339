"""DynamicsWebApi, unmodified: what it reads and writes of the organisation's own definitions."""

from collections.abc import Callable
from xml.etree import ElementTree

from contract_tests.clients.node_scripts import Steps

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


def test_tables_are_found_by_name_id_and_filter(ask_node: Callable[[str], Steps]) -> None:
    metadata = ask_node("metadata")
    assert metadata.returned("tables").items() > {"contact": "contacts", "incident": "incidents"}.items()
    (incident,) = metadata.returned("one table")["value"]
    assert (incident["LogicalName"], incident["SchemaName"]) == ("incident", "Incident")
    contact = metadata.returned("table by name")
    assert (contact["PrimaryIdAttribute"], contact["PrimaryNameAttribute"]) == ("contactid", "fullname")
    assert contact["DisplayName"]["UserLocalizedLabel"]["Label"] == "Contact"
    (column,) = metadata.returned("table by id, with its columns")["Attributes"]
    assert (column["LogicalName"], column["AttributeType"]) == ("lastname", "String")
    assert metadata.returned("a whole table") == {
        "LogicalName": "account",
        "SchemaName": "Account",
        "ObjectTypeCode": 1,
        "OwnershipType": "UserOwned",
        "IsCustomEntity": False,
    }
    assert metadata.thrown("no such table")["status"] == 404


def test_names_of_tables_stand_for_names_of_sets(ask_node: Callable[[str], Steps]) -> None:
    assert ask_node("metadata").returned("names of tables for names of sets") == ["contacts", True]


def test_columns_tell_their_type_length_and_choices(ask_node: Callable[[str], Steps]) -> None:
    metadata = ask_node("metadata")
    columns = metadata.returned("columns")
    assert columns["lastname"] == "String"
    assert columns["gendercode"] == "Picklist"
    assert columns["parentcustomerid"] == "Customer"
    lastname = metadata.returned("column")
    assert (lastname["MaxLength"], lastname["RequiredLevel"]["Value"]) == (50, "ApplicationRequired")
    assert metadata.returned("column by id")["LogicalName"] == "lastname"
    assert metadata.returned("columns of a type") == [[1, "High"], [2, "Normal"], [3, "Low"]]
    assert metadata.returned("column with its choices") == [[1, "Male"], [2, "Female"]]
    assert [5, 1] in metadata.returned("states and their reasons")


def test_relations_are_found_by_name_and_id(ask_node: Callable[[str], Steps]) -> None:
    metadata = ask_node("metadata")
    (relation,) = metadata.returned("relations")
    assert (relation["ReferencedEntity"], relation["ReferencingEntity"]) == ("account", "contact")
    assert relation["ReferencingAttribute"] == "parentcustomerid"
    assert metadata.returned("relations of any kind") == [
        ["contact_customer_accounts", "OneToManyRelationship"],
        ["systemuserroles_association", "ManyToManyRelationship"],
    ]
    assert metadata.returned("relation")["ReferencedAttribute"] == "accountid"
    assert "customerid_contact" in metadata.returned("relations of a table")
    assert metadata.returned("global choices") >= 0


def test_the_csdl_is_handed_over_as_text(ask_node: Callable[[str], Steps]) -> None:
    for step in ("csdl", "csdl with annotations"):
        types = ElementTree.fromstring(ask_node("metadata").returned(step)).iter(f"{EDM}EntityType")  # noqa: S314 - from our own fake
        assert {"contact", "incident"} < {each.get("Name") for each in types}


def test_a_table_is_made_changed_used_and_taken_away(ask_node: Callable[[str], Steps]) -> None:
    definitions = ask_node("definitions")
    table = definitions.returned("table read")
    assert table["MetadataId"] == definitions.returned("table made")
    assert table["LogicalName"].startswith("new_ticket")
    assert table["PrimaryNameAttribute"] == "new_name"
    assert definitions.returned("table changed") == "Request"
    assert len(definitions.returned("column made")) == 36
    assert definitions.returned("column changed") == 30
    assert definitions.returned("rows in it") == ["First", "R-1"]
    assert definitions.returned("table taken") is True
    assert definitions.thrown("table gone")["status"] == 404


def test_a_relation_is_made_changed_used_and_taken_away(ask_node: Callable[[str], Steps]) -> None:
    definitions = ask_node("definitions")
    assert len(definitions.returned("relation made")) == 36
    contact, pointed_at = definitions.returned("relation used")
    assert pointed_at == contact
    assert definitions.returned("relation changed") == "Restrict"
    assert definitions.refused("what is pointed at, deleted") == (405, "0x80040227")
    assert definitions.returned("relation taken") is True
