"""Global choices over HTTP, and single options of choices and states, as actions change them."""

from typing import Any

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

NS = "Microsoft.Dynamics.CRM"
SET = "GlobalOptionSetDefinitions"
PRIORITY = {"EntityLogicalName": "incident", "AttributeLogicalName": "prioritycode"}
STATUS = {"EntityLogicalName": "incident", "AttributeLogicalName": "statuscode"}
STATE = {"EntityLogicalName": "incident", "AttributeLogicalName": "statecode"}
MERGED = {"EntityLogicalName": "contact", "AttributeLogicalName": "merged"}
TITLE = {"EntityLogicalName": "incident", "AttributeLogicalName": "title"}


def _label(text: str) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": 1033}]}


def _option(value: int | None, text: str) -> dict[str, Any]:
    return {"Label": _label(text)} | ({} if value is None else {"Value": value})


def _choice(name: str = "new_mood", *options: dict[str, Any]) -> dict[str, Any]:
    given = options or (_option(1, "Calm"), _option(None, "Cross"), _option(None, "Furious"))
    return {"@odata.type": f"{NS}.OptionSetMetadata", "Name": name, "DisplayName": _label("Mood"), "Options": given}


async def _made(administrator: Caller) -> str:
    made = await administrator.ask("POST", SET, _choice())
    assert made.status_code == 204, made.text
    return str(made.headers["OData-EntityId"])


async def _options(administrator: Caller, column: str = "prioritycode", kind: str = "Picklist") -> dict[int, str]:
    path = f"EntityDefinitions(LogicalName='incident')/Attributes(LogicalName='{column}')/{NS}.{kind}AttributeMetadata"
    told = (await administrator.get(f"{path}?$expand=OptionSet")).json()["OptionSet"]["Options"]
    return {each["Value"]: each["Label"]["UserLocalizedLabel"]["Label"] for each in told}


async def test_a_global_choice_is_made_used_by_columns_renamed_and_removed(administrator: Caller) -> None:
    place = await _made(administrator)
    named = (await administrator.get(f"{SET}(Name='new_mood')/{NS}.OptionSetMetadata")).json()
    assert [each["Value"] for each in named["Options"]] == [1, 100_000_000, 100_000_001]
    column = {
        "@odata.type": f"{NS}.PicklistAttributeMetadata",
        "SchemaName": "new_Mood",
        "DisplayName": _label("Mood"),
        "GlobalOptionSet@odata.bind": f"/{SET}({named['MetadataId']})",
    }
    attributes = "EntityDefinitions(LogicalName='contact')/Attributes"
    made = await administrator.ask("POST", attributes, column)
    assert made.status_code == 204, made.text
    await administrator.make("contacts", {"lastname": "Doe", "new_mood": 1})
    assert error(await administrator.ask("POST", "contacts", {"new_mood": 2})) == (400, "0x8004431a")
    more = {"OptionSetName": "new_mood", **_option(2, "Bored")}
    inserted = await administrator.ask("POST", "InsertOptionValue", more)
    assert inserted.json()["NewOptionValue"] == 2
    await administrator.make("contacts", {"lastname": "Doe", "new_mood": 2})
    assert error(await administrator.ask("DELETE", place)) == (400, "0x80048417")
    assert (await administrator.ask("PUT", place, {"DisplayName": _label("Temper")})).status_code == 204
    renamed = (await administrator.get(place)).json()
    assert renamed["DisplayName"]["UserLocalizedLabel"]["Label"] == "Temper"
    assert (await administrator.ask("DELETE", made.headers["OData-EntityId"])).status_code == 204
    assert (await administrator.ask("DELETE", place)).status_code == 204
    assert (await administrator.get(place)).status_code == 404


async def test_a_choice_of_microsofts_is_listed_and_stays(administrator: Caller) -> None:
    listed = {each["Name"]: each for each in (await administrator.get(SET)).json()["value"]}
    stock = f"{SET}({listed['incident_caseorigincode']['MetadataId']})"
    assert error(await administrator.ask("DELETE", stock)) == (400, "0x80048404")
    assert (await administrator.ask("PUT", stock, {"DisplayName": _label("Origin")})).status_code == 501


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", SET, _choice(), (400, "0x80044363")),
        ("POST", SET, _choice("mood"), (400, "0x80044366")),
        ("POST", SET, _choice("2new_mood"), (400, "0x80044365")),
        ("POST", SET, _choice("new_" + "m" * 100), (400, "0x80044367")),
        ("POST", SET, _choice("new_two", _option(1, "a"), _option(1, "b")), (400, "0x8004023a")),
        ("POST", SET, _choice("new_two", {"Value": "x"}), (400, "0x80048d19")),
        ("POST", SET, _choice("new_two") | {"OptionSetType": "Boolean"}, (501, "0x80040800")),
        ("PUT", SET, {}, (405, "0x80060888")),
        ("DELETE", f"{SET}(Name='new_none')", None, (404, "0x80040217")),
        ("DELETE", f"{SET}(x)", None, (400, "0x80060888")),
        ("PUT", f"{SET}(Name='new_mood')", {"Options": [_option(1, "Other")]}, (501, "0x80040800")),
        ("PUT", f"{SET}(Name='new_mood')/{NS}.Nothing", {}, (404, "0x80060888")),
        ("POST", "InsertOptionValue", PRIORITY | _option(1, "High"), (400, "0x8004023a")),
        ("POST", "InsertOptionValue", PRIORITY | {"Value": 9}, (400, "0x8004023a")),
        ("POST", "InsertOptionValue", STATE | _option(9, "Odd"), (400, "0x8004431e")),
        ("POST", "InsertOptionValue", MERGED | _option(9, "Odd"), (400, "0x8004431d")),
        ("POST", "InsertOptionValue", TITLE | _option(9, "Odd"), (400, "0x80044320")),
        ("POST", "InsertOptionValue", {"OptionSetName": "new_none"} | _option(9, "x"), (400, "0x8004023a")),
        ("POST", "InsertOptionValue", {"EntityLogicalName": "new_none"} | _option(9, "x"), (400, "0x80041102")),
        ("POST", "InsertStatusValue", PRIORITY | _option(9, "x") | {"StateCode": 0}, (400, "0x80044320")),
        ("POST", "InsertStatusValue", STATUS | _option(9, "x") | {"StateCode": 7}, (400, "0x8004023a")),
        ("POST", "DeleteOptionValue", STATE | {"Value": 0}, (400, "0x80044323")),
        ("POST", "DeleteOptionValue", TITLE | {"Value": 0}, (400, "0x80044323")),
        ("POST", "DeleteOptionValue", STATUS | {"Value": 1}, (400, "0x80044341")),
        ("POST", "DeleteOptionValue", PRIORITY | {"Value": 77}, (400, "0x8004023a")),
        ("POST", "OrderOption", PRIORITY | {"Values": [1, 2]}, (400, "0x80044324")),
        ("POST", "OrderOption", PRIORITY | {"Values": [1, 2, 4]}, (400, "0x80044325")),
        ("POST", "OrderOption", PRIORITY | {"Values": 1}, (400, "0x80048d19")),
        ("POST", "UpdateStateValue", PRIORITY | _option(1, "x"), (400, "0x8004023a")),
        ("POST", "UpdateStateValue", STATE | _option(0, "x") | {"DefaultStatusCode": 5}, (400, "0x8004023a")),
    ],
)  # fmt: skip
async def test_a_mistake_about_options_is_refused_and_changes_nothing(
    administrator: Caller, tenant: FakeTenant, method: str, path: str, body: Any, expected: tuple[int, str]
) -> None:
    await _made(administrator)
    before = tenant.organisation.schema
    response = await administrator.ask(method, path, body)
    assert error(response) == expected, response.text
    assert tenant.organisation.schema is before


async def test_options_of_a_column_come_go_are_renamed_and_put_in_order(administrator: Caller) -> None:
    inserted = await administrator.ask("POST", "InsertOptionValue", PRIORITY | _option(None, "Urgent"))
    assert inserted.json()["NewOptionValue"] == 100_000_000
    renamed = PRIORITY | _option(3, "Lowest") | {"MergeLabels": True}
    assert (await administrator.ask("POST", "UpdateOptionValue", renamed)).status_code == 204
    order = PRIORITY | {"Values": [100_000_000, 1, 2, 3]}
    assert (await administrator.ask("POST", "OrderOption", order)).status_code == 204
    assert list((await _options(administrator)).items()) == [
        (100_000_000, "Urgent"), (1, "High"), (2, "Normal"), (3, "Lowest"),
    ]  # fmt: skip
    assert (await administrator.ask("POST", "DeleteOptionValue", PRIORITY | {"Value": 1})).status_code == 204
    contact = await administrator.make("contacts", {"lastname": "Doe"})
    case = {"title": "a", "customerid_contact@odata.bind": f"contacts({contact})"}
    assert error(await administrator.ask("POST", "incidents", case | {"prioritycode": 1})) == (400, "0x8004431a")
    await administrator.make("incidents", case | {"prioritycode": 100_000_000})


async def test_a_new_reason_of_a_state_is_one_that_rows_may_have(administrator: Caller) -> None:
    reason = STATUS | _option(None, "Waiting for parts") | {"StateCode": 0}
    value = (await administrator.ask("POST", "InsertStatusValue", reason)).json()["NewOptionValue"]
    contact = await administrator.make("contacts", {"lastname": "Doe"})
    case = {"title": "a", "customerid_contact@odata.bind": f"contacts({contact})", "statuscode": value}
    made = await administrator.make("incidents", case)
    row = (await administrator.get(f"incidents({made})?$select=statecode,statuscode")).json()
    assert (row["statecode"], row["statuscode"]) == (0, value)
    opened = STATE | _option(0, "Open") | {"DefaultStatusCode": value}
    assert (await administrator.ask("POST", "UpdateStateValue", opened)).status_code == 204
    assert (await _options(administrator, "statecode", "State"))[0] == "Open"
    fresh = await administrator.make("incidents", {k: v for k, v in case.items() if k != "statuscode"})
    assert (await administrator.get(f"incidents({fresh})?$select=statuscode")).json()["statuscode"] == value
    text = STATUS | _option(1, "Running")
    assert (await administrator.ask("POST", "UpdateOptionValue", text)).status_code == 204
    assert (await administrator.ask("POST", "DeleteOptionValue", STATUS | {"Value": 1})).status_code == 204
    assert 1 not in await _options(administrator, "statuscode", "Status")


async def test_yes_and_no_have_the_names_they_were_given(administrator: Caller) -> None:
    given = {"TrueOption": _option(1, "Signed"), "FalseOption": _option(0, "Unsigned")}
    column = {"@odata.type": f"{NS}.BooleanAttributeMetadata", "SchemaName": "new_Signed", "OptionSet": given}
    attributes = "EntityDefinitions(LogicalName='contact')/Attributes"
    assert (await administrator.ask("POST", attributes, column | {"DisplayName": _label("Signed")})).status_code == 204
    contact = await administrator.make("contacts", {"lastname": "Doe", "new_signed": True})
    prefer = {"Prefer": 'odata.include-annotations="*"'}
    row = (await administrator.get(f"contacts({contact})?$select=new_signed", headers=prefer)).json()
    assert row["new_signed@OData.Community.Display.V1.FormattedValue"] == "Signed"


async def test_options_are_changed_by_those_who_may(integration: Caller, tenant: FakeTenant) -> None:
    admit(tenant, {"prvReadOptionSet": "Global"})
    for path, body in (
        (SET, _choice()),
        ("InsertOptionValue", PRIORITY | _option(9, "x")),
        ("InsertOptionValue", {"OptionSetName": "new_mood"} | _option(9, "x")),
    ):
        assert error(await integration.ask("POST", path, body)) == (403, "0x80040220")
