"""What can be done with application registrations."""

from typing import Any

from mock_services.errors import Taken, Unmodelled
from mock_services.graph import creation, facts, registrations, shapes
from mock_services.graph.call import Answer, Call, referenced_id, required
from mock_services.graph.credentials import add_secrets, set_keys, trim_secrets
from mock_services.graph.entities import APPLICATION
from mock_services.graph.errors import Refused
from mock_services.graph.members import APPLICATION as MEMBERS
from mock_services.graph.members import read_members
from mock_services.graph.permissions import Reach
from mock_services.graph.query import Document
from mock_services.graph.refusals import gateway, objects
from mock_services.graph.throttle import charge_personal
from mock_services.state.directory import Application

_KIND = "Application"


def find(call: Call) -> Application:
    """The registration that the path names, by id, appId or uniqueName. Raises Refused."""
    key = call.keys[0]
    if key.name == "id":
        held = call.directory.application(id=key.guid())
    elif key.name == "appId":
        held = call.directory.application(app_id=key.value)
    elif key.name == "uniqueName":
        held = call.directory.application(unique_name=key.value)
    else:
        raise Refused(gateway.KEY_UNKNOWN, key=key.name, type="application")
    if held is None:
        raise Refused(objects.NOT_FOUND, key=key.value)
    return held


def managed(call: Call) -> Application:
    """The registration as it was written last, which the caller must be allowed to change. Raises Refused."""
    held = find(call)
    call.must_own(held.id)
    call.touch(held.id)
    written = call.directory.written_application(held.id) if call.directory.replication.lags else held
    if written.sign_in_audience in facts.PERSONAL_AUDIENCES:
        charge_personal(call.caller)
    return written


def document(call: Call, held: Application, *, is_new: bool = False) -> Document:
    """The registration as the wire shows it."""
    directory = call.directory
    return shapes.application(held, directory.secrets(held.id), directory.key_credentials(held.id), is_new=is_new)


def create(call: Call, unique_name: str | None = None) -> Answer:
    """POST /applications, and the creating half of the upsert."""
    creation.check(call)
    owners = call.body.get("owners@odata.bind", [])
    if any(name.endswith("@odata.bind") and name != "owners@odata.bind" for name in call.body):
        raise Unmodelled("binding anything but owners when an application is created")
    read = read_members(call.body, MEMBERS, _KIND)
    name = required(read, "display_name", "displayName", _KIND)
    registrations.check(read, None, domain=call.directory.domain)
    secrets, keys = read.pop("password_credentials", []), read.pop("key_credentials", [])
    members = registrations.inward(read, None)
    members.pop("display_name")
    if members.setdefault("sign_in_audience", facts.DEFAULT_AUDIENCE) in facts.PERSONAL_AUDIENCES:
        charge_personal(call.caller)
    try:
        held = call.directory.add_application(name, unique_name=unique_name, **members)
    except Taken as taken:
        raise Refused(objects.OBJECT_CONFLICT, member=taken.kind) from None
    creation.record(call, held.id)
    told = add_secrets(call, held, secrets)
    set_keys(call, held, keys)
    _set_owners(call, held.id, owners)
    made = document(call, held, is_new=True)
    for secret in made["passwordCredentials"]:
        secret["secretText"] = told[secret["keyId"]]
    return call.one(made, APPLICATION, status=201, location=call.location_of(held.id, _KIND))


def _set_owners(call: Call, object_id: str, urls: Any) -> None:
    """The bound owners; and the creator, where it could not manage its own work otherwise."""
    if not isinstance(urls, list):
        raise Refused(gateway.BODY_UNREADABLE)
    owners = {referenced_id(call, url, "owners"): None for url in urls}
    if call.reach is Reach.OWNED:
        owners[call.caller.object_id] = None
    for owner in owners:
        call.directory.add_owner(object_id, owner)


def read(call: Call) -> Answer:
    """GET /applications/{key}."""
    return call.one(document(call, find(call)), APPLICATION)


def documents(call: Call) -> list[Document]:
    """GET /applications."""
    return [document(call, each) for each in call.directory.applications()]


def change(call: Call) -> Answer:
    """PATCH /applications/{key}; with `Prefer: create-if-missing` on a uniqueName, the upsert."""
    try:
        held = managed(call)
    except Refused as refused:
        if refused.status == 404 and call.keys[0].name == "uniqueName" and call.creates_if_missing:
            return create(call, unique_name=call.keys[0].value)
        raise
    if held.sign_in_audience in facts.PERSONAL_AUDIENCES and not call.directory.is_known_to_personal_accounts(held.id):
        raise Refused(objects.PERSONAL_UNSEEN)
    read = read_members(call.body, MEMBERS, _KIND)
    registrations.check(read, held, domain=call.directory.domain)
    secrets, keys = read.pop("password_credentials", None), read.pop("key_credentials", None)
    try:
        call.directory.change_application(held.id, **registrations.inward(read, held))
    except Taken as taken:
        raise Refused(objects.OBJECT_CONFLICT, member=taken.kind) from None
    if secrets is not None:
        trim_secrets(call, held, secrets)
    if keys is not None:
        set_keys(call, held, keys)
    return Answer(204)


def delete(call: Call) -> Answer:
    """DELETE /applications/{key}: into the bin, its service principal with it."""
    call.directory.delete_application(managed(call).id)
    return Answer(204)
