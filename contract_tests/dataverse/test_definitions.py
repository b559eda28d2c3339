"""Definitions over HTTP, their finer points: what a column's type adds, what a table may have, and what changed."""

import json
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from contract_tests.dataverse.asking import Caller, error
from mock_services.tenant import FakeTenant

NS = "Microsoft.Dynamics.CRM"
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
VISIT = "EntityDefinitions(LogicalName='new_visit')"


def _label(text: str) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": 1033}]}


def _column(name: str, kind: str = "String", **more: Any) -> dict[str, Any]:
    return {"@odata.type": f"#{NS}.{kind}AttributeMetadata", "SchemaName": name, "DisplayName": _label(name), **more}


def _visit(**more: Any) -> dict[str, Any]:
    primary = _column("new_Name", IsPrimaryName=True, MaxLength=100)
    return {"SchemaName": "new_Visit", "DisplayName": _label("Visit"), "Attributes": [primary], **more}


async def _made(administrator: Caller, **more: Any) -> None:
    made = await administrator.ask("POST", "EntityDefinitions", _visit(**more))
    assert made.status_code == 204, made.text


def _changes(**query: Any) -> str:
    return f"RetrieveMetadataChanges(Query=@q)?@q={quote(json.dumps(query))}"


def _equals(name: str, value: Any, kind: str = "System.String", test: str = "Equals") -> dict[str, Any]:
    return {"PropertyName": name, "ConditionOperator": test, "Value": {"Type": kind, "Value": value}}


async def test_a_definition_has_the_members_of_a_recorded_one(administrator: Caller) -> None:
    contact = (await administrator.get("EntityDefinitions(LogicalName='contact')")).json()
    recorded = {
        "ActivityTypeMask", "AutoRouteToOwnerQueue", "CanTriggerWorkflow", "EntityHelpUrlEnabled", "SettingOf",
        "IsRetrieveAuditEnabled", "IconVectorName", "SyncToExternalSearchIndex", "DaysSinceRecordLastModified",
        "MobileOfflineFilters", "ReportViewName", "IntroducedVersion", "TableType", "CreatedOn", "CanCreateForms",
        "CanEnableSyncToExternalSearchIndex", "IsOfflineInMobileClient", "Privileges", "Settings", "OwnerIdType",
    }  # fmt: skip
    assert recorded < set(contact)
    assert (contact["ReportViewName"], contact["TableType"], contact["OwnerIdType"]) == (
        "FilteredContact", "Standard", 8,
    )  # fmt: skip
    assert contact["CanCreateForms"] == {
        "Value": True, "CanBeChanged": False, "ManagedPropertyLogicalName": "cancreateforms",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "Attributes(LogicalName='title')?$select=MaxLength",
        "Attributes?$select=LogicalName,MaxLength",
        "Attributes?$filter=MaxLength gt 1",
    ],
)
async def test_what_one_type_of_columns_has_takes_a_path_that_ends_in_it(administrator: Caller, path: str) -> None:
    response = await administrator.get(f"EntityDefinitions(LogicalName='incident')/{path}")
    assert response.status_code == 400
    assert "Microsoft.Dynamics.CRM.AttributeMetadata" in response.json()["error"]["message"]


async def test_a_choice_is_not_expanded_inside_an_expansion(administrator: Caller) -> None:
    query = "$select=LogicalName&$expand=Attributes($select=LogicalName;$expand=OptionSet)"
    response = await administrator.get(f"EntityDefinitions(LogicalName='incident')?{query}")
    assert error(response) == (400, "0x80060888")
    assert "OptionSet" in response.json()["error"]["message"]


async def test_what_a_body_says_of_a_column_is_read_back(administrator: Caller) -> None:
    await _made(administrator)
    price = _column("new_Price", "Decimal", Precision=4, MinValue=0, MaxValue=10, ImeMode="Disabled")
    price |= {"Description": _label("What it costs"), "RequiredLevel": {"Value": "Recommended"}}
    place = (await administrator.ask("POST", f"{VISIT}/Attributes", price)).headers["OData-EntityId"]
    read = (await administrator.get(place)).json()
    assert (read["AttributeType"], read["Precision"], read["ImeMode"]) == ("Decimal", 4, "Disabled")
    assert read["Description"]["UserLocalizedLabel"]["Label"] == "What it costs"
    assert read["RequiredLevel"]["Value"] == "Recommended"
    assert (await administrator.ask("POST", "new_visits", {"new_price": 11})).status_code == 400
    assert (await administrator.ask("POST", "new_visits", {"new_price": 2.5})).status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "EntityDefinitions", _visit(SchemaName="new_Two", Attributes=[_column("new_N", "Integer",
         IsPrimaryName=True)]), (400, "0x8004700e")),
        ("POST", f"{VISIT}/Attributes", _column("new_P", "Decimal", Precision=11), (400, "0x8004023a")),
        ("POST", f"{VISIT}/Attributes", _column("new_P", "Decimal", Precision="x"), (400, "0x80048d19")),
        ("POST", f"{VISIT}/Keys", {"SchemaName": "new_Again", "KeyAttributes": ["new_name"]}, (400, "0x80060894")),
        ("PUT", f"{VISIT}/Attributes(LogicalName='new_name')", _column("new_Name", IsSecured=True),
         (400, "0x80060896")),
        ("PUT", "EntityDefinitions(LogicalName='incident')/Attributes(LogicalName='incidentid')",
         _column("IncidentId", "UniqueIdentifier", RequiredLevel={"Value": "None"}), (204, "")),
        ("PUT", "EntityDefinitions(LogicalName='systemuser')/Attributes(LogicalName='isdisabled')",
         _column("IsDisabled", "Boolean", RequiredLevel={"Value": "None"}), (204, "")),
        ("PUT", "EntityDefinitions(LogicalName='role')/Attributes(LogicalName='name')",
         _column("Name", RequiredLevel={"Value": "None"}), (400, "0x8004d293")),
        ("PUT", VISIT, {"IsQuickCreateEnabled": "yes"}, (400, "0x80048d19")),
        ("PUT", VISIT, {"IsAuditEnabled": True}, (400, "0x80048d19")),
        ("DELETE", "EntityDefinitions(LogicalName='contact')/Attributes(LogicalName='jobtitle')", None,
         (400, "0x80047009")),
    ],
)  # fmt: skip
async def test_a_mistake_in_a_definition_is_told_by_its_own_code(
    administrator: Caller, method: str, path: str, body: Any, expected: tuple[int, str]
) -> None:
    await _made(administrator)
    key = {"SchemaName": "new_ByName", "KeyAttributes": ["new_name"]}
    assert (await administrator.ask("POST", f"{VISIT}/Keys", key)).status_code == 204
    response = await administrator.ask(method, path, body)
    assert response.status_code == expected[0], response.text
    assert response.status_code == 204 or response.json()["error"]["code"] == expected[1]


async def test_a_table_is_described_anew_and_its_switches_are_kept(administrator: Caller) -> None:
    await _made(administrator, IsAuditEnabled={"Value": True})
    told = {"Description": _label("A call on somebody"), "ChangeTrackingEnabled": False, "IsQuickCreateEnabled": True}
    assert (await administrator.ask("PUT", VISIT, told)).status_code == 204
    read = (await administrator.get(VISIT)).json()
    assert read["Description"]["UserLocalizedLabel"]["Label"] == "A call on somebody"
    assert (read["ChangeTrackingEnabled"], read["IsQuickCreateEnabled"]) == (False, True)
    assert read["IsAuditEnabled"]["Value"] is True


async def test_a_table_has_activities_notes_and_queues_if_it_was_made_with_them(
    administrator: Caller, tenant: FakeTenant
) -> None:
    await _made(administrator, HasNotes=True, HasActivities=True, IsValidForQueue={"Value": True})
    visit = await administrator.make("new_visits", {"new_name": "Monday"})
    bound = {"regardingobjectid_new_visit_task@odata.bind": f"/new_visits({visit})"}
    await administrator.make("tasks", {"subject": "Prepare", **bound})
    await administrator.make(
        "annotations", {"subject": "Seen", "objectid_new_visit@odata.bind": f"/new_visits({visit})"}
    )
    for way in ("new_visit_Tasks", "new_visit_Annotations"):
        assert len((await administrator.get(f"new_visits({visit})/{way}")).json()["value"]) == 1
    queue = await administrator.make("queues", {"name": "Visits"})
    target = {"@odata.type": f"{NS}.new_visit", "new_visitid": visit}
    added = await administrator.ask("POST", f"queues({queue})/{NS}.AddToQueue", {"Target": target})
    assert added.status_code == 200, added.text
    assert (await administrator.ask("DELETE", VISIT)).status_code == 204
    assert "new_visit" not in tenant.organisation.schema.table("task").lookups["regardingobjectid"].targets
    assert (await administrator.get("tasks?$select=subject")).status_code == 200


async def test_annotations_come_with_the_document_when_they_are_asked_for(administrator: Caller) -> None:
    key = {"SchemaName": "new_ByMail", "KeyAttributes": ["emailaddress1"]}
    await administrator.ask("POST", "EntityDefinitions(LogicalName='contact')/Keys", key)
    plain = await administrator.get("$metadata")
    assert "<Annotation" not in plain.text
    by_query = await administrator.get("$metadata?annotations=true")
    by_header = await administrator.get("$metadata", headers={"Prefer": 'odata.include-annotations="*"'})
    assert by_query.text == by_header.text
    root = ElementTree.fromstring(by_query.text)  # noqa: S314 - the fakes' own document
    (contact,) = (each for each in root.iter(f"{EDM}EntityType") if each.get("Name") == "contact")
    paths = [each.get("PropertyPath") for each in contact.iter(f"{EDM}PropertyValue") if each.get("PropertyPath")]
    assert paths == ["emailaddress1"]
    (created,) = (each for each in contact.iter(f"{EDM}Property") if each.get("Name") == "createdon")
    assert {each.get("Term") for each in created} == {
        "Org.OData.Core.V1.Computed", "Org.OData.Core.V1.Permissions",
    }  # fmt: skip


async def test_a_query_of_definitions_chooses_tables_columns_keys_and_relationships(administrator: Caller) -> None:
    either = [_equals("LogicalName", "incident"), _equals("LogicalName", "contact")]
    query = {
        "Properties": {"PropertyNames": ["LogicalName", "Attributes", "ManyToOneRelationships", "Keys"]},
        "Criteria": {
            "Conditions": [_equals("IsCustomEntity", "false", "System.Boolean")],
            "Filters": [{"FilterOperator": "Or", "Conditions": either}],
        },
        "AttributeQuery": {
            "Properties": {"PropertyNames": ["MaxLength", "OptionSet"]},
            "Criteria": {"Conditions": [_equals("LogicalName", ["title", "prioritycode"], test="In")]},
        },
        "RelationshipQuery": {
            "Properties": {"PropertyNames": ["SchemaName"]},
            "Criteria": {"Conditions": [_equals("ReferencedEntity", "subject")]},
        },
        "KeyQuery": {"Properties": {"AllProperties": True}},
    }
    told = (await administrator.get(_changes(**query))).json()["EntityMetadata"]
    tables = {each["LogicalName"]: each for each in told}
    assert set(tables) == {"incident", "contact"}
    columns = {each["LogicalName"]: each for each in tables["incident"]["Attributes"]}
    assert columns["title"]["MaxLength"] == 200
    assert [each["Value"] for each in columns["prioritycode"]["OptionSet"]["Options"]] == [1, 2, 3]
    assert [each["SchemaName"] for each in tables["incident"]["ManyToOneRelationships"]] == ["subject_incidents"]
    assert (tables["contact"]["Attributes"], tables["contact"]["Keys"]) == ([], [])
    assert "EntitySetName" not in tables["incident"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"Properties": {"PropertyNames": ["LogicalName"]}, "AttributeQuery": {}}, (400, "0x80072527")),
        ({"Properties": {"PropertyNames": ["LogicalName"]}, "RelationshipQuery": {}}, (400, "0x80072528")),
        ({"Properties": {"PropertyNames": ["LogicalName"]}, "KeyQuery": {}}, (400, "0x80072529")),
        ({"Criteria": {"Conditions": [_equals("LogicalName", "x", test="Like")]}}, (501, "0x80040800")),
        ({"Criteria": {"Conditions": [_equals("ObjectTypeCode", "x", test="GreaterThan")]}}, (400, "0x80060888")),
        ({"Criteria": {"Conditions": [5]}}, (400, "0x80060888")),
        ({"AttributeQuery": 5}, (400, "0x80060888")),
    ],
)
async def test_a_query_of_definitions_that_is_wrong_is_refused(
    administrator: Caller, query: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error(await administrator.get(_changes(**query))) == expected


async def test_what_changed_since_a_stamp_is_not_answered_by_everything(administrator: Caller) -> None:
    path = "RetrieveMetadataChanges(Query=@q,ClientVersionStamp=@s)?@q={}&@s='1!0'"
    assert (await administrator.get(path)).status_code == 501
