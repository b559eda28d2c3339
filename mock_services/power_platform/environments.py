"""What the admin API does with environments: list, read, let an application in."""

import json
import re
from typing import Any

from mock_services.errors import Missing
from mock_services.exchange import Exchange
from mock_services.power_platform import facts
from mock_services.power_platform.callers import Caller
from mock_services.power_platform.errors import Refused
from mock_services.power_platform.shapes import environment, instance
from mock_services.state.organisation import Organisation

GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_ADMINISTRATOR = "System Administrator"


def listed(exchange: Exchange, caller: Caller, *, as_admin: bool, url: str) -> list[dict[str, Any]]:
    """The environments a caller sees. Raises Refused for an application that is not registered.

    The admin list of a person without a fitting directory role is empty; the other list holds the environments
    in which the caller is an enabled user.
    """
    administrator = caller.is_administrator()
    if caller.is_application and as_admin and not administrator:
        raise caller.forbidden(url)
    seen = [each for each in caller.tenant.organisations if administrator or (not as_admin and _is_user(each, caller))]
    return [environment(exchange, each, as_admin=as_admin) for each in seen]


def one(exchange: Exchange, caller: Caller, identity: str, *, as_admin: bool, url: str) -> dict[str, Any]:
    """One environment. Raises Refused: 404 for what is not there or not seen."""
    return environment(exchange, _find(caller, identity, as_admin=as_admin, url=url), as_admin=as_admin)


def add_application_user(caller: Caller, identity: str, body: bytes, *, url: str) -> None:
    """Make an application a user of the environment's database, with System Administrator.

    That role and the body follow microsoft/terraform-provider-power-platform api_application.go. Doing it again
    only gives the role back (inferred). Raises Refused.
    """
    organisation = _find(caller, identity, as_admin=True, url=url)
    app_id = _application_id(body)
    directory = caller.tenant.directory
    principal = directory.service_principal(app_id=app_id)
    if principal is None:
        raise Refused(facts.PRINCIPAL_NOT_FOUND, application=app_id, tenant=caller.tenant.id)
    held = organisation.application_user(app_id)
    with organisation.store.transaction():
        user = (
            held["systemuserid"]
            if held
            else organisation.add_application_user(
                app_id=app_id, object_id=principal.id, name=principal.display_name, tenant_domain=directory.domain
            )
        )
        _make_administrator(organisation, user)


def instances(exchange: Exchange, caller: Caller) -> list[dict[str, Any]]:
    """The instances that discovery tells a person of: those in which they are an enabled user."""
    return [
        instance(exchange, each, is_administrator=_is_system_administrator(each, caller))
        for each in caller.tenant.organisations
        if _is_user(each, caller)
    ]


def _find(caller: Caller, identity: str, *, as_admin: bool, url: str) -> Organisation:
    administrator = caller.is_administrator()
    if as_admin and not administrator:
        if caller.is_application:
            raise caller.forbidden(url)
        raise Refused(facts.ENVIRONMENT_NOT_FOUND, id=identity)
    for each in caller.tenant.organisations:
        if each.environment_id == identity.lower() and (administrator or _is_user(each, caller)):
            return each
    raise Refused(facts.ENVIRONMENT_NOT_FOUND, id=identity)


def _is_user(organisation: Organisation, caller: Caller) -> bool:
    user = organisation.user_of(caller.object_id)
    return user is not None and not user["isdisabled"]


def _is_system_administrator(organisation: Organisation, caller: Caller) -> bool:
    user = organisation.user_of(caller.object_id)
    return user is not None and any(
        role["name"] == _ADMINISTRATOR for role in organisation.roles_of(user["systemuserid"])
    )


def _holds_administrator(organisation: Organisation, user: str) -> bool:
    return any(role["name"] == _ADMINISTRATOR for role in organisation.roles_of(user))


def _make_administrator(organisation: Organisation, user: str) -> None:
    if _holds_administrator(organisation, user):
        return
    row = organisation.get("systemuser", user)
    unit = row["businessunitid"] if row else None
    role = organisation.role_named(_ADMINISTRATOR, unit)
    if role is None:
        raise Missing("role", _ADMINISTRATOR)
    organisation.assign_role(user, role["roleid"])


def _application_id(body: bytes) -> str:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(facts.BODY_INVALID, problem="not JSON") from None
    app_id = document.get("servicePrincipalAppId") if isinstance(document, dict) else None
    if not isinstance(app_id, str) or not GUID.fullmatch(app_id):
        raise Refused(facts.BODY_INVALID, problem="servicePrincipalAppId must be a GUID")
    return app_id.lower()
