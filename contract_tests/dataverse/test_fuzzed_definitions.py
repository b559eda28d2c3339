"""Definitions with members made up: no server error, whatever is sent, and no change after a refusal."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import Caller
from mock_services.tenant import FakeTenant

NS = "Microsoft.Dynamics.CRM"
CONTACT = "EntityDefinitions(LogicalName='contact')"
_LABEL = {"LocalizedLabels": [{"Label": "x", "LanguageCode": 1033}]}
_CASCADE = {"Delete": "Restrict"}
_OPTIONS = {"Options": [{"Value": 1, "Label": _LABEL}, {"Label": _LABEL}]}
_COLUMN = {
    "@odata.type": f"{NS}.StringAttributeMetadata", "SchemaName": "new_Name", "DisplayName": _LABEL, "MaxLength": 10,
    "RequiredLevel": {"Value": "None"}, "IsPrimaryName": True, "FormatName": {"Value": "Text"}, "IsSecured": False,
}  # fmt: skip
_GOOD: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "EntityDefinitions"): {
        "SchemaName": "new_Visit", "DisplayName": _LABEL, "OwnershipType": "UserOwned", "HasNotes": True,
        "IsValidForQueue": {"Value": True}, "Attributes": [_COLUMN],
    },
    ("PUT", CONTACT): {
        "DisplayName": _LABEL, "Description": _LABEL, "HasNotes": True, "IsAuditEnabled": {"Value": True},
    },
    ("POST", f"{CONTACT}/Attributes"): _COLUMN | {"OptionSet": _OPTIONS},
    ("PUT", f"{CONTACT}/Attributes(LogicalName='jobtitle')"): _COLUMN,
    ("POST", f"{CONTACT}/Keys"): {"SchemaName": "new_Key", "KeyAttributes": ["jobtitle", "fax"]},
    ("POST", "RelationshipDefinitions"): {
        "@odata.type": f"{NS}.OneToManyRelationshipMetadata", "SchemaName": "new_account_contact",
        "ReferencedEntity": "account", "ReferencingEntity": "contact", "CascadeConfiguration": _CASCADE,
        "Lookup": {"SchemaName": "new_Account", "DisplayName": _LABEL},
    },
    ("POST", "RelationshipDefinitions/"): {
        "@odata.type": f"{NS}.ManyToManyRelationshipMetadata", "SchemaName": "new_account_contact",
        "Entity1LogicalName": "account", "Entity2LogicalName": "contact", "IntersectEntityName": "new_pairs",
    },
    ("POST", "GlobalOptionSetDefinitions"): {"Name": "new_mood", "DisplayName": _LABEL, **_OPTIONS},
    ("POST", "InsertOptionValue"): {
        "EntityLogicalName": "incident", "AttributeLogicalName": "prioritycode", "Value": 9, "Label": _LABEL,
    },
    ("POST", "InsertStatusValue"): {
        "EntityLogicalName": "incident", "AttributeLogicalName": "statuscode", "StateCode": 0, "Label": _LABEL,
    },
    ("POST", "UpdateStateValue"): {
        "EntityLogicalName": "incident", "AttributeLogicalName": "statecode", "Value": 0, "Label": _LABEL,
        "DefaultStatusCode": 2,
    },
    ("POST", "OrderOption"): {
        "EntityLogicalName": "incident", "AttributeLogicalName": "prioritycode", "Values": [3, 2, 1],
    },
}  # fmt: skip
_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 2**40, 1.5, "", "x", "\ud800", "new_" + "x" * 300, "settings", [], [None], [[]], {},
     {"Value": []}, {"Value": {}}, {"LocalizedLabels": 5}, {"LocalizedLabels": [5]}, {"Options": 5}, {"Delete": []}]
).map(deepcopy)  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[str, str, str]:
    """A request whose body is good but for up to two members, at any depth."""
    method, path = draw(st.sampled_from(sorted(_GOOD)))
    body = json.loads(json.dumps(_GOOD[method, path]))
    for _ in range(draw(st.integers(1, 2))):
        inside: Any = body
        for _ in range(draw(st.integers(0, 3))):
            below = [each for each in (inside.values() if isinstance(inside, dict) else inside) if each]
            below = [each for each in below if isinstance(each, (dict, list))]
            inside = draw(st.sampled_from(below)) if below else inside
        if isinstance(inside, dict) and inside:
            inside[draw(st.sampled_from(sorted(inside)))] = draw(_ODD)
        elif isinstance(inside, list):
            inside[:] = [draw(_ODD)]
    return method, path, json.dumps(body)


@given(st.lists(spoilt(), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_an_odd_definition_is_answered_and_a_refused_one_changes_nothing(
    administrator: Caller, tenant: FakeTenant, requests: list[tuple[str, str, str]]
) -> None:
    start = tenant.organisation.store.image()
    for method, path, body in requests:
        before = tenant.organisation.schema
        response = await administrator.ask(
            method, path, content=body, headers={"Content-Type": "application/json; charset=utf-8"}
        )
        assert response.status_code < 500 or response.status_code == 501, (method, path, body, response.text)
        if response.status_code >= 400:
            assert tenant.organisation.schema is before, (method, path, body)
    assert (await administrator.get("$metadata")).status_code == 200
    tenant.organisation.restore(start)
