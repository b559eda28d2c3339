"""A person signs in by device code or in a browser, once; where they do not, a letter says so and shows nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import anyio.to_thread
import httpx
import pytest

from mock_services.cloud import FakeCloud
from provisioning.browser_return import waiting_for_browser
from provisioning.engine import Engine
from provisioning.problems import NotPermitted, Problem, Refused
from provisioning.settings import Operator, Settings
from scenarios.setup.scripted_person import ScriptedPerson, post_form

GRAPH = "https://graph.microsoft.com"


@pytest.mark.parametrize("kind", ["device_code", "browser"])
async def test_a_person_signs_in_once_and_everything_is_set_up(
    engine_as: Callable[..., Engine], person: ScriptedPerson, kind: Any
) -> None:
    engine = engine_as(Operator(sign_in=kind), person)
    integration = (await engine.provision()).integration
    assert (await engine.verify(integration, operator=engine.access)).healthy
    assert len(person.shown) == 1
    assert await engine.access.power_platform.environments()
    assert [each.url for each in await engine.access.discovery.environments()] == [integration.environment_url]
    assert len(person.shown) == 1


@pytest.mark.parametrize("kind", ["device_code", "browser"])
async def test_where_one_service_wants_more_proof_the_person_is_asked_again(
    engine_as: Callable[..., Engine], tenant: Any, person: ScriptedPerson, operator_settings: Settings, kind: Any
) -> None:
    dataverse = "00000007-0000-0000-c000-000000000000"
    tenant.directory.add_access_policy("MFA for Dataverse", users=("All",), resources=(dataverse,), control="mfa")
    sign_in = engine_as(Operator(sign_in=kind), person).access.sign_in
    assert (await sign_in.claims(GRAPH))["amr"] == ["pwd"]
    assert (await sign_in.claims(operator_settings.environment_url))["amr"] == ["pwd", "mfa"]
    assert len(person.shown) == 2


async def test_who_is_no_user_of_the_environment_is_told_as_a_person(
    engine_as: Callable[..., Engine], cloud: FakeCloud, tenant: Any
) -> None:
    """An application user is an app's: a person is added as a user."""
    name = f"clerk@{tenant.domain}"
    tenant.directory.add_user(name, "Clerk", "fake-password-of-the-clerk")
    clerk = ScriptedPerson(cloud, name, "fake-password-of-the-clerk")
    with pytest.raises(NotPermitted) as letter:
        await engine_as(Operator(sign_in="device_code"), clerk).provision()
    assert "add the operator's account as a user of this environment" in letter.value.remedy
    assert "application user" not in str(letter.value)


async def test_somebody_elses_account_is_not_taken(
    engine_as: Callable[..., Engine], cloud: FakeCloud, tenant: Any, person: ScriptedPerson
) -> None:
    operator = Operator(sign_in="device_code", username="boss@contoso.example")
    with pytest.raises(Problem, match=rf"{person.username} signed in, and the settings say boss@contoso.example"):
        await engine_as(operator, person).provision()
    assert "Anybody" not in str(tenant.directory.applications())


@pytest.mark.parametrize(
    ("kind", "habit", "heard"),
    [
        ("device_code", "declines", "authorization_declined|declined|cancel"),
        ("device_code", "absent", "the code was not entered in time|expired"),
        ("browser", "absent", "the browser did not come back in time"),
    ],
)
async def test_a_sign_in_that_is_not_completed_ends_in_a_letter(
    engine_as: Callable[..., Engine], cloud: FakeCloud, tenant: Any, kind: Any, habit: str, heard: str
) -> None:
    somebody = ScriptedPerson(
        cloud, tenant.operator.username, tenant.operator.password,
        declines=habit == "declines", absent=habit == "absent",
    )  # fmt: skip
    before = len(tenant.directory.applications())
    with pytest.raises(Problem, match=heard) as letter:
        await engine_as(Operator(sign_in=kind), somebody).provision()
    assert letter.value.remedy.startswith("run it again")
    assert len(tenant.directory.applications()) == before
    assert all(shown not in json.dumps(letter.value.to_json()) for shown in somebody.shown)


async def test_who_declines_in_the_browser_gets_a_letter(
    engine_as: Callable[..., Engine], cloud: FakeCloud, tenant: Any
) -> None:
    client = tenant.directory.add_application("Our own client")
    tenant.directory.add_service_principal(client.app_id)
    wanted = {"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": [
        {"id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope"}]}  # fmt: skip
    tenant.directory.change_application(
        client.id,
        is_fallback_public_client=True,
        public_client={"redirectUris": ["http://localhost"]},
        required_resource_access=[wanted],
    )
    somebody = ScriptedPerson(cloud, tenant.operator.username, tenant.operator.password, declines=True)
    with pytest.raises(Problem, match=r"AADSTS65004.*declined") as letter:
        await engine_as(Operator(sign_in="browser", client_id=client.app_id), somebody).access.sign_in.token(GRAPH)
    assert "accept" in letter.value.remedy


async def test_a_client_that_was_not_consented_to_is_the_admins_turn(
    engine_as: Callable[..., Engine], tenant: Any, person: ScriptedPerson
) -> None:
    client = tenant.directory.add_application("Our own client")
    tenant.directory.add_service_principal(client.app_id)
    tenant.directory.change_application(client.id, is_fallback_public_client=True)
    with pytest.raises(Refused, match="AADSTS65001") as letter:
        await engine_as(Operator(sign_in="device_code", client_id=client.app_id), person).access.sign_in.token(GRAPH)
    assert "consent" in letter.value.remedy
    assert letter.value.whose_turn == "the customer's Entra admin"


async def test_no_token_and_no_code_is_left_anywhere(
    engine_as: Callable[..., Engine], person: ScriptedPerson, wire: httpx.AsyncClient, tenant: Any,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    secret = secrets_on(wire)
    administrator = tenant.directory.user(user_principal_name=person.username)
    for kind in ("device_code", "browser"):
        engine = engine_as(Operator(sign_in=kind), person)
        provisioned = await engine.provision()
        tenant.directory.set_password(administrator.id, "fake-new-password")
        with pytest.raises(Problem) as letter:
            await engine_as(Operator(sign_in=kind), person).access.sign_in.token(GRAPH)
        tenant.directory.set_password(administrator.id, person.password)
        told = [provisioned.to_json(), letter.value.to_json(), [step.to_json() for step in await engine.plan()]]
        caplog.records.append(logging.makeLogRecord({"msg": f"{json.dumps(told)}{provisioned!r}{engine.access!r}"}))
    mine = [record.getMessage() for record in caplog.records if not is_the_persons(record)]
    written = "".join([*mine, *capfd.readouterr()])
    assert {"device_code", "code", "code_verifier", "access_token", "refresh_token", "user_code"} <= secret.keys()
    assert [name for name, values in secret.items() if any(value in written for value in values)] == []


async def test_a_browser_comes_back_with_the_state_of_this_sign_in_or_not_at_all() -> None:
    async with waiting_for_browser() as back:
        assert await anyio.to_thread.run_sync(post_form, back.uri, {"code": "stolen", "state": ""}) == 400
        back.state = "ours"
        assert await anyio.to_thread.run_sync(post_form, back.uri, {"code": "stolen", "state": "theirs"}) == 400
        assert back.answer is None
        assert await anyio.to_thread.run_sync(post_form, back.uri, {"code": "right", "state": "ours"}) == 200
        assert await anyio.to_thread.run_sync(post_form, back.uri, {"code": "late", "state": "ours"}) == 200
        assert back.answer == {"code": "right", "state": "ours"}


def secrets_on(wire: httpx.AsyncClient) -> dict[str, set[str]]:
    """Whatever goes over the wire that nobody may read, by name, as it comes to be known."""
    found: dict[str, set[str]] = {}
    names = (
        "code",
        "code_verifier",
        "client_secret",
        "access_token",
        "refresh_token",
        "id_token",
        "device_code",
        "user_code",
    )

    async def look(response: httpx.Response) -> None:
        await response.aread()
        told = dict(parse_qsl(response.request.content.decode("utf-8", "replace")))
        if response.headers.get("content-type", "").startswith("application/json"):
            body = response.json()
            told |= {name: str(value) for name, value in body.items()} if isinstance(body, dict) else {}
        if response.request.url.host == "login.microsoftonline.com":
            for name in names:
                if told.get(name):
                    found.setdefault(name, set()).add(told[name])

    wire.event_hooks = {"response": [look]}
    return found


def is_the_persons(record: logging.LogRecord) -> bool:
    """Whether this is a line about the pages that the person's own browser went to."""
    return record.name == "httpx" and any(
        part in record.getMessage() for part in ("/deviceauth", "/authorize", "/device")
    )
