"""Guide step 5: the security role, with the least privileges unless another is named."""

from __future__ import annotations

import pytest

from provisioning.engine import Engine
from provisioning.handoff import VENDOR_LIST, privileges_to_grant
from provisioning.problems import Problem
from scenarios.setup.conftest import Onlooker


async def held_by(onlooker: Onlooker, role_id: str) -> dict[str, str]:
    body = await onlooker.dataverse(f"RetrieveRolePrivilegesRole(RoleId={role_id})")
    return {held["PrivilegeName"]: held["Depth"] for held in body["RolePrivileges"]}


async def generated_role(onlooker: Onlooker) -> str:
    [role] = await onlooker.dataverse("roles?$select=name&$filter=name eq 'OpenCX Integration'")
    role_id: str = role["roleid"]
    return role_id


async def test_the_generated_role_can_do_what_the_channels_need_and_nothing_dangerous(
    engine: Engine, onlooker: Onlooker
) -> None:
    await engine.provision()
    held = await held_by(onlooker, await generated_role(onlooker))
    assert privileges_to_grant(engine.settings.channels) <= set(held)
    assert {held[name] for name in ("prvReadContact", "prvReadIncident", "prvAppendToContact")} == {"Global"}
    assert not [name for name in held if name.startswith(("prvDelete", "prvShare"))]
    assert not {"prvWriteRole", "prvAssignRole", "prvWriteUser"} & set(held)


async def test_phone_and_email_alone_need_no_conversations(engine: Engine, onlooker: Onlooker) -> None:
    settings = engine.settings.model_copy(update={"channels": ("phone", "email")})
    narrow = Engine(settings, engine.transport, engine.clock)
    provisioned = await narrow.provision()
    held = await held_by(onlooker, await generated_role(onlooker))
    assert "prvCreateActivity" not in held
    assert (await narrow.verify(provisioned.integration)).healthy
    chat = await engine.verify(provisioned.integration)
    assert chat.failure == "dataverse.role_lacks_privilege"
    assert "prvCreateActivity" in chat.remedy


async def test_a_named_role_is_assigned_as_it_is(engine: Engine, onlooker: Onlooker) -> None:
    settings = engine.settings.model_copy(update={"role": "System Administrator"})
    named = Engine(settings, engine.transport, engine.clock)
    provisioned = await named.provision()
    [user] = await onlooker.users_of(provisioned.integration.client_id)
    assert [role["name"] for role in user["systemuserroles_association"]] == ["System Administrator"]
    assert await onlooker.dataverse("roles?$filter=name eq 'OpenCX Integration'") == []
    assert (await named.verify(provisioned.integration)).healthy
    await named.undo()
    assert len(await onlooker.dataverse("roles?$filter=name eq 'System Administrator'")) == 1


async def test_a_role_that_does_not_exist_is_refused_by_name(engine: Engine) -> None:
    settings = engine.settings.model_copy(update={"role": "No such role"})
    with pytest.raises(Problem, match="No such role"):
        await Engine(settings, engine.transport, engine.clock).provision()


async def test_a_role_taken_away_is_named_and_given_back(engine: Engine, onlooker: Onlooker) -> None:
    first = await engine.provision()
    [user] = await onlooker.users_of(first.integration.client_id)
    role_id = await generated_role(onlooker)
    link = f"systemusers({user['systemuserid']})/systemuserroles_association({role_id})/$ref"
    await onlooker.tell_dataverse("DELETE", link)
    verdict = await engine.verify(first.integration)
    assert (verdict.failure, verdict.family) == ("dataverse.user_without_role", "dataverse.no_role")
    assert verdict.said is not None
    assert verdict.said.code == "0x80042f09"
    second = await engine.provision(first.integration.client_secret)
    assert {report.step: report.outcome for report in second.steps if report.outcome != "kept"} == {
        "security_role": "changed"
    }
    assert (await engine.verify(second.integration)).healthy


async def test_a_privilege_taken_out_of_the_role_is_named_and_put_back(engine: Engine, onlooker: Onlooker) -> None:
    first = await engine.provision()
    role_id = await generated_role(onlooker)
    body = await onlooker.dataverse(f"RetrieveRolePrivilegesRole(RoleId={role_id})")
    kept = [held for held in body["RolePrivileges"] if held["PrivilegeName"] != "prvCreateIncident"]
    rows = [{name: held[name] for name in ("Depth", "PrivilegeId", "BusinessUnitId")} for held in kept]
    path = f"roles({role_id})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole"
    await onlooker.tell_dataverse("POST", path, {"Privileges": rows})
    verdict = await engine.verify(first.integration)
    assert (verdict.failure, verdict.certainty) == ("dataverse.role_lacks_privilege", "certain")
    assert "prvCreateIncident" in verdict.remedy
    second = await engine.provision(first.integration.client_secret)
    [report] = [report for report in second.steps if report.outcome != "kept"]
    assert report.step == "security_role"
    assert "prvCreateIncident" in report.detail
    assert (await engine.verify(second.integration)).healthy


async def test_the_vendors_own_list_fails_its_own_test_and_is_recognised(engine: Engine, onlooker: Onlooker) -> None:
    first = await engine.provision()
    role_id = await generated_role(onlooker)
    condition = " or ".join(f"name eq '{name}'" for name in sorted(VENDOR_LIST))
    listed = await onlooker.dataverse(f"privileges?$select=name,privilegeid&$filter={condition}")
    assert {row["name"] for row in listed} == VENDOR_LIST
    rows = [{"Depth": "Global", "PrivilegeId": row["privilegeid"]} for row in listed]
    path = f"roles({role_id})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole"
    await onlooker.tell_dataverse("POST", path, {"Privileges": rows})
    verdict = await engine.verify(first.integration)
    assert verdict.failure == "dataverse.vendor_role_list"
    assert verdict.said is not None
    assert (verdict.said.status, verdict.said.code) == (403, "0x80040220")
    assert "prvReadIncident" in verdict.remedy
    assert "prvAppendToContact" in verdict.remedy


async def test_a_role_of_that_name_is_adopted_completed_and_put_back_by_undo(
    engine: Engine, onlooker: Onlooker
) -> None:
    [root] = await onlooker.dataverse("businessunits?$filter=parentbusinessunitid eq null")
    bind = f"/businessunits({root['businessunitid']})"
    body = {"name": "OpenCX Integration", "businessunitid@odata.bind": bind}
    await onlooker.tell_dataverse("POST", "roles", body)
    role_id = await generated_role(onlooker)
    before = await held_by(onlooker, role_id)
    provisioned = await engine.provision()
    assert await generated_role(onlooker) == role_id
    assert (await engine.verify(provisioned.integration)).healthy
    await engine.undo()
    assert await held_by(onlooker, role_id) == before
