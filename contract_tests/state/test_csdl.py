"""`$metadata` out and in: valid to a real OData library, and a customer's own tables read from a file."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odatapy.edm.model import Edm
from odatapy.edm.names import FullQualifiedName
from odatapy.edm.xml_io import XmlEdmProvider, parse_metadata

from mock_services.cloud import FakeCloud
from mock_services.dataverse import bulk, functions
from mock_services.dataverse.metadata.csdl import csdl
from mock_services.state.organisation.csdl import BadMetadata, document, read_document, tables_of
from mock_services.state.organisation.definitions import Column, End, Lookup, State, Table, new_table
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


@pytest.mark.parametrize("annotated", [False, True])
def test_its_own_document_read_back_changes_nothing(annotated: bool) -> None:
    schema = standard_schema(_ALL)
    assert tables_of(read_document(csdl(schema, annotated=annotated).encode()), schema) == []


def test_ways_lead_somewhere_and_back_as_a_library_follows_them() -> None:
    schema = standard_schema(_ALL)
    edm = Edm.from_provider(XmlEdmProvider(csdl(schema, annotated=True)))
    for table in schema.tables.values():
        found = edm.get_entity_type(FullQualifiedName("Microsoft.Dynamics.CRM", table.logical))
        assert found is not None
        ways = [found.get_navigation_property(name) for name in found.navigation_property_names]
        for way in ways:
            assert way is not None
            assert way.type is not None
            assert not way.partner or way.partner_property is not None, f"{table.logical}.{way.name}"
        container = edm.entity_container
        assert container is not None
        entity_set = container.get_entity_set(table.set)
        assert entity_set is not None
        for name in (*schema.collections_of(table.logical), *schema.associations_of(table.logical)):
            assert entity_set.get_binding_target(name) in schema.by_set


def test_every_operation_that_is_answered_is_declared() -> None:
    (schema,) = parse_metadata(csdl(standard_schema(_ALL)))
    declared = {(each.name, each.bound) for each in (*schema.functions, *schema.actions)}
    unbound = {*functions.UNBOUND, *functions.UNBOUND_ACTIONS}
    bound = {*(name for _, name in functions.BOUND), "CreateMultiple", "UpdateMultiple", "UpsertMultiple"}
    assert set(bulk.ON_SET) <= bound
    assert {name for name, is_bound in declared if not is_bound} == unbound
    assert {name for name, is_bound in declared if is_bound} == bound
    known = {each.name for each in schema.complex_types} | {each.name for each in schema.enum_types}
    known |= {each.name for each in schema.entity_types}
    for each in (*schema.functions, *schema.actions):
        kinds = [parameter.type for parameter in each.parameters]
        kinds += [each.return_type.type] if each.return_type is not None else []
        for kind in kinds:
            name = str(kind).removeprefix("Collection(").removesuffix(")")
            assert name.startswith("Edm.") or name.rpartition(".")[2] in known, (each.name, kind)


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


def _document(inside: str, sets: str = "") -> bytes:
    container = f'<EntityContainer Name="System">{sets}</EntityContainer>' if sets else ""
    return f"{_HEAD}{_SCHEMA}{inside}{container}</Schema></edmx:DataServices></edmx:Edmx>".encode()


def _one(columns: str, name: str = "con_item", base: str = "crmbaseentity") -> dict[str, Table]:
    key = f'<Key><PropertyRef Name="{name}id"/></Key>' if base == "crmbaseentity" else ""
    type_ = f'<EntityType Name="{name}" BaseType="mscrm.{base}">{key}{columns}</EntityType>'
    set_ = f'<EntitySet Name="{name}s" EntityType="Microsoft.Dynamics.CRM.{name}"/>'
    found = tables_of(read_document(_document(type_ + _ENUM, set_)), standard_schema(_ALL))
    return {table.logical: table for table in found}


_ENUM = '<EnumType Name="con_size"><Member Name="Small" Value="5"/><Member Name="Large" Value="6"/></EnumType>'


def test_choices_are_taken_from_enumerations_and_annotations() -> None:
    allowed = (
        '<Annotation Term="Org.OData.Validation.V1.AllowedValues"><Collection>'
        '<Record><PropertyValue Property="Value" Int="1"/>'
        '<Annotation Term="Org.OData.Core.V1.Description" String="Basic"/></Record>'
        '<Record><PropertyValue Property="Value" Int="2"/>'
        '<Annotation Term="Org.OData.Core.V1.SymbolicName" String="Gold"/></Record></Collection></Annotation>'
    )
    columns = _one(
        '<Property Name="con_size" Type="mscrm.con_size"/><Property Name="con_plain" Type="Edm.Int32"/>'
        f'<Property Name="con_tier" Type="Edm.Int32">{allowed}</Property>'
    )["con_item"].columns
    assert (columns["con_size"].type, dict(columns["con_size"].options)) == ("picklist", {5: "Small", 6: "Large"})
    assert (columns["con_tier"].type, dict(columns["con_tier"].options)) == ("picklist", {1: "Basic", 2: "Gold"})
    assert (columns["con_plain"].type, dict(columns["con_plain"].options)) == ("int", {})


def test_an_amount_of_money_is_told_from_a_number_and_what_is_computed_from_what_is_not() -> None:
    computed = '<Annotation Term="Org.OData.Core.V1.Computed" Bool="true"/>'
    permitted = (
        '<Annotation Term="Org.OData.Core.V1.Permissions">'
        "<EnumMember>Org.OData.Core.V1.PermissionType/Read</EnumMember></Annotation>"
    )
    columns = _one(
        '<Property Name="con_fee" Type="Edm.Decimal"/><Property Name="con_fee_base" Type="Edm.Decimal"/>'
        '<Property Name="con_rate" Type="Edm.Decimal"/><Property Name="_transactioncurrencyid_value" Type="Edm.Guid"/>'
        f'<Property Name="con_sum" Type="Edm.Int32">{computed}</Property>'
        f'<Property Name="con_seen" Type="Edm.Int32">{permitted}'
        '<Annotation Term="Org.OData.Core.V1.Description" String="Times seen"/></Property>'
        '<Property Name="con_photo" Type="Edm.Binary"/>'
    )["con_item"].columns
    kinds = {name: columns[name].type for name in ("con_fee", "con_fee_base", "con_rate")}
    assert kinds == {"con_fee": "money", "con_fee_base": "money", "con_rate": "decimal"}
    assert not columns["con_sum"].create
    assert not columns["con_seen"].update
    assert columns["con_seen"].traits == {"Description": "Times seen"}
    assert columns["con_rate"].create
    assert "con_photo" not in columns


def test_a_custom_activity_is_an_activity() -> None:
    schema = standard_schema(_ALL)
    text = csdl(schema).replace(
        '<EntityContainer Name="System">',
        '<EntityType Name="con_visit" BaseType="mscrm.activitypointer"><Property Name="con_where" Type="Edm.String"/>'
        '<NavigationProperty Name="regardingobjectid_contact_con_visit" Type="mscrm.contact">'
        '<ReferentialConstraint Property="_regardingobjectid_value" ReferencedProperty="contactid"/>'
        "</NavigationProperty>"
        '</EntityType><EntityContainer Name="System">'
        '<EntitySet Name="con_visits" EntityType="Microsoft.Dynamics.CRM.con_visit"/>',
    )
    (visit,) = tables_of(read_document(text.encode()), schema)
    assert (visit.activity, visit.word, visit.primary_id, visit.ownership) == (True, "Activity", "activityid", "User")
    assert visit.lookups["regardingobjectid"].targets["contact"] == "regardingobjectid_contact_con_visit"
    organisation = FakeCloud().create_tenant().organisation
    organisation.define(visit)
    made = organisation.insert("con_visit", {"subject": "Monday", "con_where": "here"})
    pointer = organisation.select("activitypointer", activityid=made)
    assert [(row["subject"], row["activitytypecode"]) for row in pointer] == [("Monday", "con_visit")]


def test_a_standard_lookup_leads_to_a_custom_table_too() -> None:
    schema = standard_schema(_ALL)
    way = (
        '<NavigationProperty Name="objectid_con_item" Type="mscrm.con_item" Partner="con_item_Annotations">'
        '<ReferentialConstraint Property="_objectid_value" ReferencedProperty="con_itemid"/></NavigationProperty>'
    )
    text = csdl(schema)
    start = text.index('<EntityType Name="annotation"')
    end = text.index("</EntityType>", start)
    item = (
        '<EntityType Name="con_item" BaseType="mscrm.crmbaseentity"><Key><PropertyRef Name="con_itemid"/></Key>'
        '<Property Name="con_itemid" Type="Edm.Guid"/></EntityType>'
    )
    text = (
        text[:end]
        + way
        + text[end:].replace(
            '<EntityContainer Name="System">',
            f'{item}<EntityContainer Name="System"><EntitySet Name="con_items" EntityType="mscrm.con_item"/>',
        )
    )
    found = {table.logical: table for table in tables_of(read_document(text.encode()), schema)}
    assert set(found) == {"annotation", "con_item"}
    assert found["con_item"].notes
    note = found["annotation"].lookups["objectid"]
    assert note.targets["con_item"] == "objectid_con_item"
    assert note.targets.items() > schema.table("annotation").lookups["objectid"].targets.items()


def test_activities_lead_to_a_custom_table_and_are_listed_as_before() -> None:
    schema = standard_schema(_ALL)
    pointer = schema.table("activitypointer")
    way = replace(
        pointer.lookups["regardingobjectid"], targets={"account": "regardingobjectid_account", "con_item": "x"}
    )
    organisation = FakeCloud().create_tenant().organisation
    organisation.define(replace(pointer, lookups={**pointer.lookups, "regardingobjectid": way}))
    organisation.insert("task", {"subject": "Prepare"})
    assert [row["subject"] for row in organisation.select("activitypointer")] == ["Prepare"]


def test_the_solutions_are_those_whose_tables_the_file_has(tmp_path: Path) -> None:
    file = tmp_path / "metadata.xml"
    file.write_text(_OWN)
    assert FakeCloud().create_tenant(metadata=file).organisation.solutions == {"customer_service"}
    asked = FakeCloud().create_tenant(metadata=file, solutions=["omnichannel", "customer_service"])
    assert asked.organisation.has("msdyn_ocliveworkitem")


def test_tenants_of_one_file_do_not_share_what_they_make_of_it(tmp_path: Path) -> None:
    file = tmp_path / "metadata.xml"
    file.write_text(_OWN)
    cloud = FakeCloud()
    one, other = (cloud.create_tenant(metadata=file).organisation for _ in range(2))
    one.undefine("con_product")
    assert not one.has("con_product")
    assert other.has("con_product")
    one.insert("incident", {"con_tier": 3})
    assert len(other.select("incident")) == 0


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b'{"value": []}', "JSON"),
        (b"\xff\xfe" + '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16-le"), "declares"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "no whole XML document"),
        (_document("<Annotations>" * 80 + "</Annotations>" * 80), "nests more than"),
        (_document('<EntityType Name="a"/><EntityType Name="A"/>'), "twice"),
        (_document('<EntityType Name="drop table"/>'), "no name that a table may have"),
    ],
)
def test_an_odd_file_is_refused_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(BadMetadata, match=says) as refusal:
        read_document(data)
    assert "; " in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_beyond_the_limits_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadMetadata, match="more than 1,900 columns"):
        _one("".join(f'<Property Name="con_{each}" Type="Edm.Int32"/>' for each in range(1_901)))
    with pytest.raises(BadMetadata, match="more than 5,000 tables"):
        read_document(_document("".join(f'<EntityType Name="t{each}"/>' for each in range(5_001))))
    monkeypatch.setattr(document, "MOST_BYTES", 1024 * 1024)
    with pytest.raises(BadMetadata, match="larger than 1 MB"):
        read_document(_document(" " * 1024 * 1024))
    with pytest.raises(BadMetadata, match="differ in case alone"):
        _one('<Property Name="con_a" Type="Edm.Int32"/><Property Name="con_A" Type="Edm.Int32"/>')


_KINDS = ("string", "memo", "int", "bigint", "bool", "picklist", "datetime", "date", "guid", "decimal", "double")
_STATES = (State(0, "Active", {1: "Active"}), State(1, "Inactive", {2: "Inactive"}))
_PARTS = st.text("abcdefghij", min_size=1, max_size=6)


@st.composite
def own_schemas(draw: st.DrawFn) -> Schema:
    """Custom tables with columns, lookups among them and to standard ones, and a many-to-many relationship."""
    names = [f"con_{each}" for each in draw(st.lists(_PARTS, min_size=1, max_size=4, unique=True))]
    own: dict[str, Table] = {}
    for number, name in enumerate(names):
        columns = {
            f"con_c{i}": Column(f"con_c{i}", kind) for i, kind in enumerate(draw(st.lists(st.sampled_from(_KINDS))))
        }
        lookups: dict[str, Lookup] = {}
        for i, target in enumerate(
            draw(st.lists(st.sampled_from(["account", "incident", "systemuser", *names]), max_size=3))
        ):
            lookup = f"con_l{i}"
            lookups[lookup] = Lookup(lookup, {target: f"con_L{i}"}, {target: f"con_{target}_{name}_{i}"}, custom=True)
        own[name] = new_table(
            columns=columns, lookups=lookups, logical=name, set=f"{name}_set", schema=name, label=name,
            code=11_000 + number, primary_id=f"{name}id", word=name, custom=True,
            ownership=draw(st.sampled_from(["User", "Organization"])),
            states=draw(st.sampled_from([(), _STATES])),
        )  # fmt: skip
    if draw(st.booleans()):
        own["con_pairs"] = _pairs(names[0])
    return Schema(_ALL, own)


def _pairs(name: str) -> Table:
    ids = (f"{name}id", "contactid")
    return replace(
        new_table(
            columns={each: Column(each, "guid") for each in ids} | {"versionnumber": Column("versionnumber", "bigint")},
            lookups={}, has_system_columns=False, logical="con_pairs", set="con_pairsset", schema="con_Pairs",
            label="Pairs", code=11_900, primary_id="con_pairsid", ownership="None", governed_by="Contact", custom=True,
        ),
        ends=(End(name, ids[0], "con_Pairs"), End("contact", ids[1], "con_Pairs")),
        unique=ids, read_only=True, verbs=(),
    )  # fmt: skip


def _names(schema: Schema) -> dict[str, Any]:
    return {
        table.logical: (
            table.set,
            set(table.columns),
            {name: lookup.targets for name, lookup in table.lookups.items()},
            set(table.navigation),
            {each.name: each.table for each in schema.collections_of(table.logical).values()},
            {each.name: (each.table, each.near, each.far) for each in schema.associations_of(table.logical).values()},
        )
        for table in schema.tables.values()
    }


@given(own_schemas(), st.booleans())
@settings(max_examples=25, deadline=None)
def test_any_own_tables_survive_being_written_and_read(schema: Schema, annotated: bool) -> None:
    text = csdl.__wrapped__(schema, annotated=annotated)
    standard = standard_schema(_ALL)
    read = Schema(_ALL, {table.logical: table for table in tables_of(read_document(text.encode()), standard)})
    assert _names(read) == _names(schema)
    types = {name: {each.name: each.type for each in table.columns.values()} for name, table in read.own.items()}
    for name, table in schema.own.items():
        for column in table.columns.values():
            expected = {"memo": "string", "picklist": "int"}.get(column.type, column.type)
            assert types[name][column.name] == expected
