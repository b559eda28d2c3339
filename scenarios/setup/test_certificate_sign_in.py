"""An operator that is an app with a certificate: what its file must hold, and what is said of the wrong one."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from mock_services.state.directory import KeyCredential
from provisioning.engine import Engine
from provisioning.key_pair import new_key_pair, public_half, thumbprint
from provisioning.problems import BadInput, Refused
from provisioning.settings import Operator
from scenarios.tenant_clock import TenantClock

GRAPH = "https://graph.microsoft.com"


async def test_an_app_signs_in_with_its_certificate(
    engine_as: Callable[..., Engine], tenant: Any, clock: TenantClock, tmp_path: Path
) -> None:
    file = certificate_file(tmp_path, clock, tenant)
    operator = Operator(client_id=tenant.operator.client_id, certificate=file)
    assert operator.kind == "certificate"
    engine = engine_as(operator)
    assert (await engine.verify((await engine.provision()).integration, operator=engine.access)).healthy


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
