"""Rows joined, parted and removed: `$ref`, many-to-many, and what goes along with a row that goes."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.state.organisation.definitions import Column, End, Lookup, Table, new_table
from mock_services.tenant import FakeTenant

NOWHERE = "00000000-0000-4000-8000-000000000000"


def project(cascades: Mapping[str, str]) -> Table:
    """A custom table that points at an account and at itself."""
    return new_table(
        logical="new_project",
        set="new_projects",
        schema="new_Project",
        label="Project",
        code=10_100,
        primary_id="new_projectid",
        primary_name="new_name",
        ownership="User",
        word="new_Project",
        custom=True,
        columns={"new_name": Column("new_name", "string", length=100, custom=True)},
        lookups={
            "new_account": Lookup(
                "new_account",
                {"account": "new_Account"},
                {"account": "new_account_new_project"},
                custom=True,
                cascades=cascades,
            )
        },
    )


def pairs() -> Table:
    """The intersect of projects and contacts."""
    return new_table(
        logical="new_project_contact",
        set="new_project_contactset",
        schema="new_project_contact",
        label="Project Contact",
        code=10_101,
        primary_id="new_project_contactid",
        ownership="None",
        governed_by="new_Project",
        verbs=(),
        custom=True,
        read_only=True,
        has_system_columns=False,
        unique=("new_projectid", "contactid"),
        ends=(
            End("new_project", "new_projectid", "new_project_contact"),
            End("contact", "contactid", "new_project_contact"),
        ),
        columns={name: Column(name, "guid") for name in ("new_projectid", "contactid")},
        lookups={},
    )


@pytest.fixture
async def contact(administrator: Caller) -> str:
    return await administrator.make("contacts", {"lastname": "Lovelace"})


@pytest.fixture
def projects(tenant: FakeTenant) -> None:
    tenant.organisation.define(project({"account": "Restrict"}))
    tenant.organisation.define(pairs())
    everything = tenant.organisation.role_named("System Administrator")
    assert everything is not None
    held = tenant.organisation.roles.privileges_in(everything["roleid"])
    assert "prvReadnew_Project" in held


@pytest.mark.parametrize("form", ["path", "query"])
async def test_a_pair_is_joined_once_listed_from_both_ends_and_parted(
    administrator: Caller, projects: None, contact: str, form: str
) -> None:
    made = await administrator.make("new_projects", {"new_name": "P"})
    path = f"new_projects({made})/new_project_contact"
    body = {"@odata.id": f"https://{administrator.host}/api/data/v9.2/contacts({contact})"}
    assert (await administrator.ask("POST", f"{path}/$ref", body)).status_code == 204
    assert error(await administrator.ask("POST", f"{path}/$ref", body)) == (412, "0x80040237")
    assert [row["contactid"] for row in (await administrator.get(path)).json()["value"]] == [contact]
    back = await administrator.get(f"contacts({contact})/new_project_contact/$count")
    assert back.text.endswith("1")
    parting = f"{path}({contact})/$ref" if form == "path" else f"{path}/$ref?$id={body['@odata.id']}"
    assert (await administrator.ask("DELETE", parting)).status_code == 204
    assert (await administrator.get(path)).json()["value"] == []
    assert error(await administrator.ask("DELETE", parting)) == (404, "0x80040217")


async def test_pairs_are_made_and_bound_together_with_a_new_row(
    administrator: Caller, tenant: FakeTenant, projects: None, contact: str
) -> None:
    body = {
        "new_name": "P",
        "new_project_contact": [{"lastname": "Nested"}],
        "new_project_contact@odata.bind": [f"/contacts({contact})"],
    }
    made = await administrator.make("new_projects", body)
    listed = await administrator.get(f"new_projects({made})/new_project_contact?$select=lastname")
    assert {row["lastname"] for row in listed.json()["value"]} == {"Nested", "Lovelace"}
    before = tenant.organisation.store.image()
    broken = {**body, "new_project_contact@odata.bind": [f"/contacts({contact})", f"/contacts({NOWHERE})"]}
    assert error(await administrator.ask("POST", "new_projects", broken)) == (404, "0x80040217")
    assert tenant.organisation.store.image() == before


async def test_joining_takes_append_on_both_ends(
    administrator: Caller, integration: Caller, tenant: FakeTenant, projects: None, contact: str
) -> None:
    made = await administrator.make("new_projects", {"new_name": "P"})
    needed = ("prvReadnew_Project", "prvReadContact", "prvAppendnew_Project", "prvAppendContact")
    user = admit(tenant, dict.fromkeys(needed, "Global"))
    role = tenant.organisation.roles_of(user)[0]["roleid"]
    path, body = f"new_projects({made})/new_project_contact/$ref", {"@odata.id": f"contacts({contact})"}
    for lacking in needed[2:]:
        tenant.organisation.set_privileges(role, {name: "Global" for name in needed if name != lacking})
        refused = await integration.ask("POST", path, body)
        assert error(refused) == (403, "0x80040220")
        assert lacking in refused.json()["error"]["message"]
    tenant.organisation.set_privileges(role, dict.fromkeys(needed, "Global"))
    assert (await integration.ask("POST", path, body)).status_code == 204


async def test_existing_rows_are_bound_to_a_new_one_through_a_collection(administrator: Caller) -> None:
    tasks = [await administrator.make("tasks", {"subject": f"Task {number}"}) for number in (1, 2)]
    bound = {"name": "A", "Account_Tasks@odata.bind": [f"/tasks({task})" for task in tasks]}
    answer = await administrator.ask(
        "POST",
        "accounts?$select=name&$expand=Account_Tasks($select=subject)",
        bound,
        headers={"Prefer": "return=representation"},
    )
    assert answer.status_code == 201
    assert {task["subject"] for task in answer.json()["Account_Tasks"]} == {"Task 1", "Task 2"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "0x80048d19")),
        ({"@odata.id": 5}, (400, "0x80048d19")),
        ({"@odata.id": "nosuch(1)"}, (400, "0x80060888")),
        ({"@odata.id": f"accounts({NOWHERE})"}, (400, "0x80060888")),
        ({"@odata.id": f"contacts({NOWHERE})"}, (404, "0x80040217")),
    ],
)
async def test_a_reference_that_leads_nowhere_changes_nothing(
    administrator: Caller, tenant: FakeTenant, body: dict[str, object], expected: tuple[int, str]
) -> None:
    account = await administrator.make("accounts", {"name": "A"})
    before = tenant.organisation.store.image()
    for verb, path in (("PUT", "primarycontactid"), ("POST", "contact_customer_accounts")):
        assert error(await administrator.ask(verb, f"accounts({account})/{path}/$ref", body)) == expected
    assert tenant.organisation.store.image() == before


async def test_verbs_that_references_do_not_take(administrator: Caller) -> None:
    account = await administrator.make("accounts", {"name": "A"})
    for verb, path in (
        ("POST", "primarycontactid/$ref"),
        ("PUT", "contact_customer_accounts/$ref"),
        ("PUT", "primarycontactid"),
        ("DELETE", "primarycontactid"),
    ):
        refused = await administrator.ask(verb, f"accounts({account})/{path}", {"@odata.id": "x"})
        assert error(refused) == (405, "")
        assert verb in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("cascade", "status", "left"),
    [("Restrict", 405, "bound"), ("Cascade", 204, "gone"), ("RemoveLink", 204, "empty"), ("NoCascade", 204, "bound")],
)
async def test_what_points_at_a_deleted_row_does_what_its_relationship_says(
    administrator: Caller, tenant: FakeTenant, cascade: str, status: int, left: str
) -> None:
    tenant.organisation.define(project({"account": cascade}))
    account = await administrator.make("accounts", {"name": "A"})
    made = await administrator.make("new_projects", {"new_Account@odata.bind": f"/accounts({account})"})
    answer = await administrator.ask("DELETE", f"accounts({account})")
    assert answer.status_code == status
    if status == 405:
        assert error(answer) == (405, "0x80040227")
    row = tenant.organisation.get("new_project", made)
    kept = {"gone": row is None, "empty": row is not None and row["new_account"] is None}
    assert kept.get(left, row is not None and row["new_account"] == account)


async def test_a_restriction_deep_down_keeps_everything(
    administrator: Caller, tenant: FakeTenant, contact: str
) -> None:
    """An account takes its contacts along; one of them is held by what may not lose it."""
    held = project({})
    lookup = replace(held.lookups["new_account"], targets={"contact": "new_Account"}, cascades={"contact": "Restrict"})
    lookup = replace(lookup, collections={"contact": "new_contact_new_project"})
    tenant.organisation.define(replace(held, lookups={**held.lookups, "new_account": lookup}))
    account = await administrator.make("accounts", {"name": "A"})
    path = f"accounts({account})/contact_customer_accounts/$ref"
    assert (await administrator.ask("POST", path, {"@odata.id": f"contacts({contact})"})).status_code == 204
    await administrator.make("new_projects", {"new_Account@odata.bind": f"/contacts({contact})"})
    before = tenant.organisation.store.image()
    assert error(await administrator.ask("DELETE", f"accounts({account})")) == (405, "0x80040227")
    assert tenant.organisation.store.image() == before


async def test_a_queue_that_holds_items_stays(administrator: Caller, tenant: FakeTenant, contact: str) -> None:
    queue = await administrator.make("queues", {"name": "Q"})
    case = await administrator.make("incidents", {"customerid_contact@odata.bind": f"/contacts({contact})"})
    item = {"queueid@odata.bind": f"/queues({queue})", "objectid_incident@odata.bind": f"/incidents({case})"}
    made = await administrator.make("queueitems", item)
    assert error(await administrator.ask("DELETE", f"queues({queue})")) == (400, "0x80631117")
    assert (await administrator.ask("DELETE", f"incidents({case})")).status_code == 204
    assert tenant.organisation.get("queueitem", made) is None
    assert (await administrator.ask("DELETE", f"queues({queue})")).status_code == 204


async def test_no_row_becomes_its_own_ancestor(administrator: Caller, contact: str) -> None:
    top, middle, low = [await administrator.make("accounts", {"name": name}) for name in ("T", "M", "L")]
    for child, parent in ((middle, top), (low, middle)):
        body = {"parentaccountid@odata.bind": f"/accounts({parent})"}
        assert (await administrator.ask("PATCH", f"accounts({child})", body)).status_code == 204
    for parent in (top, low):
        loop = await administrator.ask(
            "PATCH", f"accounts({top})", {"parentaccountid@odata.bind": f"/accounts({parent})"}
        )
        assert error(loop) == (400, "0x80040507")
    case = await administrator.make("incidents", {"customerid_contact@odata.bind": f"/contacts({contact})"})
    loop = await administrator.ask("PUT", f"incidents({case})/parentcaseid/$ref", {"@odata.id": f"incidents({case})"})
    assert error(loop) == (400, "0x80040387")
