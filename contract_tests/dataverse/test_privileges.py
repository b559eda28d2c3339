"""The privilege check: what is said when it fails, and that it judges as a plain reading of the rules would."""

import re
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import CLIENT_ID, Caller, admit, error
from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.cloud import FakeCloud
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.security import Security
from mock_services.quirks import Quirks
from mock_services.state.organisation import Depth, Organisation
from mock_services.state.organisation.definitions import standard_tables
from mock_services.state.organisation.privileges import RIGHTS
from mock_services.state.organisation.schema import sql_table
from mock_services.state.store import Store
from mock_services.tenant import FakeTenant


async def test_a_missing_privilege_is_named_with_its_id_and_table(integration: Caller, tenant: FakeTenant) -> None:
    user = admit(tenant, {"prvReadContact": "Global"})
    response = await integration.get("incidents")
    assert error(response) == (403, "0x80040220")
    root = tenant.organisation.root_business_unit
    wanted = (
        rf"Principal user \(Id={user}, type=8, roleCount=1, privilegeCount=1, accessMode=4,"
        rf" MetadataCachePrivilegesCount=\d+, businessUnitId={root}\), is missing prvReadIncident privilege"
        rf" \(Id=[0-9a-f-]{{36}}\) on OTC=112 for entity 'incident' \(LocalizedName='Case'\)\. context\.Caller={user}\."
        r" Consider adding missed privilege to one of the principal \(user/team\) roles\."
    )
    assert re.fullmatch(wanted, response.json()["error"]["message"])


async def test_the_vendors_own_list_fails_its_own_probe(integration: Caller, tenant: FakeTenant) -> None:
    verbs = [f"prv{verb}{word}" for verb in ("Create", "Write", "AppendTo") for word in ("Incident", "Note")]
    admit(
        tenant, dict.fromkeys(["prvReadContact", "prvReadQueue", "prvReadUser", "prvCreateActivity", *verbs], "Global")
    )
    assert (await integration.get("contacts?$top=1")).status_code == 200
    response = await integration.get("incidents")
    assert error(response) == (403, "0x80040220")
    assert "missing prvReadIncident" in response.json()["error"]["message"]


async def test_rows_out_of_reach_are_left_out_of_lists_and_refused_one_by_one(
    integration: Caller, tenant: FakeTenant
) -> None:
    organisation = tenant.organisation
    branch = organisation.add_business_unit("Branch")
    user = admit(tenant, {"prvReadContact": "Basic", "prvWriteContact": "Basic"}, business_unit=branch)
    mine = organisation.insert("contact", {"lastname": "Mine", "ownerid": user})
    other = organisation.insert("contact", {"lastname": "Other"})
    assert [row["contactid"] for row in (await integration.get("contacts")).json()["value"]] == [mine]
    assert (await integration.get("contacts/$count")).text == "\ufeff1"
    assert (await integration.get(f"contacts({mine})")).status_code == 200
    for verb, right in (("GET", "Read"), ("PATCH", "Write")):
        response = await integration.ask(verb, f"contacts({other})", {"jobtitle": "x"} if verb == "PATCH" else None)
        assert error(response) == (403, "0x80048306")
        assert response.json()["error"]["message"].startswith(
            f"Principal with id {user} does not have {right}Access right(s) for record with id {other} of entity"
            " Contact"
        )
    assert error(await integration.ask("DELETE", f"contacts({mine})")) == (403, "0x80040220")


async def test_a_role_of_a_team_counts(integration: Caller, tenant: FakeTenant) -> None:
    organisation = tenant.organisation
    user = admit(tenant, None)
    assert error(await integration.get("contacts")) == (403, "0x80042f09")
    role = organisation.add_role("Team role", {"prvReadContact": "Global"})
    team = organisation.people.add_team("T", organisation.root_business_unit)
    organisation.people.join(user, team)
    organisation.roles.assign(team, role, kind="team")
    assert (await integration.get("contacts")).status_code == 200


async def test_who_gets_a_row_must_be_able_to_read_it(administrator: Caller, tenant: FakeTenant) -> None:
    assignee = admit(tenant, {"prvReadAccount": "Global"})
    contact = await administrator.make("contacts", {"lastname": "L"})
    body = {"ownerid@odata.bind": f"/systemusers({assignee})"}
    response = await administrator.ask("PATCH", f"contacts({contact})", body)
    assert error(response) == (403, "0x80040220")
    message = response.json()["error"]["message"]
    assert message.startswith(f"Read Privilege Check For Owner failed with exception: Principal user (Id={assignee},")
    me = (await administrator.get("WhoAmI")).json()["UserId"]
    assert f"context.Caller={me}." in message


async def test_taking_a_privilege_away_shows_in_the_next_call(integration: Caller, tenant: FakeTenant) -> None:
    user = admit(tenant, {"prvReadIncident": "Global", "prvReadContact": "Global"})
    assert (await integration.get("incidents")).status_code == 200
    role = tenant.organisation.roles_of(user)[0]["roleid"]
    tenant.organisation.remove_privilege(role, "prvReadIncident")
    assert error(await integration.get("incidents")) == (403, "0x80040220")


async def test_expanding_takes_read_on_what_is_expanded(integration: Caller, tenant: FakeTenant) -> None:
    admit(tenant, {"prvReadContact": "Global"})
    tenant.organisation.insert("contact", {"lastname": "L"})
    assert error(await integration.get("contacts?$expand=owninguser($select=fullname)")) == (403, "0x80040220")


# The check against a plain reading of "how access to a record is determined".


class World:
    """Three business units below each other and one beside, a user in the middle, rows owned all over the place."""

    def __init__(self) -> None:
        self.org = org = Organisation(Store.memory(), clock=FakeClock(), chance=Chance(0))
        org.found(host="scratch.crm4.dynamics.com", tenant_id="t", display_name="Scratch")
        self.middle = org.add_business_unit("Middle")
        self.units = [
            org.root_business_unit,
            self.middle,
            org.add_business_unit("Below", self.middle),
            org.add_business_unit("Beside"),
        ]
        self.user = self._user(CLIENT_ID, self.middle)
        self.colleagues = [self._user(f"{n + 5}{CLIENT_ID[1:]}", unit) for n, unit in enumerate(self.units)]
        self.teams = [org.people.add_team(f"T{n}", unit) for n, unit in enumerate(self.units)]
        owners = [(each, "systemuser") for each in (self.user, *self.colleagues)] + [
            (each, "team") for each in self.teams
        ]
        for owner, kind in owners:
            org.insert("contact", {"lastname": owner, "ownerid": owner, "ownerid_type": kind})
        self.start = org.store.image()

    def _user(self, app_id: str, unit: str) -> str:
        return self.org.add_application_user(
            app_id=app_id, object_id=app_id, name="U", tenant_domain="x", business_unit=unit
        )


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@dataclass(frozen=True)
class Grant:
    """A role of the user's own (no holder) or of one of the teams, and what is in it."""

    holder: int | None
    depth: Depth
    inherited: bool
    verbs: frozenset[str]


@dataclass(frozen=True)
class Share:
    """Rights on one of the rows for the user (no team) or for one of the teams."""

    row: int
    team: int | None
    verbs: frozenset[str]


VERBS = ("Read", "Write", "Append", "AppendTo", "Delete", "Assign", "Share")


def _may(world: World, grants: list[Grant], shares: list[Share], verb: str, number: int, row: Any) -> bool:
    """Ownership at any depth; else the depth measured from the business unit of who holds the role; else a share."""
    joined = {grant.holder for grant in grants if grant.holder is not None}
    relevant = [grant for grant in grants if verb in grant.verbs]
    parent = {world.units[1]: world.units[0], world.units[2]: world.units[1], world.units[3]: world.units[0]}
    for grant in relevant:
        if grant.holder is None:
            home, owned_by = world.middle, {world.user, *(world.teams[each] for each in joined)}
        else:
            home, owned_by = world.units[grant.holder], {world.teams[grant.holder]}
        if grant.inherited:
            owned_by.add(world.user)
        unit = row["owningbusinessunit"]
        above = [unit]
        while above[-1] in parent:
            above.append(parent[above[-1]])
        reached = {
            Depth.Basic: False, Depth.Local: unit == home, Depth.Deep: home in above, Depth.Global: True
        }[grant.depth]  # fmt: skip
        if reached or row["ownerid"] in owned_by:
            return True
    shared = [s for s in shares if s.row == number and verb in s.verbs and (s.team is None or s.team in joined)]
    return bool(relevant and shared)


def _set_up(world: World, grants: list[Grant], shares: list[Share], rows: Any) -> None:
    org = world.org
    for number, grant in enumerate(grants):
        unit = world.middle if grant.holder is None else world.units[grant.holder]
        role = org.roles.add(f"R{number}", unit, isinherited=int(grant.inherited))
        org.set_privileges(role, {f"prv{verb}Contact": grant.depth for verb in grant.verbs})
        if grant.holder is None:
            org.assign_role(world.user, role)
        else:
            org.people.join(world.user, world.teams[grant.holder])
            org.roles.assign(world.teams[grant.holder], role, kind="team")
    for share in shares:
        kind, principal = ("systemuser", world.user) if share.team is None else ("team", world.teams[share.team])
        mask = sum(RIGHTS[verb] for verb in share.verbs)
        org.sharing.grant("contact", rows[share.row]["contactid"], kind, principal, mask)


_SOME = st.frozensets(st.sampled_from(VERBS), min_size=1, max_size=3)
_GRANTS = st.lists(
    st.builds(Grant, st.none() | st.integers(0, 3), st.sampled_from(Depth), st.booleans(), _SOME),
    max_size=3,
    unique_by=lambda grant: grant.holder,
)
_SHARES = st.lists(st.builds(Share, st.integers(0, 8), st.none() | st.integers(0, 3), _SOME), max_size=4)


@settings(max_examples=50)
@given(grants=_GRANTS, shares=_SHARES)
def test_lists_and_single_rows_agree_with_a_plain_reading_for_every_right(
    world: World, grants: list[Grant], shares: list[Share]
) -> None:
    org = world.org
    org.store.load(world.start)
    rows = org.select("contact")
    _set_up(world, grants, shares, rows)
    user = org.get("systemuser", world.user)
    assert user is not None
    security, contact = Security(org, user, Quirks()), standard_tables()["contact"]
    for verb in VERBS:
        if not any(verb in grant.verbs for grant in grants):
            why = f"missing prv{verb}Contact" if grants else "has not been assigned any roles"
            with pytest.raises(Refusal, match=why):
                security.demand(verb, contact)
            continue
        expected = {
            row["contactid"] for number, row in enumerate(rows) if _may(world, grants, shares, verb, number, row)
        }
        reach = security.demand(verb, contact)
        assert {row["contactid"] for row in rows if reach.covers(contact, row)} == expected
        assert _listed(org, reach.condition(contact)) == expected


def _listed(org: Organisation, condition: Any) -> set[str]:
    contact = sql_table("contact")
    query = sa.select(contact.c.contactid)
    return {row["contactid"] for row in org.store.rows(query if condition is None else query.where(condition))}


async def test_a_privilege_that_is_about_no_table_is_named_alone(integration: Caller, tenant: FakeTenant) -> None:
    user = admit(tenant, {"prvReadUser": "Global", "prvWriteUser": "Global"})
    person = tenant.organisation.add_user(
        object_id=CLIENT_ID, user_principal_name="ann@example.org", first_name="Ann", last_name="Person"
    )
    response = await integration.ask("PATCH", f"systemusers({person})", {"isdisabled": True})
    assert error(response) == (403, "0x80040220")
    message = response.json()["error"]["message"]
    assert f"Principal user (Id={user}," in message
    assert "missing prvDisableUser privilege" in message
    assert "OTC" not in message


async def test_a_role_in_a_branch_reads_the_branch_through_http(
    cloud: FakeCloud, tenant: FakeTenant, wire: httpx.AsyncClient, integration: Caller
) -> None:
    organisation = tenant.organisation
    branch = organisation.add_business_unit("Branch")
    admit(tenant, {"prvReadContact": "Local"}, business_unit=branch)
    team = organisation.people.add_team("Owners", branch)
    organisation.insert("contact", {"lastname": "Here", "ownerid": team, "ownerid_type": "team"})
    organisation.insert("contact", {"lastname": "There"})
    found = (await integration.get("contacts?$select=lastname")).json()["value"]
    assert [row["lastname"] for row in found] == ["Here"]
