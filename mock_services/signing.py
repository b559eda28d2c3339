"""The keys that the fake token service signs with and publishes, and that the other fakes check bearers against."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

_REMEMBERED = 1_000
"""Tokens whose signature is not checked again."""


class BadSignature(Exception):
    """The token was not signed by these keys, or is not a token at all."""


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class SigningKey:
    """One RSA key with the self-signed certificate it is published under."""

    private: rsa.RSAPrivateKey

    @cached_property
    def certificate(self) -> x509.Certificate:
        """The certificate whose thumbprint is the key's id, as Entra publishes its keys."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "accounts.accesscontrol.windows.net")])
        start = datetime(2024, 1, 1, tzinfo=UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.private.public_key())
            .serial_number(1)
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=3650))
            .sign(self.private, hashes.SHA256())
        )

    @cached_property
    def key_id(self) -> str:
        """The `kid` and `x5t` of a token: the certificate's SHA-1 thumbprint in base64url."""
        return _base64url(self.certificate.fingerprint(hashes.SHA1()))  # noqa: S303 - x5t is SHA-1 by RFC 7515

    @cached_property
    def public_jwk(self) -> dict[str, Any]:
        """The key as a JSON Web Key, in Entra's member order."""
        numbers = self.private.public_key().public_numbers()
        size = (numbers.n.bit_length() + 7) // 8
        certificate = self.certificate.public_bytes(serialization.Encoding.DER)
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.key_id,
            "x5t": self.key_id,
            "n": _base64url(numbers.n.to_bytes(size, "big")),
            "e": _base64url(numbers.e.to_bytes(3, "big")),
            "x5c": [base64.b64encode(certificate).decode()],
        }


class SigningKeys:
    """Several keys at once, as Entra publishes; the first signs. Made on first use: a key costs 60 ms."""

    def __init__(self, pem: bytes | None = None) -> None:
        """Start from a kept private key (PEM), or make a new one when first needed."""
        self._pem = pem
        self._verified: dict[str, dict[str, Any]] = {}

    @cached_property
    def current(self) -> SigningKey:
        """The key that signs."""
        if self._pem is None:
            return SigningKey(rsa.generate_private_key(public_exponent=65537, key_size=2048))
        private = serialization.load_pem_private_key(self._pem, password=None)
        if not isinstance(private, rsa.RSAPrivateKey):
            raise TypeError("the kept signing key is not an RSA key")
        return SigningKey(private)

    def pem(self) -> bytes:
        """The signing key, for keeping beside a state file; it signs nothing but make-believe tokens."""
        return self.current.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def sign(self, claims: dict[str, Any]) -> str:
        """A signed access token in Entra's v1 format: `typ`, `alg`, `x5t` and `kid` in its header, in this order."""
        key = self.current
        # The order is Entra's (recorded tokens); given ones stay where they are put.
        headers = {"typ": "JWT", "alg": "RS256", "x5t": key.key_id, "kid": key.key_id}
        return jwt.encode(claims, key.private, algorithm="RS256", headers=headers, sort_headers=False)

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token signed here. Lifetime and audience are the caller's to judge, by its own clock.

        Raises BadSignature.
        """
        # A client sends the same token with every call; a signature once good stays good.
        if token not in self._verified:
            if len(self._verified) >= _REMEMBERED:
                self._verified.clear()
            self._verified[token] = self._decoded(token)
        return dict(self._verified[token])

    def _decoded(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                self.current.private.public_key(),
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.PyJWTError as problem:
            raise BadSignature(str(problem)) from None
