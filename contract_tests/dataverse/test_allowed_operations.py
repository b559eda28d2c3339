"""Roles made up at random: each operation is allowed exactly where a plain reading of the rules says so.

The rules: powerapps-docs on Append and AppendTo, on owners' Read, and on queues; see also security-roles-privileges.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import Caller, admit
from mock_services.state.organisation import Depth
from mock_services.tenant import FakeTenant

MINE, OTHERS, NEW = "mine", "others", "new"
"""Whose row it is: the caller's, somebody else's, or one that this very operation makes the caller's."""


@dataclass(frozen=True)
class Operation:
    """One request; `{contact}`, `{incident}`, `{queue}` stand for rows of `whose`. `needs`: privilege -> whose row."""

    method: str
    path: str
    body: Mapping[str, Any] | None
    needs: Mapping[str, str]
    whose: str = MINE


def _on(whose: str) -> list[Operation]:
    """What can be done with somebody's rows."""
    case, customer = {"title": "T"}, {"customerid_contact@odata.bind": "/contacts({contact})"}
    target = {"@odata.type": "Microsoft.Dynamics.CRM.incident", "incidentid": "{incident}"}
    share = {
        "Target": target,
        "PrincipalAccess": {
            "AccessMask": "ReadAccess",
            "Principal": {"@odata.type": "Microsoft.Dynamics.CRM.systemuser", "systemuserid": "{colleague}"},
        },
    }
    call = {"subject": "S", "regardingobjectid_contact@odata.bind": "/contacts({contact})"}
    note = {"subject": "N", "objectid_incident@odata.bind": "/incidents({incident})"}
    rows = [
        ("GET", "incidents({incident})", None, {"prvReadIncident": whose}),
        ("POST", "incidents", case | customer,
         {"prvCreateIncident": NEW, "prvReadIncident": NEW, "prvAppendIncident": NEW, "prvAppendToContact": whose}),
        ("PATCH", "incidents({incident})", {"title": "U"}, {"prvWriteIncident": whose}),
        ("PATCH", "incidents({incident})", {"primarycontactid@odata.bind": "/contacts({contact})"},
         {"prvWriteIncident": whose, "prvAppendIncident": whose, "prvAppendToContact": whose}),
        ("POST", "annotations", note,
         {"prvCreateNote": NEW, "prvReadNote": NEW, "prvAppendNote": NEW, "prvAppendToIncident": whose}),
        ("POST", "phonecalls", call,
         {"prvCreateActivity": NEW, "prvReadActivity": NEW, "prvAppendActivity": NEW, "prvAppendToContact": whose}),
        ("POST", "GrantAccess", share, {"prvShareIncident": whose, "prvReadIncident": whose}),
        ("DELETE", "incidents({incident})", None, {"prvDeleteIncident": whose}),
    ]  # fmt: skip
    return [Operation(*row, whose) for row in rows]


OPERATIONS = (
    Operation("GET", "contacts", None, {"prvReadContact": NEW}),
    Operation("POST", "contacts", {"lastname": "L"}, {"prvCreateContact": NEW, "prvReadContact": NEW}),
    *_on(MINE),
    *_on(OTHERS),
)
PRIVILEGES = sorted({name for each in OPERATIONS for name in each.needs})


def allowed(held: Mapping[str, Depth], operation: Operation) -> bool:
    """A plain reading: every privilege is held, and at more than Basic where the row is somebody else's."""
    return all(
        name in held and (whose != OTHERS or held[name] is Depth.Global) for name, whose in operation.needs.items()
    )


@pytest.fixture
def rows(tenant: FakeTenant) -> dict[str, dict[str, str]]:
    """A contact and a case of the integration's user, and of somebody else, the same names for both."""
    organisation = tenant.organisation
    user = admit(tenant, {})
    colleague = organisation.add_user(
        object_id=organisation.chance.guid(), user_principal_name="c@contoso.example", first_name="C", last_name="C"
    )
    organisation.assign_role(colleague, organisation.add_role("Reader", {"prvReadIncident": "Global"}))
    made = {}
    for whose, owner in ((MINE, user), (OTHERS, colleague)):
        contact = organisation.insert("contact", {"lastname": whose, "ownerid": owner})
        values = {"title": whose, "customerid": contact, "customerid_type": "contact", "ownerid": owner}
        third = organisation.add_user(
            object_id=organisation.chance.guid(),
            user_principal_name=f"{whose}@x.example",
            first_name="T",
            last_name="T",
        )
        made[whose] = {"contact": contact, "incident": organisation.insert("incident", values), "colleague": third}
    return made


def _filled(value: Any, rows: Mapping[str, str]) -> Any:
    if isinstance(value, str) and "{" in value:
        return value.format_map(rows)
    return {name: _filled(each, rows) for name, each in value.items()} if isinstance(value, dict) else value


_HELD = st.dictionaries(st.sampled_from(PRIVILEGES), st.sampled_from([Depth.Basic, Depth.Global]))
_MOST = st.fixed_dictionaries({name: st.sampled_from([Depth.Basic, Depth.Global]) for name in PRIVILEGES}).flatmap(
    lambda held: st.sets(st.sampled_from(PRIVILEGES), max_size=2).map(
        lambda gone: {name: depth for name, depth in held.items() if name not in gone}
    )
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(held=_HELD | _MOST)
async def test_an_operation_is_allowed_where_every_privilege_it_needs_is_held_deep_enough(
    integration: Caller, tenant: FakeTenant, rows: dict[str, dict[str, str]], held: dict[str, Depth]
) -> None:
    before = tenant.snapshot()
    (role,) = (each["roleid"] for each in tenant.organisation.select("role", name="Made to measure"))
    tenant.organisation.set_privileges(role, held)
    granted = tenant.snapshot()
    for operation in OPERATIONS:
        own = rows[operation.whose]
        response = await integration.ask(operation.method, operation.path.format_map(own), _filled(operation.body, own))
        told = response.json()["error"] if response.status_code >= 400 else {}
        assert (response.status_code < 300) is allowed(held, operation), (operation, held, told)
        if told:
            assert told["code"] in ("0x80040220", "0x80048306"), told
        tenant.restore(granted)
    tenant.restore(before)
