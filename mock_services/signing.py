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

# A key that is published and signs nothing yet, as Entra has before it rolls over; nobody kept its private half.
_NEXT_CERTIFICATE = (
    "MIIC0zCCAbugAwIBAgIBATANBgkqhkiG9w0BAQsFADAtMSswKQYDVQQDDCJhY2NvdW50cy5hY2Nlc3Njb250cm9sLndpbmRvd3MubmV0MB4XDT"
    "I0MDEwMTAwMDAwMFoXDTMzMTIyOTAwMDAwMFowLTErMCkGA1UEAwwiYWNjb3VudHMuYWNjZXNzY29udHJvbC53aW5kb3dzLm5ldDCCASIwDQYJ"
    "KoZIhvcNAQEBBQADggEPADCCAQoCggEBAMLs+ApCLP6nZrmmGMlMENjUM/42HJ3YPBGfhFZeJVxKKr51KCdsIEa2EYc5/5xBFazeIvucq1SZEF"
    "6Jxe0dZiwHNHM0sPENtr5F41Gb5P8TyTx/f5nYgvchTDWsLwAQMCRiDYE3jtVSeRj+xvUwXa3Qohigj/6QyiEM2t+qhSQ62Q7HlAYJTdHECPgf"
    "Uo0RXDASI+eps2eT7YfIjwtKBaPKZlLUZcz49T8RQ3nIddihQPJlCX0cFo0hGeEd2NognqUioRcWzTqRPvTkxB6x/WUv9NQqg0filC8dlchVIN"
    "xgC34rp9oWGh9TfxORgaffFSsoWq7z40vIxG7XLGYs4XMCAwEAATANBgkqhkiG9w0BAQsFAAOCAQEASChfLm7fcgYLo6V08zAgWHNBDBIlSVAn"
    "YS+5MvJnVom0zR2XsbiXMy8tkEBQ4McQ6Qi1iu4TxlsSPnzgX4XSXpfVtNCmwlVv9eIuY7pA3q/jXF13cMAafrh8lLqv0ETA4FR0bAJREhs2Y4"
    "DyU7px7Bsz065uQ1pOv5HF2nGG5tvLfHp+b7m+dZIPM/uFi8ZMMquU5/Zv1MN+FpYXUOMwewEXTEhLQVXq9x2ZDtcvLhP4kU9TM4ynM3qUyYaZ"
    "lvZSEd+G74wbwa+o0UN7/FnyDm92XWSUjdYyyKgeI0dUQ5B5eL7gqCP9Uykn3jKrr1JsuULjSha9KbDxSx28L6Jceg=="
)
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
        return _thumbprint(self.certificate)

    @cached_property
    def public_jwk(self) -> dict[str, Any]:
        """The key as a JSON Web Key, in Entra's member order."""
        return _jwk(self.certificate)


def _thumbprint(certificate: x509.Certificate) -> str:
    return _base64url(certificate.fingerprint(hashes.SHA1()))  # noqa: S303 - x5t is SHA-1 by RFC 7515


def _jwk(certificate: x509.Certificate) -> dict[str, Any]:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("a published key is an RSA key")
    numbers = key.public_numbers()
    size = (numbers.n.bit_length() + 7) // 8
    return {
        "kty": "RSA",
        "use": "sig",
        "kid": _thumbprint(certificate),
        "x5t": _thumbprint(certificate),
        "n": _base64url(numbers.n.to_bytes(size, "big")),
        "e": _base64url(numbers.e.to_bytes(3, "big")),
        "x5c": [base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()],
    }


class SigningKeys:
    """Several keys at once, as Entra publishes; one signs. Made on first use: a key costs 60 ms."""

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

    @cached_property
    def published(self) -> list[dict[str, Any]]:
        """The keys as JSON Web Keys. The one that signs is not the first: a client must go by `kid`."""
        other = x509.load_der_x509_certificate(base64.b64decode(_NEXT_CERTIFICATE))
        return [_jwk(other), self.current.public_jwk]

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
