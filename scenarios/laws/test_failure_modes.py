"""Laws of every failure mode, the next one included: its symptom shows on the wire, and `verify` knows it by it."""

import httpx
import pytest

from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant
from provisioning.engine import Engine
from provisioning.settings import Integration
from scenarios.failure_modes import FAILURE_MODES, FailureMode, Symptom, UnknownFailureMode, failure_mode

EVERY_MODE = pytest.mark.parametrize("mode", FAILURE_MODES.values(), ids=FAILURE_MODES)


async def test_and_save(client: httpx.AsyncClient, pasted: Integration) -> Symptom:
    """The vendor's two calls with the four values as pasted, written here once more so that nothing is shared."""
    token = await client.post(
        f"https://login.microsoftonline.com/{pasted.tenant_id}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": pasted.client_id,
            "client_secret": pasted.client_secret.get_secret_value(),
            "scope": f"{pasted.environment_url}/.default",
        },
    )
    if token.status_code != 200:
        return Symptom("token", token.status_code, f"AADSTS{token.json()['error_codes'][0]}")
    probe = await client.get(
        f"{pasted.environment_url}/api/data/v9.2/incidents",
        headers={"Authorization": f"Bearer {token.json()['access_token']}"},
    )
    if probe.status_code == 200:
        return Symptom("none", 200)
    said = probe.json()["error"]["code"] if "json" in probe.headers.get("content-type", "") else ""
    return Symptom("probe", probe.status_code, said)


test_and_save.__test__ = False  # type: ignore[attr-defined] # the vendor's name for its button; pytest must not collect it


async def test_a_healthy_tenant_passes_test_and_save(integration: Integration, wire: httpx.AsyncClient) -> None:
    assert await test_and_save(wire, integration) == Symptom("none", 200)


@EVERY_MODE
async def test_its_symptom_shows_on_the_wire(
    mode: FailureMode, tenant: FakeTenant, integration: Integration, wire: httpx.AsyncClient
) -> None:
    assert await test_and_save(wire, mode.apply(tenant, integration)) == mode.symptom


@EVERY_MODE
async def test_verify_names_it_and_says_whose_turn_it_is_and_what_to_do(
    mode: FailureMode, tenant: FakeTenant, integration: Integration, engine: Engine
) -> None:
    verdict = await engine.verify(mode.apply(tenant, integration))
    assert not verdict.healthy
    assert verdict.family == mode.family
    assert verdict.failure in {mode.name, *mode.looks_like}
    assert verdict.whose_turn
    assert verdict.remedy
    if not mode.looks_like:
        assert verdict.failure == mode.name


@EVERY_MODE
async def test_its_verdict_holds_no_secret(
    mode: FailureMode, tenant: FakeTenant, integration: Integration, engine: Engine
) -> None:
    pasted = mode.apply(tenant, integration)
    verdict = await engine.verify(pasted)
    secrets = {each.client_secret.get_secret_value() for each in (integration, pasted)} - {""}
    told = f"{verdict!r} {verdict.to_json()} {tenant.journal.said(1000)} {list(tenant.journal)!r}"
    assert not [secret for secret in secrets if secret in told]


@EVERY_MODE
async def test_one_tenants_failure_is_not_its_neighbours(
    mode: FailureMode, cloud: FakeCloud, tenant: FakeTenant, integration: Integration, engine: Engine
) -> None:
    neighbour = cloud.create_tenant("Fabrikam")
    before = neighbour.snapshot()
    await engine.verify(mode.apply(tenant, integration))
    assert neighbour.snapshot() == before
    assert len(neighbour.journal) == 0


@EVERY_MODE
def test_what_it_looks_like_looks_like_it(mode: FailureMode) -> None:
    for name in mode.looks_like:
        assert mode.name in failure_mode(name).looks_like
        assert failure_mode(name).symptom == mode.symptom


def test_a_mistyped_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownFailureMode, match=r"did you mean login\.secret_expired"):
        failure_mode("login.secret_expird")
