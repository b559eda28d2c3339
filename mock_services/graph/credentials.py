"""The secrets and certificates of a registration, and the secrets of a principal."""

import base64
import binascii
from contextlib import suppress
from datetime import datetime
from typing import Any

from mock_services.errors import Missing, Unmodelled
from mock_services.graph import facts, restrictions, shapes
from mock_services.graph.call import Answer, Call, required
from mock_services.graph.errors import Refused
from mock_services.graph.members import ADD_PASSWORD, REMOVE_PASSWORD, read_instant, read_members
from mock_services.graph.query import Document
from mock_services.graph.refusals import credentials, objects
from mock_services.state.directory import Application, KeyCredential, Secret, ServicePrincipal
from mock_services.state.directory.applications import SECRET_YEARS, years_later

_SECRET = "PasswordCredential"  # noqa: S105 - the name of a type
_KEY = "KeyCredential"
_YEARS = range(1900, 9_990)


def add_password(call: Call, held: Application | ServicePrincipal) -> Answer:
    """POST …/addPassword: the one answer that holds the secret's text."""
    read = read_members(call.body, ADD_PASSWORD, _SECRET)
    secret, text = _add(call, held, read.get("secret") or {})
    head = {"@odata.context": f"{call.root}/$metadata#microsoft.graph.passwordCredential"}
    return Answer(200, head | shapes.secret(secret, text), location=call.exchange.base)


def remove_password(call: Call, held: Application | ServicePrincipal) -> Answer:
    """POST …/removePassword."""
    read = read_members(call.body, REMOVE_PASSWORD, _SECRET)
    key_id = required(read, "key_id", "keyId", _SECRET)
    try:
        if not any(each.key_id == key_id.lower() for each in call.directory.secrets(held.id)):
            raise Missing("secret", key_id)  # to the replica that answers
        call.directory.remove_secret(held.id, key_id)
    except Missing:
        raise Refused(credentials.SECRET_ABSENT, key_id=key_id) from None
    return Answer(204)


def add_secrets(call: Call, held: Application, wanted: list[Document]) -> dict[str, str]:
    """Secrets asked for inside a create, as the Terraform provider does; key id -> text."""
    added = [_add(call, held, each) for each in wanted]
    return {secret.key_id: text for secret, text in added}


def trim_secrets(call: Call, held: Application, wanted: list[Document]) -> None:
    """A PATCH may leave secrets out, which removes them; it can neither add nor edit one. Raises Refused."""
    present = {each.key_id: each for each in call.directory.secrets(held.id)}
    kept = set()
    for each in wanted:
        key_id = str(each.get("keyId") or "").lower()
        secret = present.get(key_id)
        if secret is None:
            raise Refused(credentials.SECRET_BY_PATCH)
        shown = shapes.secret(secret)
        if any(name != "keyId" and not _is_echo(name, value, shown) for name, value in each.items()):
            raise Refused(credentials.SECRET_EDITED, key_id=secret.key_id)
        kept.add(key_id)
    for key_id in present.keys() - kept:
        with suppress(Missing):  # gone already, and merely shown by this replica
            call.directory.remove_secret(held.id, key_id)


def _is_echo(name: str, value: Any, shown: Document) -> bool:
    if name in ("startDateTime", "endDateTime") and isinstance(value, str):
        return read_instant(value) == read_instant(str(shown[name]))
    return bool(value == shown.get(name))


def _add(call: Call, held: Application | ServicePrincipal, wanted: Document) -> tuple[Secret, str]:
    if held.sign_in_audience in facts.PERSONAL_AUDIENCES:
        present = len(call.directory.secrets(held.id))
        if present >= facts.SECRETS_OF_PERSONAL_AUDIENCE:
            raise Refused(credentials.SECRETS_TOO_MANY)
    # secretText, keyId and hint of the caller's are passed over: the service makes its own.
    start, end = _instant_of(wanted, "startDateTime", _SECRET), _instant_of(wanted, "endDateTime", _SECRET)
    begin = start or call.tenant.clock.now().replace(microsecond=0)
    if end is not None and end <= begin:
        raise Refused(objects.VALUE_INVALID, member="endDateTime", kind=_SECRET)
    restrictions.check_secret(call, held, start=begin, end=end or years_later(begin, SECRET_YEARS))
    secret, text = call.directory.add_secret(held.id, display_name=wanted.get("displayName"), start=begin, end=end)
    call.tenant.journal.guard(text)
    return secret, text


def _instant_of(wanted: Document, name: str, kind: str) -> datetime | None:
    value = wanted.get(name)
    moment = read_instant(value) if value is not None else None
    if moment is not None and moment.year not in _YEARS:
        raise Refused(objects.VALUE_INVALID, member=name, kind=kind)
    return moment


def set_keys(call: Call, held: Application, wanted: list[Document]) -> None:
    """Replace the certificates. Entries without bytes are those already there, named by keyId. Raises Refused."""
    present = {each.key_id: each for each in call.directory.key_credentials(held.id)}
    if not wanted and not present:
        return
    keys = []
    for each in wanted:
        if each.get("key") is None:
            kept = present.get(str(each.get("keyId") or "").lower())
            if kept is None:
                raise Refused(objects.VALUE_INVALID, member="keyCredentials", kind="Application")
            keys.append(kept)
        else:
            keys.append(_key(call, held, each))
    # Listed newest first, so the last of the state's order is the first of the wire's.
    call.directory.set_key_credentials(held.id, list(reversed(keys)))


def _key(call: Call, held: Application, wanted: Document) -> KeyCredential:
    if wanted.get("type") != "AsymmetricX509Cert" or wanted.get("usage") != "Verify":
        raise Unmodelled("a key credential other than a certificate to verify assertions with")
    der, thumbprint, subject, start, end = _certificate(str(wanted["key"]))
    start, end = _instant_of(wanted, "startDateTime", _KEY) or start, _instant_of(wanted, "endDateTime", _KEY) or end
    restrictions.check_certificate(call, held, start=start, end=end)
    return KeyCredential(
        key_id=str(wanted.get("keyId") or call.tenant.chance.guid()).lower(),
        application_id=held.id,
        display_name=wanted.get("displayName") or subject,
        kind="AsymmetricX509Cert",
        usage="Verify",
        thumbprint=thumbprint,
        key=der,
        start=start,
        end=end,
    )


def _certificate(text: str) -> tuple[bytes, str, str, datetime, datetime]:
    # Imported on first use: few registrations bring a certificate.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    try:
        der = base64.b64decode("".join(text.split()), validate=True)  # az sends the lines of a PEM file
        certificate = x509.load_der_x509_certificate(der)
    except (binascii.Error, ValueError):
        raise _bad_key() from None
    thumbprint = certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - the wire's thumbprints are SHA-1
    subject = certificate.subject.rfc4514_string()
    return der, thumbprint, subject, certificate.not_valid_before_utc, certificate.not_valid_after_utc


def _bad_key() -> Refused:
    return Refused(objects.VALUE_INVALID, member="keyCredentials.key", kind="Application")
