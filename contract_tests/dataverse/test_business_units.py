"""Business units: a tree with one root, copies of roles in every branch, and what keeps one from going."""

import pytest

from contract_tests.dataverse.asking import CLIENT_ID, Caller, admit, error
from mock_services.state.organisation import Organisation
from mock_services.tenant import FakeTenant


@pytest.fixture
def organisation(tenant: FakeTenant) -> Organisation:
    return tenant.organisation


def below(parent: str, name: str = "Branch") -> dict[str, object]:
    return {"name": name, "parentbusinessunitid@odata.bind": f"/businessunits({parent})"}


def names_of_roles(organisation: Organisation, unit: str) -> list[str]:
    return sorted(row["name"] for row in organisation.select("role", businessunitid=unit))


async def test_a_new_one_has_a_default_team_and_a_copy_of_every_role(
    administrator: Caller, organisation: Organisation
) -> None:
    root = organisation.root_business_unit
    unit = await administrator.make("businessunits", below(root))
    assert names_of_roles(organisation, unit) == names_of_roles(organisation, root)
    (team,) = organisation.select("team", businessunitid=unit)
    assert (team["name"], team["isdefault"]) == ("Branch", True)
    deeper = await administrator.make("businessunits", below(unit, "Twig"))
    copies = organisation.select("role", businessunitid=deeper)
    parents = {row["roleid"] for row in organisation.select("role", businessunitid=unit)}
    assert {row["parentroleid"] for row in copies} == parents
    roots = {row["roleid"] for row in organisation.select("role", businessunitid=root)}
    assert {row["parentrootroleid"] for row in copies} == roots


async def test_there_is_one_root_and_names_do_not_repeat(administrator: Caller, organisation: Organisation) -> None:
    assert error(await administrator.ask("POST", "businessunits", {"name": "Second"})) == (400, "0x80041d35")
    root = organisation.root_business_unit
    unit = await administrator.make("businessunits", below(root))
    again = await administrator.ask("POST", "businessunits", below(root, "BRANCH"))
    assert error(again) == (400, "0x8004022a")
    other = await administrator.make("businessunits", below(root, "Other"))
    renamed = await administrator.ask("PATCH", f"businessunits({other})", {"name": "Branch"})
    assert error(renamed) == (400, "0x8004022a")
    assert (await administrator.ask("PATCH", f"businessunits({unit})", {"name": "Branch"})).status_code == 204
    loose = await administrator.ask(
        "PATCH", f"businessunits({unit})", {"parentbusinessunitid@odata.bind": None, "name": "Branch"}
    )
    assert loose.status_code == 400


async def test_the_default_team_goes_by_the_units_name(administrator: Caller, organisation: Organisation) -> None:
    unit = organisation.add_business_unit("Branch")
    assert (await administrator.ask("PATCH", f"businessunits({unit})", {"name": "Limb"})).status_code == 204
    assert [team["name"] for team in organisation.select("team", businessunitid=unit)] == ["Limb"]


async def test_it_moves_below_another_but_not_below_itself(administrator: Caller, organisation: Organisation) -> None:
    one, other = organisation.add_business_unit("One"), organisation.add_business_unit("Other")
    inner = organisation.add_business_unit("Inner", one)
    for unit, parent in ((one, inner), (one, one), (organisation.root_business_unit, other)):
        response = await administrator.ask(
            "PATCH", f"businessunits({unit})", {"parentbusinessunitid@odata.bind": f"/businessunits({parent})"}
        )
        assert error(response) == (400, "0x80041d21")
    organisation.add_role("Only in One", business_unit=one)
    organisation.add_role("Only in Other", business_unit=other)
    everywhere = organisation.role_named("Basic User", inner)
    local = organisation.role_named("Only in One", inner)
    assert everywhere is not None
    assert local is not None
    user = organisation.add_application_user(
        app_id=CLIENT_ID, object_id=CLIENT_ID, name="U", tenant_domain="x", business_unit=inner
    )
    organisation.assign_role(user, everywhere["roleid"])
    organisation.assign_role(user, local["roleid"])
    moved = {"parentbusinessunitid@odata.bind": f"/businessunits({other})"}
    assert (await administrator.ask("PATCH", f"businessunits({inner})", moved)).status_code == 204
    assert names_of_roles(organisation, inner) == names_of_roles(organisation, other)
    assert [role["roleid"] for role in organisation.roles_of(user)] == [everywhere["roleid"]]


async def test_only_a_disabled_empty_childless_one_is_deleted(
    administrator: Caller, organisation: Organisation
) -> None:
    unit = organisation.add_business_unit("Branch")
    twig = organisation.add_business_unit("Twig", unit)
    path = f"businessunits({unit})"
    assert error(await administrator.ask("DELETE", path)) == (400, "0x80041d60")
    assert (await administrator.ask("PATCH", path, {"isdisabled": True})).status_code == 204
    assert error(await administrator.ask("DELETE", path)) == (400, "0x80041d61")
    assert (await administrator.ask("DELETE", f"businessunits({twig})")).status_code == 204
    (team,) = organisation.select("team", businessunitid=unit)
    contact = organisation.insert("contact", {"lastname": "L", "ownerid": team["teamid"], "ownerid_type": "team"})
    assert error(await administrator.ask("DELETE", path)) == (400, "0x80041d62")
    organisation.delete("contact", contact)
    user = organisation.add_application_user(
        app_id=CLIENT_ID, object_id=CLIENT_ID, name="U", tenant_domain="x", business_unit=unit
    )
    assert error(await administrator.ask("DELETE", path)) == (405, "0x80040227")
    organisation.people.move_user(user, organisation.root_business_unit)
    second = organisation.people.add_team("Second", unit)
    assert error(await administrator.ask("DELETE", path)) == (405, "0x80040227")
    organisation.people.remove_team(second)
    assert (await administrator.ask("DELETE", path)).status_code == 204
    assert (await administrator.get(path)).status_code == 404
    for table in ("role", "team"):
        assert organisation.select(table, businessunitid=unit) == []


async def test_who_sits_in_a_disabled_one_cannot_call(
    administrator: Caller, integration: Caller, organisation: Organisation, tenant: FakeTenant
) -> None:
    unit = organisation.add_business_unit("Branch")
    twig = organisation.add_business_unit("Twig", unit)
    admit(tenant, {"prvReadContact": "Global"}, business_unit=twig)
    assert (await integration.get("contacts")).status_code == 200
    assert (await administrator.ask("PATCH", f"businessunits({unit})", {"isdisabled": True})).status_code == 204
    assert error(await integration.get("contacts")) == (403, "0x80040225")
    for path, body in (
        ("businessunits", below(unit, "New")),
        ("teams", {"name": "T", "businessunitid@odata.bind": f"/businessunits({unit})"}),
    ):
        assert error(await administrator.ask("POST", path, body)) == (400, "0x8004032c")
    moving = (await administrator.get("WhoAmI")).json()["UserId"]
    moved = await administrator.ask(
        "PATCH", f"systemusers({moving})", {"businessunitid@odata.bind": f"/businessunits({unit})"}
    )
    assert error(moved) == (400, "0x8004032c")
    early = await administrator.ask("PATCH", f"businessunits({twig})", {"isdisabled": False})
    assert error(early) == (400, "0x8004032c")
    for each in (unit, twig):
        assert (await administrator.ask("PATCH", f"businessunits({each})", {"isdisabled": False})).status_code == 204
    assert (await integration.get("contacts")).status_code == 200


async def test_neither_the_root_nor_the_administrators_home_is_disabled(
    administrator: Caller, organisation: Organisation
) -> None:
    root = organisation.root_business_unit
    assert error(await administrator.ask("PATCH", f"businessunits({root})", {"isdisabled": True})) == (
        400,
        "0x80041d63",
    )
    home = organisation.add_business_unit("Home")
    role = organisation.role_named("System Administrator", home)
    assert role is not None
    for each in organisation.roles.administrators():
        organisation.people.move_user(each["systemuserid"], home)
        organisation.assign_role(each["systemuserid"], role["roleid"])
    response = await administrator.ask("PATCH", f"businessunits({home})", {"isdisabled": True})
    assert error(response) == (400, "0x80041d59")
    assert organisation.rows.require("businessunit", home)["isdisabled"] is False


@pytest.mark.parametrize(
    ("privilege", "change"),
    [
        ("prvDisableBusinessUnit", {"isdisabled": True}),
        ("prvReparentBusinessUnit", {"parentbusinessunitid@odata.bind": "/businessunits({other})"}),
    ],
    ids=["disable", "move"],
)
async def test_disabling_and_moving_take_a_privilege_of_their_own(
    integration: Caller, organisation: Organisation, tenant: FakeTenant, privilege: str, change: dict[str, object]
) -> None:
    unit, other = organisation.add_business_unit("Branch"), organisation.add_business_unit("Other")
    body = {key: value.format(other=other) if isinstance(value, str) else value for key, value in change.items()}
    verbs = ("Read", "Write", "Append", "AppendTo")
    user = admit(tenant, {f"prv{verb}BusinessUnit": "Global" for verb in verbs})
    refused = await integration.ask("PATCH", f"businessunits({unit})", body)
    assert error(refused) == (403, "0x80040220")
    assert f"missing {privilege} privilege" in refused.json()["error"]["message"]
    organisation.roles.grant(organisation.roles_of(user)[0]["roleid"], {privilege: "Global"})
    assert (await integration.ask("PATCH", f"businessunits({unit})", body)).status_code == 204


async def test_whoever_may_make_them_in_a_branch_makes_them_there_alone(
    integration: Caller, organisation: Organisation, tenant: FakeTenant
) -> None:
    branch, beside = organisation.add_business_unit("Branch"), organisation.add_business_unit("Beside")
    verbs = ("Create", "Read", "Append", "AppendTo")
    admit(tenant, {f"prv{verb}BusinessUnit": "Deep" for verb in verbs}, business_unit=branch)
    assert (await integration.ask("POST", "businessunits", below(branch, "Mine"))).status_code == 204
    assert error(await integration.ask("POST", "businessunits", below(beside, "Theirs"))) == (403, "0x80048306")
    listed = (await integration.get("businessunits?$select=name")).json()["value"]
    assert sorted(row["name"] for row in listed) == ["Branch", "Mine"]
