"""One row written: privileges, lookups, owner, the platform's rules, the version asked for, and then the change.

Nothing here knows of URLs; nested rows are made in `deep_insert`, deletions in `deletion`.
"""

from collections.abc import Mapping
from typing import Any

from mock_services.dataverse import (
    activities,
    column_security,
    duplicates,
    facts,
    keys,
    money,
    principals,
    rules,
    team_rights,
)
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, does_not_exist
from mock_services.dataverse.payloads import Changes, stored_changes
from mock_services.dataverse.security import Security
from mock_services.dataverse.shapes import etag
from mock_services.errors import Taken, Unmodelled
from mock_services.state.organisation.definitions import Lookup, Table
from mock_services.state.organisation.schema import type_column

Row = Mapping[str, Any]
_OWNER = "ownerid"
_BYPASSES = {
    "mscrm.bypasscustompluginexecution": "prvBypassCustomPlugins",
    "mscrm.bypassbusinesslogicexecution": "prvBypassCustomBusinessLogic",
}
"""Header -> the privilege it takes: powerapps-docs bypass-custom-business-logic.md."""
PEOPLE = frozenset({"systemuser", "role", "businessunit", "team"})
"""Tables whose rows the platform does more with than keep them."""


def existing(call: Call, table: Table, id: str, verb: str) -> Row:  # noqa: A002 - the word everybody uses for it
    """A row the caller may do this to. Raises Refusal: privilege, existence, access, in this order."""
    reach = call.security.demand(verb, table)
    row = call.organisation.get(table.logical, id)
    if row is None:
        raise does_not_exist(table.schema, id)
    call.security.require_covers(verb, table, row, reach)
    return row


def refuse_read_only(table: Table, verb: str) -> None:
    """Some tables cannot be written at all. Raises Refusal."""
    if table.read_only or table.view:
        raise Refusal("0x80040800", facts.NOT_SUPPORTED.format(verb=verb, table=table.logical))


def demand_bypass(call: Call) -> None:
    """Passing custom logic by takes a privilege; there is none here to be passed by. Raises Refusal and Unmodelled."""
    for header, privilege in _BYPASSES.items():
        if call.headers.get(header, "").strip().lower() in ("", "false"):
            continue
        if call.schema.privilege(privilege) is None:
            raise Unmodelled(f"{header} without the privilege {privilege}")
        call.security.demand_named(privilege)


def insert_checked(call: Call, table: Table, changes: Changes, key: keys.RowKey | None = None) -> str:
    """Make one row after every check; its id. `key` is what an upsert addressed it by. Raises Refusal."""
    refuse_read_only(table, "Create")
    demand_bypass(call)
    values = stored_changes(table, changes, creating=True)
    if key is not None:
        keys.fill_in(call, key, values)
    _demand_create(call, table, changes, values)
    column_security.demand_create(call, table, values)
    rules.check_values(table, values)
    rules.check_required(table, values, creating=True)
    rules.settle_state(table, values, None)
    rules.check_create(call, table, values, changes)
    keys.check_unique(call, table, values, None)
    duplicates.check(call, table, values, None)
    money.settle(call, table, values, None)
    try:
        with call.organisation.store.transaction():
            if table.logical in PEOPLE:
                return principals.create(call, table, values, changes)
            return call.organisation.rows.insert(table.logical, values, by=call.caller_id)
    except Taken:
        raise Refusal("0x80040237", facts.DUPLICATE) from None


def apply_changes(call: Call, table: Table, row: Row, changes: Changes) -> None:
    """Change an existing row, checks and all. Raises Refusal and Unmodelled."""
    _refuse_nested(call, table, changes)
    demand_bypass(call)
    values = stored_changes(table, changes, creating=False)
    reach = call.security.demand("Write", table)
    refuse_read_only(table, "Update")
    demand_lookups(call, table, changes, row)
    call.security.require_covers("Write", table, row, reach)
    if _OWNER in changes.bound and table.ownership == "User":
        call.security.demand_row("Assign", table, row)
        demand_owner(call, table, values)
    column_security.demand_update(call, table, values)
    check_match(call, table, row)
    rules.check_values(table, values)
    rules.check_required(table, values, creating=False)
    rules.settle_state(table, values, row)
    rules.check_update(call, table, values, changes, row)
    keys.check_unique(call, table, values, row)
    duplicates.check(call, table, values, row)
    money.settle(call, table, values, row)
    values |= activities.closing(call, table, values, row)
    with call.organisation.store.transaction():
        if table.logical in PEOPLE:
            principals.update(call, table, row, values, changes)
        else:
            call.organisation.rows.update(table.logical, row[table.primary_id], values, by=call.caller_id)
        for name, bodies in changes.children.items():
            activities.replace_parties(call, table, row, name, bodies)


def _refuse_nested(call: Call, table: Table, changes: Changes) -> None:
    """Nested rows in an update are not documented, but for the parties of an activity. Raises Unmodelled."""
    children = [name for name in changes.children if not activities.holds_parties(call, table, name)]
    if (changes.parents or children) or (changes.linked and table.logical not in PEOPLE):
        named = ", ".join([*changes.parents, *children, *changes.linked])
        raise Unmodelled(f"rows nested or bound in an update of {table.logical} ({named})")


def check_match(call: Call, table: Table, row: Row) -> None:
    """The version that `If-Match` names must be the row's. Raises Refusal."""
    match = call.headers.get("if-match", "*").strip()
    if match in ("*", "null"):
        return
    if "versionnumber" not in table.columns:
        raise Refusal("0x8006088d", facts.NO_CONCURRENCY.format(table=table.logical))
    if not same_version(match, row):
        raise Refusal("0x80060882", facts.STALE)


def same_version(match: str, row: Row) -> bool:
    """Whether an etag is the row's; `W/"n"` and `"n"` mean the same."""
    return match.strip().removeprefix("W/") == etag(row).removeprefix("W/")


def _demand_create(call: Call, table: Table, changes: Changes, values: dict[str, Any]) -> None:
    """Create; Append and AppendTo for lookups; Assign for an owner, who must hold Read on the table."""
    reach = call.security.demand("Create", table)
    new = {**values, "owningbusinessunit": None}
    if table.logical == "businessunit":  # judged by where it is to be
        new["businessunitid"] = values.get("parentbusinessunitid")
    if table.ownership == "User":
        owner_kind = values.get(type_column(_OWNER), "systemuser")
        new[_OWNER] = values.get(_OWNER) or call.caller_id
        if _OWNER in changes.bound:
            call.security.demand("Assign", table)
        owner = demand_owner(call, table, {_OWNER: new[_OWNER], type_column(_OWNER): owner_kind})
        new["owningbusinessunit"] = owner["businessunitid"]
    demand_lookups(call, table, changes, new)
    call.security.require_covers("Create", table, new, reach)
    if table.ownership == "User" and _OWNER in changes.bound:
        call.security.demand_row("Assign", table, new)


def demand_owner(call: Call, table: Table, values: Row) -> Row:
    """The owner's row; a user must hold Read on what it is to own. Raises Refusal."""
    kind = values.get(type_column(_OWNER)) or "systemuser"
    owner = call.organisation.get(kind, values[_OWNER]) if values.get(_OWNER) else None
    if owner is None:
        raise does_not_exist(call.schema.table(kind).schema, str(values.get(_OWNER)))
    if kind == "systemuser":
        rights = Security(
            call.organisation, owner, call.tenant.quirks, caller=call.caller_id, prefix=facts.OWNER_PREFIX
        )
        rights.demand("Read", table)
    else:
        team_rights.demand_ownership(call, owner, table)
    return owner


def demand_lookups(call: Call, table: Table, changes: Changes, row: Row) -> None:
    """Append on the row and AppendTo on everything it is to point at. Raises Refusal."""
    bound = {n: v for n, v in changes.bound.items() if n != _OWNER and _is_checked(table, table.lookups[n])}
    if bound:
        reach = call.security.demand("Append", table)
        targets = {
            name: call.security.demand("AppendTo", call.schema.table(target)) for name, (target, _) in bound.items()
        }
        for name, (target, id_) in bound.items():
            there = call.organisation.get(target, id_)
            if there is None:
                raise does_not_exist(call.schema.table(target).schema, id_)
            call.security.require_covers("AppendTo", call.schema.table(target), there, targets[name])
        call.security.require_covers("Append", table, row, reach)


def _is_checked(table: Table, lookup: Lookup) -> bool:
    """Lookups that the platform sets itself are not the caller's to append."""
    return lookup.create or lookup.update or table.logical == "queueitem"
