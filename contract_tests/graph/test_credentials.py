"""Secrets and certificates of a registration."""

import base64
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contract_tests.graph.asking import Graph, said
from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant

RECORDED_MEMBERS = "@odata.context customKeyIdentifier displayName endDateTime hint keyId secretText startDateTime"


async def test_a_secret_is_told_once_and_lives_two_years(graph: Graph, tenant: FakeTenant) -> None:
    made = await graph.register()
    answer = await graph.post(
        f"/applications/{made['id']}/addPassword", {"passwordCredential": {"displayName": "opencx"}}
    )
    secret = answer.json()
    assert answer.status_code == 200
    assert list(secret) == RECORDED_MEMBERS.split()
    assert secret["@odata.context"].endswith("/v1.0/$metadata#microsoft.graph.passwordCredential")
    assert len(secret["secretText"]) == 40
    assert secret["hint"] == secret["secretText"][:3]
    start, end = (datetime.fromisoformat(secret[name]) for name in ("startDateTime", "endDateTime"))
    assert start == tenant.clock.now().replace(microsecond=0)
    assert (end - start) in (timedelta(days=730), timedelta(days=731))
    assert answer.headers["location"] == "https://graph.microsoft.com"

    [read] = (await graph.get(f"/applications/{made['id']}")).json()["passwordCredentials"]
    assert read["secretText"] is None
    assert (read["keyId"], read["hint"]) == (secret["keyId"], secret["hint"])


async def test_a_secret_never_stands_in_the_journal(graph: Graph, tenant: FakeTenant) -> None:
    made = await graph.register()
    text = (await graph.post(f"/applications/{made['id']}/addPassword", {})).json()["secretText"]
    await graph.get("/applications", {"$filter": f"displayName eq '{text}'"})
    assert text not in repr(list(tenant.journal))
    assert text not in repr(tenant.directory.secrets(made["id"]))


@pytest.mark.parametrize("body", [None, {}, {"passwordCredential": {}}, {"passwordCredential": None}])
async def test_every_member_of_add_password_may_be_left_out(graph: Graph, body: object) -> None:
    made = await graph.register()
    assert (await graph.post(f"/applications(appId='{made['appId']}')/addPassword", body)).status_code == 200


async def test_start_and_end_are_kept_in_either_spelling_of_utc(graph: Graph) -> None:
    made = await graph.register()
    wanted = {"startDateTime": "2026-01-01T00:00:00+00:00", "endDateTime": "2026-07-01T02:00:00.1234567+02:00"}
    answer = await graph.post(f"/applications/{made['id']}/addPassword", {"passwordCredential": wanted})
    assert answer.json()["startDateTime"] == "2026-01-01T00:00:00Z"
    assert answer.json()["endDateTime"] == "2026-07-01T00:00:00Z"


@pytest.mark.parametrize(
    "wanted",
    [
        {"startDateTime": "2026-01-02T00:00:00Z", "endDateTime": "2026-01-01T00:00:00Z"},
        {"endDateTime": "tomorrow"},
        {"endDateTime": "2026-01-01"},
        {"startDateTime": "9999-12-31T23:59:59Z"},
        {"startDateTime": "0001-01-01T00:00:00+14:00"},
        {"displayName": 3},
        {"colour": "red"},
    ],
)
async def test_a_secret_with_impossible_dates_or_members_is_not_made(graph: Graph, wanted: dict[str, object]) -> None:
    made = await graph.register()
    answer = await graph.post(f"/applications/{made['id']}/addPassword", {"passwordCredential": wanted})
    assert said(answer)[:2] == (400, "Request_BadRequest")
    assert (await graph.get(f"/applications/{made['id']}")).json()["passwordCredentials"] == []


async def test_each_call_adds_a_secret_and_the_newest_is_listed_first(graph: Graph) -> None:
    made = await graph.register()
    added = [(await graph.post(f"/applications/{made['id']}/addPassword", {})).json()["keyId"] for _ in range(3)]
    listed = (await graph.get(f"/applications/{made['id']}")).json()["passwordCredentials"]
    assert [each["keyId"] for each in listed] == added[::-1]


async def test_a_removed_secret_is_gone_and_cannot_be_removed_again(graph: Graph) -> None:
    made = await graph.register()
    secret = (await graph.post(f"/applications/{made['id']}/addPassword", {})).json()
    path = f"/applications/{made['id']}/removePassword"
    assert (await graph.post(path, {"keyId": secret["keyId"]})).status_code == 204
    assert said(await graph.post(path, {"keyId": secret["keyId"]})) == (
        400,
        "Request_BadRequest",
        f"No password credential found with keyId '{secret['keyId']}'.",
    )


async def test_an_audience_with_personal_accounts_takes_two_secrets(graph: Graph) -> None:
    made = await graph.register(
        signInAudience="AzureADandPersonalMicrosoftAccount", api={"requestedAccessTokenVersion": 2}
    )
    answers = [await graph.post(f"/applications/{made['id']}/addPassword", {}) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 400]


async def test_a_secret_cannot_be_made_or_edited_by_patch_but_can_be_dropped(graph: Graph) -> None:
    made = await graph.register()
    path = f"/applications/{made['id']}"
    await graph.post(f"{path}/addPassword", {})
    [held] = (await graph.get(path)).json()["passwordCredentials"]
    edited = held | {"endDateTime": "2099-01-01T00:00:00Z"}
    assert said(await graph.patch(path, {"passwordCredentials": [edited]}))[2] == (
        f"Update to existing credential with KeyId '{held['keyId']}' is not allowed."
    )
    assert said(await graph.patch(path, {"passwordCredentials": [{"displayName": "new"}, held]}))[0] == 400
    assert (await graph.patch(path, {"passwordCredentials": [held]})).status_code == 204
    assert (await graph.get(path)).json()["passwordCredentials"] == [held]
    assert (await graph.patch(path, {"passwordCredentials": []})).status_code == 204
    assert (await graph.get(path)).json()["passwordCredentials"] == []


async def test_a_secret_asked_for_in_the_create_is_told_there(graph: Graph) -> None:
    made = await graph.register(passwordCredentials=[{"displayName": "inline"}])
    [secret] = made["passwordCredentials"]
    assert secret["displayName"] == "inline"
    assert len(secret["secretText"]) == 40


async def test_a_new_secret_signs_in_at_the_token_endpoint(
    graph: Graph, tenant: FakeTenant, cloud: FakeCloud, wire: httpx.AsyncClient
) -> None:
    made = await graph.register()
    await graph.principal(made["appId"])
    text = (await graph.post(f"/applications/{made['id']}/addPassword", {})).json()["secretText"]
    form = {
        "grant_type": "client_credentials",
        "client_id": made["appId"],
        "client_secret": text,
        "scope": "https://graph.microsoft.com/.default",
    }
    answer = await wire.post(f"https://login.microsoftonline.com/{tenant.id}/oauth2/v2.0/token", data=form)
    assert answer.status_code == 200
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    refused = await wire.get("https://graph.microsoft.com/v1.0/applications", headers=bearer)
    assert said(refused)[:2] == (403, "Authorization_RequestDenied")  # nothing was granted to it


async def test_a_certificate_shows_its_thumbprint_and_never_its_bytes(graph: Graph) -> None:
    certificate = _certificate()
    der = certificate.public_bytes(serialization.Encoding.DER)
    key = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.b64encode(der).decode()}
    made = await graph.register()
    path = f"/applications/{made['id']}"
    assert (await graph.patch(path, {"keyCredentials": [key]})).status_code == 204
    [held] = (await graph.get(path)).json()["keyCredentials"]
    assert held["key"] is None
    assert held["customKeyIdentifier"] == certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - the wire's
    assert held["displayName"] == "CN=fake"
    assert (await graph.patch(path, {"keyCredentials": [held]})).status_code == 204
    assert (await graph.get(path)).json()["keyCredentials"] == [held]


async def test_what_is_no_certificate_is_refused(graph: Graph) -> None:
    key = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.b64encode(b"no").decode()}
    answer = await graph.post("/applications", {"displayName": "x", "keyCredentials": [key]})
    assert said(answer)[:2] == (400, "Request_BadRequest")


def _certificate() -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )


async def test_a_principals_own_secret_signs_in_too_and_shows_at_the_principal_alone(
    graph: Graph, tenant: FakeTenant, wire: httpx.AsyncClient
) -> None:
    made = await graph.register()
    principal = await graph.principal(made["appId"])
    added = await graph.post(f"/servicePrincipals/{principal['id']}/addPassword")
    assert added.status_code == 200
    secret = added.json()
    [shown] = (await graph.get(f"/servicePrincipals/{principal['id']}")).json()["passwordCredentials"]
    assert shown["keyId"] == secret["keyId"]
    assert (await graph.get(f"/applications/{made['id']}")).json()["passwordCredentials"] == []
    form = {
        "grant_type": "client_credentials", "client_id": made["appId"], "client_secret": secret["secretText"],
        "scope": "https://graph.microsoft.com/.default",
    }  # fmt: skip
    url = f"https://login.microsoftonline.com/{tenant.id}/oauth2/v2.0/token"
    assert (await wire.post(url, data=form)).status_code == 200

    body = {"keyId": secret["keyId"]}
    assert (await graph.post(f"/servicePrincipals/{principal['id']}/removePassword", body)).status_code == 204
    assert (await wire.post(url, data=form)).json()["error_codes"] == [7000215]


async def test_the_lines_of_a_pem_file_are_a_certificate(graph: Graph) -> None:
    """az sends what stands between BEGIN and END, line breaks included."""
    made = await graph.register()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "integration")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(start).not_valid_after(start + timedelta(days=365)).sign(key, hashes.SHA256())
    )  # fmt: skip
    lines = certificate.public_bytes(serialization.Encoding.PEM).decode().splitlines()[1:-1]
    credential = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": "\n".join(lines)}
    answer = await graph.patch(f"/applications/{made['id']}", {"keyCredentials": [credential]})
    assert answer.status_code == 204
    [read] = (await graph.get(f"/applications/{made['id']}")).json()["keyCredentials"]
    assert read["customKeyIdentifier"] == certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - the wire's
