"""Definitions over HTTP: read in every shape a client asks for, made, changed and removed, and refused."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

_NS = "Microsoft.Dynamics.CRM"


def _label(text: str) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": 1033}]}


def _column(name: str, kind: str = "String", **more: Any) -> dict[str, Any]:
    return {"@odata.type": f"#{_NS}.{kind}AttributeMetadata", "SchemaName": name, "DisplayName": _label(name), **more}


def _table(name: str, **more: Any) -> dict[str, Any]:
    return {
        "SchemaName": name,
        "DisplayName": _label("Rating"),
        "DisplayCollectionName": _label("Ratings"),
        "OwnershipType": "UserOwned",
        "Attributes": [_column(f"{name}_Name", IsPrimaryName=True)],
        **more,
    }


async def _value(administrator: Caller, path: str) -> list[dict[str, Any]]:
    response = await administrator.get(path)
    assert response.status_code == 200, response.text
    return list(response.json()["value"])


async def test_a_definition_is_found_by_name_by_id_and_by_filter(administrator: Caller) -> None:
    named = (await administrator.get("EntityDefinitions(LogicalName='incident')")).json()
    assert (named["EntitySetName"], named["PrimaryIdAttribute"], named["ObjectTypeCode"]) == (
        "incidents",
        "incidentid",
        112,
    )
    by_id = (await administrator.get(f"EntityDefinitions({named['MetadataId']})?$select=LogicalName")).json()
    assert by_id["LogicalName"] == "incident"
    assert set(by_id) <= {"@odata.context", "LogicalName", "MetadataId"}
    query = "EntityDefinitions?$select=LogicalName&$filter="
    found = await _value(administrator, query + "EntitySetName eq 'incidents' or LogicalName eq 'queue'")
    assert sorted(each["LogicalName"] for each in found) == ["incident", "queue"]
    typed = f"OwnershipType eq {_NS}.OwnershipTypes'UserOwned' and LogicalName eq 'incident'"
    assert len(await _value(administrator, query + typed)) == 1


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("EntityDefinitions(LogicalName='new_none')", (404, "0x80060888")),
        ("EntityDefinitions?$select=Nothing", (400, "0x80060888")),
        ("EntityDefinitions?$filter=Nothing eq 1", (400, "0x80060888")),
        ("EntityDefinitions?$filter=LogicalName eq", (400, "0x80060888")),
        ("EntityDefinitions?$filter=contains(LogicalName,'queue')", (501, "0x8006088a")),
        (
            "EntityDefinitions(LogicalName='incident')?$expand=Keys($filter=tolower(SchemaName) eq 'x')",
            (501, "0x8006088a"),
        ),
        ("GlobalOptionSetDefinitions?$filter=Name eq 'x'", (405, "0x80060888")),
        ("EntityDefinitions?$top=1", (400, "0x80060888")),
        ("EntityDefinitions?$orderby=LogicalName", (400, "0x80060888")),
        ("EntityDefinitions(LogicalName='incident')/Nothing", (404, "0x80060888")),
        ("EntityDefinitions(LogicalName='incident')?$expand=Nothing", (400, "0x80060888")),
        ("$metadata?$top=1", (400, "0x80060888")),
    ],
)
async def test_what_metadata_does_not_take_is_refused(
    administrator: Caller, path: str, refused: tuple[int, str]
) -> None:
    assert (await administrator.get(path)).status_code == refused[0]


async def test_columns_are_read_whole_by_type_and_with_their_choices(administrator: Caller) -> None:
    base = "EntityDefinitions(LogicalName='incident')/Attributes"
    names = {each["LogicalName"] for each in await _value(administrator, f"{base}?$select=LogicalName")}
    assert {"incidentid", "title", "customerid", "statecode", "ownerid", "createdon"} <= names
    choices = f"{base}/{_NS}.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet($select=Options)"
    found = {each["LogicalName"]: each["OptionSet"] for each in await _value(administrator, choices)}
    assert found.pop("caseorigincode") is None, "a global choice is not the column's own"
    columns = {name: choice["Options"] for name, choice in found.items()}
    assert {each["Value"]: each["Label"]["UserLocalizedLabel"]["Label"] for each in columns["prioritycode"]} == {
        1: "High",
        2: "Normal",
        3: "Low",
    }
    one = f"{base}(LogicalName='statecode')/{_NS}.StateAttributeMetadata?$expand=OptionSet"
    assert [each["Value"] for each in (await administrator.get(one)).json()["OptionSet"]["Options"]] == [0, 1, 2]
    title = (await administrator.get(f"{base}(LogicalName='title')")).json()
    assert (title["MaxLength"], title["AttributeType"], title["@odata.type"]) == (
        200,
        "String",
        f"#{_NS}.StringAttributeMetadata",
    )
    lookup = (await administrator.get(f"{base}(LogicalName='customerid')")).json()
    assert set(lookup["Targets"]) == {"account", "contact"}


async def test_expanded_parts_come_with_their_table(administrator: Caller) -> None:
    query = "$select=LogicalName&$expand=Attributes($select=LogicalName;$filter=AttributeType eq 'State'),Keys"
    table = (await administrator.get(f"EntityDefinitions(LogicalName='incident')?{query}")).json()
    assert [each["LogicalName"] for each in table["Attributes"]] == ["statecode"]
    assert table["Keys"] == []


async def test_relationships_are_read_from_both_sides_and_by_name(administrator: Caller) -> None:
    base = "EntityDefinitions(LogicalName='{}')/{}?$select=SchemaName"
    many = await _value(administrator, base.format("incident", "ManyToOneRelationships"))
    one = await _value(administrator, base.format("account", "OneToManyRelationships"))
    assert "incident_customer_accounts" in {each["SchemaName"] for each in many} & {each["SchemaName"] for each in one}
    by_name = "RelationshipDefinitions(SchemaName='incident_customer_accounts')"
    found = (await administrator.get(by_name)).json()
    assert (found["ReferencedEntity"], found["ReferencingAttribute"]) == ("account", "customerid")
    cast = f"RelationshipDefinitions/{_NS}.ManyToManyRelationshipMetadata?$filter=IntersectEntityName eq "
    assert len(await _value(administrator, cast + "'teammembership'")) == 1


async def test_the_document_is_xml_whoever_asks_for_what(administrator: Caller) -> None:
    for accept in ("application/xml", "*/*", "application/xml, text/plain;q=0.1"):
        response = await administrator.get("$metadata", headers={"Accept": accept})
        assert response.headers["Content-Type"].startswith("application/xml")
        root = ElementTree.fromstring(response.text)  # noqa: S314 - the fakes' own document
        assert root.get("Version") == "4.0"
        names = {each.get("Name") for each in root.iter("{http://docs.oasis-open.org/odata/ns/edm}EntityType")}
        assert {"incident", "contact", "crmbaseentity", "activitypointer"} <= names
    assert (await administrator.get("$metadata", headers={"Accept": "application/json"})).status_code == 415
    assert (await administrator.ask("POST", "$metadata", {})).status_code == 405


async def test_a_made_table_is_in_force_at_once_and_gone_when_removed(administrator: Caller) -> None:
    made = await administrator.ask("POST", "EntityDefinitions", _table("new_Rating"))
    assert made.status_code == 204
    place = made.headers["OData-EntityId"]
    row = await administrator.make("new_ratings", {"new_rating_name": "Five"})
    assert f'Name="new_ratings" EntityType="{_NS}.new_rating"' in (await administrator.get("$metadata")).text
    column = _column("new_Colour", "Picklist", OptionSet={"Options": [{"Value": 1, "Label": _label("Red")}]})
    added = await administrator.ask("POST", f"{place}/Attributes", column)
    assert added.status_code == 204
    assert (await administrator.ask("PATCH", f"new_ratings({row})", {"new_colour": 1})).status_code == 204
    assert (await administrator.ask("PATCH", f"new_ratings({row})", {"new_colour": 2})).status_code == 400
    removed = f"{place}/Attributes(LogicalName='new_colour')"
    assert (await administrator.ask("DELETE", removed)).status_code == 204
    assert (await administrator.ask("PATCH", f"new_ratings({row})", {"new_colour": 1})).status_code == 400
    assert (await administrator.ask("DELETE", place)).status_code == 204
    assert (await administrator.get("new_ratings")).status_code == 404


async def test_a_relationship_leads_both_ways_and_holds_its_table(administrator: Caller) -> None:
    await administrator.ask("POST", "EntityDefinitions", _table("new_Rating"))
    body = {
        "@odata.type": f"{_NS}.OneToManyRelationshipMetadata",
        "SchemaName": "new_account_rating",
        "ReferencedEntity": "account",
        "ReferencingEntity": "new_rating",
        "Lookup": _column("new_Account", "Lookup"),
    }
    made = await administrator.ask("POST", "RelationshipDefinitions", body)
    assert made.status_code == 204
    again = await administrator.ask("POST", "RelationshipDefinitions", body)
    assert error(again) == (400, "0x80047013")
    other = body | {"Lookup": _column("new_Account2", "Lookup")}
    assert error(await administrator.ask("POST", "RelationshipDefinitions", other)) == (400, "0x80044363")
    account = await administrator.make("accounts", {"name": "Fabrikam"})
    bound = {"new_rating_name": "Five", "new_Account@odata.bind": f"/accounts({account})"}
    await administrator.make("new_ratings", bound)
    assert len((await administrator.get(f"accounts({account})/new_account_rating")).json()["value"]) == 1
    assert (await administrator.ask("DELETE", made.headers["OData-EntityId"])).status_code == 204
    assert (await administrator.get(f"accounts({account})/new_account_rating")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("POST", "EntityDefinitions", _table("new_Rating"), "0x80044363"),
        ("POST", "EntityDefinitions", _table("rating"), "0x80044366"),
        ("POST", "EntityDefinitions", _table("new_Other", Attributes=[]), "0x80047014"),
        ("POST", "EntityDefinitions", _table("new_Other", OwnershipType="Nobodys"), "0x8004023a"),
        ("POST", "{}/Attributes", _column("new_Rating_Name"), "0x80047013"),
        ("POST", "{}/Attributes", _column("new_Long", MaxLength=5_000), "0x8004023a"),
        ("POST", "{}/Attributes", _column("new_One", "Lookup"), "0x8004023a"),
        ("POST", "{}/Keys", {"SchemaName": "new_By", "KeyAttributes": ["new_none"]}, "0x8004023a"),
        ("POST", "{}/Keys", {"SchemaName": "new_ByName", "KeyAttributes": ["new_rating_name"]}, "0x80060893"),
        ("DELETE", "{}/Attributes(LogicalName='new_rating_name')", None, "0x80047002"),
        ("DELETE", "EntityDefinitions(LogicalName='incident')", None, "0x8004f032"),
    ],
)
async def test_a_mistake_is_refused_by_its_code(
    administrator: Caller, method: str, path: str, body: Any, code: str
) -> None:
    await administrator.ask("POST", "EntityDefinitions", _table("new_Rating"))
    table = "EntityDefinitions(LogicalName='new_rating')"
    key = {"SchemaName": "new_ByName", "KeyAttributes": ["new_rating_name"]}
    assert (await administrator.ask("POST", f"{table}/Keys", key)).status_code == 204
    assert error(await administrator.ask(method, path.format(table), body)) == (400, code)


async def test_what_others_lean_on_is_not_removed(administrator: Caller) -> None:
    for name in ("new_Rating", "new_Scale"):
        await administrator.ask("POST", "EntityDefinitions", _table(name))
    table = "EntityDefinitions(LogicalName='new_rating')"
    await administrator.ask("POST", f"{table}/Attributes", _column("new_Code"))
    await administrator.ask("POST", f"{table}/Keys", {"SchemaName": "new_ByCode", "KeyAttributes": ["new_code"]})
    kept = await administrator.ask("DELETE", f"{table}/Attributes(LogicalName='new_code')")
    assert error(kept) == (400, "0x8004f01f")
    lookup = {
        "@odata.type": f"{_NS}.OneToManyRelationshipMetadata",
        "SchemaName": "new_scale_rating",
        "ReferencedEntity": "new_scale",
        "ReferencingEntity": "new_rating",
        "Lookup": _column("new_Scale", "Lookup"),
    }
    await administrator.ask("POST", "RelationshipDefinitions", lookup)
    scale = "EntityDefinitions(LogicalName='new_scale')"
    assert error(await administrator.ask("DELETE", scale)) == (400, "0x8004f01f")
    assert (await administrator.ask("DELETE", table)).status_code == 204
    assert (await administrator.ask("DELETE", scale)).status_code == 204


async def test_who_may_customise_is_told_by_privileges(integration: Caller, tenant: FakeTenant) -> None:
    admit(tenant, {"prvReadContact": "Global"})
    assert error(await integration.ask("POST", "EntityDefinitions", _table("new_Rating"))) == (403, "0x80040220")
    assert (await integration.ask("PATCH", "EntityDefinitions(LogicalName='contact')", {})).status_code == 405


async def test_without_any_role_not_even_names_are_told(integration: Caller, tenant: FakeTenant) -> None:
    admit(tenant, None)
    assert (await integration.get("EntityDefinitions?$select=LogicalName")).status_code == 403


async def test_a_reader_of_definitions_sees_and_changes_nothing(integration: Caller, tenant: FakeTenant) -> None:
    admit(tenant, {"prvReadEntity": "Global"})
    assert (await integration.get("EntityDefinitions?$select=LogicalName")).status_code == 200
    for path, body in (
        ("EntityDefinitions", _table("new_Rating")),
        ("EntityDefinitions(LogicalName='contact')/Attributes", _column("new_Code")),
        ("RelationshipDefinitions", {"SchemaName": "new_x_y"}),
    ):
        assert error(await integration.ask("POST", path, body)) == (403, "0x80040220")


async def test_a_key_is_made_found_and_removed(administrator: Caller) -> None:
    keys = "EntityDefinitions(LogicalName='contact')/Keys"
    body = {"SchemaName": "new_ByMail", "KeyAttributes": ["emailaddress1"]}
    place = (await administrator.ask("POST", keys, body)).headers["OData-EntityId"]
    (key,) = await _value(administrator, keys)
    assert (key["SchemaName"], key["KeyAttributes"], key["EntityKeyIndexStatus"]) == (
        "new_ByMail",
        ["emailaddress1"],
        "Active",
    )
    assert (await administrator.get(place)).json()["LogicalName"] == "new_bymail"
    contact = await administrator.make("contacts", {"lastname": "Doe", "emailaddress1": "jane@example.com"})
    found = (await administrator.get("contacts(emailaddress1='jane@example.com')?$select=contactid")).json()
    assert found["contactid"] == contact
    assert (await administrator.ask("DELETE", place)).status_code == 204
    assert (await administrator.get("contacts(emailaddress1='jane@example.com')")).status_code == 400


async def test_labels_and_lengths_are_changed_in_place(administrator: Caller) -> None:
    await administrator.ask("POST", "EntityDefinitions", _table("new_Rating"))
    table = "EntityDefinitions(LogicalName='new_rating')"
    changed = {"DisplayName": _label("Score"), "DisplayCollectionName": _label("Scores")}
    assert (await administrator.ask("PUT", table, changed)).status_code == 204
    label = (await administrator.get(f"{table}?$select=DisplayName")).json()["DisplayName"]
    assert label["UserLocalizedLabel"]["Label"] == "Score"
    name = f"{table}/Attributes(LogicalName='new_rating_name')"
    assert (await administrator.ask("PUT", name, _column("new_Rating_Name", MaxLength=3))).status_code == 204
    assert (await administrator.ask("POST", "new_ratings", {"new_rating_name": "Five"})).status_code == 400
    assert (await administrator.ask("POST", "new_ratings", {"new_rating_name": "5"})).status_code == 204


async def test_global_choices_and_relationships_are_listed(administrator: Caller) -> None:
    choices = await _value(administrator, "GlobalOptionSetDefinitions")
    by_id = f"GlobalOptionSetDefinitions({choices[0]['MetadataId']})"
    assert (await administrator.get(by_id)).json()["Name"] == choices[0]["Name"]
    query = "RelationshipDefinitions?$select=SchemaName&$filter=SchemaName eq 'incident_customer_contacts'"
    assert [each["SchemaName"] for each in await _value(administrator, query)] == ["incident_customer_contacts"]


async def test_several_tables_are_made_or_none(administrator: Caller) -> None:
    both = {"Entities": [_table("new_One"), _table("new_One")]}
    assert error(await administrator.ask("POST", "CreateEntities", both)) == (400, "0x80044363")
    assert (await administrator.get("new_ones")).status_code == 404
    both = {"Entities": [_table("new_One"), _table("new_Two")]}
    assert (await administrator.ask("POST", "CreateEntities", both)).status_code == 200
    assert (await administrator.get("new_twos")).status_code == 200


async def test_publishing_is_a_customizers_right(administrator: Caller) -> None:
    assert (await administrator.ask("POST", "PublishAllXml")).status_code == 204
    assert (await administrator.ask("POST", "PublishXml", {"ParameterXml": "<importexportxml/>"})).status_code == 204


async def test_what_changed_is_asked_by_a_query_of_its_own(administrator: Caller) -> None:
    query = {
        "Criteria": {
            "FilterOperator": "And",
            "Conditions": [
                {
                    "PropertyName": "LogicalName",
                    "ConditionOperator": "Equals",
                    "Value": {"Type": "System.String", "Value": "incident"},
                }
            ],
        },
        "Properties": {"AllProperties": False, "PropertyNames": ["LogicalName", "EntitySetName"]},
    }
    response = await administrator.get(f"RetrieveMetadataChanges(Query=@q)?@q={json.dumps(query)}")
    assert [each["EntitySetName"] for each in response.json()["EntityMetadata"]] == ["incidents"]
