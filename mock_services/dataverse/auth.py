"""Who calls: the bearer's token, then the user of this organisation it stands for. Order: dataverse's own."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.memberships import settle_groups
from mock_services.dataverse.refusals import gateway
from mock_services.exchange import Exchange
from mock_services.signing import BadSignature
from mock_services.state.organisation import Organisation
from mock_services.state.organisation.roles import SYSTEM_ADMINISTRATOR, SYSTEM_CUSTOMIZER, effective_roles
from mock_services.state.organisation.schema import sql_table
from mock_services.tenant import FakeTenant

Claims = Mapping[str, Any]


def admit(exchange: Exchange, tenant: FakeTenant, organisation: Organisation, authorization: str) -> Mapping[str, Any]:
    """The systemuser row behind an Authorization header. Raises Refusal: 401 for the token, 403 for the user."""
    claims = _claims(exchange, tenant, organisation, authorization)
    if organisation.state == "Disabled":
        raise Refusal("0x8004a104", facts.ORG_DISABLED)
    user = _user(organisation, claims)
    if user is None or user["deletedstate"]:
        raise Refusal("0x80072560", facts.NOT_A_MEMBER, status=tenant.quirks.user_missing_status)
    if user["isdisabled"] or _is_in_disabled_unit(organisation, user):
        raise _disabled(organisation, str(user["systemuserid"]), tenant.quirks.user_disabled_status)
    settle_groups(tenant, organisation, user)
    if organisation.state == "AdminMode" and not _administers(organisation, str(user["systemuserid"])):
        raise Refusal("0x8004a113", facts.ADMIN_MODE)
    return user


def _is_in_disabled_unit(organisation: Organisation, user: Mapping[str, Any]) -> bool:
    """Users of a disabled business unit cannot call; that they hear what disabled users do is inferred."""
    return bool(organisation.store.value(_unit_state(), {"unit": user["businessunitid"]}))


@cache
def _unit_state() -> sa.Select[Any]:
    unit = sql_table("businessunit")
    return sa.select(unit.c.isdisabled).where(unit.c.businessunitid == sa.bindparam("unit"))


def _disabled(organisation: Organisation, user: str, status: int) -> Refusal:
    before = status == 400
    message = facts.USER_DISABLED_BEFORE.format(user=user, organisation=organisation.id)
    return Refusal("0x80040225", message if before else facts.USER_DISABLED, status=status)


def _administers(organisation: Organisation, user: str) -> bool:
    """Whether a user holds, itself or by a team, a role that administration mode lets in.

    System Administrator and System Customizer: power-platform admin/admin-mode.md.
    """
    role = sql_table("role")
    held = sa.select(role.c.roletemplateid).where(role.c.roleid.in_(effective_roles()))
    templates = {row["roletemplateid"] for row in organisation.store.rows(held, {"user": user})}
    return bool(templates & {SYSTEM_ADMINISTRATOR, SYSTEM_CUSTOMIZER})


def _claims(exchange: Exchange, tenant: FakeTenant, organisation: Organisation, authorization: str) -> Claims:
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorized(organisation)
    try:
        claims = exchange.worlds.signing_keys.claims(token.strip())
    except BadSignature:
        raise _unauthorized(organisation, facts.BAD_TOKEN) from None
    now = tenant.clock.now()
    if not _is_in_time(claims, now):
        raise _unauthorized(organisation, facts.EXPIRED_TOKEN)
    if claims.get("tid") != organisation.tenant_id or not _is_for(exchange, organisation, claims.get("aud")):
        raise _unauthorized(organisation, facts.BAD_TOKEN)
    return claims


def _is_in_time(claims: Claims, now: datetime) -> bool:
    try:
        ends = datetime.fromtimestamp(float(claims["exp"]), UTC)
        starts = datetime.fromtimestamp(float(claims.get("nbf", 0)), UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return False
    return starts <= now < ends


def _is_for(exchange: Exchange, organisation: Organisation, audience: object) -> bool:
    """Either host of the organisation, with or without a slash, and Dataverse's own id."""
    if not isinstance(audience, str):
        return False
    meant = exchange.canonical(audience).lower().rstrip("/")
    api_host = organisation.host.replace(".crm", ".api.crm", 1)
    return meant in (f"https://{organisation.host}", f"https://{api_host}", facts.DATAVERSE_APP_ID)


def _user(organisation: Organisation, claims: Claims) -> Mapping[str, Any] | None:
    """An app by its client id, a person by its object id."""
    if "scp" in claims:
        return organisation.user_of(str(claims.get("oid", "")))
    return organisation.application_user(str(claims.get("appid") or claims.get("azp") or ""))


def _unauthorized(organisation: Organisation, why: str = "") -> Refusal:
    challenge = facts.CHALLENGE.format(tenant=organisation.tenant_id, host=organisation.host)
    if why:
        challenge = challenge.replace("Bearer ", f"Bearer error=invalid_token, error_description={why}, ", 1)
    return Refusal(
        "",
        why or gateway.UNAUTHORIZED.template,
        status=401,
        headers={"WWW-Authenticate": challenge},
        plain=facts.UNAUTHORIZED_BODY,
    )
