"""Guide step 3: the tenant-wide grant of user_impersonation."""

from __future__ import annotations

from provisioning.engine import Engine
from scenarios.setup.conftest import Onlooker


async def test_it_is_granted_for_everybody_once(engine: Engine, onlooker: Onlooker) -> None:
    provisioned = await engine.provision()
    [grant] = await onlooker.grants_of(provisioned.integration.client_id)
    assert (grant["consentType"], grant["scope"].split()) == ("AllPrincipals", ["user_impersonation"])


async def test_scopes_that_were_granted_before_stay_and_come_back_after_undo(
    engine: Engine, onlooker: Onlooker
) -> None:
    name = "OpenCX Dynamics Integration"
    body = {"displayName": name, "signInAudience": "AzureADMyOrg"}
    app_id = (await onlooker.tell_graph("POST", "applications", body)).json()["appId"]
    principal = (await onlooker.tell_graph("POST", "servicePrincipals", {"appId": app_id})).json()
    [dataverse] = await onlooker.graph("servicePrincipals?$filter=appId eq '00000007-0000-0000-c000-000000000000'")
    grant = {
        "clientId": principal["id"],
        "consentType": "AllPrincipals",
        "resourceId": dataverse["id"],
        "scope": "something_else",
    }
    await onlooker.tell_graph("POST", "oauth2PermissionGrants", grant)
    await engine.provision()
    [after] = await onlooker.grants_of(app_id)
    assert set(after["scope"].split()) == {"something_else", "user_impersonation"}
    await engine.undo()
    [left] = await onlooker.grants_of(app_id)
    assert left["scope"].split() == ["something_else"]


async def test_a_revoked_consent_is_warned_about_and_granted_again(engine: Engine, onlooker: Onlooker) -> None:
    first = await engine.provision()
    [grant] = await onlooker.grants_of(first.integration.client_id)
    await onlooker.tell_graph("DELETE", f"oauth2PermissionGrants/{grant['id']}")
    verdict = await engine.verify(first.integration, operator=engine.access)
    assert verdict.healthy, "client credentials need no consent"
    assert any(warning.startswith("login.consent_missing") for warning in verdict.warnings)
    second = await engine.provision(first.integration.client_secret)
    assert {report.step for report in second.steps if report.outcome != "kept"} == {"admin_consent"}
    assert (await engine.verify(second.integration, operator=engine.access)).warnings == ()
