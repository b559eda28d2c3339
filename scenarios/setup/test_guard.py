"""The live guard rails: whatever a step does, what is not this set-up's never hears of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioning import engine as loops
from provisioning.dataverse import Privilege
from provisioning.engine import Engine
from provisioning.guard import TenantGuard
from provisioning.problems import GaveUpWaiting, Withheld
from provisioning.receipt import Receipt
from provisioning.settings import Settings
from provisioning.settings_sources import checked_settings
from provisioning.step import Finding, Site
from provisioning.steps import STEPS
from provisioning.transport import Transport
from scenarios.convergence.converging import everything
from scenarios.setup.conftest import Onlooker

if TYPE_CHECKING:
    from provisioning.clock import Clock


@dataclass(frozen=True)
class Foreign:
    """What somebody else has in the same tenant."""

    application: str
    app_id: str
    secret: str
    principal: str
    grant: str
    user: str
    role: str
    contact: str


@pytest.fixture
async def foreign(onlooker: Onlooker) -> Foreign:
    """Another integration, whole, with a customer of its own."""
    app = (await onlooker.tell_graph("POST", "applications", {"displayName": "Payroll"})).json()
    principal = (await onlooker.tell_graph("POST", "servicePrincipals", {"appId": app["appId"]})).json()
    secret = (await onlooker.tell_graph("POST", f"applications/{app['id']}/addPassword", {})).json()
    [dataverse] = await onlooker.graph("servicePrincipals?$filter=appId eq '00000007-0000-0000-c000-000000000000'")
    grant = {"clientId": principal["id"], "consentType": "AllPrincipals", "resourceId": dataverse["id"], "scope": "x"}
    granted = (await onlooker.tell_graph("POST", "oauth2PermissionGrants", grant)).json()
    [unit] = await onlooker.dataverse("businessunits?$filter=parentbusinessunitid eq null")
    bind = {"businessunitid@odata.bind": f"/businessunits({unit['businessunitid']})"}
    user = await onlooker.tell_dataverse("POST", "systemusers", {"applicationid": app["appId"], **bind})
    role = await onlooker.tell_dataverse("POST", "roles", {"name": "Payroll clerk", **bind})
    contact = await onlooker.tell_dataverse("POST", "contacts", {"lastname": "Customer"})
    ids = [answer.headers["odata-entityid"].rpartition("(")[2].rstrip(")") for answer in (user, role, contact)]
    return Foreign(app["id"], app["appId"], secret["keyId"], principal["id"], granted["id"], *ids)


@pytest.fixture
def guarded(wire: httpx.AsyncClient, operator_settings: Settings, clock: Clock, receipt: Receipt) -> Engine:
    """An engine as `--live` makes it: it differs in one constructor."""
    transport = Transport(wire, clock, guard=TenantGuard(operator_settings, receipt))
    return Engine(operator_settings, transport, clock, receipt)


async def _rename_the_organisation(site: Site, _foreign: Foreign) -> None:
    url = f"{site.settings.environment_url}/api/data/v9.2/organizations({site.thing('environment_url').id})"
    await site.transport.send("PATCH", url, service="dataverse", json={"name": "gone"})


_PRIVILEGE = Privilege("00000000-0000-0000-0000-00000000000a", "prvReadAccount", "Global")

Misdeed = Callable[[Site, Foreign], Awaitable[Any]]
MISDEEDS: dict[str, tuple[Misdeed, ...]] = {
    "environment_url": (_rename_the_organisation,),
    "application": (
        lambda site, f: site.access.graph.change_application(f.application, {"displayName": "x"}),
        lambda site, f: site.access.graph.delete_application(f.application),
        lambda site, _: site.access.graph.upsert_application("theirs", {"displayName": "x"}),
    ),
    "service_principal": (
        lambda site, f: site.access.graph.change_service_principal(f.principal, {"accountEnabled": False}),
        lambda site, f: site.access.graph.upsert_service_principal(f.app_id, ["x"]),
        lambda site, f: site.access.graph.delete_service_principal(f.principal),
    ),
    "client_secret": (
        lambda site, f: site.access.graph.remove_secret(f.application, f.secret),
        lambda site, f: site.access.graph.add_secret(f.application, name="x", start=_now(site), end=_now(site)),
    ),
    "admin_consent": (
        lambda site, f: site.access.graph.change_grant(f.grant, ("everything",)),
        lambda site, f: site.access.graph.delete_grant(f.grant),
        lambda site, f: site.access.graph.create_grant(f.principal, f.principal, ("everything",)),
    ),
    "application_user": (
        lambda site, f: site.access.dataverse.switch_user(f.user, f.app_id, disabled=True),
        lambda site, f: site.access.dataverse.delete_user(f.user),
        lambda site, f: site.access.dataverse.create_application_user(f.app_id, f.role),
    ),
    "security_role": (
        lambda site, f: site.access.dataverse.add_privileges(f.role, [_PRIVILEGE], f.role),
        lambda site, f: site.access.dataverse.remove_privilege(f.role, _PRIVILEGE.id),
        lambda site, f: site.access.dataverse.give_role(f.user, f.role),
        lambda site, f: site.access.dataverse.give_role(site.thing("application_user").id, f.role),
        lambda site, f: site.access.dataverse.take_role(f.user, f.role),
        lambda site, f: site.access.dataverse.delete("clean up", "roles", f.role),
        lambda site, f: site.access.dataverse.delete("clean up", "contacts", f.contact),
    ),
}


def _now(site: Site) -> Any:
    return site.clock.now()


def test_every_step_is_tried() -> None:
    assert [step.name for step in STEPS if step.name not in MISDEEDS] == []


@pytest.mark.parametrize("step", MISDEEDS)
async def test_a_step_that_reaches_for_somebody_elses_thing_is_stopped_at_the_door(
    step: str, guarded: Engine, foreign: Foreign, tenant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each misdeed is done by the step itself, in the middle of a set-up, and nothing of it leaves the machine."""
    stopped = []

    async def astray(site: Site, _finding: Finding) -> Any:
        before = len(tenant.journal), everything(tenant)
        for misdeed in MISDEEDS[step]:
            with pytest.raises(Withheld) as letter:
                await misdeed(site, foreign)
            stopped.append(letter.value)
        assert (len(tenant.journal), everything(tenant)) == before
        raise stopped[-1]

    if step == "environment_url":  # nothing is ever made there, so it goes astray once the rest is done
        provisioned = await guarded.provision()
        site = guarded.site(provisioned.integration.client_secret)
        site.things = dict(guarded.receipt.things())
        with pytest.raises(Withheld):
            await astray(site, Finding())
        return
    steps = tuple(replace(each, make=astray) if each.name == step else each for each in STEPS)
    monkeypatch.setattr(loops, "STEPS", steps)
    with pytest.raises(Withheld):
        await guarded.provision()
    assert len(stopped) == len(MISDEEDS[step])
    assert all("not sent" in str(letter) and "?" not in letter.tried for letter in stopped)


async def test_the_whole_set_up_a_second_run_the_proof_and_the_way_back_pass_under_guard(
    guarded: Engine, tenant: Any, foreign: Foreign
) -> None:
    before = everything(tenant)
    integration = (await guarded.provision()).integration
    assert (await guarded.provision(integration.client_secret)).changed_nothing
    assert (await guarded.verify(integration, write_probe=True, operator=guarded.access)).healthy
    await guarded.undo()
    binned = (*tenant.directory.deleted_applications(), *tenant.directory.deleted_service_principals())
    assert everything(tenant) - before == {f"{type(each).__name__} {each.id}" for each in binned}


async def test_what_the_settings_name_may_be_completed_and_is_never_deleted(
    wire: httpx.AsyncClient, operator_settings: Settings, clock: Clock, onlooker: Onlooker, foreign: Foreign
) -> None:
    """To adopt is to name it in the settings: then it gets what it lacks, and the way back leaves it as it was."""
    receipt, named = Receipt(), operator_settings.model_copy(update={"application_name": "Payroll"})
    transport = Transport(wire, clock, guard=TenantGuard(named, receipt))
    engine = Engine(named, transport, clock, receipt)
    await engine.provision()
    with pytest.raises(Withheld, match="never deleted"):
        await engine.access.graph.delete_application(foreign.application)
    with pytest.raises(Withheld, match="was not made by this set-up"):
        await engine.access.graph.remove_secret(foreign.application, foreign.secret)
    await engine.undo()
    [left] = await onlooker.applications("Payroll")
    assert [secret["keyId"] for secret in left["passwordCredentials"]] == [foreign.secret]
    [grant] = await onlooker.grants_of(foreign.app_id)
    assert (grant["id"], grant["scope"].strip()) == (foreign.grant, "x")
    [user] = await onlooker.users_of(foreign.app_id)
    assert (user["systemuserid"], user["systemuserroles_association"]) == (foreign.user, [])


async def test_a_role_that_the_settings_name_is_assigned_and_never_changed(
    wire: httpx.AsyncClient, operator_settings: Settings, clock: Clock
) -> None:
    receipt, named = Receipt(), operator_settings.model_copy(update={"role": "System Administrator"})
    engine = Engine(named, Transport(wire, clock, guard=TenantGuard(named, receipt)), clock, receipt)
    await engine.provision()
    role = receipt.thing("security_role")
    assert role is not None
    with pytest.raises(Withheld, match="never changed"):
        await engine.access.dataverse.add_privileges(role.id, [_PRIVILEGE], role.id)
    await engine.undo()


async def test_no_other_host_and_no_other_tenant_is_spoken_to(guarded: Engine, cloud: Any) -> None:
    other = cloud.create_tenant()
    elsewhere = (
        f"https://{other.organisation.host}/api/data/v9.2/WhoAmI()",
        f"https://login.microsoftonline.com/{other.id}/oauth2/v2.0/token",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "http://graph.microsoft.com/v1.0/applications",
        "https://graph.microsoft.com.example/v1.0/applications",
        "https://example.invalid/",
    )
    for url in elsewhere:
        with pytest.raises(Withheld, match="none of the services, or not to the tenant"):
            await guarded.transport.send("GET", url, service="graph")
    assert len(other.journal) == 0


async def test_a_withheld_sign_in_is_told_as_such_and_not_as_a_wrong_secret(
    wire: httpx.AsyncClient, operator_settings: Settings, clock: Clock
) -> None:
    transport = Transport(wire, clock, guard=TenantGuard(operator_settings, most_requests=1))
    with pytest.raises(Withheld, match="has sent 1 requests"):
        await Engine(operator_settings, transport, clock).provision()


async def test_a_run_that_never_ends_runs_out_of_requests_and_the_next_one_goes_on(
    wire: httpx.AsyncClient, operator_settings: Settings, clock: Clock
) -> None:
    """At every size of the budget: what was done is written down, so that the runs together make one set-up."""
    receipt, letters = Receipt(), []
    for budget in range(6, 30):
        transport = Transport(wire, clock, guard=TenantGuard(operator_settings, receipt, most_requests=budget))
        try:
            await Engine(operator_settings, transport, clock, receipt).provision()
        except (Withheld, GaveUpWaiting) as letter:
            letters.append(str(letter))
        else:
            break
    assert letters
    assert all("run it again" in letter for letter in letters)
    assert [thing for name, thing in receipt.things() if name == "application" and thing.ours]


def test_a_handoff_may_put_its_own_case_into_a_queue_and_nobody_elses() -> None:
    guard, case = TenantGuard(_SETTINGS), "11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
    root = f"{_SETTINGS.environment_url}/api/data/v9.2"
    action = f"{root}/queues(22222222-aaaa-4aaa-8aaa-aaaaaaaaaaaa)/Microsoft.Dynamics.CRM.AddToQueue"
    into_queue = httpx.Request("POST", action, json={"Target": {"incidentid": case}})
    with pytest.raises(Withheld):
        guard.check(into_queue)
    made = httpx.Request("POST", f"{root}/incidents", json={"title": "Ours"})
    guard.check(made)
    guard.heard(made, httpx.Response(201, headers={"OData-EntityId": f"{root}/incidents({case})"}, json={}))
    guard.check(into_queue)


_GUIDS = st.uuids().map(str)
_PATHS = st.one_of(
    st.builds(
        "https://graph.microsoft.com/v1.0/{}/{}{}".format,
        st.sampled_from(["applications", "servicePrincipals", "oauth2PermissionGrants", "users", "groups", "policies"]),
        _GUIDS,
        st.sampled_from(["", "/addPassword", "/removePassword", "/owners/$ref", "/restore", "/../../users"]),
    ),
    st.builds(
        "https://contoso.crm4.dynamics.com/api/data/v9.2/{}({}){}".format,
        st.sampled_from(["systemusers", "roles", "contacts", "incidents", "accounts", "organizations"]),
        _GUIDS,
        st.sampled_from(["", "/systemuserroles_association/$ref", "/Microsoft.Dynamics.CRM.AddPrivilegesRole"]),
    ),
    st.sampled_from(["https://graph.microsoft.com/v1.0/$batch", "https://api.bap.microsoft.com/providers/x"]),
)
_SETTINGS = checked_settings(
    {"tenant_id": "11111111-2222-3333-4444-555555555555", "environment_url": "https://contoso.crm4.dynamics.com"}
)


@settings(max_examples=100)
@given(method=st.sampled_from(["PATCH", "PUT", "DELETE", "POST"]), url=_PATHS, id_=_GUIDS)
def test_no_change_to_a_thing_that_nobody_named_ever_passes(method: str, url: str, id_: str) -> None:
    body = {"keyId": id_, "@odata.id": f"roles({id_})", "PrivilegeId": id_}
    with pytest.raises(Withheld):
        TenantGuard(_SETTINGS).check(httpx.Request(method, url, json=body))


def test_the_letter_names_the_request_and_quotes_neither_body_nor_query() -> None:
    request = httpx.Request("DELETE", "https://graph.microsoft.com/v1.0/users/x?token=hush", json={"secret": "hush"})
    with pytest.raises(Withheld) as letter:
        TenantGuard(_SETTINGS).check(request)
    assert "DELETE https://graph.microsoft.com/v1.0/users/x" in str(letter.value)
    assert "hush" not in f"{letter.value} {letter.value.to_json()}"
