"""Who signs in: a person's name and password, and what the tenant asks of them besides."""

from dataclasses import dataclass

from mock_services.exchange import Exchange
from mock_services.login import facts
from mock_services.login.clients import Client
from mock_services.login.errors import Refused
from mock_services.login.refusals import sign_ins
from mock_services.login.resources import Resource
from mock_services.state.directory import User
from mock_services.state.directory.access import BLOCK, MFA
from mock_services.tenant import FakeTenant

PASSWORD = "pwd"  # noqa: S105 - the word that a token uses
STRONGER = "pwd mfa"
"""The ways a person proved who they are, as `amr` lists them."""


@dataclass(frozen=True)
class Person:
    """Somebody who has signed in, and how."""

    user: User
    amr: str = PASSWORD


def check_password(exchange: Exchange, tenant: FakeTenant, username: str, password: str) -> User:
    """The user of this name, if the password is theirs. Raises Refused.

    Order inferred: known, not locked out, the right password, enabled, not expired. Ten wrong passwords in a row lock
    an account for a minute, where the same one sent again and again is counted once (entra-docs
    howto-password-smart-lockout.md).
    """
    user = tenant.directory.user(user_principal_name=username)
    if user is None:
        raise Refused(sign_ins.USER_UNKNOWN, user=username, directory=tenant.display_name)
    attempts = exchange.worlds.pending.attempts(tenant.id, user.id)
    now = tenant.clock.now()
    if attempts.is_locked(now):
        raise Refused(sign_ins.USER_LOCKED)
    if not user.matches(password):
        attempts.failed(password, now, most=facts.WRONG_PASSWORDS, lock=facts.LOCKED_OUT)
        raise Refused(sign_ins.PASSWORD_WRONG)
    attempts.succeeded()
    if not user.account_enabled:
        raise Refused(sign_ins.USER_DISABLED)
    if user.must_change_password:
        raise Refused(sign_ins.PASSWORD_EXPIRED)
    return user


def still_here(tenant: FakeTenant, user_id: str) -> User:
    """A user who signed in before, as they are now. Raises Refused when they are gone or disabled."""
    user = tenant.directory.user(id=user_id)
    if user is None:
        raise Refused(sign_ins.USER_UNKNOWN, user=user_id, directory=tenant.display_name)
    if not user.account_enabled:
        raise Refused(sign_ins.USER_DISABLED)
    return user


def check_assignment(client: Client, user: User) -> None:
    """Raise Refused (50105) where the client is for assigned people only and this user is none of them."""
    principal = client.principal
    if not principal.app_role_assignment_required:
        return
    held = client.tenant.directory.app_roles_of(user.id)
    if not any(each.resource_id == principal.id for each in held):
        raise Refused(
            sign_ins.USER_NOT_ASSIGNED,
            application=client.app_id,
            name=principal.display_name,
            user=user.user_principal_name,
        )


def check_access(client: Client, resource: Resource, person: Person, *, at_second: bool = False) -> None:
    """Raise Refused where Conditional Access blocks the user (53003) or asks for more than was shown (50076).

    `at_second`: what the second token endpoint calls `invalid_grant` is `interaction_required` everywhere else.
    """
    controls = client.tenant.directory.controls_on_user(person.user.id, resource.principal.app_id)
    if BLOCK in controls:
        row = sign_ins.USER_BLOCKED_AT_SECOND if at_second else sign_ins.USER_BLOCKED_BY_POLICY
        raise Refused(row, suberror="message_only")
    if MFA in controls and MFA not in person.amr.split():
        row = sign_ins.MFA_REQUIRED_AT_SECOND if at_second else sign_ins.MFA_REQUIRED
        raise Refused(row, suberror="basic_action", resource=resource.principal.app_id)
