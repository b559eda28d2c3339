"""Guide step 1: the registration and its service principal."""

from __future__ import annotations

import pytest

from provisioning.engine import Engine
from provisioning.problems import Ambiguous
from scenarios.setup.conftest import Onlooker

NAME = "OpenCX Dynamics Integration"
DATAVERSE = "00000007-0000-0000-c000-000000000000"
GRAPH = "00000003-0000-0000-c000-000000000000"
USER_IMPERSONATION = "78ce3f0f-a1ce-49c2-8cde-64b5c0896db4"
USER_READ = {"id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope"}


async def test_it_is_single_tenant_marked_and_declares_user_impersonation(engine: Engine, onlooker: Onlooker) -> None:
    provisioned = await engine.provision()
    [application] = await onlooker.applications()
    assert application["appId"] == provisioned.integration.client_id
    assert application["signInAudience"] == "AzureADMyOrg"
    assert application["tags"] == ["d365-harness"]
    assert application["requiredResourceAccess"] == [
        {"resourceAppId": DATAVERSE, "resourceAccess": [{"id": USER_IMPERSONATION, "type": "Scope"}]}
    ]
    [principal] = await onlooker.graph(f"servicePrincipals?$filter=appId eq '{application['appId']}'")
    assert principal["accountEnabled"] is True


async def test_an_application_of_that_name_is_adopted_and_completed_without_losing_anything(
    engine: Engine, onlooker: Onlooker
) -> None:
    wants = [{"resourceAppId": GRAPH, "resourceAccess": [USER_READ]}]
    body = {"displayName": NAME, "signInAudience": "AzureADMyOrg", "requiredResourceAccess": wants}
    theirs = (await onlooker.tell_graph("POST", "applications", body)).json()
    provisioned = await engine.provision()
    assert provisioned.integration.client_id == theirs["appId"]
    assert [report.outcome for report in provisioned.steps][1] == "changed"
    [application] = await onlooker.applications()
    declared = {entry["resourceAppId"]: entry["resourceAccess"] for entry in application["requiredResourceAccess"]}
    assert declared == {GRAPH: [USER_READ], DATAVERSE: [{"id": USER_IMPERSONATION, "type": "Scope"}]}

    await engine.undo()
    [left] = await onlooker.applications()
    assert left["appId"] == theirs["appId"]
    assert left["requiredResourceAccess"] == wants
    assert left["passwordCredentials"] == []


async def test_two_applications_of_that_name_are_a_question(engine: Engine, onlooker: Onlooker) -> None:
    for _ in range(2):
        await onlooker.tell_graph("POST", "applications", {"displayName": NAME, "signInAudience": "AzureADMyOrg"})
    with pytest.raises(Ambiguous, match="2 have this name") as question:
        await engine.provision()
    assert question.value.whose_turn == "the customer's Entra admin"
    assert len(await onlooker.applications()) == 2


async def test_our_own_is_recognised_among_others_of_the_same_name(engine: Engine, onlooker: Onlooker) -> None:
    first = await engine.provision()
    await onlooker.tell_graph("POST", "applications", {"displayName": NAME, "signInAudience": "AzureADMyOrg"})
    second = await engine.provision(first.integration.client_secret)
    assert second.changed_nothing
    assert second.integration.client_id == first.integration.client_id


async def test_a_renamed_application_is_still_ours_by_the_receipt(engine: Engine, onlooker: Onlooker) -> None:
    first = await engine.provision()
    [application] = await onlooker.applications()
    await onlooker.tell_graph("PATCH", f"applications/{application['id']}", {"displayName": "Renamed"})
    second = await engine.provision(first.integration.client_secret)
    assert second.changed_nothing
    assert await onlooker.applications() == []


async def test_a_name_with_a_quote_is_found_again(engine: Engine, onlooker: Onlooker) -> None:
    name = "O'Brien & Söhne's 100% #1"
    settings = engine.settings.model_copy(update={"application_name": name})
    first = await Engine(settings, engine.transport, engine.clock).provision()
    second = await Engine(settings, engine.transport, engine.clock).provision(first.integration.client_secret)
    assert second.integration.client_id == first.integration.client_id


async def test_a_disabled_service_principal_is_enabled_again(engine: Engine, onlooker: Onlooker) -> None:
    first = await engine.provision()
    [principal] = await onlooker.graph(f"servicePrincipals?$filter=appId eq '{first.integration.client_id}'")
    await onlooker.tell_graph("PATCH", f"servicePrincipals/{principal['id']}", {"accountEnabled": False})
    verdict = await engine.verify(first.integration)
    assert verdict.failure == "login.app_disabled"
    second = await engine.provision(first.integration.client_secret)
    outcomes = {report.step: report.outcome for report in second.steps}
    assert outcomes.pop("service_principal") == "changed"
    assert set(outcomes.values()) == {"kept"}
    assert (await engine.verify(second.integration)).healthy
