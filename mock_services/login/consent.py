"""What people have let a client do, and who may let it do more."""

from dataclasses import dataclass

from mock_services.errors import Unmodelled
from mock_services.login.clients import Client
from mock_services.login.errors import Refused
from mock_services.login.first_party import PREAUTHORISED
from mock_services.login.refusals import requests, sign_ins
from mock_services.login.resources import Resource
from mock_services.login.scopes import Wanted
from mock_services.state.directory import User
from mock_services.state.directory.consent import GRANTERS
from mock_services.state.well_known import MICROSOFT_GRAPH

_ANY_USER_SCOPE = "ManagePermissionGrantsForSelf.microsoft-user-default-legacy"
"""Under this policy people may consent to whatever needs no administrator (entra-docs manage-app-consent-policies)."""


@dataclass(frozen=True)
class Question:
    """What a page would ask a person to agree to."""

    scopes: tuple[str, ...]
    """Not consented to yet."""
    needs_administrator: bool
    may_answer_for_all: bool


def consented(client: Client, resource: Resource, user: User) -> tuple[str, ...]:
    """Every scope of the resource that the client may use for this user: what a token carries."""
    held = list(PREAUTHORISED.get((client.app_id, resource.principal.app_id), ()))
    grants = client.tenant.directory.delegated_grants(client_id=client.principal.id, resource_id=resource.principal.id)
    for grant in grants:
        if grant.principal_id in {None, user.id}:
            held += [scope for scope in grant.scopes if scope not in held]
    return tuple(held)


def missing(client: Client, resource: Resource, user: User, wanted: Wanted) -> tuple[str, ...]:
    """The scopes asked for and not consented to; `.default` asks for what the registration lists."""
    held = {scope.lower() for scope in consented(client, resource, user)}
    asked = [name for name in wanted.names if name != ".default"]
    if ".default" in wanted.names and not held:
        asked += requested_by_registration(client, resource)
    return tuple(name for name in dict.fromkeys(asked) if name.lower() not in held)


def check(client: Client, resource: Resource, user: User, wanted: Wanted) -> tuple[str, ...]:
    """What a token may carry; raise Refused (65001) when a scope asked for, or any at all, was not consented to."""
    held = consented(client, resource, user)
    known = {scope.lower() for scope in held}
    if not held or any(name != ".default" and name.lower() not in known for name in wanted.names):
        raise Refused(requests.CONSENT_MISSING, application=client.app_id, name=client.principal.display_name)
    return held


def requested_by_registration(client: Client, resource: Resource) -> list[str]:
    """The resource's delegated scopes that the client's registration says it wants, by name."""
    if client.application is None:
        return []
    wanted = {
        str(access.get("id", "")).lower()
        for each in client.application.required_resource_access
        if str(each.get("resourceAppId", "")).lower() == resource.principal.app_id
        for access in each.get("resourceAccess", [])
        if access.get("type") == "Scope"
    }
    return [str(scope["value"]) for scope in resource.principal.scopes if str(scope["id"]).lower() in wanted]


def question(client: Client, resource: Resource, user: User, wanted: Wanted) -> Question:
    """What to ask the person. Raises Refused (650053) for a scope that the resource does not have."""
    asked = missing(client, resource, user, wanted)
    kinds = {str(scope["value"]).lower(): scope["type"] for scope in resource.principal.scopes if scope["isEnabled"]}
    for name in asked:
        if name.lower() not in kinds:
            if resource.principal.app_id == MICROSOFT_GRAPH:  # it has hundreds more than these fakes know
                raise Unmodelled(f"the scope {name!r} of Microsoft Graph")
            raise Refused(
                requests.SCOPE_UNKNOWN,
                name=client.principal.display_name,
                scope=name,
                resource=resource.principal.app_id,
            )
    directory = client.tenant.directory
    policies = directory.authorization_policy()["defaultUserRolePermissions"]["permissionGrantPoliciesAssigned"]
    is_open = _ANY_USER_SCOPE in policies
    return Question(
        scopes=asked,
        needs_administrator=not is_open or any(kinds[name.lower()] == "Admin" for name in asked),
        may_answer_for_all=not GRANTERS.isdisjoint(directory.directory_roles_of(user.id)),
    )


def answer(client: Client, resource: Resource, user: User, asked: Question, *, for_all: bool) -> None:
    """Write the person's yes down, for themselves or for everybody. Raises Refused (90094) when it is not theirs."""
    if (asked.needs_administrator or for_all) and not asked.may_answer_for_all:
        raise Refused(sign_ins.ADMIN_NEEDED, name=client.principal.display_name)
    directory = client.tenant.directory
    principal = None if for_all else user.id
    grants = directory.delegated_grants(client_id=client.principal.id, resource_id=resource.principal.id)
    held = next((grant for grant in grants if grant.principal_id == principal), None)
    if held is None:
        directory.grant_delegated(client.principal.id, resource.principal.id, " ".join(asked.scopes), principal)
    else:
        union = dict.fromkeys((*held.scopes, *asked.scopes))
        directory.change_delegated_grant(held.id, " ".join(union))


def described(resource: Resource, scopes: tuple[str, ...]) -> list[str]:
    """Scopes in the words that the resource has for administrators."""
    names = {str(scope["value"]).lower(): scope for scope in resource.principal.scopes}
    return [f"{names[each.lower()]['adminConsentDisplayName']} ({each})" for each in scopes if each.lower() in names]
