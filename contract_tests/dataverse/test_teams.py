"""Teams: owner, access and group teams, their members, what they hold and own, and how they go."""

from collections.abc import Mapping
from typing import Any

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.state.organisation import Organisation
from mock_services.tenant import FakeTenant

ACCESS, GROUP, OFFICE = 1, 2, 3


@pytest.fixture
def organisation(tenant: FakeTenant) -> Organisation:
    return tenant.organisation


def body(organisation: Organisation, name: str = "T", **members: Any) -> dict[str, Any]:
    unit = organisation.root_business_unit
    return {"name": name, "businessunitid@odata.bind": f"/businessunits({unit})", **members}


def members(*users: str) -> dict[str, Any]:
    return {"Members": [{"@odata.type": "Microsoft.Dynamics.CRM.systemuser", "systemuserid": each} for each in users]}


def default_team(organisation: Organisation) -> Mapping[str, Any]:
    (team,) = organisation.select("team", businessunitid=organisation.root_business_unit, isdefault=True)
    return team


async def members_of(administrator: Caller, team: str) -> list[str]:
    listed = await administrator.get(f"teams({team})/teammembership_association?$select=systemuserid")
    return [row["systemuserid"] for row in listed.json()["value"]]


async def test_whoever_makes_a_team_administers_it(administrator: Caller, organisation: Organisation) -> None:
    me = (await administrator.get("WhoAmI")).json()["UserId"]
    team = await administrator.make("teams", body(organisation))
    row = (await administrator.get(f"teams({team})")).json()
    assert (row["_administratorid_value"], row["teamtype"], row["isdefault"]) == (me, 0, False)
    assert row["_queueid_value"] is not None


async def test_an_administrator_must_be_able_to_read_teams(
    administrator: Caller, organisation: Organisation, tenant: FakeTenant
) -> None:
    user = admit(tenant, {"prvReadContact": "Global"})
    named = body(organisation, **{"administratorid@odata.bind": f"/systemusers({user})"})
    assert error(await administrator.ask("POST", "teams", named)) == (400, "0x80041d0a")
    organisation.roles.grant(organisation.roles_of(user)[0]["roleid"], {"prvReadTeam": "Global"})
    team = await administrator.make("teams", named)
    organisation.remove_privilege(organisation.roles_of(user)[0]["roleid"], "prvReadTeam")
    again = {"administratorid@odata.bind": f"/systemusers({user})"}
    assert error(await administrator.ask("PATCH", f"teams({team})", again)) == (400, "0x80041d0a")


async def test_members_come_and_go_together_or_not_at_all(
    administrator: Caller, organisation: Organisation, tenant: FakeTenant
) -> None:
    team = await administrator.make("teams", body(organisation))
    user = admit(tenant, None)
    me = (await administrator.get("WhoAmI")).json()["UserId"]
    path = f"teams({team})/Microsoft.Dynamics.CRM"
    nobody = "00000000-0000-4000-8000-000000000000"
    assert error(await administrator.ask("POST", f"{path}.AddMembersTeam", members(user, nobody))) == (
        404,
        "0x80040217",
    )
    assert await members_of(administrator, team) == []
    for _ in range(2):
        assert (await administrator.ask("POST", f"{path}.AddMembersTeam", members(user, me))).status_code == 204
    assert sorted(await members_of(administrator, team)) == sorted([user, me])
    for _ in range(2):
        assert (await administrator.ask("POST", f"{path}.RemoveMembersTeam", members(user))).status_code == 204
    assert await members_of(administrator, team) == [me]
    again = {"@odata.id": f"systemusers({me})"}
    twice = await administrator.ask("POST", f"teams({team})/teammembership_association/$ref", again)
    assert error(twice) == (412, "0x80040237")


@pytest.mark.parametrize(
    "sent",
    [{}, {"Members": "all"}, {"Members": [1]}, {"Members": [{"@odata.type": "Microsoft.Dynamics.CRM.team"}]}],
    ids=str,
)
async def test_members_that_make_no_sense_are_refused(
    administrator: Caller, organisation: Organisation, sent: dict[str, Any]
) -> None:
    team = await administrator.make("teams", body(organisation))
    path = f"teams({team})/Microsoft.Dynamics.CRM.AddMembersTeam"
    assert error(await administrator.ask("POST", path, sent)) == (400, "0x80048d19")


async def test_joining_takes_append_on_user_and_team(
    integration: Caller, organisation: Organisation, tenant: FakeTenant
) -> None:
    team = organisation.people.add_team("T", organisation.root_business_unit)
    user = admit(tenant, {"prvReadTeam": "Global", "prvReadUser": "Global", "prvAppendTeam": "Global"})
    path = f"teams({team})/Microsoft.Dynamics.CRM.AddMembersTeam"
    refused = await integration.ask("POST", path, members(user))
    assert error(refused) == (403, "0x80040220")
    assert "missing prvAppendUser" in refused.json()["error"]["message"]
    organisation.roles.grant(organisation.roles_of(user)[0]["roleid"], {"prvAppendUser": "Global"})
    assert (await integration.ask("POST", path, members(user))).status_code == 204


async def test_a_default_team_is_its_business_units_own(
    administrator: Caller, organisation: Organisation, tenant: FakeTenant
) -> None:
    team = default_team(organisation)["teamid"]
    user = admit(tenant, None, business_unit=organisation.add_business_unit("Branch"))
    path, action = f"teams({team})", f"teams({team})/Microsoft.Dynamics.CRM"
    branch = organisation.add_business_unit("Other")
    moved = {"businessunitid@odata.bind": f"/businessunits({branch})"}
    home = (await administrator.get("WhoAmI")).json()["UserId"]
    assert error(await administrator.ask("PATCH", path, {"name": "Mine"})) == (400, "0x8004830a")
    assert error(await administrator.ask("PATCH", path, moved)) == (400, "0x80048308")
    assert error(await administrator.ask("POST", f"{action}.AddMembersTeam", members(user))) == (400, "0x8004830b")
    assert error(await administrator.ask("POST", f"{action}.RemoveMembersTeam", members(home))) == (400, "0x8004830c")
    gone = await administrator.ask("DELETE", path)
    assert error(gone) == (400, "0x80048307")
    assert team in gone.json()["error"]["message"]
    assert (await administrator.ask("PATCH", path, {"description": "All of us"})).status_code == 204


async def test_an_access_team_holds_and_owns_nothing(administrator: Caller, organisation: Organisation) -> None:
    team = await administrator.make("teams", body(organisation, teamtype=ACCESS))
    role = organisation.role_named("Basic User")
    assert role is not None
    given = await administrator.ask(
        "POST", f"teams({team})/teamroles_association/$ref", {"@odata.id": f"roles({role['roleid']})"}
    )
    assert error(given) == (400, "0x80048331")
    profile = await administrator.make("fieldsecurityprofiles", {"name": "P"})
    for near, far in (
        (f"teams({team})", f"fieldsecurityprofiles({profile})"),
        (f"fieldsecurityprofiles({profile})", f"teams({team})"),
    ):
        joined = await administrator.ask("POST", f"{near}/teamprofiles_association/$ref", {"@odata.id": far})
        assert error(joined) == (400, "0x80048331")
    owned = {"lastname": "L", "ownerid@odata.bind": f"/teams({team})"}
    assert error(await administrator.ask("POST", "contacts", owned)) == (400, "0x80048340")
    contact = await administrator.make("contacts", {"lastname": "L"})
    owner = {"ownerid@odata.bind": f"/teams({team})"}
    assert error(await administrator.ask("PATCH", f"contacts({contact})", owner)) == (400, "0x80048340")


async def test_a_team_that_is_to_own_must_be_able_to_read(administrator: Caller, organisation: Organisation) -> None:
    team = await administrator.make("teams", body(organisation))
    owned = {"lastname": "L", "ownerid@odata.bind": f"/teams({team})"}
    assert error(await administrator.ask("POST", "contacts", owned)) == (403, "0x80042f0a")
    role = organisation.add_role("Team role", {"prvReadAccount": "Basic"})
    organisation.roles.assign(team, role, kind="team")
    refused = await administrator.ask("POST", "contacts", owned)
    assert error(refused) == (403, "0x80040220")
    assert refused.json()["error"]["message"].startswith(
        f"Read Privilege Check For Owner failed with exception: Principal team (Id={team}, type=9, roleCount=1,"
    )
    organisation.roles.grant(role, {"prvReadContact": "Basic"})
    contact = await administrator.make("contacts", owned)
    row = (await administrator.get(f"contacts({contact})")).json()
    assert (row["_owningteam_value"], row["_owninguser_value"]) == (team, None)


async def test_a_team_that_owns_rows_stays(administrator: Caller, organisation: Organisation) -> None:
    team = await administrator.make("teams", body(organisation))
    queue = (await administrator.get(f"teams({team})")).json()["_queueid_value"]
    contact = organisation.insert("contact", {"lastname": "L", "ownerid": team, "ownerid_type": "team"})
    assert error(await administrator.ask("DELETE", f"teams({team})")) == (400, "0x8004830e")
    organisation.delete("contact", contact)
    account = organisation.insert("account", {"name": "A"})
    item = organisation.insert("queueitem", {"queueid": queue, "objectid": account, "objectid_type": "account"})
    assert error(await administrator.ask("DELETE", f"teams({team})")) == (400, "0x80631117")
    organisation.delete("queueitem", item)
    assert (await administrator.ask("DELETE", f"teams({team})")).status_code == 204
    assert organisation.get("queue", queue) is None


async def test_a_deleted_team_takes_its_roles_from_its_members(
    administrator: Caller, integration: Caller, organisation: Organisation, tenant: FakeTenant
) -> None:
    user = admit(tenant, None)
    team = organisation.people.add_team("T", organisation.root_business_unit)
    role = organisation.add_role("Team role", {"prvReadContact": "Global"})
    organisation.people.join(user, team)
    organisation.roles.assign(team, role, kind="team")
    assert (await integration.get("contacts")).status_code == 200
    assert (await administrator.ask("DELETE", f"teams({team})")).status_code == 204
    assert error(await integration.get("contacts")) == (403, "0x80042f09")
    assert organisation.select("teammembership", teamid=team) == []


async def test_a_team_that_moves_loses_its_roles_and_takes_its_rows(
    administrator: Caller, organisation: Organisation
) -> None:
    team = await administrator.make("teams", body(organisation))
    organisation.roles.assign(team, organisation.add_role("Team role"), kind="team")
    contact = organisation.insert("contact", {"lastname": "L", "ownerid": team, "ownerid_type": "team"})
    branch = organisation.add_business_unit("Branch")
    moved = {"businessunitid@odata.bind": f"/businessunits({branch})"}
    assert (await administrator.ask("PATCH", f"teams({team})", moved)).status_code == 204
    assert organisation.roles.held_by(team, kind="team") == []
    assert organisation.rows.require("contact", contact)["owningbusinessunit"] == branch


# Group teams


def group_of(tenant: FakeTenant, name: str = "Agents") -> str:
    return tenant.directory.add_group(name, mail_nickname=name.lower()).id


async def test_a_group_team_stands_for_one_group(administrator: Caller, tenant: FakeTenant) -> None:
    organisation, group = tenant.organisation, group_of(tenant)
    without = body(organisation, teamtype=GROUP)
    assert error(await administrator.ask("POST", "teams", without)) == (400, "0x80040200")
    for kind, object_id in ((GROUP, tenant.id), (OFFICE, group)):
        unknown = body(organisation, teamtype=kind, azureactivedirectoryobjectid=object_id)
        assert error(await administrator.ask("POST", "teams", unknown)) == (400, "0x80041d68")
    good = body(organisation, teamtype=GROUP, azureactivedirectoryobjectid=group)
    await administrator.make("teams", good)
    assert error(await administrator.ask("POST", "teams", good | {"name": "Twin"})) == (412, "0x80040237")
    await administrator.make("teams", good | {"name": "Owners", "membershiptype": 2})


async def test_a_group_team_holds_only_roles_that_its_members_inherit(
    administrator: Caller, tenant: FakeTenant
) -> None:
    organisation = tenant.organisation
    team = await administrator.make(
        "teams", body(organisation, teamtype=GROUP, azureactivedirectoryobjectid=group_of(tenant))
    )
    path = f"teams({team})/teamroles_association/$ref"
    for inherited, answer in ((0, 400), (1, 204)):
        role = organisation.roles.add(f"R{inherited}", organisation.root_business_unit, isinherited=inherited)
        response = await administrator.ask("POST", path, {"@odata.id": f"roles({role})"})
        assert response.status_code == answer
        if answer == 400:
            assert error(response) == (400, "0x80048350")


async def test_the_members_of_a_group_team_are_those_of_its_group(
    tenant: FakeTenant, administrator: Caller, integration: Caller
) -> None:
    organisation, group = tenant.organisation, group_of(tenant)
    team = await administrator.make("teams", body(organisation, teamtype=GROUP, azureactivedirectoryobjectid=group))
    role = organisation.add_role("Team role", {"prvReadContact": "Global"})
    organisation.roles.assign(team, role, kind="team")
    user = admit(tenant, None)
    object_id = organisation.rows.require("systemuser", user)["azureactivedirectoryobjectid"]
    added = await administrator.ask("POST", f"teams({team})/Microsoft.Dynamics.CRM.AddMembersTeam", members(user))
    assert error(added) == (400, "0x80040203")
    assert error(await integration.get("contacts")) == (403, "0x80042f09")
    tenant.directory.add_member(group, object_id)
    assert await members_of(administrator, team) == []  # until it calls
    assert (await integration.get("contacts")).status_code == 200
    assert await members_of(administrator, team) == [user]
    left = await administrator.ask("DELETE", f"teams({team})/teammembership_association({user})/$ref")
    assert error(left) == (400, "0x80040203")
    tenant.directory.remove_member(group, object_id)
    assert error(await integration.get("contacts")) == (403, "0x80042f09")


async def test_the_owners_of_a_group_are_a_team_of_their_own(
    administrator: Caller, integration: Caller, tenant: FakeTenant
) -> None:
    organisation, group = tenant.organisation, group_of(tenant)
    made = {
        kind: await administrator.make(
            "teams",
            body(organisation, f"T{kind}", teamtype=GROUP, azureactivedirectoryobjectid=group, membershiptype=kind),
        )
        for kind in (1, 2, 3)
    }
    user = admit(tenant, {"prvReadContact": "Global"})
    object_id = organisation.rows.require("systemuser", user)["azureactivedirectoryobjectid"]
    tenant.directory.add_owner(group, object_id)
    await integration.get("contacts")
    found = {kind: await members_of(administrator, team) for kind, team in made.items()}
    assert found == {1: [], 2: [user], 3: []}
    tenant.directory.remove_owner(group, object_id)
    tenant.directory.add_member(group, object_id)
    await integration.get("contacts")
    found = {kind: await members_of(administrator, team) for kind, team in made.items()}
    assert found == {1: [user], 2: [], 3: []}


# What a member has of a team's role


async def test_only_a_role_that_members_inherit_lets_them_own(
    integration: Caller, organisation: Organisation, tenant: FakeTenant
) -> None:
    user = admit(tenant, None)
    team = organisation.people.add_team("T", organisation.root_business_unit)
    organisation.people.join(user, team)
    grants = {"prvCreateContact": "Basic", "prvReadContact": "Basic"}
    role = organisation.roles.add("Team only", organisation.root_business_unit, grants, isinherited=0)
    organisation.roles.assign(team, role, kind="team")
    assert error(await integration.ask("POST", "contacts", {"lastname": "Mine"})) == (403, "0x80048306")
    theirs = organisation.insert("contact", {"lastname": "Ours", "ownerid": team, "ownerid_type": "team"})
    listed = (await integration.get("contacts?$select=lastname")).json()["value"]
    assert [row["contactid"] for row in listed] == [theirs]
    organisation.roles.change(role, {"isinherited": 1})
    assert (await integration.ask("POST", "contacts", {"lastname": "Mine"})).status_code == 204


async def test_what_a_team_holds_and_may_is_asked_by_name(
    administrator: Caller, organisation: Organisation, tenant: FakeTenant
) -> None:
    team = organisation.people.add_team("T", organisation.root_business_unit)
    user = admit(tenant, {"prvReadAccount": "Global"})
    organisation.people.join(user, team)
    role = organisation.add_role("Team role")
    organisation.set_privileges(role, {"prvReadContact": "Local", "prvWriteContact": "Basic"})
    organisation.roles.assign(team, role, kind="team")
    for path in (
        f"teams({team})/Microsoft.Dynamics.CRM.RetrieveTeamPrivileges()",
        f"systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUsersPrivilegesThroughTeams()",
    ):
        listed = (await administrator.get(path)).json()["RolePrivileges"]
        assert {each["PrivilegeName"]: each["Depth"] for each in listed} == {
            "prvReadContact": "Local",
            "prvWriteContact": "Basic",
        }
    own = organisation.insert("contact", {"lastname": "Own", "ownerid": team, "ownerid_type": "team"})
    other = organisation.insert("contact", {"lastname": "Other"})
    away = organisation.people.add_team("Away", organisation.add_business_unit("Branch"))
    far = organisation.insert("contact", {"lastname": "Far", "ownerid": away, "ownerid_type": "team"})
    for contact, rights in ((own, "ReadAccess, WriteAccess"), (other, "ReadAccess"), (far, "None")):
        asked = f"RetrievePrincipalAccess(Target=@t)?@t={{'@odata.id':'contacts({contact})'}}"
        answer = await administrator.get(f"teams({team})/Microsoft.Dynamics.CRM.{asked}")
        assert answer.json()["AccessRights"] == rights
