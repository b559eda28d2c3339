"""Relationships and columns changed in place as clients do that write whole definitions back, and odd bodies."""

from typing import Any

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

NS = "Microsoft.Dynamics.CRM"
ONE_TO_MANY = f"{NS}.OneToManyRelationshipMetadata"
RELATIONSHIP = "RelationshipDefinitions(SchemaName='new_account_visits')"


def spoken(text: str) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": 1033}]}


@pytest.fixture
async def visit(administrator: Caller) -> str:
    """A table of the customer's own with a lookup to accounts, and one row that points at an account; its id."""
    name = {"@odata.type": f"{NS}.StringAttributeMetadata", "SchemaName": "new_Name", "IsPrimaryName": True}
    table = {"SchemaName": "new_Visit", "DisplayName": spoken("Visit"), "Attributes": [name]}
    assert (await administrator.ask("POST", "EntityDefinitions", table)).status_code == 204
    body = {
        "@odata.type": ONE_TO_MANY,
        "SchemaName": "new_account_visits",
        "ReferencedEntity": "account",
        "ReferencingEntity": "new_visit",
        "Lookup": {"SchemaName": "new_Account", "DisplayName": spoken("Account")},
    }
    assert (await administrator.ask("POST", "RelationshipDefinitions", body)).status_code == 204
    account = await administrator.make("accounts", {"name": "Fabrikam"})
    await administrator.make("new_visits", {"new_name": "First", "new_Account@odata.bind": f"/accounts({account})"})
    return account


async def deletion(administrator: Caller) -> str:
    told = (await administrator.get(f"{RELATIONSHIP}/{ONE_TO_MANY}")).json()
    return str(told["CascadeConfiguration"]["Delete"])


async def test_what_happens_on_deletion_is_changed(administrator: Caller, visit: str) -> None:
    whole = (await administrator.get(f"{RELATIONSHIP}/{ONE_TO_MANY}")).json()
    for path, cascade in ((RELATIONSHIP, "Restrict"), (f"{RELATIONSHIP}/{ONE_TO_MANY}", "RemoveLink")):
        body = whole | {"CascadeConfiguration": whole["CascadeConfiguration"] | {"Delete": cascade}}
        assert (await administrator.ask("PUT", path, body)).status_code == 204
        assert await deletion(administrator) == cascade
        deleted = await administrator.ask("DELETE", f"accounts({visit})")
        assert deleted.status_code == (405 if cascade == "Restrict" else 204)
    (left,) = (await administrator.get("new_visits?$select=_new_account_value")).json()["value"]
    assert left["_new_account_value"] is None


@pytest.mark.parametrize(
    ("path", "cascades", "expected"),
    [
        (RELATIONSHIP, {"Delete": "Sometimes"}, (400, "0x8004023a")),
        (RELATIONSHIP, {"Delete": ["Restrict"]}, (400, "0x8004023a")),
        (RELATIONSHIP, {"Assign": "Cascade"}, (501, "0x80040800")),
        (f"{RELATIONSHIP}/{NS}.ManyToManyRelationshipMetadata", {"Delete": "Restrict"}, (404, "0x80060888")),
        ("RelationshipDefinitions(SchemaName='new_none')", {"Delete": "Restrict"}, (404, "0x80040217")),
        ("RelationshipDefinitions", {"Delete": "Restrict"}, (404, "0x80040217")),
    ],
)
async def test_a_change_that_is_wrong_changes_nothing(
    administrator: Caller, visit: str, path: str, cascades: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error(await administrator.ask("PUT", path, {"CascadeConfiguration": cascades})) == expected
    assert await deletion(administrator) == "RemoveLink"


async def test_a_relationship_of_the_platforms_own_is_not_removed(administrator: Caller) -> None:
    stock = "RelationshipDefinitions(SchemaName='contact_customer_accounts')"
    assert error(await administrator.ask("DELETE", stock)) == (400, "0x8004700a")
    assert error(await administrator.ask("DELETE", "RelationshipDefinitions(x)")) == (404, "0x80040217")


async def test_a_relationship_is_changed_by_those_who_may(
    administrator: Caller, integration: Caller, tenant: FakeTenant, visit: str
) -> None:
    admit(tenant, {"prvReadRelationship": "Global"})
    body = {"CascadeConfiguration": {"Delete": "Restrict"}}
    assert (await integration.ask("PUT", RELATIONSHIP, body)).status_code == 403
    assert await deletion(administrator) == "RemoveLink"


async def test_a_column_is_changed_by_a_path_that_ends_in_its_type(administrator: Caller, visit: str) -> None:
    name = "EntityDefinitions(LogicalName='new_visit')/Attributes(LogicalName='new_name')"
    body = {"@odata.type": f"{NS}.StringAttributeMetadata", "SchemaName": "new_Name", "MaxLength": 7}
    assert error(await administrator.ask("PUT", f"{name}/{NS}.MemoAttributeMetadata", body)) == (404, "0x80060888")
    assert (await administrator.ask("PUT", f"{name}/{NS}.StringAttributeMetadata", body)).status_code == 204
    read = await administrator.get(f"{name}/{NS}.StringAttributeMetadata?$select=MaxLength")
    assert read.json()["MaxLength"] == 7


ROOT_OF_CONTACT = "EntityDefinitions(LogicalName='contact')"
TEXT = {"@odata.type": f"{NS}.StringAttributeMetadata", "SchemaName": "new_Text", "IsPrimaryName": True}
CHOICE = {"@odata.type": f"{NS}.PicklistAttributeMetadata", "SchemaName": "new_Mood"}
TABLE = {"SchemaName": "new_Room", "DisplayName": spoken("Room"), "Attributes": [TEXT]}
LINK = {"SchemaName": "new_link", "ReferencedEntity": "account", "ReferencingEntity": "contact"}
MANY = {"@odata.type": f"{NS}.ManyToManyRelationshipMetadata", "SchemaName": "new_many"}


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("EntityDefinitions", TABLE | {"Attributes": 5}, (400, "0x80048d19")),
        ("EntityDefinitions", TABLE | {"Attributes": [5]}, (400, "0x80048d19")),
        ("EntityDefinitions", TABLE | {"Attributes": [TEXT | {"MaxLength": True}]}, (400, "0x80048d19")),
        ("EntityDefinitions", TABLE | {"Attributes": [TEXT | {"MaxLength": "x"}]}, (400, "0x80048d19")),
        (f"{ROOT_OF_CONTACT}/Attributes", CHOICE | {"OptionSet": {"Options": [5]}}, (400, "0x80048d19")),
        (f"{ROOT_OF_CONTACT}/Attributes", CHOICE | {"OptionSet": {"Options": [{"Value": "x"}]}}, (400, "0x80048d19")),
        (f"{ROOT_OF_CONTACT}/Attributes", CHOICE | {"OptionSet": {"Options": [{"Value": 2**40}]}}, (400, "0x80048d19")),
        (f"{ROOT_OF_CONTACT}/Attributes", TEXT | {"RequiredLevel": {"Value": []}}, (400, "0x80048d19")),
        (f"{ROOT_OF_CONTACT}/Attributes(LogicalName='jobtitle')", TEXT, (405, "0x80060888")),
        (f"{ROOT_OF_CONTACT}/Keys", {"SchemaName": "new_K", "KeyAttributes": [[]]}, (400, "0x8004023a")),
        ("RelationshipDefinitions", LINK | {"Lookup": {"SchemaName": "new_A", "RequiredLevel": {"Value": {}}}},
         (400, "0x80048d19")),
        ("RelationshipDefinitions",
         LINK | {"Lookup": {"SchemaName": "new_A"}, "CascadeConfiguration": {"Delete": []}}, (400, "0x8004023a")),
        ("RelationshipDefinitions",
         MANY | {"Entity1LogicalName": "contact", "Entity2LogicalName": "account", "IntersectEntityName": "x'; y"},
         (400, "0x80044366")),
    ],
)  # fmt: skip
async def test_an_odd_definition_is_refused_and_makes_nothing(
    administrator: Caller, tenant: FakeTenant, path: str, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    before = dict(tenant.organisation.schema.tables)
    assert error(await administrator.ask("POST", path, body)) == expected
    assert tenant.organisation.schema.tables == before
