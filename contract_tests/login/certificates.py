"""Certificates of the tests' own, and the assertions that are signed with them."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from contract_tests.self_signed import base64url, self_signed, sha1_of, sha256_of
from mock_services.state.directory import KeyCredential
from mock_services.tenant import FakeTenant

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Certificate:
    """A self-signed certificate; all share one key, which takes longest to make."""

    def __init__(self, start: datetime | None = None, *, days: int = 365) -> None:
        begin = (start or datetime.now(UTC) - timedelta(days=1)).replace(microsecond=0)
        self.key = _KEY
        self.certificate = self_signed(_KEY, "integration", begin, begin + timedelta(days=days))

    @property
    def sha1(self) -> bytes:
        """The thumbprint that portals show."""
        return sha1_of(self.certificate)

    @property
    def sha256(self) -> bytes:
        """The thumbprint that today's assertions carry."""
        return sha256_of(self.certificate)

    @property
    def pem(self) -> str:
        """Private key and certificate, as libraries read them."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return (key + self.certificate.public_bytes(serialization.Encoding.PEM)).decode()

    def register(self, tenant: FakeTenant, application_id: str) -> None:
        """Upload the public half, as Graph's keyCredentials do."""
        credential = KeyCredential(
            key_id=str(uuid.uuid4()),
            application_id=application_id,
            display_name="integration",
            kind="AsymmetricX509Cert",
            usage="Verify",
            thumbprint=self.sha1.hex().upper(),
            key=self.certificate.public_bytes(serialization.Encoding.DER),
            start=self.certificate.not_valid_before_utc,
            end=self.certificate.not_valid_after_utc,
        )
        tenant.directory.set_key_credentials(application_id, [credential])

    def assertion(
        self, tenant: FakeTenant, client_id: str, *, headers: dict[str, Any] | None = None, algorithm: str = "PS256",
        key: rsa.RSAPrivateKey | None = None, **claims: Any,
    ) -> str:  # fmt: skip
        """What a library would sign, with changes; a claim or header of None is left out."""
        now = tenant.clock.now().timestamp()
        usual = {
            "aud": f"https://login.microsoftonline.com/{tenant.id}/oauth2/v2.0/token",
            "iss": client_id, "sub": client_id, "jti": str(uuid.uuid4()), "iat": now, "exp": now + 600,
        }  # fmt: skip
        told = {name: value for name, value in (usual | claims).items() if value is not None}
        named = headers if headers is not None else {"x5t#S256": base64url(self.sha256)}
        return jwt.encode(told, key or self.key, algorithm=algorithm, headers=named)


def form(client_id: str, assertion: str, scope: str) -> dict[str, str]:
    """A token request with an assertion."""
    return {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_assertion_type": JWT_BEARER,
        "client_assertion": assertion,
        "scope": scope,
    }
