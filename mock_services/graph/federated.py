"""The federated credentials of a registration: whose tokens it may sign in with instead of a secret."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from mock_services.errors import Taken, Unmodelled
from mock_services.graph import facts, shapes
from mock_services.graph.call import Answer, Call
from mock_services.graph.entities import FEDERATED_CREDENTIAL
from mock_services.graph.errors import Refused
from mock_services.graph.members import FEDERATED_CREDENTIAL as MEMBERS
from mock_services.graph.members import read_members
from mock_services.graph.query import Document
from mock_services.graph.refusals import credentials, objects
from mock_services.state.directory import Application, FederatedCredential

_KIND = "FederatedIdentityCredential"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,119}")  # 3 to 120 characters, safe in a URL (DOC)
_NEEDED = ("name", "issuer", "subject", "audiences")


def _head(call: Call, held: Application, *, is_single: bool) -> Document:
    entity = "/$entity" if is_single else ""
    return {
        "@odata.context": f"{call.root}/$metadata#applications('{held.id}')/federatedIdentityCredentials{entity}",
    }


def _find(call: Call, held: Application) -> FederatedCredential | None:
    """The credential that the path names, by id or by name."""
    wanted = call.keys[1].value.lower()
    credentials = call.directory.federated_credentials(held.id)
    return next((each for each in credentials if wanted in (each.id, each.name.lower())), None)


def _found(call: Call, held: Application) -> FederatedCredential:
    credential = _find(call, held)
    if credential is None:
        raise Refused(objects.NOT_FOUND, key=call.keys[1].value)
    return credential


def read_all(call: Call, held: Application) -> Answer:
    """GET …/federatedIdentityCredentials."""
    shown = [shapes.federated_credential(each) for each in call.directory.federated_credentials(held.id)]
    answer = call.many(shown, FEDERATED_CREDENTIAL)
    assert isinstance(answer.body, dict)  # noqa: S101 - narrows the type: a collection is a document
    return Answer(200, answer.body | _head(call, held, is_single=False))


def read(call: Call, held: Application) -> Answer:
    """GET …/federatedIdentityCredentials/{id or name}."""
    return call.one(shapes.federated_credential(_found(call, held)), FEDERATED_CREDENTIAL)


def create(call: Call, held: Application, name: str | None = None) -> Answer:
    """POST …/federatedIdentityCredentials, and the creating half of the upsert by name. Raises Refused."""
    read = ({"name": name} if name else {}) | read_members(call.body, MEMBERS, _KIND)
    for member in _NEEDED:
        if read.get(member) in (None, "", []):
            if read.get("claims_matching_expression") is not None:
                raise Unmodelled("a federated credential with a claimsMatchingExpression")
            raise Refused(objects.VALUE_REQUIRED, member=member, kind=_KIND)
    _check(read)
    if len(call.directory.federated_credentials(held.id)) >= facts.FEDERATED_CREDENTIALS_OF_APPLICATION:
        raise Refused(credentials.FEDERATED_TOO_MANY)
    try:
        made = call.directory.add_federated_credential(
            held.id, description=read.get("description"), **{member: read[member] for member in _NEEDED}
        )
    except Taken as taken:
        raise _twin(taken, read) from None
    return Answer(201, _head(call, held, is_single=True) | shapes.federated_credential(made))


def change(call: Call, held: Application) -> Answer:
    """PATCH …/federatedIdentityCredentials/{id or name}; with `Prefer: create-if-missing`, the upsert."""
    credential = _find(call, held)
    if credential is None:
        if call.creates_if_missing:
            return create(call, held, name=call.keys[1].value)
        raise Refused(objects.NOT_FOUND, key=call.keys[1].value)
    read = read_members(call.body, MEMBERS, _KIND)
    if read.pop("name", credential.name) != credential.name:
        raise Refused(objects.READ_ONLY, member="name")
    _check(read)
    try:
        call.directory.change_federated_credential(held.id, credential.id, **read)
    except Taken as taken:
        raise _twin(taken, vars(credential) | read) from None
    return Answer(204)


def delete(call: Call, held: Application) -> Answer:
    """DELETE …/federatedIdentityCredentials/{id or name}."""
    call.directory.remove_federated_credential(held.id, _found(call, held).id)
    return Answer(204)


def _check(read: Mapping[str, Any]) -> None:
    if read.pop("claims_matching_expression", None) is not None:  # type: ignore[attr-defined] # a dict of our own
        raise Unmodelled("a federated credential with a claimsMatchingExpression")
    if "name" in read and not _NAME.fullmatch(read["name"]):
        raise _bad_value("name", read["name"])
    for member in ("issuer", "subject", "description"):
        value = read.get(member)
        is_empty = member != "description" and member in read and not value
        if is_empty or (value is not None and len(value) > facts.LONGEST_FEDERATED_VALUE):
            raise _bad_value(member, value)
    if "issuer" in read and not _is_url(read["issuer"]):
        raise _bad_value("issuer", read["issuer"])
    audiences = read.get("audiences", ["one"])
    if len(audiences) != 1 or not 0 < len(audiences[0]) <= facts.LONGEST_FEDERATED_VALUE:
        raise _bad_value("audiences", ", ".join(audiences))


def _is_url(text: str) -> bool:
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    return url.scheme == "https" and bool(url.netloc)


def _bad_value(member: str, value: str | None) -> Refused:
    return Refused(credentials.FEDERATED_VALUE_INVALID, member=member.capitalize(), value=value or "")


def _twin(taken: Taken, wanted: Mapping[str, Any]) -> Refused:
    if taken.kind == "name":
        return Refused(credentials.FEDERATED_NAME_TAKEN, name=taken.key)
    return Refused(credentials.FEDERATED_SUBJECT_TAKEN, issuer=wanted["issuer"], subject=wanted["subject"])
