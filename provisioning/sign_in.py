"""Tokens for one identity, by MSAL over the engine's own transport.

MSAL is given a fresh application object for each token, because it remembers refusals for up to a minute
(msal.throttled_http_client: a 400 is answered from memory for 60 s) and that would hide a repaired tenant from
polling. Its token cache reads the machine's clock, so tokens are remembered here, by the clock handed in.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from provisioning.problems import ENTRA_ADMIN, NotReached, Refused

if TYPE_CHECKING:
    from pydantic import SecretStr

    from provisioning.clock import Clock
    from provisioning.transport import Answer, Transport

# MSAL and azure-identity renew five minutes ahead of the end; so do we.
_MARGIN = timedelta(minutes=5)


@dataclass(frozen=True)
class _Kept:
    """A token and when to stop using it."""

    token: str = field(repr=False)
    until: datetime


class SignIn:
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
    ) -> None:
        """`login` is the token service's base URL; a port is allowed."""
        self.tenant_id = tenant_id
        self.client_id = client_id
        self._transport = transport
        self._clock = clock
        self._authority = f"{login}/{tenant_id}"
        self._secret = client_secret
        self._kept: dict[str, _Kept] = {}
        self._metadata: dict[str, _Response] = {}
        transport.hide(client_secret.get_secret_value())

    async def token(self, resource: str, *, fresh: bool = False) -> str:
        """An access token for a resource such as https://graph.microsoft.com; raises Refused or NotReached.

        `fresh` asks the token service again even where a token is at hand.
        """
        kept = self._kept.get(resource)
        if kept is not None and not fresh and self._clock.now() < kept.until:
            return kept.token
        import anyio.to_thread

        wire = _Wire(self._transport, self._metadata)
        try:
            result = await anyio.to_thread.run_sync(self._acquire, wire, f"{resource}/.default")
        except Exception as error:
            self._explain(wire, resource, error)
        if not isinstance(result.get("access_token"), str):
            self._explain(wire, resource, None)
        lifetime = timedelta(seconds=float(result.get("expires_in", 3600)))
        self._kept[resource] = _Kept(result["access_token"], self._clock.now() + lifetime - _MARGIN)
        self._transport.hide(result["access_token"])
        return str(result["access_token"])

    def as_client(self, client_id: str, client_secret: SecretStr) -> SignIn:
        """Another app's sign-in in the same tenant, which shares the metadata already read."""
        other = SignIn(
            transport=self._transport,
            clock=self._clock,
            login=self._authority.rpartition("/")[0],
            tenant_id=self.tenant_id,
            client_id=client_id,
            client_secret=client_secret,
        )
        other._metadata = self._metadata
        return other

    async def claims(self, resource: str) -> Mapping[str, Any]:
        """What the token for this resource says of itself; {} where it cannot be read. Never proof of anything."""
        return unverified_claims(await self.token(resource))

    def _acquire(self, wire: _Wire, scope: str) -> dict[str, Any]:
        """Runs in a worker thread: MSAL is synchronous."""
        import msal

        application = msal.ConfidentialClientApplication(
            self.client_id,
            client_credential=self._secret.get_secret_value(),
            authority=self._authority,
            instance_discovery=False,  # otherwise MSAL asks the public cloud about every host it does not know
            http_client=wire,
        )
        result: dict[str, Any] = application.acquire_token_for_client([scope])
        return result

    def _explain(self, wire: _Wire, resource: str, error: Exception | None) -> NoReturn:
        """MSAL words failures in many ways; what the wire said last is the truth."""
        tried = f"sign in as {self.client_id} for {resource}"
        if wire.problem is not None:
            raise wire.problem from None
        if wire.last is not None:
            said = wire.last.said
            raise Refused(
                tried, said, whose_turn=ENTRA_ADMIN, remedy="check tenant ID, client ID and secret of this sign-in"
            ) from None
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


@dataclass(frozen=True)
class _Response:
    """What MSAL wants of an HTTP response."""

    status_code: int
    text: str = field(repr=False)
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        """Part of MSAL's protocol; it wraps the response and uses its own."""


class _NotJson(Exception):
    """The token service's answer is none: a proxy's page, or half of an answer."""


class _Wire:
    """MSAL's `http_client`: from its worker thread back to the transport on the event loop."""

    def __init__(self, transport: Transport, metadata: dict[str, _Response]) -> None:
        self.last: Answer | None = None
        self.problem: NotReached | None = None
        self._transport = transport
        self._metadata = metadata

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> _Response:
        """GET; metadata that was answered once is not asked for again."""
        if params:
            from urllib.parse import urlencode

            url = f"{url}?{urlencode(params)}"
        if url not in self._metadata:
            response = self._send("GET", url, None, headers)
            if response.status_code != 200:
                return response
            self._metadata[url] = response
        return self._metadata[url]

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,  # noqa: ARG002 - MSAL's protocol; it sends none to the token endpoint
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> _Response:
        """POST a form; asking for a token twice is as good as once, so the transport may repeat it."""
        return self._send("POST", url, data, headers)

    def close(self) -> None:
        """Part of MSAL's protocol; the transport outlives it."""

    def _send(
        self, method: str, url: str, form: Mapping[str, str] | None, headers: Mapping[str, str] | None
    ) -> _Response:
        import anyio.from_thread

        async def send() -> Answer:
            return await self._transport.send(
                method, url, service="login", form=form, headers=headers, repeatable=True, wants_json=True
            )

        try:
            self.last = anyio.from_thread.run(send)
        except NotReached as problem:
            self.problem = problem
            raise
        if self.last.object is None:
            # MSAL would log what it cannot read, and half an answer may hold half a token.
            raise _NotJson
        return _Response(self.last.status, self.last.text, self.last.headers)
