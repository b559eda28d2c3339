"""Tokens for one app, by MSAL over the engine's own transport.

MSAL is given a fresh application object for each token, because it remembers refusals for up to a minute
(msal.throttled_http_client: a 400 is answered from memory for 60 s) and that would hide a repaired tenant from
polling. Its token cache reads the machine's clock, so tokens are remembered here, by the clock handed in.
"""

from __future__ import annotations

import base64
import binascii
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from provisioning.key_pair import assertion, is_key_pair, thumbprint
from provisioning.msal_wire import Response, Wire
from provisioning.problems import ENTRA_ADMIN, Refused

if TYPE_CHECKING:
    from pydantic import SecretStr

    from provisioning.clock import Clock
    from provisioning.transport import Transport

# MSAL and azure-identity renew five minutes ahead of the end; so do we.
_MARGIN = timedelta(minutes=5)


@dataclass(frozen=True)
class _Kept:
    """A token and when to stop using it."""

    token: str = field(repr=False)
    until: datetime


class Tokens:
    """Tokens at hand, by resource, in memory alone, until shortly before their end by the clock handed in."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        self._transport = transport
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    def get(self, resource: str) -> str | None:
        """The token for this resource; None where there is none, or it ends soon."""
        kept = self._kept.get(resource)
        return kept.token if kept is not None and self._clock.now() < kept.until else None

    def keep(self, resource: str, token: str, lifetime: timedelta) -> str:
        """Remember a token, which from now on is struck out of everything that is quoted."""
        self._kept[resource] = _Kept(token, self._clock.now() + lifetime - _MARGIN)
        self._transport.hide(token)
        return token


class TenantSignIn(ABC):
    """Somebody signed in to one tenant, an app or a person through a client: `client_id` names the app or client."""

    is_person: ClassVar[bool] = False
    """Whether a person is behind it, as a rule: az may have signed in an app."""

    def __init__(
        self,
        *,
        transport: Transport,
        clock: Clock,
        login: str,
        tenant_id: str,
        client_id: str,
        metadata: dict[str, Response] | None = None,
    ) -> None:
        """`login` is the token service's base URL; a port is allowed.

        `metadata` is what was read of the token service already.
        """
        self.tenant_id = tenant_id
        self.client_id = client_id
        self._transport = transport
        self._clock = clock
        self._login = login
        self._tokens = Tokens(transport, clock)
        self._metadata: dict[str, Response] = {} if metadata is None else metadata

    @abstractmethod
    async def token(self, resource: str, *, fresh: bool = False) -> str:
        """An access token for a resource such as https://graph.microsoft.com. Raises Problem.

        `fresh` asks again even where a token is at hand.
        """

    async def claims(self, resource: str) -> Mapping[str, Any]:
        """What the token for this resource says of itself; {} where it cannot be read. Never proof of anything."""
        return unverified_claims(await self.token(resource))

    def as_client(self, client_id: str, client_secret: SecretStr) -> SignIn:
        """An app's sign-in in the same tenant, which shares the metadata already read."""
        return SignIn(
            transport=self._transport,
            clock=self._clock,
            login=self._login,
            tenant_id=self.tenant_id,
            client_id=client_id,
            client_secret=client_secret,
            metadata=self._metadata,
        )


class SignIn(TenantSignIn):
    """One app identity in one tenant: asks for tokens and keeps them until shortly before their end."""

    def __init__(
        self,
        *,
        transport: Transport,
        clock: Clock,
        login: str,
        tenant_id: str,
        client_id: str,
        client_secret: SecretStr,
        metadata: dict[str, Response] | None = None,
    ) -> None:
        """As every sign-in; in the secret's place may be a key pair."""
        super().__init__(
            transport=transport, clock=clock, login=login, tenant_id=tenant_id, client_id=client_id, metadata=metadata
        )
        self._secret = client_secret
        transport.hide(client_secret.get_secret_value())

    async def token(self, resource: str, *, fresh: bool = False) -> str:
        """An access token for a resource such as https://graph.microsoft.com; raises Refused or NotReached.

        `fresh` asks the token service again even where a token is at hand.
        """
        kept = self._tokens.get(resource)
        if kept is not None and not fresh:
            return kept
        import anyio.to_thread

        wire = Wire(self._transport, self._metadata)
        try:
            result = await anyio.to_thread.run_sync(self._acquire, wire, f"{resource}/.default")
        except Exception as error:
            self._explain(wire, resource, error)
        if not isinstance(result.get("access_token"), str):
            self._explain(wire, resource, None)
        lifetime = timedelta(seconds=float(result.get("expires_in", 3600)))
        return self._tokens.keep(resource, str(result["access_token"]), lifetime)

    def _acquire(self, wire: Wire, scope: str) -> dict[str, Any]:
        """Runs in a worker thread: MSAL is synchronous."""
        import msal

        application = msal.ConfidentialClientApplication(
            self.client_id,
            client_credential=self._credential(),
            authority=f"{self._login}/{self.tenant_id}",
            instance_discovery=False,  # otherwise MSAL asks the public cloud about every host it does not know
            http_client=wire,
        )
        result: dict[str, Any] = application.acquire_token_for_client([scope])
        return result

    def _credential(self) -> str | dict[str, Any]:
        """What MSAL proves the app with.

        With a key pair it is an assertion made here, since MSAL's own would go by the machine's clock.
        """
        value = self._secret.get_secret_value()
        if not is_key_pair(value):
            return value
        authority, now = f"{self._login}/{self.tenant_id}", self._clock.now()
        signed = assertion(value, client_id=self.client_id, authority=authority, now=now, id_=self._transport.new_id())
        return {"client_assertion": lambda: signed}  # of a text MSAL says that it will end; its own cache is not used

    def _explain(self, wire: Wire, resource: str, error: Exception | None) -> NoReturn:
        """MSAL words failures in many ways; what the wire said last is the truth."""
        tried = f"sign in as {self.client_id} for {resource}"
        if wire.problem is not None:
            raise wire.problem from None
        if wire.last is not None:
            remedy = "check tenant ID, client ID and secret of this sign-in"
            if is_key_pair(self._secret.get_secret_value()):
                mark = thumbprint(self._secret.get_secret_value())
                remedy = f"check tenant ID and client ID, and that the app has the certificate with thumbprint {mark}"
            raise Refused(tried, wire.last.said, whose_turn=ENTRA_ADMIN, remedy=remedy) from None
        if error is not None:
            raise error
        raise RuntimeError("MSAL returned neither a token nor an answer")  # pragma: no cover - it always asks first


class GivenToken:
    """One token at hand, for whatever it was issued for; it cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self, resource: str, *, fresh: bool = False) -> str:
        """The token."""
        del resource, fresh
        return self._token

    async def claims(self, resource: str) -> Mapping[str, Any]:
        """What it says of itself, unverified."""
        return unverified_claims(await self.token(resource))


def unverified_claims(token: str) -> Mapping[str, Any]:
    """The payload of a JWT, its signature not checked; {} for anything else."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
