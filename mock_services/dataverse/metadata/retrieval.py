"""RetrieveMetadataChanges: tables and their parts chosen by conditions, with the members that are named.

powerapps-docs query-schema-definitions.md. What changed since an earlier stamp is not modelled; labels are in one
language, whatever a label query says.
"""

import json
import operator
from collections.abc import Callable, Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.errors import Refusal, bad_query, refused
from mock_services.dataverse.metadata import definitions
from mock_services.dataverse.metadata.asking import Members
from mock_services.dataverse.refusals import metadata as rows
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import Table

_DEEPEST = 20
_RELATIONSHIPS = ("OneToManyRelationships", "ManyToOneRelationships", "ManyToManyRelationships")
_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "NotEquals": operator.ne,
    "In": lambda kept, wanted: kept in wanted,
    "NotIn": lambda kept, wanted: kept not in wanted,
    "GreaterThan": lambda kept, wanted: kept is not None and kept > wanted,
    "LessThan": lambda kept, wanted: kept is not None and kept < wanted,
}
# What a query is for, and the properties of a table one of which it must ask for.
_QUERIES = (
    ("AttributeQuery", ("Attributes",), rows.COLUMNS_UNASKED),
    ("RelationshipQuery", _RELATIONSHIPS, rows.RELATIONSHIPS_UNASKED),
    ("KeyQuery", ("Keys",), rows.KEYS_UNASKED),
)


def retrieve_metadata_changes(call: Call, arguments: Mapping[str, str]) -> Answer:
    """The tables that a query's criteria choose, with the parts it asks for. Raises Refusal and Unmodelled."""
    call.security.demand_any_role("prvReadEntity")
    if arguments.get("ClientVersionStamp", "null").strip("'") not in ("null", ""):
        raise Unmodelled("what changed in definitions since a version stamp")
    query = _query(arguments.get("Query", "{}"))
    asked = _names(query.get("Properties"))
    for name, parts, row in _QUERIES:
        if query.get(name) is not None and asked is not None and not set(parts) & asked:
            raise refused(row)
    tables = []
    for table in call.schema.tables.values():
        whole = definitions.entity(call.schema, table)
        if _fits(whole, query.get("Criteria"), 0):
            tables.append(_chosen(whole, asked) | _parts(call, table, query, asked))
    body = {
        "@odata.context": call.context(f"{facts.NAMESPACE}RetrieveMetadataChangesResponse"),
        "ServerVersionStamp": f"{call.organisation.id}!00000001",
        "DeletedMetadata": {"Count": 0, "IsReadOnly": False, "Keys": [], "Values": []},
        "EntityMetadata": tables,
    }
    return Answer(200, body)


def _parts(call: Call, table: Table, query: Members, asked: set[str] | None) -> Members:
    """A table's columns, keys and relationships, those that are asked for."""

    def chosen(found: list[Members], name: str) -> list[Members]:
        wanted = query.get(name) or {}
        if not isinstance(wanted, dict):
            raise Refusal("0x80060888", facts.BAD_KEY)
        names = _names(wanted.get("Properties"))
        return [_chosen(each, names) for each in found if _fits(each, wanted.get("Criteria"), 0)]

    made: Members = {}
    if asked is None or "Attributes" in asked:
        made["Attributes"] = chosen(
            [_with_options(table, each) for each in definitions.attributes(table)], "AttributeQuery"
        )
    if asked is None or "Keys" in asked:
        made["Keys"] = chosen(list(definitions.keys(table)), "KeyQuery")
    for name in _RELATIONSHIPS:
        if asked is None or name in asked:
            made[name] = chosen(definitions.related(call.schema, table, name), "RelationshipQuery")
    return made


def _with_options(table: Table, each: Members) -> Members:
    """A column's definition as this function has it: its choice is a member and not a way to go."""
    column = table.columns.get(str(each["LogicalName"]))
    if column is None or not (column.options or column.type == "bool"):
        return each
    return each | {"OptionSet": definitions.option_set(table, column)}


def _query(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refusal("0x80060888", facts.BAD_KEY)
    return found


def _fits(each: Members, criteria: Any, depth: int) -> bool:
    """Whether an object fulfils a filter, whose conditions hold together unless it says Or. Raises Unmodelled."""
    if not isinstance(criteria, dict):
        return True
    if depth > _DEEPEST:
        raise bad_query("The filter of the query is nested too deeply.")
    tests = [_holds(each, condition) for condition in criteria.get("Conditions") or ()]
    tests += [_fits(each, part, depth + 1) for part in criteria.get("Filters") or ()]
    if not tests:
        return True
    return any(tests) if criteria.get("FilterOperator") == "Or" else all(tests)


def _holds(each: Members, condition: Any) -> bool:
    if not isinstance(condition, dict):
        raise Refusal("0x80060888", facts.BAD_KEY)
    test = _TESTS.get(str(condition.get("ConditionOperator")))
    name, value = str(condition.get("PropertyName")), condition.get("Value")
    if test is None:
        raise Unmodelled(f"the metadata condition {condition.get('ConditionOperator')}")
    if name not in each:
        return False  # a property that only other types of columns have
    kept, wanted = each[name], value.get("Value") if isinstance(value, dict) else value
    if isinstance(kept, dict) and "Value" in kept:
        kept = kept["Value"]
    try:
        return test(kept, _converted(wanted, value))
    except TypeError:
        raise bad_query(f"The value of the condition on {name} is of another type.") from None


def _converted(wanted: Any, value: Any) -> Any:
    """A value by the name of its .NET type: Microsoft's samples write true and numbers as text."""
    kind = str(value.get("Type")) if isinstance(value, dict) else ""
    if isinstance(wanted, str) and kind == "System.Boolean":
        return wanted.lower() == "true"
    if isinstance(wanted, str) and kind.startswith("System.Int") and wanted.lstrip("-").isdigit():
        return int(wanted)
    return wanted


def _names(properties: Any) -> set[str] | None:
    """The members that an expression names; None for all, where it says so or says nothing."""
    names = properties.get("PropertyNames") if isinstance(properties, dict) else None
    if not isinstance(names, list) or properties.get("AllProperties") is True:
        return None
    return {str(name) for name in names}


def _chosen(whole: Members, names: set[str] | None) -> Members:
    if names is None:
        return dict(whole)
    kept = {"@odata.type", "MetadataId", "LogicalName", *names}
    return {name: value for name, value in whole.items() if name in kept}
