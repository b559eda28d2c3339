"""Certificates of the tests' own, and the assertions that are signed with them."""

import base64
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from mock_services.state.directory import KeyCredential
from mock_services.tenant import FakeTenant

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Certificate:
    """A self-signed certificate; all share one key, which takes longest to make."""

    def __init__(self, start: datetime | None = None, *, days: int = 365) -> None:
        begin = (start or datetime.now(UTC) - timedelta(days=1)).replace(microsecond=0)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "integration")])
        self.key = _KEY
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(_KEY.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + timedelta(days=days))
            .sign(_KEY, hashes.SHA256())
        )

    @property
    def sha1(self) -> bytes:
        """The thumbprint that portals show."""
        return self.certificate.fingerprint(hashes.SHA1())  # noqa: S303 - x5t is SHA-1 by RFC 7515

    @property
    def sha256(self) -> bytes:
        """The thumbprint that today's assertions carry."""
        return self.certificate.fingerprint(hashes.SHA256())

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


def base64url(raw: bytes, *, padded: bool = False) -> str:
    """Base64 for URLs, without padding unless asked for."""
    text = base64.urlsafe_b64encode(raw).decode()
    return text if padded else text.rstrip("=")


def form(client_id: str, assertion: str, scope: str) -> dict[str, str]:
    """A token request with an assertion."""
    return {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_assertion_type": JWT_BEARER,
        "client_assertion": assertion,
        "scope": scope,
    }
