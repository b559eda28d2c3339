"""Sharing: rights on single rows for users and teams, given, changed, taken, and what they are worth."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.dataverse.sharing import spell_rights
from mock_services.state.organisation import Organisation
from mock_services.state.organisation.privileges import RIGHTS
from mock_services.state.store import Store
from mock_services.tenant import FakeTenant

NOBODY = "00000000-0000-4000-8000-000000000000"
TYPE = "Microsoft.Dynamics.CRM."


def target(row: str, table: str = "contact", key: str = "contactid") -> dict[str, str]:
    return {"@odata.type": TYPE + table, key: row}


def principal(id_: str, kind: str = "systemuser", key: str = "") -> dict[str, str]:
    return {"@odata.type": TYPE + kind, key or f"{kind}id": id_}


def share(row: str, with_: dict[str, str], rights: str) -> dict[str, Any]:
    return {"Target": target(row), "PrincipalAccess": {"AccessMask": rights, "Principal": with_}}


@pytest.fixture
def user(tenant: FakeTenant) -> str:
    return admit(tenant, dict.fromkeys(("prvReadContact", "prvWriteContact", "prvShareContact"), "Basic"))


@pytest.fixture
def row(tenant: FakeTenant) -> str:
    """A contact of somebody else's."""
    return tenant.organisation.insert("contact", {"lastname": "Shared"})


async def test_a_shared_row_is_read_alone_in_lists_counts_and_fetches(
    administrator: Caller, integration: Caller, tenant: FakeTenant, user: str, row: str
) -> None:
    tenant.organisation.insert("contact", {"lastname": "Not shared"})
    assert error(await integration.get(f"contacts({row})")) == (403, "0x80048306")
    granted = await administrator.ask("POST", "GrantAccess", share(row, principal(user), "ReadAccess"))
    assert granted.status_code == 204
    assert (await integration.get(f"contacts({row})")).status_code == 200
    assert [each["contactid"] for each in (await integration.get("contacts")).json()["value"]] == [row]
    assert (await integration.get("contacts/$count")).text == "\ufeff1"
    fetch = "<fetch><entity name='contact'><attribute name='lastname'/></entity></fetch>"
    found = (await integration.get("contacts", params={"fetchXml": fetch})).json()["value"]
    assert [each["contactid"] for each in found] == [row]
    changed = await integration.ask("PATCH", f"contacts({row})", {"jobtitle": "x"})
    assert error(changed) == (403, "0x80048306")


async def test_a_share_adds_nothing_without_the_privilege(
    administrator: Caller, integration: Caller, tenant: FakeTenant, row: str
) -> None:
    user = admit(tenant, {"prvReadAccount": "Global"})
    await administrator.ask("POST", "GrantAccess", share(row, principal(user), "ReadAccess"))
    assert error(await integration.get(f"contacts({row})")) == (403, "0x80040220")


async def test_a_row_shared_with_a_team_is_its_members_to_use(
    administrator: Caller, integration: Caller, tenant: FakeTenant, user: str, row: str
) -> None:
    organisation = tenant.organisation
    team = organisation.people.add_team("T", organisation.root_business_unit, teamtype=1)
    await administrator.ask("POST", "GrantAccess", share(row, principal(team, "team"), "ReadAccess, WriteAccess"))
    assert error(await integration.get(f"contacts({row})")) == (403, "0x80048306")
    organisation.people.join(user, team)
    assert (await integration.ask("PATCH", f"contacts({row})", {"jobtitle": "x"})).status_code == 204


async def test_rights_add_up_are_replaced_and_end(
    administrator: Caller, tenant: FakeTenant, user: str, row: str
) -> None:
    async def rights() -> list[tuple[str, str, str]]:
        query = f"RetrieveSharedPrincipalsAndAccess(Target=@t)?@t={{'@odata.id':'contacts({row})'}}"
        listed = (await administrator.get(query)).json()["PrincipalAccesses"]
        return [(e["Principal"]["@odata.type"], e["Principal"]["ownerid"], e["AccessMask"]) for e in listed]

    whose = (f"#{TYPE}systemuser", user)
    await administrator.ask("POST", "GrantAccess", share(row, principal(user), "ReadAccess"))
    await administrator.ask("POST", "GrantAccess", share(row, principal(user, key="ownerid"), "WriteAccess"))
    assert await rights() == [(*whose, "ReadAccess, WriteAccess")]
    await administrator.ask("POST", "ModifyAccess", share(row, principal(user), "ShareAccess, AppendToAccess"))
    assert await rights() == [(*whose, "AppendToAccess, ShareAccess")]
    body = {"Target": target(row), "Revokee": principal(user)}
    for _ in range(2):
        assert (await administrator.ask("POST", "RevokeAccess", body)).status_code == 204
        assert await rights() == []


async def test_the_access_of_a_user_counts_what_is_shared(
    administrator: Caller, tenant: FakeTenant, user: str, row: str
) -> None:
    path = f"systemusers({user})/{TYPE}RetrievePrincipalAccess(Target=@t)?@t={{'@odata.id':'contacts({row})'}}"
    assert (await administrator.get(path)).json()["AccessRights"] == "None"
    await administrator.ask("POST", "GrantAccess", share(row, principal(user), "ReadAccess, DeleteAccess"))
    assert (await administrator.get(path)).json()["AccessRights"] == "ReadAccess"


async def test_nobody_shares_rights_that_they_have_not(
    administrator: Caller, integration: Caller, tenant: FakeTenant, user: str, row: str
) -> None:
    team = tenant.organisation.people.add_team("T", tenant.organisation.root_business_unit)
    body = share(row, principal(team, "team"), "ReadAccess")
    assert error(await integration.ask("POST", "GrantAccess", body)) == (403, "0x80048306")
    await administrator.ask("POST", "GrantAccess", share(row, principal(user), "ReadAccess, ShareAccess"))
    assert (await integration.ask("POST", "GrantAccess", body)).status_code == 204
    more = await integration.ask("POST", "GrantAccess", share(row, principal(team, "team"), "WriteAccess"))
    assert error(more) == (403, "0x80048306")
    most = await integration.ask("POST", "GrantAccess", share(row, principal(team, "team"), "DeleteAccess"))
    assert error(most) == (403, "0x80040220")


async def test_a_row_is_not_shared_with_its_owner(administrator: Caller, tenant: FakeTenant, row: str) -> None:
    owner = tenant.organisation.system_user
    response = await administrator.ask("POST", "GrantAccess", share(row, principal(owner), "ReadAccess"))
    assert error(response) == (400, "0x80040214")


async def test_a_share_is_of_some_right(administrator: Caller, user: str, row: str) -> None:
    response = await administrator.ask("POST", "GrantAccess", share(row, principal(user), "None"))
    assert error(response) == (403, "0x8004020d")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"Target": target(NOBODY)}, 404, "0x80040217"),
        ({"Target": {"@odata.type": TYPE + "contact"}}, 404, "0x80040217"),
        ({"Target": target(NOBODY, "nosuch")}, 400, "0x80048d19"),
        ({"Target": target(NOBODY, "subject", "subjectid")}, 400, "0x80040800"),
        ({"Target": None}, 400, "0x80048d19"),
        ({"PrincipalAccess": []}, 400, "0x80048d19"),
        ({"PrincipalAccess": {"AccessMask": "ReadAccess", "Principal": principal(NOBODY)}}, 404, "0x80040217"),
        ({"PrincipalAccess": {"AccessMask": "ReadAccess", "Principal": target(NOBODY)}}, 400, "0x80048d19"),
        ({"PrincipalAccess": {"AccessMask": "ReadAccess"}}, 400, "0x80048d19"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_shares_that_make_no_sense_are_refused(
    administrator: Caller, user: str, row: str, changed: dict[str, Any], status: int, code: str
) -> None:
    body = share(row, principal(user), "ReadAccess") | changed
    assert error(await administrator.ask("POST", "GrantAccess", body)) == (status, code)


@pytest.mark.parametrize("mask", ["", "Read", "Access", "ReadAccess;WriteAccess", 1, None, ["ReadAccess"]])
async def test_rights_are_named_as_the_enumeration_has_them(
    administrator: Caller, user: str, row: str, mask: Any
) -> None:
    response = await administrator.ask("POST", "GrantAccess", share(row, principal(user), mask))
    assert error(response) == (400, "0x80048d19")


async def test_shares_go_with_the_row_and_with_the_team(
    administrator: Caller, tenant: FakeTenant, user: str, row: str
) -> None:
    await administrator.ask("POST", "GrantAccess", share(row, principal(user), "ReadAccess"))
    assert len((await administrator.get("principalobjectaccessset")).json()["value"]) == 1
    await administrator.ask("DELETE", f"contacts({row})")
    assert (await administrator.get("principalobjectaccessset")).json()["value"] == []


async def test_an_activity_is_shared_under_either_of_its_names(
    administrator: Caller, integration: Caller, tenant: FakeTenant
) -> None:
    user = admit(tenant, {"prvReadActivity": "Basic"})
    for table in ("task", "activitypointer"):
        task = tenant.organisation.insert("task", {"subject": table})
        body = {
            "Target": target(task, table, "activityid"),
            "PrincipalAccess": {"AccessMask": "ReadAccess", "Principal": principal(user)},
        }
        assert (await administrator.ask("POST", "GrantAccess", body)).status_code == 204
        assert (await integration.get(f"tasks({task})")).status_code == 200
        assert (await integration.get(f"activitypointers({task})")).status_code == 200
    assert len((await integration.get("tasks")).json()["value"]) == 2


@pytest.fixture(scope="module")
def alone() -> tuple[Organisation, bytes]:
    """An organisation with two contacts, and its image."""
    org = Organisation(Store.memory(), clock=FakeClock(), chance=Chance(0))
    org.found(host="scratch.crm4.dynamics.com", tenant_id="t", display_name="Scratch")
    for name in ("A", "B"):
        org.insert("contact", {"lastname": name})
    return org, org.store.image()


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(("grant", "replace", "revoke", "delete")),
        st.integers(0, 1),
        st.sampled_from(("user", "team")),
        st.frozensets(st.sampled_from(sorted(RIGHTS)), max_size=3),
    ),
    max_size=8,
)


@settings(max_examples=50)
@given(steps=_STEPS)
def test_after_any_steps_everybody_holds_what_the_last_ones_left(
    alone: tuple[Organisation, bytes], steps: list[tuple[str, int, str, frozenset[str]]]
) -> None:
    org, start = alone
    org.store.load(start)
    rows = [row["contactid"] for row in org.select("contact")]
    whom = {"user": org.system_user, "team": org.select("team")[0]["teamid"]}
    kinds = {"user": "systemuser", "team": "team"}
    held: dict[tuple[int, str], frozenset[str]] = {}
    gone: set[int] = set()
    for step, number, who, rights in steps:
        if number in gone:
            continue
        mask = sum(RIGHTS[right] for right in rights)
        if step == "grant":
            org.sharing.grant("contact", rows[number], kinds[who], whom[who], mask)
            held[number, who] = held.get((number, who), frozenset()) | rights
        elif step == "replace":
            org.sharing.replace("contact", rows[number], kinds[who], whom[who], mask)
            held[number, who] = rights
        elif step == "revoke":
            org.sharing.revoke(rows[number], whom[who])
            held.pop((number, who), None)
        else:
            org.delete("contact", rows[number])
            gone.add(number)
            held = {at: kept for at, kept in held.items() if at[0] != number}
    told = {
        (number, share["principalid"]): share["accessrightsmask"]
        for number, row in enumerate(rows)
        for share in org.sharing.of("contact", row)
    }
    expected = {(number, whom[who]): kept for (number, who), kept in held.items() if kept}
    assert {
        at: {part.removesuffix("Access") for part in spell_rights(mask).split(", ")} for at, mask in told.items()
    } == {at: set(kept) for at, kept in expected.items()}
    assert len(org.select("principalobjectaccess")) == len(expected)
