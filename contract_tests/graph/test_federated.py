"""Federated credentials: whom a registration trusts instead of a secret."""

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.graph.asking import Graph, said
from mock_services.tenant import FakeTenant

GITHUB = {
    "name": "main",
    "issuer": "https://token.actions.githubusercontent.com",
    "subject": "repo:contoso/harness:ref:refs/heads/main",
    "audiences": ["api://AzureADTokenExchange"],
}


@pytest.fixture
async def path(graph: Graph) -> str:
    """The collection of a new registration."""
    return f"/applications/{(await graph.register())['id']}/federatedIdentityCredentials"


async def test_a_credential_lives_through_create_read_change_and_delete(
    graph: Graph, tenant: FakeTenant, path: str
) -> None:
    made = await graph.post(path, GITHUB)
    assert made.status_code == 201
    identity = made.json()["id"]
    assert made.json()["@odata.context"].endswith("/federatedIdentityCredentials/$entity")
    assert (await graph.get(path)).json()["value"] == [{"id": identity, "description": None, **GITHUB}]
    assert (await graph.get(f"{path}/main")).json()["id"] == identity
    assert (await graph.patch(f"{path}/{identity}", {"subject": "other"})).status_code == 204
    assert (await graph.get(f"{path}/{identity}")).json()["subject"] == "other"
    (held,) = tenant.directory.federated_credentials(path.split("/")[2])
    assert (held.subject, held.audiences) == ("other", GITHUB["audiences"])
    assert (await graph.delete(f"{path}/{identity}")).status_code == 204
    assert said(await graph.get(f"{path}/{identity}"))[0] == 404
    assert (await graph.get(path)).json()["value"] == []


async def test_a_name_is_taken_once(graph: Graph, path: str) -> None:
    await graph.post(path, GITHUB)
    assert said(await graph.post(path, GITHUB | {"subject": "other"})) == (
        409,
        "Request_MultipleObjectsWithSameKeyValue",
        "FederatedIdentityCredential with name main already exists.",
    )


async def test_an_issuers_subject_is_trusted_once(graph: Graph, path: str) -> None:
    await graph.post(path, GITHUB)
    status, code, message = said(await graph.post(path, GITHUB | {"name": "second"}))
    assert (status, code) == (400, "InvalidFederatedIdentityCredentialValue")
    assert message.startswith("The combination of issuer and subject must be unique for the application. Issuer https")
    other = (await graph.post(path, GITHUB | {"name": "second", "subject": "other"})).json()["id"]
    assert said(await graph.patch(f"{path}/{other}", {"subject": GITHUB["subject"]}))[0] == 400
    assert (await graph.get(f"{path}/{other}")).json()["subject"] == "other"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "ab"},
        {"name": "x" * 121},
        {"name": "with space"},
        {"issuer": "no-url"},
        {"issuer": "http://plain.example"},
        {"issuer": "https://" + "x" * 600},
        {"subject": "x" * 601},
        {"subject": ""},
        {"subject": None},
        {"audiences": []},
        {"audiences": ["a", "b"]},
        {"audiences": "a"},
        {"colour": "red"},
        {"id": "x"},
    ],
)
async def test_a_malformed_credential_is_refused_and_not_kept(
    graph: Graph, path: str, wrong: dict[str, object]
) -> None:
    assert said(await graph.post(path, GITHUB | wrong))[0] == 400
    assert (await graph.get(path)).json()["value"] == []


@pytest.mark.parametrize("member", list(GITHUB))
async def test_every_member_is_needed(graph: Graph, path: str, member: str) -> None:
    body = {name: value for name, value in GITHUB.items() if name != member}
    assert said(await graph.post(path, body))[0] == 400


async def test_the_twenty_first_is_too_many(graph: Graph, path: str) -> None:
    for number in range(20):
        made = await graph.post(path, GITHUB | {"name": f"name{number}", "subject": str(number)})
        assert made.status_code == 201
    assert said(await graph.post(path, GITHUB))[:2] == (403, "Directory_QuotaExceeded")


async def test_a_name_never_changes_and_names_the_upsert(graph: Graph, path: str) -> None:
    body = {name: value for name, value in GITHUB.items() if name != "name"}
    assert said(await graph.patch(f"{path}/main", body))[0] == 404
    first = await graph.patch(f"{path}/main", body, Prefer="create-if-missing")
    assert (first.status_code, first.json()["name"]) == (201, "main")
    assert (await graph.patch(f"{path}/main", body, Prefer="create-if-missing")).status_code == 204
    assert said(await graph.patch(f"{path}/main", {"name": "other"}))[0] == 400
    assert len((await graph.get(path)).json()["value"]) == 1


async def test_a_purged_registration_trusts_nobody(graph: Graph, tenant: FakeTenant, path: str) -> None:
    await graph.post(path, GITHUB)
    identity = path.split("/")[2]
    await graph.delete(f"/applications/{identity}")
    await graph.delete(f"/directory/deletedItems/{identity}")
    assert tenant.directory.federated_credentials(identity) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(string.ascii_letters + string.digits + "-_. é", min_size=1, max_size=125))
async def test_only_names_that_are_safe_in_a_url_are_kept(graph: Graph, name: str) -> None:
    collection = f"/applications/{(await graph.register())['id']}/federatedIdentityCredentials"
    made = await graph.post(collection, GITHUB | {"name": name})
    safe = set(string.ascii_letters + string.digits)
    is_good = 3 <= len(name) <= 120 and name[0] in safe and set(name) <= safe | {"-", "_"}
    assert made.status_code == (201 if is_good else 400)
    if is_good:
        assert (await graph.get(f"{collection}/{name}")).json()["id"] == made.json()["id"]
