"""However the operator signs in, the set-up ends the same; where they do not, a letter says so and shows nothing."""

from __future__ import annotations

import io
import json
import logging
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import anyio.to_thread
import httpx
import pytest
from pydantic import SecretStr

from mock_services.cloud import FakeCloud
from provisioning.access import operator_access
from provisioning.browser_return import waiting_for_browser
from provisioning.engine import Engine
from provisioning.guard import TenantGuard
from provisioning.key_pair import new_key_pair, public_half, thumbprint
from provisioning.person import AtTerminal
from provisioning.person_sign_in import Remembered
from provisioning.problems import BadInput, Problem, Refused
from provisioning.receipt import Receipt
from provisioning.settings import Operator, Settings
from provisioning.transport import Transport
from scenarios.setup.scripted_person import ScriptedPerson, post_form
from scenarios.tenant_clock import TenantClock

GRAPH = "https://graph.microsoft.com"


@pytest.fixture
def person(cloud: FakeCloud, tenant: Any) -> ScriptedPerson:
    """The tenant's administrator."""
    return ScriptedPerson(cloud, tenant.operator.username, tenant.operator.password)


@pytest.fixture
def engine_as(operator_settings: Settings, transport: Transport, clock: TenantClock) -> Callable[..., Engine]:
    """An engine whose operator signs in as said."""

    def build(operator: Operator, person: ScriptedPerson | None = None, remembered: Remembered | None = None) -> Engine:
        settings = operator_settings.model_copy(update={"operator": operator})
        receipt = Receipt()
        transport.guard = TenantGuard(settings, receipt)  # what is right live is right here
        access = operator_access(settings, transport, clock, person=person, remembered=remembered)
        return Engine(settings, transport, clock, receipt, access=access)

    return build


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


async def test_an_app_signs_in_with_its_certificate(
    engine_as: Callable[..., Engine], tenant: Any, clock: TenantClock, tmp_path: Path
) -> None:
    file = certificate_file(tmp_path, clock, tenant)
    operator = Operator(client_id=tenant.operator.client_id, certificate=file)
    assert operator.kind == "certificate"
    engine = engine_as(operator)
    assert (await engine.verify((await engine.provision()).integration, operator=engine.access)).healthy


@pytest.mark.parametrize("username", ["", "admin"])
async def test_an_existing_az_login_will_do(
    engine_as: Callable[..., Engine], az: Az, tenant: Any, operator_settings: Settings, username: str
) -> None:
    await az.knows(GRAPH, operator_settings.environment_url, "https://service.powerapps.com")
    az.lists(account(tenant.operator.username, tenant.id), account("other@fabrikam.example", "other"))
    engine = engine_as(Operator(sign_in="az", username=tenant.operator.username if username else ""))
    assert (await engine.verify((await engine.provision()).integration, operator=engine.access)).healthy
    got = [call for call in az.calls() if "get-access-token" in call]
    assert len(got) == 2  # a token is kept while it lasts
    assert all(call[:4] == ["account", "get-access-token", "--output", "json"] for call in got)
    assert all(("--subscription" in call) == bool(username) and ("--tenant" in call) != bool(username) for call in got)


async def test_a_second_person_is_a_question_and_not_a_guess(
    engine_as: Callable[..., Engine], cloud: FakeCloud, tenant: Any, person: ScriptedPerson
) -> None:
    second = second_administrator(cloud, tenant)
    remembered = Remembered()
    for somebody in (person, second):
        # Signed in under their own name, they are not taken for each other.
        operator = Operator(sign_in="device_code", username=somebody.username)
        await engine_as(operator, somebody, remembered).access.sign_in.token(GRAPH)
        assert len(somebody.shown) == 1

    asked = ScriptedPerson(cloud, "", "", picks=second.username)
    sign_in = engine_as(Operator(sign_in="browser"), asked, remembered).access.sign_in
    assert (await sign_in.claims(GRAPH))["upn"] == second.username
    assert (await sign_in.claims("https://service.powerapps.com"))["upn"] == second.username
    assert [choices for _, choices in asked.asked] == [tuple(sorted([person.username, second.username]))]
    assert asked.shown == []

    named = engine_as(Operator(sign_in="browser", username=person.username), asked, remembered).access.sign_in
    assert (await named.claims(GRAPH))["upn"] == person.username
    assert len(asked.asked) == 1


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


async def test_at_a_terminal_a_code_goes_to_standard_error_and_a_choice_takes_number_or_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("2\nME@contoso.example\nsomebody\n"))
    await AtTerminal().show_code("https://login.microsoft.com/device", "ABC", lasts=timedelta(minutes=15))
    said = capsys.readouterr()
    assert said.out == ""
    assert "enter the code ABC within 15 minutes" in said.err
    accounts = ["me@contoso.example", "you@contoso.example"]
    assert await AtTerminal().choose("Who?", accounts) == "you@contoso.example"
    assert await AtTerminal().choose("Who?", accounts) == "me@contoso.example"
    with pytest.raises(Problem, match="somebody is none of me@contoso"):
        await AtTerminal().choose("Who?", accounts)


async def test_without_a_terminal_nobody_is_there_to_choose(
    engine_as: Callable[..., Engine], cloud: FakeCloud, tenant: Any, person: ScriptedPerson
) -> None:
    remembered = Remembered()
    for somebody in (person, second_administrator(cloud, tenant)):
        operator = Operator(sign_in="device_code", username=somebody.username)
        await engine_as(operator, somebody, remembered).access.sign_in.token(GRAPH)
    with pytest.raises(Problem, match=r"nobody is there to choose .*--account"):
        await engine_as(Operator(sign_in="device_code"), None, remembered).access.sign_in.token(GRAPH)


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


async def test_the_wrong_certificate_is_named_by_its_thumbprint(
    engine_as: Callable[..., Engine], tenant: Any, clock: TenantClock, tmp_path: Path
) -> None:
    file = certificate_file(tmp_path, clock)
    with pytest.raises(Refused, match="AADSTS700027") as letter:
        await engine_as(Operator(client_id=tenant.operator.client_id, certificate=file)).provision()
    assert thumbprint(file.read_text()) in letter.value.remedy
    assert "PRIVATE" not in json.dumps(letter.value.to_json())


@pytest.mark.parametrize(
    ("content", "password", "complaint"),
    [
        ("nonsense", None, "holds no certificate"),
        ("certificate", None, "holds no private key"),
        ("key", None, "holds no certificate"),
        ("foreign key", None, "a key that is not the certificate's"),
        ("both", "secret", "is not encrypted, yet a password is given"),
        ("locked", None, "holds an encrypted key.*set D365_ADMIN_CERTIFICATE_PASSWORD"),
        ("locked", "wrong", "this password does not open"),
    ],
)
def test_a_certificate_file_that_is_none_is_refused_before_anything_is_sent(
    engine_as: Callable[..., Engine], clock: TenantClock, tmp_path: Path, content: str, password: str | None,
    complaint: str, tenant: Any,
) -> None:  # fmt: skip
    pem, other = key_pair(clock), key_pair(clock)
    private, certificate = halves(pem)
    files = {
        "nonsense": "nonsense",
        "certificate": certificate,
        "key": private,
        "foreign key": halves(other)[0] + certificate,
        "both": pem,
        "locked": locked(private, "right") + certificate,
    }
    file = tmp_path / "operator.pem"
    file.write_text(files[content])
    operator = Operator(
        client_id=tenant.operator.client_id,
        certificate=file,
        certificate_password=SecretStr(password) if password else None,
    )
    with pytest.raises(BadInput, match=rf"^operator\.certificate .*{complaint}"):
        engine_as(operator)


async def test_a_locked_key_is_opened_by_its_password(
    engine_as: Callable[..., Engine], clock: TenantClock, tmp_path: Path, tenant: Any
) -> None:
    file = certificate_file(tmp_path, clock, tenant)
    private, certificate = halves(file.read_text())
    file.write_text(locked(private, "right") + certificate)
    operator = Operator(client_id=tenant.operator.client_id, certificate=file, certificate_password=SecretStr("right"))
    assert await engine_as(operator).access.sign_in.token(GRAPH)


@pytest.mark.parametrize(
    ("says", "heard", "remedy"),
    [
        ("absent", "az.* is not on the PATH", "az login"),
        ("ERROR: Please run 'az login' to setup account.", "not signed in to this tenant", "az login --tenant "),
        ("ERROR: AADSTS700082: It has expired. eyJhbGciOiJub25lIn0.eyJ1cG4i.sig", "AADSTS700082", "az login"),
        ("garbage", "something else than JSON", "update az"),
        ("{}", "without a token", "update az"),
        ("another tenant", "az is signed in to the tenant ", "az login --tenant "),
    ],
)  # fmt: skip
async def test_an_az_that_gives_no_token_ends_in_a_letter(
    engine_as: Callable[..., Engine], az: Az, cloud: FakeCloud, says: str, heard: str, remedy: str
) -> None:
    if says == "absent":
        az.path.unlink()
    elif says == "another tenant":
        await az.knows(GRAPH, tenant=cloud.create_tenant("Fabrikam"))
    else:
        az.says(says, fails=says.startswith("ERROR"))
    with pytest.raises(Problem, match=heard) as letter:
        await engine_as(Operator(sign_in="az")).access.sign_in.token(GRAPH)
    assert remedy in letter.value.remedy
    assert "eyJ" not in json.dumps(letter.value.to_json())


async def test_an_az_that_hangs_is_ended(
    engine_as: Callable[..., Engine], az: Az, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioning.az_sign_in._LONGEST_S", 0.3)
    az.path.write_text("#!/bin/sh\necho $$ > " + str(az.path.with_name("pid")) + "\nexec /bin/sleep 60\n")
    with pytest.raises(Problem, match=r"az did not answer within 0\.3 seconds"):
        await engine_as(Operator(sign_in="az")).access.sign_in.token(GRAPH)
    with pytest.raises(ProcessLookupError):
        os.kill(int(az.path.with_name("pid").read_text()), 0)


async def test_an_account_that_az_does_not_know_is_named(engine_as: Callable[..., Engine], az: Az, tenant: Any) -> None:
    az.lists(account("other@contoso.example", tenant.id))
    with pytest.raises(Problem, match=r"az knows other@contoso\.example, and not boss@contoso\.example"):
        await engine_as(Operator(sign_in="az", username="boss@contoso.example")).access.sign_in.token(GRAPH)


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


# The people, files and programs of these stories -------------------------------------------------------------------


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


def second_administrator(cloud: FakeCloud, tenant: Any) -> ScriptedPerson:
    name, password = f"second@{tenant.domain}", "fake-password-of-the-second"
    user = tenant.directory.add_user(name, "Second Admin", password)
    tenant.directory.give_directory_role(user.id, "62e90394-69f5-4237-9190-012177145e10")
    return ScriptedPerson(cloud, name, password)


def key_pair(clock: TenantClock) -> str:
    now = clock.now().replace(microsecond=0)
    return new_key_pair("operator", start=now - timedelta(days=1), end=now + timedelta(days=365))


def halves(pem: str) -> tuple[str, str]:
    private, mark, certificate = pem.partition("-----BEGIN CERTIFICATE-----")
    return private, mark + certificate


def locked(private: str, password: str) -> str:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(private.encode(), None)
    lock = serialization.BestAvailableEncryption(password.encode())
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, lock).decode()


def certificate_file(folder: Path, clock: TenantClock, tenant: Any = None) -> Path:
    """A PEM file; given a tenant, its operator's app has the public half."""
    import base64

    from mock_services.state.directory import KeyCredential

    pem = key_pair(clock)
    if tenant is not None:
        application = tenant.directory.application(app_id=tenant.operator.client_id)
        credential = KeyCredential(
            key_id="7a1c3a52-0000-4000-8000-000000000001",
            application_id=application.id,
            display_name="operator",
            kind="AsymmetricX509Cert",
            usage="Verify",
            thumbprint=thumbprint(pem),
            key=base64.b64decode(public_half(pem)),
            start=clock.now() - timedelta(days=1),
            end=clock.now() + timedelta(days=365),
        )
        tenant.directory.set_key_credentials(application.id, [credential])
    file = folder / "operator.pem"
    file.write_text(pem)
    return file


_AZ = """#!{python} -IS
import json, pathlib, sys
here, arguments = pathlib.Path(__file__).parent, sys.argv[1:]
with (here / "calls").open("a") as calls:
    calls.write(json.dumps(arguments) + chr(10))
answers = json.loads((here / "answers.json").read_text())
if "fails" in answers:
    sys.exit(answers["fails"])
key = arguments[arguments.index("--resource") + 1] if "--resource" in arguments else arguments[1]
sys.stdout.write(answers[key] if key in answers else answers["anything"])
"""


class Az:
    """The Azure CLI of a machine: what it answers, and what it was asked."""

    def __init__(self, folder: Path, wire: httpx.AsyncClient, tenant: Any) -> None:
        import sys

        self.path = folder / "az"
        self._wire, self._tenant = wire, tenant
        self._answers: dict[str, str] = {"anything": "{}"}
        self.path.write_text(_AZ.replace("{python}", sys.executable))
        self.path.chmod(self.path.stat().st_mode | stat.S_IXUSR)

    def says(self, text: str, *, fails: bool = False) -> None:
        self._answers["fails" if fails else "anything"] = text
        self._write()

    def lists(self, *accounts: dict[str, Any]) -> None:
        self._answers["list"] = json.dumps(accounts)
        self._write()

    async def knows(self, *resources: str, tenant: Any = None) -> None:
        """Signed in as the administrator, with a token for each of these."""
        tenant = tenant or self._tenant
        for resource in resources:
            form = {
                "grant_type": "password", "client_id": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
                "username": tenant.operator.username, "password": tenant.operator.password,
                "scope": f"{resource}/.default",
            }  # fmt: skip
            url = f"https://login.microsoftonline.com/{tenant.id}/oauth2/v2.0/token"
            token = (await self._wire.post(url, data=form)).json()["access_token"]
            ends = int((tenant.clock.now() + timedelta(hours=1)).timestamp())
            self._answers[resource] = json.dumps({"accessToken": token, "expires_on": ends, "tokenType": "Bearer"})
        self._write()

    def calls(self) -> list[list[str]]:
        return [json.loads(line) for line in (self.path.parent / "calls").read_text().splitlines()]

    def _write(self) -> None:
        (self.path.parent / "answers.json").write_text(json.dumps(self._answers))


@pytest.fixture
def az(tmp_path: Path, wire: httpx.AsyncClient, tenant: Any, monkeypatch: pytest.MonkeyPatch) -> Az:
    """The only az on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert os.environ["PATH"] == str(tmp_path)
    return Az(tmp_path, wire, tenant)


def account(name: str, tenant: str) -> dict[str, Any]:
    """A row of `az account list`."""
    return {"id": f"5b{name.encode().hex()[:6]}", "tenantId": tenant, "user": {"name": name, "type": "user"}}
