"""What a client shows to prove who it is: a secret, an assertion, or nothing; and whether it holds."""

from dataclasses import dataclass, field
from enum import StrEnum

from mock_services.login import certificates, facts, federation, jwts
from mock_services.login.clients import Client
from mock_services.login.clouds import Cloud
from mock_services.login.errors import Refused
from mock_services.login.form import Asked
from mock_services.login.refusals import credentials, requests


class Proof(StrEnum):
    """How a client proved itself, as a token's `appidacr` says it (entra-docs access-token-claims-reference.md)."""

    NONE = "0"
    SECRET = "1"  # noqa: S105 - a claim's value, not a secret
    ASSERTION = "2"


@dataclass(frozen=True)
class Shown:
    """The credential in a request; both empty in a public client's."""

    secret: str = field(default="", repr=False)
    assertion: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.secret or self.assertion)


def shown_in(asked: Asked) -> Shown:
    """The credential that a request carries. Raises Refused for an assertion whose type is missing or another's."""
    assertion = asked.value("client_assertion")
    if assertion:
        asked.demand("client_assertion_type")
        if asked.value("client_assertion_type") != facts.JWT_ASSERTION:
            raise Refused(requests.MALFORMED)
    return Shown(asked.value("client_secret"), assertion)


def check(asked: Asked, cloud: Cloud, client: Client) -> Proof:
    """How the client proved itself. Raises Refused for a credential that does not hold; none is as good as none."""
    shown = shown_in(asked)
    if shown.assertion:
        told = jwts.read(shown.assertion)
        jwts.demand(told, "iss", "aud")
        if told.claim("iss").lower() == client.app_id or "://" not in told.claim("iss"):
            certificates.check(asked.exchange, cloud, client, told)
        else:
            federation.check(asked.exchange, client, told)
        return Proof.ASSERTION
    if shown.secret:
        _check_secret(client, shown.secret)
        return Proof.SECRET
    return Proof.NONE


def _check_secret(client: Client, text: str) -> None:
    """Raise Refused unless one of the client's secrets has this text and is in force by the tenant's clock.

    Every secret is compared, each in constant time. A secret whose time has not come is as good as none: no
    sighting of Entra's answer to that was found.
    """
    now = client.tenant.clock.now()
    matching = [secret for secret in client.secrets if secret.matches(text)]
    if any(secret.start <= now < secret.end for secret in matching):
        return
    if any(secret.end <= now for secret in matching):
        raise Refused(credentials.SECRET_EXPIRED, application=client.app_id)
    raise Refused(credentials.SECRET_WRONG, application=client.app_id)
