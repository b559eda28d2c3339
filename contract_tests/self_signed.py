"""Self-signed certificates of the tests' own."""

import base64
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def self_signed(key: rsa.RSAPrivateKey, name: str, starts: datetime, ends: datetime) -> x509.Certificate:
    """A certificate of a key, by itself, with a serial number of its own."""
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(key.public_key())
    numbered = builder.serial_number(x509.random_serial_number())
    return numbered.not_valid_before(starts).not_valid_after(ends).sign(key, hashes.SHA256())


def sha1_of(certificate: x509.Certificate) -> bytes:
    """The thumbprint that portals and refusals show."""
    return certificate.fingerprint(hashes.SHA1())  # noqa: S303 - x5t is SHA-1 by RFC 7515


def sha256_of(certificate: x509.Certificate) -> bytes:
    """The thumbprint that today's assertions carry."""
    return certificate.fingerprint(hashes.SHA256())


def base64url(raw: bytes, *, padded: bool = False) -> str:
    """Base64 for URLs, without padding unless asked for."""
    text = base64.urlsafe_b64encode(raw).decode()
    return text if padded else text.rstrip("=")
