"""The tenant itself, and the people in it."""

from mock_services.errors import Taken
from mock_services.graph import shapes
from mock_services.graph.call import Answer, Call, required
from mock_services.graph.entities import DOMAIN, ORGANIZATION, USER
from mock_services.graph.errors import Refused
from mock_services.graph.members import USER as USER_MEMBERS
from mock_services.graph.members import read_members
from mock_services.graph.query import Document
from mock_services.graph.refusals import objects
from mock_services.state.directory import User

_OTHER_PEOPLE = frozenset(
    ("User.Read.All", "Directory.Read.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All")
)
_WHOLE_ORGANIZATION = frozenset(
    ("Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All")
)


def _organization(call: Call) -> Document:
    caller = call.caller
    is_whole = not caller.is_user or not caller.scopes.isdisjoint(_WHOLE_ORGANIZATION)
    return shapes.organization(call.directory, is_whole=is_whole)


def read_organizations(call: Call) -> Answer:
    """GET /organization."""
    return call.many([_organization(call)], ORGANIZATION)


def read_organization(call: Call) -> Answer:
    """GET /organization/{id}."""
    if call.keys[0].guid() != call.tenant.id:
        raise Refused(objects.NOT_FOUND, key=call.keys[0].value)
    return call.one(_organization(call), ORGANIZATION)


def read_domains(call: Call) -> Answer:
    """GET /domains."""
    return call.many([shapes.domain(call.directory)], DOMAIN)


def read_domain(call: Call) -> Answer:
    """GET /domains/{name}."""
    if call.keys[0].value.lower() != call.directory.domain:
        raise Refused(objects.NOT_FOUND, key=call.keys[0].value)
    return call.one(shapes.domain(call.directory), DOMAIN)


def myself(call: Call) -> User:
    """The person who calls. Raises Refused for an application."""
    user = call.directory.user(id=call.caller.object_id) if call.caller.is_user else None
    if user is None:
        raise Refused(objects.ONLY_DELEGATED)
    return user


def read_me(call: Call) -> Answer:
    """GET /me: for people only."""
    return call.one(shapes.user(myself(call)), USER)


def find(call: Call) -> User:
    """The person whom the path names, by id or sign-in name. Raises Refused."""
    key = call.keys[0].value
    user = call.directory.user(user_principal_name=key) if "@" in key else call.directory.user(id=key)
    if user is None:
        raise Refused(objects.NOT_FOUND, key=key)
    return user


def documents(call: Call) -> list[Document]:
    """GET /users."""
    return [shapes.user(each) for each in call.directory.users()]


def read_user(call: Call) -> Answer:
    """GET /users/{id or sign-in name}."""
    user, caller = find(call), call.caller
    if caller.is_user and user.id != caller.object_id and caller.scopes.isdisjoint(_OTHER_PEOPLE):
        raise Refused(objects.DENIED)
    return call.one(shapes.user(user), USER)


def create_user(call: Call) -> Answer:
    """POST /users."""
    read = read_members(call.body, USER_MEMBERS, "User")
    for wire, member in USER_MEMBERS.items():
        required(read, member.name, wire, "User")
    password = required(read["password_profile"], "password", "passwordProfile.password", "User")
    call.tenant.journal.guard(password)
    name = read["user_principal_name"]
    _check_domain(call, name)
    try:
        made = call.directory.add_user(name, read["display_name"], password)
    except Taken:
        raise Refused(objects.OBJECT_CONFLICT, member="userPrincipalName") from None
    call.directory.change_user(
        made.id,
        account_enabled=read["account_enabled"],
        must_change_password=bool(read["password_profile"].get("forceChangePasswordNextSignIn")),
    )
    return call.one(shapes.user(made), USER, status=201, location=call.location_of(made.id, "User"))


def revoke_my_sessions(call: Call) -> Answer:
    """POST /me/revokeSignInSessions: what was signed in before has to sign in again."""
    return _revoke(call, myself(call))


def revoke_sessions(call: Call) -> Answer:
    """POST /users/{key}/revokeSignInSessions."""
    return _revoke(call, find(call))


def _revoke(call: Call, user: User) -> Answer:
    call.directory.revoke_sign_ins(user.id)
    return Answer(200, {"@odata.context": f"{call.root}/$metadata#Edm.Boolean", "value": True})


def _check_domain(call: Call, name: str) -> None:
    local, _, domain = name.rpartition("@")
    if not local or domain.lower() != call.directory.domain.lower():
        raise Refused(objects.DOMAIN_FOREIGN)


def change_user(call: Call) -> Answer:
    """PATCH /users/{key}: name, sign-in name, password, whether the account is enabled."""
    user = find(call)
    read = read_members(call.body, USER_MEMBERS, "User")
    profile = read.pop("password_profile", None) or {}
    read.pop("mail_nickname", None)  # kept nowhere: no read of these fakes shows it
    name = read.get("user_principal_name")
    if name is not None:
        _check_domain(call, name)
        other = call.directory.user(user_principal_name=name)
        if other is not None and other.id != user.id:
            raise Refused(objects.OBJECT_CONFLICT, member="userPrincipalName")
    if read:
        call.directory.change_user(user.id, **read)
    if profile.get("password"):
        call.tenant.journal.guard(profile["password"])
        call.directory.set_password(user.id, profile["password"])
    if profile.get("forceChangePasswordNextSignIn") is not None:
        call.directory.change_user(user.id, must_change_password=profile["forceChangePasswordNextSignIn"])
    return Answer(204)
