"""Where a contract may be asked, and what may leave for there: the settings and the rails."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.facts.fact import Asked, Fact, NotAsked
from contract_tests.facts.in_process import place_of
from contract_tests.facts.loading import facts
from contract_tests.facts.made import Made
from contract_tests.facts.opening import opened
from contract_tests.facts.place import Place, load_place
from contract_tests.facts.putting import reason_to_leave_out
from contract_tests.facts.rails import ABSENT_ID, MARK, Rails
from contract_tests.facts.world import World
from mock_services.cloud import FakeCloud
from mock_services.intercept import FakeTransport
from mock_services.tenant import FakeTenant
from provisioning.problems import BadInput, Withheld

TENANT = "2f1c7b52-90a4-4d8e-9b0f-3a6f1c2d4e5f"
URL = "https://contoso.crm4.dynamics.com"
NAMED = f'tenant_id = "{TENANT}"\nenvironment_url = "{URL}"\n'
SECRET = {"D365_ADMIN_CLIENT_ID": TENANT, "D365_ADMIN_CLIENT_SECRET": "x"}
ELSEWHERE = {"AZURE_TENANT_ID": TENANT, "DATAVERSE_URL": URL}
LISTED = f'[contract]\ntenants = ["{TENANT}"]\nenvironments = ["{URL}"]\n'


def load(folder: Path, text: str, environ: dict[str, str]) -> Place:
    (folder / "live.toml").write_text(text)
    return load_place(folder / "live.toml", environ)


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        (NAMED, SECRET),
        (NAMED + LISTED, SECRET),
        (LISTED, SECRET | ELSEWHERE),
        (NAMED + f'[operator]\nclient_id = "{TENANT}"\nclient_secret = "x"\n', {}),
        (NAMED, {"D365_ADMIN_CLIENT_ID": TENANT, "AZURE_FEDERATED_TOKEN_FILE": "/var/run/token"}),
        (NAMED, {"D365_ADMIN_CLIENT_ID": TENANT, "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x",
                 "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "y"}),
        (NAMED + f'[operator]\nclient_id = "{TENANT}"\ngithub = true\n', {}),
    ],
)  # fmt: skip
def test_a_place_is_named_by_file_or_environment(tmp_path: Path, text: str, environ: dict[str, str]) -> None:
    place = load(tmp_path, text, environ)
    assert (place.tenant_id, place.environment_url) == (TENANT, URL)
    assert place.journal == tmp_path / "contract-made.jsonl"
    assert not place.is_stand_in


@pytest.mark.parametrize(
    ("text", "environ", "sentence"),
    [
        ("", SECRET, "tenant_id is missing"),
        ("", SECRET | ELSEWHERE, f"tenant_id is {TENANT}, which is not on the list"),
        (f'[contract]\ntenants = ["{TENANT}"]\n', SECRET | ELSEWHERE, "environment_url is"),
        (NAMED + '[contract]\ntenants = ["11111111-2222-4333-8444-555555555555"]\n', SECRET, "not on the list"),
        (NAMED, {}, "client_id is empty"),
        (NAMED, {"D365_ADMIN_CLIENT_ID": TENANT}, "operator has 0 ways to sign in and needs one"),
        (NAMED + f'[operator]\nclient_id = "{TENANT}"\nclient_secret = "x"\ngithub = true\n', {}, "has 2 ways"),
        (NAMED + "[contract]\nbudget = 3\n", SECRET, "contract.budget cannot be used"),
        (NAMED.replace(TENANT, "contoso"), SECRET, "tenant_id is not a GUID"),
    ],
)
def test_what_does_not_name_one_place_is_refused_in_one_sentence(
    tmp_path: Path, text: str, environ: dict[str, str], sentence: str
) -> None:
    with pytest.raises(BadInput, match=re.escape(sentence)):
        load(tmp_path, text, environ)


class Nowhere(httpx.AsyncBaseTransport):
    """Answers everything, and remembers what came this far."""

    def __init__(self) -> None:
        self.came: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.came.append(str(request.url))
        return httpx.Response(200)


GRAPH = "https://graph.microsoft.com/v1.0"


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("GET", f"{GRAPH}/organization", None),
        ("POST", "https://login.microsoftonline.com/x/oauth2/v2.0/token", None),
        ("POST", f"{GRAPH}/applications", {"displayName": f"{MARK} 1"}),
        ("DELETE", f"{GRAPH}/applications/{ABSENT_ID}", None),
        ("PATCH", f"{GRAPH}/applications/{TENANT}", {"notes": "x"}),
        ("GET", "https://{name}.api.crm4.dynamics.com/api/data/v9.2/WhoAmI", None),
    ],
)
async def test_what_is_ours_or_only_read_may_leave(
    contract_tenant: FakeTenant, tmp_path: Path, method: str, url: str, body: Any
) -> None:
    place = place_of(contract_tenant, tmp_path)
    rails = Rails(Nowhere(), place, may_write=True)
    rails.know([TENANT])
    async with httpx.AsyncClient(transport=rails) as client:
        answer = await client.request(method, url.format(name=place.host.partition(".")[0]), json=body)
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("method", "url", "body", "may_write", "reason"),
    [
        ("GET", "https://example.com/", None, True, "its host is none"),
        ("GET", "https://fabrikam.crm4.dynamics.com/api/data/v9.2/WhoAmI", None, True, "its host is none"),
        ("POST", f"{GRAPH}/applications", {"displayName": "Integration"}, True, "neither our mark"),
        ("DELETE", f"{GRAPH}/applications/{TENANT}", None, True, "neither our mark"),
        ("POST", f"{GRAPH}/applications", {"displayName": f"{MARK} 1"}, False, "this run only reads"),
        ("POST", f"{GRAPH}/applications/token", None, False, "this run only reads"),
    ],
)
async def test_what_is_not_ours_stays_here(
    contract_tenant: FakeTenant, tmp_path: Path, method: str, url: str, body: Any, may_write: bool, reason: str
) -> None:
    nowhere = Nowhere()
    rails = Rails(nowhere, place_of(contract_tenant, tmp_path), may_write=may_write)
    async with httpx.AsyncClient(transport=rails) as client:
        with pytest.raises(Withheld, match=reason):
            await client.request(method, url, json=body)
    assert nowhere.came == []


async def test_a_run_stops_at_its_budget(contract_tenant: FakeTenant, tmp_path: Path) -> None:
    place = place_of(contract_tenant, tmp_path)
    small = place.model_copy(update={"contract": place.contract.model_copy(update={"most_requests": 2})})
    rails = Rails(Nowhere(), small, may_write=False)
    async with httpx.AsyncClient(transport=rails) as client:
        for _ in range(2):
            await client.get(f"{GRAPH}/organization")
        with pytest.raises(Withheld, match="has sent 2 requests"):
            await client.get(f"{GRAPH}/organization")


@pytest.mark.parametrize("field", ["tenant_id", "environment_url"])
async def test_a_sign_in_that_ends_in_another_tenant_is_noticed_first(tmp_path: Path, field: str) -> None:
    """Nothing is asked of whoever answers: an operator known elsewhere, an environment of somebody else's."""
    cloud = FakeCloud()
    ours, theirs = cloud.create_tenant(), cloud.create_tenant("Fabrikam")
    place = place_of(ours, tmp_path)
    named = {"tenant_id": theirs.id, "environment_url": f"https://{theirs.organisation.host}"}
    with pytest.raises(NotAsked):
        async with opened(
            place.model_copy(update={field: named[field]}), may_write=True, transport=FakeTransport(cloud)
        ):
            pass
    assert not any("contract" in each.url for each in theirs.journal)


def fact(**changes: Any) -> Fact:
    told = next(each for each in facts() if each.name == "dataverse.row_not_found").model_dump(by_alias=True)
    return Fact.model_validate({**told, **changes})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"live": "it would empty the table"}, "cannot be staged live: it would empty the table"),
        ({"live": "write"}, "changes the tenant; --live-writes asks it too"),
        ({"stage": ("incident",)}, "needs incident, which only --live-writes brings about"),
        ({"stage": ("expired",)}, "needs a clock that can be moved"),
        ({"asked": {"service": "graph", "path": "/v1.0/me", "who": "person"}}, "needs a person to sign in"),
        ({"stage": ("circle",)}, "needs a person to sign in"),
    ],
)
async def test_what_a_tenant_is_not_asked_is_told_with_its_reason(
    contract_cloud: FakeCloud, contract_tenant: FakeTenant, tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    place = place_of(contract_tenant, tmp_path).model_copy(update={"stand_in": False, "person": None})
    async with opened(place, may_write=False, transport=FakeTransport(contract_cloud)) as world:
        told = reason_to_leave_out(fact(**changes), world, is_live=True)
    assert told.startswith(reason)
    assert bool(told) == bool(reason)


async def test_an_integration_that_is_there_already_is_asked_without_making_one(
    contract_cloud: FakeCloud, world: World, contract_tenant: FakeTenant, tmp_path: Path
) -> None:
    await world.stage("integration")
    known = {"integration": world.credentials["integration"]}
    place = place_of(contract_tenant, tmp_path).model_copy(update=known)
    async with opened(place, may_write=False, transport=FakeTransport(contract_cloud)) as reader:
        probe = next(each for each in facts() if each.name == "dataverse.probe")
        assert reason_to_leave_out(probe, reader, is_live=True) == ""
        assert (await reader.send(probe.asked)).status_code == 200


def test_a_journal_that_was_cut_off_still_tells_what_was_asked(tmp_path: Path) -> None:
    file = tmp_path / "made.jsonl"
    made = Made(file)
    thing = made.asked("graph:applications", f"{MARK} 1")
    made.made(made.asked("dataverse:contacts", f"{MARK} 2"), "some-id")
    made.gone(thing)
    with file.open("a") as journal:
        journal.write('{"asked": 3, "kind": "gra')
    left = Made(file).left
    assert [(each.kind, each.name, each.ids) for each in left] == [("dataverse:contacts", f"{MARK} 2", ("some-id",))]


async def test_a_federated_credential_signs_in(contract_cloud: FakeCloud, tmp_path: Path) -> None:
    """As a CI system does: a token of its own, which the operator's registration trusts, and no secret anywhere."""
    tenant = contract_cloud.create_tenant("Fabrikam")
    operator = tenant.directory.application(app_id=tenant.operator.client_id)
    assert operator is not None
    issuer, subject = "https://token.actions.githubusercontent.com", "repo:contoso/harness:ref:refs/heads/main"
    tenant.directory.add_federated_credential(
        operator.id, name="ci", issuer=issuer, subject=subject, audiences=["api://AzureADTokenExchange"],
        description=None,
    )  # fmt: skip
    token = contract_cloud.issuers.open(issuer).token(subject, "api://AzureADTokenExchange", at=tenant.clock.now())
    (tmp_path / "token").write_text(token + "\n")
    place = load(
        tmp_path,
        f'tenant_id = "{tenant.id}"\nenvironment_url = "https://{tenant.organisation.host}"\n',
        {"D365_ADMIN_CLIENT_ID": operator.app_id, "AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token")},
    )
    async with opened(place, may_write=False, transport=FakeTransport(contract_cloud)) as world:
        answer = await world.send(Asked(service="dataverse", path="/api/data/v9.2/WhoAmI"))
    assert answer.status_code == 200
