"""The refresh-token grant: a client renews a person's sign-in.

The old token stays good and a new one comes with every answer, as documented (entra-docs refresh-tokens.md).
"""

from datetime import datetime

from mock_services.login import client_authentication, clients, delegated, scopes, tokens, users
from mock_services.login.authorities import MANY_TENANTS, tenant_for_page
from mock_services.login.client_authentication import Proof
from mock_services.login.clouds import Cloud
from mock_services.login.errors import Refused
from mock_services.login.form import Asked
from mock_services.login.refusals import credentials, sign_ins
from mock_services.login.resources import refuse_resource_on_v2, wanted_at_redemption
from mock_services.state.directory import RefreshToken, User
from mock_services.tenant import FakeTenant


def issue(asked: Asked, cloud: Cloud) -> tokens.Issued:
    """New tokens for the person who signed in then. Raises Refused, Unmodelled."""
    asked.demand("client_id", "refresh_token")
    refuse_resource_on_v2(asked)
    tenant, held = _find(asked)
    asked.exchange.tenant = tenant
    with tenant.directory.store.transaction():
        return _issue(asked, cloud, tenant, held)


def _find(asked: Asked) -> tuple[FakeTenant, RefreshToken]:
    """The token and its tenant, which `common` and `organizations` leave to the token itself. Raises Refused."""
    named = tenant_for_page(asked.exchange, asked.tenant)
    everywhere = asked.exchange.worlds.tenants if asked.tenant.lower() in MANY_TENANTS else ()
    for tenant in (named,) if named else everywhere:
        held = tenant.directory.refresh_token(asked.value("refresh_token"))
        if held is not None:
            return tenant, held
    raise Refused(sign_ins.GRANT_MALFORMED)


def _issue(asked: Asked, cloud: Cloud, tenant: FakeTenant, held: RefreshToken) -> tokens.Issued:
    client = delegated.find_client(asked.exchange, tenant, asked.value("client_id"))
    proof = client_authentication.check(asked, cloud, client)
    if held.client_id != client.app_id:
        raise Refused(sign_ins.GRANT_OF_ANOTHER_CLIENT, name="refresh_token")
    if held.is_public and proof is not Proof.NONE:
        raise Refused(credentials.CLIENT_IS_PUBLIC)
    if not held.is_public:
        clients.check_public(client, is_proven=proof is not Proof.NONE)
    user = users.still_here(tenant, held.user_id)
    _check_life(tenant, user, held)
    return delegated.issue(
        delegated.SignIn(
            asked=asked,
            cloud=cloud,
            client=client,
            proof=proof,
            person=users.Person(user, held.amr),
            wanted=wanted_at_redemption(asked, scopes.delegated(held.scope)),
            page_until=held.ends if held.is_page else None,
        )
    )


def _check_life(tenant: FakeTenant, user: User, held: RefreshToken) -> None:
    if held.revoked:
        raise Refused(
            sign_ins.GRANT_REVOKED, issued=_written(held.issued), valid_from=_written(user.sessions_valid_from)
        )
    now = tenant.clock.now()
    if now >= held.ends:
        idle = held.ends - held.issued
        raise Refused(sign_ins.REFRESH_EXPIRED, issued=_written(held.issued), idle=f"{idle.days}.00:00:00")


def _written(instant: datetime) -> str:
    """With seven digits after the second, as the recorded refusals have them."""
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond:06d}0Z"
