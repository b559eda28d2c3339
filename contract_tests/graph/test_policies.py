"""Policies: that they are kept, and that they bite."""

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.graph.asking import EVERYTHING, Graph, claims_of_app, claims_of_person, said
from mock_services.cloud import FakeCloud
from mock_services.state import well_known
from mock_services.tenant import FakeTenant

DEFAULT = "/policies/defaultAppManagementPolicy"
POLICIES = "/policies/appManagementPolicies"
NO_SECRETS: dict[str, object] = {"restrictionType": "passwordAddition", "maxLifetime": None}
HALF_A_YEAR: dict[str, object] = {"restrictionType": "passwordLifetime", "maxLifetime": "P180D"}
NOBODYS = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def governor(wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant) -> Graph:
    """Graph as an application that may set policies meets it."""
    permissions = ("Policy.ReadWrite.ApplicationConfiguration", "Policy.ReadWrite.Authorization")
    return Graph(wire, cloud, claims_of_app(tenant, *EVERYTHING, *permissions))


async def forbid(governor: Graph, *restrictions: dict[str, object]) -> None:
    body = {"isEnabled": True, "applicationRestrictions": {"passwordCredentials": list(restrictions)}}
    assert (await governor.patch(DEFAULT, body)).status_code == 204


async def add(graph: Graph, made: dict[str, str], days: int | None = None) -> httpx.Response:
    """A secret for so many days; for as long as Graph makes it last without a wish."""
    wish = {"startDateTime": "2030-01-01T00:00:00Z"}
    if days is not None:
        wish["endDateTime"] = f"{2030 + days // 360}-{1 + days % 360 // 30:02}-{1 + days % 30:02}T00:00:00Z"
    return await graph.post(f"/applications/{made['id']}/addPassword", {"passwordCredential": wish})


async def test_the_tenants_policy_is_there_from_the_start_and_asks_nothing(governor: Graph) -> None:
    policy = (await governor.get(DEFAULT)).json()
    assert (policy["id"], policy["isEnabled"]) == (NOBODYS, False)
    assert policy["applicationRestrictions"]["passwordCredentials"] == []
    assert (await add(governor, await governor.register())).status_code == 200


async def test_a_policy_that_forbids_secrets_names_itself(governor: Graph) -> None:
    made = await governor.register()
    await forbid(governor, NO_SECRETS)
    assert said(await add(governor, made)) == (
        400,
        "CredentialTypeNotAllowedAsPerAppPolicy",
        f"Credential type not allowed as per assigned policy '{NOBODYS}'.",
    )
    read = (await governor.get(f"/applications/{made['id']}")).json()
    assert read["passwordCredentials"] == []


async def test_a_cap_on_the_lifetime_meets_the_default_of_two_years(governor: Graph) -> None:
    made = await governor.register()
    await forbid(governor, HALF_A_YEAR)
    assert said(await add(governor, made)) == (
        400,
        "CredentialInvalidLifetimeAsPerAppPolicy",
        f"Credential lifetime exceeds the max value allowed as per assigned policy '{NOBODYS}'.",
    )
    assert (await add(governor, made, days=150)).status_code == 200


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cap=st.integers(1, 900), asked=st.integers(1, 900), hours=st.integers(0, 23))
async def test_a_secret_is_told_exactly_when_it_keeps_the_cap(
    governor: Graph, cap: int, asked: int, hours: int
) -> None:
    from datetime import UTC, datetime, timedelta

    await forbid(governor, {"restrictionType": "passwordLifetime", "maxLifetime": f"P{cap}DT{hours}H"})
    start = datetime(2030, 1, 1, tzinfo=UTC)
    wish = {"startDateTime": start.isoformat(), "endDateTime": (start + timedelta(days=asked)).isoformat()}
    made = await governor.register()
    answer = await governor.post(f"/applications/{made['id']}/addPassword", {"passwordCredential": wish})
    assert answer.status_code == (200 if timedelta(days=asked) <= timedelta(days=cap, hours=hours) else 400)


@pytest.mark.parametrize(
    "excused", [{"state": "disabled"}, {"restrictForAppsCreatedAfterDateTime": "2999-01-01T00:00:00Z"}]
)
async def test_a_restriction_that_is_off_or_for_later_apps_does_not_bite(
    governor: Graph, excused: dict[str, object]
) -> None:
    made = await governor.register()
    await forbid(governor, NO_SECRETS | excused)
    assert (await add(governor, made)).status_code == 200
    await forbid(governor, NO_SECRETS | {"restrictForAppsCreatedAfterDateTime": "2001-01-01T00:00:00Z"})
    assert said(await add(governor, made))[0] == 400


async def test_an_applications_own_policy_stands_instead_of_the_tenants(governor: Graph) -> None:
    made, other = await governor.register(), await governor.register("Other")
    await forbid(governor, NO_SECRETS)
    exempt = {"displayName": "Exempt", "isEnabled": True, "restrictions": {"passwordCredentials": [HALF_A_YEAR]}}
    policy = (await governor.post(POLICIES, exempt)).json()
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0{POLICIES}/{policy['id']}"}
    own = f"/applications/{made['id']}/appManagementPolicies"
    assert (await governor.post(f"{own}/$ref", reference)).status_code == 204
    assert said(await governor.post(f"{own}/$ref", reference))[0] == 400
    assert (await add(governor, made, days=150)).status_code == 200
    assert said(await add(governor, made))[2].endswith(f"'{policy['id']}'.")
    assert said(await add(governor, other))[1] == "CredentialTypeNotAllowedAsPerAppPolicy"
    assert [each["id"] for each in (await governor.get(own)).json()["value"]] == [policy["id"]]
    governed = (await governor.get(f"{POLICIES}/{policy['id']}/appliesTo")).json()["value"]
    assert [each["id"] for each in governed] == [made["id"]]
    assert (await governor.delete(f"{own}/{policy['id']}/$ref")).status_code == 204
    assert said(await governor.delete(f"{own}/{policy['id']}/$ref"))[0] == 400
    assert said(await add(governor, made, days=150))[1] == "CredentialTypeNotAllowedAsPerAppPolicy"


async def test_a_policy_lives_through_create_change_and_delete(governor: Graph) -> None:
    made = await governor.post(POLICIES, {"displayName": "Ours", "restrictions": {"passwordCredentials": []}})
    path = f"{POLICIES}/{made.json()['id']}"
    assert (made.status_code, made.json()["isEnabled"]) == (201, False)
    assert (await governor.patch(path, {"isEnabled": True})).status_code == 204
    assert (await governor.get(path)).json()["isEnabled"] is True
    assert [each["displayName"] for each in (await governor.get(POLICIES)).json()["value"]] == ["Ours"]
    assert (await governor.delete(path)).status_code == 204
    assert said(await governor.get(path))[0] == 404


@pytest.mark.parametrize(
    "restriction",
    [
        {"restrictionType": "nonsense"},
        {"restrictionType": "passwordAddition", "maxLifetime": "P1D"},
        {"restrictionType": "passwordLifetime"},
        {"restrictionType": "passwordLifetime", "maxLifetime": "a while"},
        {"restrictionType": "asymmetricKeyLifetime", "maxLifetime": "P1D"},
        {"restrictionType": "passwordAddition", "state": "perhaps"},
        {"restrictionType": "passwordAddition", "colour": "red"},
    ],
)
async def test_a_restriction_that_says_nothing_is_refused(governor: Graph, restriction: dict[str, object]) -> None:
    body = {"isEnabled": True, "applicationRestrictions": {"passwordCredentials": [restriction]}}
    assert said(await governor.patch(DEFAULT, body))[0] == 400
    assert (await governor.get(DEFAULT)).json()["isEnabled"] is False


async def test_a_restriction_that_would_not_be_enforced_is_a_named_gap(governor: Graph) -> None:
    actors = {"excludeActors": {"customSecurityAttributes": [{"id": "x"}]}}
    body = {"applicationRestrictions": {"passwordCredentials": [NO_SECRETS | actors]}}
    assert said(await governor.patch(DEFAULT, body))[0] == 501


async def test_policies_need_their_own_permission(graph: Graph) -> None:
    assert said(await graph.get(DEFAULT))[0] == 403
    assert said(await graph.patch(DEFAULT, {"isEnabled": True}))[0] == 403


@pytest.mark.parametrize(
    ("role", "may"), [(None, False), (well_known.APPLICATION_DEVELOPER, True), (well_known.GLOBAL_ADMINISTRATOR, True)]
)
async def test_who_may_register_once_people_may_not(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, governor: Graph, role: str | None, may: bool
) -> None:
    name = f"adele@{tenant.domain}"
    user = tenant.directory.add_user(name, "Adele Vance", "no matter")
    if role:
        tenant.directory.give_directory_role(user.id, role)
    adele = Graph(wire, cloud, claims_of_person(tenant, "Directory.AccessAsUser.All", username=name))
    assert (await adele.post("/applications", {"displayName": "Before"})).status_code == 201
    closed = {"defaultUserRolePermissions": {"allowedToCreateApps": False}}
    assert (await governor.patch("/policies/authorizationPolicy", closed)).status_code == 204
    policy = (await governor.get("/policies/authorizationPolicy")).json()["defaultUserRolePermissions"]
    assert (policy["allowedToCreateApps"], policy["allowedToReadOtherUsers"]) == (False, True)
    after = await adele.post("/applications", {"displayName": "After"})
    assert after.status_code == (201 if may else 403)


async def test_a_creator_without_a_role_meets_the_quota_and_purging_frees_it(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    name = f"adele@{tenant.domain}"
    user = tenant.directory.add_user(name, "Adele Vance", "no matter")
    adele = Graph(wire, cloud, claims_of_person(tenant, "Directory.AccessAsUser.All", username=name))
    first = await adele.register("First")
    for number in range(249):
        tenant.directory.set_creator(f"earlier-{number}", user.id)
    refused = await adele.post("/applications", {"displayName": "One more"})
    assert said(refused)[:2] == (403, "Directory_QuotaExceeded")
    await adele.delete(f"/applications/{first['id']}")
    assert said(await adele.post("/applications", {"displayName": "One more"}))[0] == 403
    await adele.delete(f"/directory/deletedItems/{first['id']}")
    assert (await adele.post("/applications", {"displayName": "One more"})).status_code == 201
