"""A key pair in place of a client secret: made here, its private half never sent, signed with at each sign-in.

It is handled as one PEM text, private key and self-signed certificate, in the place where a secret's value would be.
"""

import base64
from datetime import datetime, timedelta
from typing import Any, Final

_BITS: Final = 2048
_PEM: Final = "-----BEGIN "
# MSAL's own assertions last ten minutes; the token service allows for clocks that differ by five.
_LASTS: Final = timedelta(minutes=10)
_EARLIER: Final = timedelta(minutes=5)


def is_key_pair(value: str) -> bool:
    """Whether this stands for a key pair and not for a secret's value."""
    return value.lstrip().startswith(_PEM)


def is_assertion(value: str) -> bool:
    """Whether this is a signed assertion already: a JWT, by this app's certificate or by an issuer that it trusts."""
    return value.startswith("eyJ") and value.count(".") == 2


def new_key_pair(name: str, *, start: datetime, end: datetime) -> str:
    """A fresh RSA key and its self-signed certificate, as PEM; holds the private key in clear."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .sign(key, hashes.SHA256())
    )
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, pkcs8, plain)
    return (private + certificate.public_bytes(serialization.Encoding.PEM)).decode()


def thumbprint(pem: str) -> str:
    """SHA-1 in upper-case hexadecimal, as Graph lists it in `customKeyIdentifier`. Raises ValueError."""
    from cryptography.hazmat.primitives import hashes

    return str(_certificate(pem).fingerprint(hashes.SHA1()).hex().upper())  # noqa: S303 - the directory's own name for a key


def public_half(pem: str) -> str:
    """The certificate as Graph takes it: DER in base64. Raises ValueError."""
    from cryptography.hazmat.primitives import serialization

    return base64.b64encode(_certificate(pem).public_bytes(serialization.Encoding.DER)).decode()


def validity(pem: str) -> tuple[datetime, datetime]:
    """From when and until when the certificate is good. Raises ValueError."""
    certificate = _certificate(pem)
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc


def assertion(pem: str, *, client_id: str, authority: str, now: datetime, id_: str) -> str:
    """What the application signs to prove who it is, for `authority` (login base and tenant). Raises ValueError.

    Form by learn.microsoft.com/entra/identity-platform/certificate-credentials: PS256, `x5t#S256`, the token endpoint.
    """
    import jwt
    from cryptography.hazmat.primitives import hashes

    digest = _certificate(pem).fingerprint(hashes.SHA256())
    claims = {
        "aud": f"{authority}/oauth2/v2.0/token",
        "iss": client_id,
        "sub": client_id,
        "jti": id_,
        "iat": now - _EARLIER,
        "nbf": now - _EARLIER,
        "exp": now + _LASTS,
    }
    header = {"x5t#S256": base64.urlsafe_b64encode(digest).decode().rstrip("=")}
    return jwt.encode(claims, _private_half(pem), algorithm="PS256", headers=header)


def _certificate(pem: str) -> Any:
    from cryptography import x509

    return x509.load_pem_x509_certificate(pem.encode())


def _private_half(pem: str) -> Any:
    from cryptography.hazmat.primitives import serialization

    return serialization.load_pem_private_key(pem.encode(), password=None)
