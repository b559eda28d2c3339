"""Rows shared by hand: `GrantAccess`, `ModifyAccess`, `RevokeAccess`, `RetrieveSharedPrincipalsAndAccess`.

Sources: powerapps-docs security-sharing-assigning.md and the samples of the actions; docs/flow manage-flows-with-code
(the answer of the function, and `ownerid` for a principal's key); the codes are in the catalogue. A share takes the
privilege to share, and the rights that are shared (Power Platform admin docs). That a share reaches the rows below
along parental relationships is not played.
"""

from collections.abc import Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.errors import Refusal, does_not_exist, payload, refused
from mock_services.dataverse.parameters import addressed_row, named_row, typed_table
from mock_services.dataverse.refusals import security as rows
from mock_services.dataverse.urls import as_guid
from mock_services.dataverse.writing import existing
from mock_services.state.organisation.definitions import Table
from mock_services.state.organisation.privileges import RIGHTS

Row = Mapping[str, Any]
_NONE = "None"
_TYPE = "mscrm.AccessRights"


def grant(call: Call) -> Answer:
    """Add rights to what a user or team holds by sharing (that they add up is inferred). Raises Refusal."""
    table, row, (kind, principal), rights = _asked(call, "GrantAccess")
    if not rights:
        raise refused(rows.INVALID_RIGHTS)
    call.organisation.sharing.grant(table.logical, row[table.primary_id], kind, principal, rights)
    return NO_CONTENT


def modify(call: Call) -> Answer:
    """Make these the rights held by sharing; of a row not shared yet, share it (inferred). Raises Refusal."""
    table, row, (kind, principal), rights = _asked(call, "ModifyAccess")
    call.organisation.sharing.replace(table.logical, row[table.primary_id], kind, principal, rights)
    return NO_CONTENT


def revoke(call: Call) -> Answer:
    """End a share; where there is none, nothing happens (inferred). Raises Refusal."""
    table, row = _target(call, "RevokeAccess")
    _, principal = _principal(call, call.body.get("Revokee"), "Revokee", "RevokeAccess")
    call.organisation.sharing.revoke(row[table.primary_id], principal)
    return NO_CONTENT


def shared_principals(call: Call, arguments: Mapping[str, str]) -> Answer:
    """Who holds a row by sharing, and with which rights. Raises Refusal."""
    table, id_ = addressed_row(call, arguments.get("Target", ""))
    existing(call, table, id_, "Read")
    listed = [
        {
            "AccessMask": spell_rights(share["accessrightsmask"]),
            "Principal": {
                "@odata.type": f"#{facts.NAMESPACE}{share['principaltypecode']}",
                "ownerid": share["principalid"],
            },
        }
        for share in call.organisation.sharing.of(_concrete(call, table, id_).logical, id_)
    ]
    context = call.context(f"{facts.NAMESPACE}RetrieveSharedPrincipalsAndAccessResponse")
    return Answer(200, {"@odata.context": context, "PrincipalAccesses": listed})


def spell_rights(mask: int) -> str:
    """A mask as the wire has it: `ReadAccess, WriteAccess`."""
    return ", ".join(f"{right}Access" for right, bit in RIGHTS.items() if mask & bit) or _NONE


def _asked(call: Call, name: str) -> tuple[Table, Row, tuple[str, str], int]:
    """Row, principal and rights of an action that shares, each of them the caller's to give. Raises Refusal."""
    table, row = _target(call, name)
    access = call.body.get("PrincipalAccess")
    if not isinstance(access, dict):
        raise payload(name, facts.NOT_CONVERTED.format(literal="PrincipalAccess", type="mscrm.PrincipalAccess"))
    kind, principal = _principal(call, access.get("Principal"), "Principal", name)
    rights = _read_rights(access.get("AccessMask"), name)
    for right, bit in RIGHTS.items():
        if rights & bit:
            call.security.demand_row(right, table, row)
    if principal == row["ownerid"]:
        raise refused(rows.SHARED_WITH_OWNER)
    return table, row, (kind, principal), rights


def _target(call: Call, name: str) -> tuple[Table, Row]:
    """The row to share, which the caller must be allowed to share. Raises Refusal."""
    table, id_ = named_row(call, "Target", name)
    if table.ownership != "User" or "Share" not in table.verbs:
        raise Refusal("0x80040800", facts.NOT_SUPPORTED.format(verb=name, table=table.logical))
    row = existing(call, table, id_, "Share")
    return _concrete(call, table, id_), row


def _concrete(call: Call, table: Table, id: str) -> Table:  # noqa: A002 - the word everybody uses for it
    """An activity's own table, where it goes by the table of them all."""
    if not table.view:
        return table
    return call.schema.table((call.organisation.get(table.logical, id) or {})["activitytypecode"])


def _principal(call: Call, value: object, name: str, set_name: str) -> tuple[str, str]:
    """A user or team by its own key or `ownerid`. Raises Refusal."""
    table = typed_table(call, value, name, set_name)
    if table.base != "principal":
        raise payload(set_name, facts.OTHER_TYPE.format(type=facts.NAMESPACE + table.logical, wanted="principal"))
    given = value if isinstance(value, dict) else {}
    text = str(given.get(table.primary_id) or given.get("ownerid") or "")
    id_ = as_guid(text)
    if id_ is None or call.organisation.get(table.logical, id_) is None:
        raise does_not_exist(table.schema, id_ or "00000000-0000-0000-0000-000000000000")
    return table.logical, id_


def _read_rights(value: object, set_name: str) -> int:
    """`ReadAccess, WriteAccess` into a mask. Raises Refusal."""
    mask = 0
    for part in value.split(",") if isinstance(value, str) else [""]:
        word = part.strip()
        right = word.removesuffix("Access")
        if word != _NONE and (right == word or right not in RIGHTS):
            literal = str(value)[:100].encode("utf-8", "replace").decode()
            raise payload(set_name, facts.NOT_CONVERTED.format(literal=literal, type=_TYPE))
        mask |= RIGHTS.get(right, 0)
    return mask
