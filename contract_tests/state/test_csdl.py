"""`$metadata` out and in: valid to a real OData library, and a customer's own tables read from a file."""

from pathlib import Path

import pytest
from odatapy.edm.model import Edm
from odatapy.edm.names import FullQualifiedName
from odatapy.edm.xml_io import XmlEdmProvider

from mock_services.cloud import FakeCloud
from mock_services.dataverse.metadata.csdl import csdl
from mock_services.state.organisation.csdl import BadMetadata, read_document, tables_of
from mock_services.state.organisation.definitions import Column, End, Lookup, State, new_table
from mock_services.state.organisation.schema import Schema, standard_schema

_ALL = frozenset({"customer_service", "omnichannel"})
_HEAD = '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
_SCHEMA = '<Schema Namespace="Microsoft.Dynamics.CRM" Alias="mscrm" xmlns="http://docs.oasis-open.org/odata/ns/edm">'
_OWN = f"""{_HEAD}{_SCHEMA}
<EntityType Name="incident" BaseType="mscrm.crmbaseentity"><Key><PropertyRef Name="incidentid"/></Key>
  <Property Name="incidentid" Type="Edm.Guid"/><Property Name="title" Type="Edm.String"/>
  <Property Name="con_tier" Type="Edm.Int32"/><Property Name="_con_product_value" Type="Edm.Guid"/>
  <NavigationProperty Name="con_Product" Type="mscrm.con_product" Partner="con_product_incident">
    <ReferentialConstraint Property="_con_product_value" ReferencedProperty="con_productid"/></NavigationProperty>
</EntityType>
<EntityType Name="con_product" BaseType="mscrm.crmbaseentity"><Key><PropertyRef Name="con_productid"/></Key>
  <Property Name="con_productid" Type="Edm.Guid"/><Property Name="con_name" Type="Edm.String"/>
  <Property Name="statecode" Type="Edm.Int32"/><Property Name="statuscode" Type="Edm.Int32"/>
  <Property Name="createdon" Type="Edm.DateTimeOffset"/><Property Name="modifiedon" Type="Edm.DateTimeOffset"/>
  <Property Name="versionnumber" Type="Edm.Int64"/><Property Name="_ownerid_value" Type="Edm.Guid"/>
  <NavigationProperty Name="ownerid" Type="mscrm.principal">
    <ReferentialConstraint Property="_ownerid_value" ReferencedProperty="ownerid"/></NavigationProperty>
</EntityType>
<EntityContainer Name="System"><EntitySet Name="incidents" EntityType="Microsoft.Dynamics.CRM.incident"/>
  <EntitySet Name="con_products" EntityType="Microsoft.Dynamics.CRM.con_product"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""


@pytest.mark.parametrize("solutions", [frozenset(), _ALL], ids=["bare", "whole"])
def test_an_odata_library_reads_the_whole_document(solutions: frozenset[str]) -> None:
    schema = standard_schema(solutions)
    edm = Edm.from_provider(XmlEdmProvider(csdl(schema)))
    for table in schema.tables.values():
        found = edm.get_entity_type(FullQualifiedName("Microsoft.Dynamics.CRM", table.logical))
        assert found is not None, table.logical
        for name in table.navigation:
            assert found.get_navigation_property(name) is not None, f"{table.logical}.{name}"
        container = edm.entity_container
        assert container is not None
        assert container.get_entity_set(table.set) is not None


def test_its_own_document_read_back_changes_nothing() -> None:
    schema = standard_schema(_ALL)
    assert tables_of(read_document(csdl(schema).encode()), schema) == []


def test_a_document_read_into_a_bare_organisation_brings_the_same_names() -> None:
    whole, bare = standard_schema(_ALL), standard_schema(frozenset())
    made = Schema(frozenset(), {table.logical: table for table in tables_of(read_document(csdl(whole).encode()), bare)})
    assert set(made.by_set) == set(whole.by_set)
    case, copied = whole.table("incident"), made.table("incident")
    assert set(copied.values) == set(case.values)
    assert set(copied.columns) == set(case.columns)
    assert set(copied.navigation) == set(case.navigation)


def test_own_columns_and_lookups_survive_the_round_trip() -> None:
    lookup = Lookup(
        "new_case", {"incident": "new_Case"}, {"incident": "new_incident_rating"}, custom=True, schema="new_Case"
    )
    table = new_table(
        columns={"new_name": Column("new_name", "string"), "new_fee": Column("new_fee", "money")},
        lookups={"new_case": lookup}, states=(State(0, "Active", {1: "Active"}),), logical="new_rating",
        set="new_ratings", schema="new_Rating", label="Rating", code=10_901, primary_id="new_ratingid",
        primary_name="new_name", ownership="User", word="new_Rating", custom=True,
    )  # fmt: skip
    schema = Schema(_ALL, {"new_rating": table})
    (read,) = (
        t for t in tables_of(read_document(csdl(schema).encode()), standard_schema(_ALL)) if t.logical == "new_rating"
    )
    assert set(read.columns) == set(table.columns)
    assert read.navigation["new_Case"][1] == ("incident",)
    assert (read.set, read.ownership, read.primary_id) == ("new_ratings", "User", "new_ratingid")


def test_a_many_to_many_relationship_of_ones_own_survives_the_round_trip() -> None:
    pair = new_table(
        columns={"accountid": Column("accountid", "guid"), "contactid": Column("contactid", "guid")}, lookups={},
        logical="new_account_contact", set="new_account_contactset", schema="new_account_contact", label="Pair",
        code=10_902, primary_id="new_account_contactid", ownership="None", governed_by="Account", verbs=(),
        custom=True, read_only=True, has_system_columns=False, unique=("accountid", "contactid"),
        ends=(End("account", "accountid", "new_account_contact"), End("contact", "contactid", "new_account_contact")),
    )  # fmt: skip
    document = read_document(csdl(Schema(_ALL, {pair.logical: pair})).encode())
    (read,) = (table for table in tables_of(document, standard_schema(_ALL)) if table.logical == pair.logical)
    assert {(end.table, end.column, end.navigation) for end in read.ends} == {
        (end.table, end.column, end.navigation) for end in pair.ends
    }
    assert (set(read.unique), read.read_only, read.ownership) == ({"accountid", "contactid"}, True, "None")


def test_a_customers_own_columns_are_there_to_be_written(tmp_path: Path) -> None:
    file = tmp_path / "metadata.xml"
    file.write_text(_OWN)
    organisation = FakeCloud().create_tenant(metadata=file).organisation
    case = organisation.schema.table("incident")
    assert case.columns["title"].length == 200  # what is known of a standard column stays
    assert "con_tier" in case.columns
    assert case.navigation["con_Product"][1] == ("con_product",)
    product = organisation.insert("con_product", {"con_name": "Router"})
    made = organisation.insert("incident", {"con_tier": 3, "con_product": product})
    assert (organisation.get("incident", made) or {})["con_product"] == product
    assert organisation.schema.collections_of("con_product")["con_product_incident"].table == "incident"
    assert "prvReadcon_product" in organisation.schema.privileges


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<!DOCTYPE html><html>Sign in</html>", "a web page"),
        ("<edmx:Edmx", "no whole XML document"),
        ("<a/>", "no .metadata of OData 4"),
        ('<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"/>', "of 2 or 3"),
        (f"{_HEAD}</edmx:DataServices></edmx:Edmx>", "another service"),
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>', "declares"),
    ],
)
def test_a_file_that_is_none_is_refused_with_what_to_do(text: str, says: str) -> None:
    with pytest.raises(BadMetadata, match=says) as refusal:
        read_document(text.encode())
    assert "; " in str(refusal.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadMetadata, match="cannot be read"):
        FakeCloud().create_tenant(metadata=tmp_path / "absent.xml")
