"""An app's certificate with its private key, from a PEM file: read and checked before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from provisioning.problems import BadInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509 import Certificate

_FIELD = "operator.certificate"
_BOTH = "put the certificate and its private key into one PEM file, as openssl and Key Vault's PEM export write them"
_PASSWORD = "D365_ADMIN_CERTIFICATE_PASSWORD"  # noqa: S105 - the variable's name


def read_pem_file(path: Path, password: SecretStr | None = None) -> SecretStr:
    """Private key, in clear, and certificate as one PEM text: a `provisioning.key_pair`.

    Raises BadInput, which holds nothing of what is in the file.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        text = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise BadInput(_FIELD, f"{path} cannot be read ({reason})", "write the path of a PEM file") from None
    try:
        certificate = x509.load_pem_x509_certificate(text)
    except ValueError:
        raise BadInput(_FIELD, f"{path} holds no certificate", _BOTH) from None
    key = _key(path, text, password, certificate)
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, pkcs8, plain)
    return SecretStr((private + certificate.public_bytes(serialization.Encoding.PEM)).decode())


def _key(path: Path, text: bytes, password: SecretStr | None, certificate: Certificate) -> rsa.RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    given = password.get_secret_value().encode() if password is not None else None
    try:
        key = load_pem_private_key(text, given)
    except TypeError:  # by cryptography's documentation: a password too many, or one missing
        wants = "is not encrypted, yet a password is given" if given else "holds an encrypted key"
        raise BadInput(_FIELD, f"{path} {wants}", f"leave {_PASSWORD} out" if given else f"set {_PASSWORD}") from None
    except ValueError:
        if given:
            said = f"{path} holds a key that this password does not open"
            raise BadInput(_FIELD, said, f"check {_PASSWORD}") from None
        raise BadInput(_FIELD, f"{path} holds no private key", _BOTH) from None
    if not isinstance(key, rsa.RSAPrivateKey):  # learn.microsoft.com/entra/identity-platform/certificate-credentials
        raise BadInput(_FIELD, f"{path} holds a key that is not RSA", "use an RSA certificate, which Entra asks for")
    if key.public_key() != certificate.public_key():
        raise BadInput(_FIELD, f"{path} holds a key that is not the certificate's", _BOTH)
    return key
