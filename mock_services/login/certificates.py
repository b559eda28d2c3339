"""An application that signs its own assertion: with a certificate whose public half it has registered."""

import base64
import binascii
import hashlib
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509

from mock_services.exchange import Exchange
from mock_services.login.clients import Client
from mock_services.login.clouds import Cloud
from mock_services.login.errors import Refused
from mock_services.login.jwts import Unverified, check_lifetime, is_signed_by
from mock_services.login.refusals import Refusal, credentials
from mock_services.state.directory import KeyCredential

_ENDPOINTS = ((), ("v2.0",), ("oauth2", "token"), ("oauth2", "v2.0", "token"))
"""What may follow the tenant in `aud`: today's page says the second token endpoint, older ones the first; libraries
have sent the issuer's forms too (azure-sdk-for-java's troubleshooting page)."""


def check(exchange: Exchange, cloud: Cloud, client: Client, told: Unverified) -> None:
    """Raise Refused unless the application's certificate vouches for the assertion.

    Order inferred: whose, which key, its time, the signature, the assertion's time, the audience. An assertion shown
    twice is as good as once: MSAL shows the same one for nine minutes (probe of msal 1.39).
    """
    if told.claim("sub").lower() != client.app_id or told.claim("iss").lower() != client.app_id:
        raise Refused(credentials.ASSERTION_OF_OTHERS)
    now = client.tenant.clock.now()
    key = _key(client, told)
    if not key.start <= now < key.end:
        raise _refused(credentials.CERTIFICATE_EXPIRED, client, key)
    if not is_signed_by(told, x509.load_der_x509_certificate(key.key).public_key()):
        raise _refused(credentials.SIGNATURE_WRONG, client, key)
    check_lifetime(told, now)
    if not any(_is_ours(exchange, cloud, client, audience) for audience in told.audiences):
        raise Refused(credentials.ASSERTION_FOR_OTHERS)


def _key(client: Client, told: Unverified) -> KeyCredential:
    """The registered certificate that the header names. Raises Refused.

    A `kid` is looked at where there is no thumbprint, and is then the SHA-1 thumbprint, in hex or base64url (inferred
    from keycloak/keycloak#19425, whose own `kid` was not found).
    """
    by_sha256, by_sha1 = _thumbprint(told.header.get("x5t#S256")), _thumbprint(told.header.get("x5t"))
    key_id = told.header.get("kid")
    if by_sha256 is None and by_sha1 is None and not key_id:
        raise Refused(credentials.ASSERTION_WITHOUT_THUMBPRINT)
    for each in client.key_credentials:
        sha1 = bytes.fromhex(each.thumbprint)
        if by_sha256 is not None:
            if hashlib.sha256(each.key).digest() == by_sha256:
                return each
        elif by_sha1 == sha1 or (by_sha1 is None and (key_id == each.thumbprint or _thumbprint(key_id) == sha1)):
            return each
    shown = by_sha256 if by_sha256 is not None else by_sha1
    named = f"Thumbprint of key used by client: '{shown.hex().upper()}', " if shown is not None else ""
    raise Refused(credentials.CERTIFICATE_UNKNOWN, application=client.app_id, named=named)


def _thumbprint(value: object) -> bytes | None:
    """A thumbprint in base64url, with or without padding (MSAL Python pads); None for none."""
    if not isinstance(value, str) or not value:
        return None
    try:
        return base64.urlsafe_b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4))
    except (binascii.Error, ValueError):
        return b""


def _refused(row: Refusal, client: Client, key: KeyCredential) -> Refused:
    return Refused(
        row, application=client.app_id, thumbprint=key.thumbprint, start=_dated(key.start), end=_dated(key.end)
    )


def _dated(instant: datetime) -> str:
    return f"{instant:%m/%d/%Y %H:%M:%S}"


def _is_ours(exchange: Exchange, cloud: Cloud, client: Client, audience: str) -> bool:
    """Whether an audience is one of the tenant's own addresses, under any name of this cloud's hosts."""
    try:
        parts = urlsplit(exchange.canonical(audience))
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    if parts.scheme != "https" or host not in {*cloud.aliases, cloud.sts_host}:
        return False
    tenant, *rest = [segment.lower() for segment in parts.path.split("/") if segment] or [""]
    return tenant in {client.tenant.id, client.tenant.domain} and tuple(rest) in _ENDPOINTS
