"""Writes of every kind with bodies and addresses made up: no server error, and no change after a refusal."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import Caller
from contract_tests.dataverse.batches import batch, change_set, part
from mock_services.tenant import FakeTenant

KIND = "Microsoft.Dynamics.CRM."
ID = "0000000a-0000-4000-8000-000000000001"
_TYPES = st.sampled_from([f"{KIND}{name}" for name in ("contact", "incident", "email", "queue", "nosuch", "")])
_REFERENCES = st.sampled_from(
    [
        f"/contacts({ID})",
        f"queues({ID})",
        f"emails({ID})",
        "accounts(accountnumber='A')",
        "$1",
        "contacts",
        "x(",
        "",
        "/",
    ]
)
_LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8) | _REFERENCES
    | st.sampled_from([ID, "5", "-1", "x" * 300, "2024-02-31", "\ud800", "9" * 40])
)  # fmt: skip
_NAMES = st.sampled_from(
    [
        "lastname", "emailaddress1", "statecode", "statuscode", "parentcustomerid_account", "primarycontactid",
        "parentcustomerid_account@odata.bind", "ownerid@odata.bind", "ownerid", "Contact_Tasks",
        "Contact_Annotation", "Contact_Tasks@odata.bind", "email_activity_parties", "participationtypemask",
        "partyid_contact@odata.bind", "addressused", "contactid", "activityid", "@odata.type", "@odata.id", "value",
        "Targets", "Target", "QueueItem", "SourceQueue", "QueueItemProperties", "SystemUser", "RemoveQueueItem",
        "IncidentResolution", "Status", "subject", "incidentid@odata.bind", "incidentid", "queueid", "QuerySet",
        "JobName", "StartDateTime", "Criteria", "Conditions", "AttributeName", "Operator", "Values", "EntityName",
        "annualincome", "birthdate", "accountnumber",
    ]
)  # fmt: skip
_BODIES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_NAMES, inner, max_size=4)
        | st.builds(
            lambda members, kind: {**members, "@odata.type": kind}, st.dictionaries(_NAMES, inner, max_size=3), _TYPES
        )
    ),
    max_leaves=10,
)
_PATHS = st.sampled_from(
    [
        "contacts", f"contacts({ID})", f"contacts({ID})/lastname", f"contacts({ID})/parentcustomerid_account/$ref",
        f"contacts({ID})/Contact_Tasks/$ref", f"contacts({ID})/Contact_Tasks", "accounts(accountnumber='A')",
        "accounts", "accounts(accountnumber=null)", f"emails({ID})", "emails",
        f"emails({ID})/email_activity_parties", "queueitems", f"queues({ID})/{KIND}AddToQueue",
        f"contacts/{KIND}CreateMultiple", f"contacts/{KIND}UpdateMultiple", f"accounts/{KIND}UpsertMultiple",
        "CloseIncident", "RouteTo", "BulkDelete", "activitypointers", "activityparties", "incidents",
        f"contacts({ID})/ownerid/$ref", f"contacts({ID})/Contact_Tasks({ID})/$ref", "annotations",
    ]
)  # fmt: skip
_METHODS = st.sampled_from(["POST", "PATCH", "PUT", "DELETE"])
_HEADERS = st.sampled_from(
    [
        {}, {"Prefer": "return=representation"}, {"If-Match": 'W/"1"'}, {"If-Match": "x"}, {"If-None-Match": "*"},
        {"MSCRM.SuppressDuplicateDetection": "false"},
    ]
)  # fmt: skip
_SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120, deadline=None)


def furnish(tenant: FakeTenant) -> None:
    """A contact, an account and an e-mail to aim at, the account with a key."""
    organisation = tenant.organisation
    if organisation.get("contact", ID) is None:
        account = organisation.schema.table("account")
        organisation.define(replace(account, keys={"new_number": ("accountnumber",)}))
        organisation.insert("contact", {"contactid": ID, "lastname": "L", "emailaddress1": "a@b.c"})
        organisation.insert("account", {"accountid": ID, "name": "A", "accountnumber": "A"})
        organisation.insert("email", {"activityid": ID, "subject": "S"})
        organisation.insert("queue", {"queueid": ID, "name": "Q"})


@_SHARED
@given(method=_METHODS, path=_PATHS, body=_BODIES, headers=_HEADERS)
async def test_a_write_is_done_or_leaves_no_trace(
    administrator: Caller, tenant: FakeTenant, method: str, path: str, body: Any, headers: dict[str, str]
) -> None:
    furnish(tenant)
    before = tenant.organisation.store.image()
    response = await administrator.ask(method, path, content=json.dumps(body).encode(), headers=headers)
    assert response.status_code < 500 or response.status_code == 501, response.text
    if response.is_success:
        tenant.organisation.store.load(before)
    else:
        assert tenant.organisation.store.image() == before, (response.status_code, response.text)


@settings(_SHARED, max_examples=40)
@given(
    operations=st.lists(
        st.tuples(_METHODS, _PATHS, _BODIES.filter(lambda body: isinstance(body, dict))), min_size=1, max_size=4
    ),
)
async def test_a_change_set_is_done_wholly_or_leaves_no_trace(
    administrator: Caller, tenant: FakeTenant, operations: list[tuple[str, str, Any]]
) -> None:
    furnish(tenant)
    before = tenant.organisation.store.image()
    made = part("POST", "contacts", {"lastname": "First"}, content_id="1")
    rest = [part(*each, content_id=str(number)) for number, each in enumerate(operations, start=2)]
    status, parts = await batch(administrator, change_set(made, *rest))
    assert status in (200, 400, 501)
    if status == 200:
        assert [each.status < 300 for each in parts] == [True] * (len(operations) + 1)
        tenant.organisation.store.load(before)
    else:
        assert len(parts) == 1
        assert tenant.organisation.store.image() == before
