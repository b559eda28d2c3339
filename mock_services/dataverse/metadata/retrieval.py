"""RetrieveMetadataChanges as clients use it: tables and columns chosen by conditions, with the members they name."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.metadata import definitions
from mock_services.dataverse.metadata.asking import Members
from mock_services.errors import Unmodelled

_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": lambda kept, wanted: kept == wanted,
    "NotEquals": lambda kept, wanted: kept != wanted,
    "In": lambda kept, wanted: kept in wanted,
    "NotIn": lambda kept, wanted: kept not in wanted,
}


def retrieve_metadata_changes(call: Call, arguments: Mapping[str, str]) -> Answer:
    """The tables that a query's criteria choose, with their columns. Raises Refusal and Unmodelled."""
    call.security.demand_any_role("prvReadEntity")
    query = _query(arguments.get("Query", ""))
    tables = []
    for table in call.schema.tables.values():
        whole = definitions.entity(call.schema, table)
        if not _fits(whole, query.get("Criteria")):
            continue
        made = _chosen(whole, query.get("Properties"))
        if "AttributeQuery" in query:
            asked = query["AttributeQuery"] or {}
            found = (each for each in definitions.attributes(table) if _fits(each, asked.get("Criteria")))
            made["Attributes"] = [_chosen(each, asked.get("Properties")) for each in found]
        tables.append(made)
    body = {
        "@odata.context": call.context(f"{facts.NAMESPACE}RetrieveMetadataChangesResponse"),
        "ServerVersionStamp": f"{call.organisation.id}!00000001",
        "DeletedMetadata": {"Count": 0, "IsReadOnly": False, "Keys": [], "Values": []},
        "EntityMetadata": tables,
    }
    return Answer(200, body)


def _query(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refusal("0x80060888", facts.BAD_KEY)
    return found


def _fits(each: Members, criteria: Any) -> bool:
    """Whether an object fulfils a filter, whose conditions hold together unless it says Or. Raises Unmodelled."""
    if not isinstance(criteria, dict):
        return True
    tests = []
    for condition in criteria.get("Conditions") or ():
        test = _TESTS.get(str(condition.get("ConditionOperator")))
        name, value = condition.get("PropertyName"), condition.get("Value")
        if test is None or name not in each:
            raise Unmodelled(f"the metadata condition {condition.get('ConditionOperator')} on {name}")
        tests.append(test(each[name], value.get("Value") if isinstance(value, dict) else value))
    if criteria.get("Filters"):
        raise Unmodelled("nested filters in RetrieveMetadataChanges")
    return any(tests) if criteria.get("FilterOperator") == "Or" else all(tests)


def _chosen(whole: Members, properties: Any) -> Members:
    """The members that an expression names; all where it says so or says nothing."""
    names = properties.get("PropertyNames") if isinstance(properties, dict) else None
    if not isinstance(names, list) or properties.get("AllProperties") is True:
        return dict(whole)
    kept = {"@odata.type", "MetadataId", "LogicalName", *names}
    return {name: value for name, value in whole.items() if name in kept}
