"""Tokens for a person, by MSAL: they sign in once, by device code or in a browser, and a refresh token does the rest.

What MSAL remembers (refresh tokens) stays in memory and ends with the program. Its access tokens are never taken from
there, since it judges their age by the machine's clock; see `provisioning.sign_in` for why each call has a fresh
application object.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NoReturn

from provisioning.browser_return import waiting_for_browser
from provisioning.msal_wire import Wire
from provisioning.person import Person
from provisioning.problems import ENTRA_ADMIN, YOU, Problem, Refused
from provisioning.sign_in import TenantSignIn

if TYPE_CHECKING:
    from provisioning.clock import Clock
    from provisioning.said import Said
    from provisioning.transport import Transport

# Device codes last 15 minutes (entra-docs v2-oauth2-device-code.md); a browser gets no longer.
_LONGEST: Final = timedelta(minutes=15)
_LOOK: Final = timedelta(seconds=0.5)
_SLOWER_S: Final = 5  # RFC 8628 section 3.5: on slow_down, for good
# The refresh token will not do: the resource wants more proof of the person, who is asked again
# (learn.microsoft.com/entra/identity-platform/reference-error-codes).
_ASK_AGAIN: Final = frozenset({"interaction_required", "login_required", "consent_required", "invalid_grant"})
_CODES: Final = frozenset({"code", "device_code", "code_verifier"})
_DECLINED: Final = frozenset({"authorization_declined", "access_denied"})
_EXPIRED: Final = frozenset({"expired_token", "code_expired"})
_CONSENT: Final = frozenset({"AADSTS65001", "AADSTS65002", "AADSTS90094"})


class Remembered:
    """Who has signed in so far and may sign in to another tenant or resource unasked; in memory alone.

    Several sign-ins may share one, in one event loop: then one at a time asks the person, and the others look first
    whether that helped them too.
    """

    def __init__(self) -> None:
        self.times_asked = 0
        self._is_asking = False

    @asynccontextmanager
    async def turn(self, clock: Clock) -> AsyncIterator[None]:
        """The person to oneself. Waited for by the clock: who works side by side with others gives up a place then."""
        import anyio.lowlevel

        while self._is_asking:
            await clock.sleep(_LOOK)
            await anyio.lowlevel.checkpoint()
        self._is_asking = True
        try:
            yield
            self.times_asked += 1
        finally:
            self._is_asking = False

    @cached_property
    def cache(self) -> Any:
        """MSAL's token cache, which here logs no codes: MSAL's own masks tokens, and not what they are got with."""
        import msal

        class QuietCache(msal.TokenCache):  # type: ignore[misc]  # msal ships no types
            def add(self, event: dict[str, Any], now: int | None = None) -> None:
                data = {name: value for name, value in (event.get("data") or {}).items() if name not in _CODES}
                super().add({**event, "data": data}, now=now)

        return QuietCache()


class PersonSignIn(TenantSignIn):
    """A person in one tenant, through a public client."""

    is_person = True

    def __init__(
        self,
        *,
        transport: Transport,
        clock: Clock,
        login: str,
        tenant_id: str,
        client_id: str,
        person: Person,
        by_browser: bool,
        username: str = "",
        remembered: Remembered | None = None,
    ) -> None:
        """`username`: who it has to be; "" takes whoever signs in, and asks where several have already."""
        import anyio

        super().__init__(transport=transport, clock=clock, login=login, tenant_id=tenant_id, client_id=client_id)
        self._person = person
        self._by_browser = by_browser
        self._username = username
        self._remembered = remembered or Remembered()
        self._account: Mapping[str, Any] | None = None
        self._one_at_a_time = anyio.Lock()

    async def token(self, resource: str, *, fresh: bool = False) -> str:
        """An access token; the person is asked where no refresh token serves. Raises Problem, Refused, NotReached."""
        async with self._one_at_a_time:  # nobody is asked twice at the same time
            kept = self._tokens.get(resource)
            if kept is not None and not fresh:
                return kept
            asked_before = self._remembered.times_asked
            result = await self._unasked(resource) or await self._in_turn(resource, asked_before)
            lifetime = timedelta(seconds=float(result.get("expires_in", 3600)))
            return self._tokens.keep(resource, str(result["access_token"]), lifetime)

    async def _in_turn(self, resource: str, asked_before: int) -> dict[str, Any]:
        """The person is asked, unless somebody else asked them meanwhile and that serves here too."""
        async with self._remembered.turn(self._clock):
            helped = self._remembered.times_asked > asked_before
            return (await self._unasked(resource) if helped else None) or await self._asked(resource)

    async def _unasked(self, resource: str) -> dict[str, Any] | None:
        """By a refresh token; None where there is none, or it does not do for this resource."""
        account = self._account or await self._chosen()
        if account is None:
            return None
        scopes, wire = [f"{resource}/.default"], self._wire()
        result = await self._run(
            wire, resource, lambda app: app.acquire_token_silent_with_error(scopes, account, force_refresh=True)
        )
        if result is None:
            return None
        if "access_token" in result:
            self._account = account
            return dict(result)
        said = wire.last.said if wire.last is not None else None
        if result.get("error") in _ASK_AGAIN and not (said is not None and said.code in _CONSENT):
            return None
        return self._refuse(wire, resource)

    async def _chosen(self) -> Mapping[str, Any] | None:
        """The account among those that have signed in already; the person decides where there are several."""
        wire = self._wire()
        found = await self._run(wire, "", lambda app: app.get_accounts(self._username or None))
        accounts: dict[str, Mapping[str, Any]] = {str(account["username"]): account for account in found or []}
        if len(accounts) < 2:
            return next(iter(accounts.values()), None)
        picked = await self._person.choose("several accounts are signed in", sorted(accounts))
        return accounts[picked]

    async def _asked(self, resource: str) -> dict[str, Any]:
        """The person signs in. Raises Problem where they do not, or where somebody else does."""
        ask = self._in_browser if self._by_browser else self._by_code
        result = await ask(resource)
        self._hide(result)
        who = str((result.get("id_token_claims") or {}).get("preferred_username") or "")
        if self._username and who and who.lower() != self._username.lower():
            raise Problem(
                self._tried(resource),
                f"{who} signed in, and the settings say {self._username}",
                remedy="sign in with that account, or name the other one with --account",
            )
        found = await self._run(self._wire(), resource, lambda app: app.get_accounts(who or None))
        self._account = found[0] if found else None
        return result

    async def _by_code(self, resource: str) -> dict[str, Any]:
        """Device code: shown once, then asked for at the pace that the token service names."""
        scopes, wire = [f"{resource}/.default"], self._wire()
        flow = await self._run(wire, resource, lambda app: app.initiate_device_flow(scopes))
        if "device_code" not in flow:
            self._refuse(wire, resource)
        self._transport.hide(str(flow["device_code"]))
        lasts = min(timedelta(seconds=flow["expires_in"]), _LONGEST)
        ends = self._clock.now() + lasts
        await self._person.show_code(str(flow["verification_uri"]), str(flow["user_code"]), lasts=lasts)
        interval_s = int(flow["interval"])
        while self._clock.now() < ends:
            flow.pop("latest_attempt_at", None)  # MSAL compares it with the machine's clock
            wire = self._wire()
            result = await self._run(
                wire, resource, lambda app: app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
            )
            if "access_token" in result:
                return dict(result)
            if result.get("error") not in ("authorization_pending", "slow_down"):
                self._refuse(wire, resource)
            interval_s += _SLOWER_S if result.get("error") == "slow_down" else 0
            await self._clock.sleep(timedelta(seconds=interval_s))
        raise self._too_late(resource, "the code was not entered in time")

    async def _in_browser(self, resource: str) -> dict[str, Any]:
        """Authorization code with PKCE, by MSAL; the answer comes to a port of this machine."""
        import anyio.lowlevel

        scopes, wire = [f"{resource}/.default"], self._wire()
        async with waiting_for_browser() as back:
            flow = await self._run(
                wire,
                resource,
                lambda app: app.initiate_auth_code_flow(
                    scopes,
                    redirect_uri=back.uri,
                    response_mode="form_post",
                    login_hint=self._username or None,
                    prompt=None if self._username else "select_account",
                ),
            )
            back.state, ends = str(flow["state"]), self._clock.now() + _LONGEST
            await self._person.open(str(flow["auth_uri"]))
            while back.answer is None and self._clock.now() < ends:
                await self._clock.sleep(_LOOK)
                await anyio.lowlevel.checkpoint()
        if back.answer is None:
            raise self._too_late(resource, "the browser did not come back in time")
        brought = dict(back.answer)
        if "code" not in brought:
            self._refuse_brought(resource, brought)
        self._transport.hide(brought["code"])
        result = await self._run(
            wire, resource, lambda app: app.acquire_token_by_auth_code_flow(flow, brought, scopes=scopes)
        )
        if "access_token" not in result:
            self._refuse(wire, resource)
        return dict(result)

    async def _run(self, wire: Wire, resource: str, act: Callable[[Any], Any]) -> Any:
        """Do something with a fresh MSAL application, in a worker thread: MSAL is synchronous."""
        import anyio.to_thread

        def run() -> Any:
            import msal

            application = msal.PublicClientApplication(
                self.client_id,
                authority=f"{self._login}/{self.tenant_id}",
                instance_discovery=False,
                http_client=wire,
                token_cache=self._remembered.cache,
            )
            return act(application)

        try:
            return await anyio.to_thread.run_sync(run)
        except Exception as error:
            if wire.problem is None and (wire.last is None or wire.last.status < 400):
                # MSAL read the answer and did not like it, such as an ID token of the wrong time.
                words = str(error) if isinstance(error, ValueError) else type(error).__name__
                raise Problem(self._tried(resource), self._transport.redacted(words.partition("\n")[0])) from None
            self._refuse(wire, resource)

    def _wire(self) -> Wire:
        return Wire(self._transport, self._metadata)

    def _hide(self, result: Mapping[str, Any]) -> None:
        """Nothing of what came with the token is quoted."""
        for name in ("access_token", "refresh_token", "id_token"):
            self._transport.hide(str(result.get(name) or ""))

    def _tried(self, resource: str) -> str:
        who = self._username or "a person"
        return f"sign in as {who} for {resource}" if resource else f"sign in as {who}"

    def _too_late(self, resource: str, heard: str) -> Problem:
        return Problem(self._tried(resource), heard, remedy="run it again and complete the sign-in within 15 minutes")

    def _refuse(self, wire: Wire, resource: str) -> NoReturn:
        """The letter for what the token service said last."""
        if wire.problem is not None:
            raise wire.problem from None
        if wire.last is None:
            raise Problem(self._tried(resource), "the token service was not asked")
        said = wire.last.said
        whose_turn, remedy = _advice(said)
        raise Refused(self._tried(resource), said, whose_turn=whose_turn, remedy=remedy) from None

    def _refuse_brought(self, resource: str, brought: Mapping[str, str]) -> NoReturn:
        """The letter for a refusal that came by way of the browser."""
        error, description = brought.get("error", ""), brought.get("error_description", "")
        heard = self._transport.redacted(" ".join(description.split()).partition(" Trace ID:")[0]) or error
        declined = error in _DECLINED
        remedy = "run it again and accept, or choose another sign_in" if declined else "see what the page said"
        raise Problem(self._tried(resource), heard, remedy=remedy)


def _advice(said: Said) -> tuple[str, str]:
    """Whose turn it is after a refusal, and what they do."""
    if said.error in _DECLINED:
        return YOU, "run it again and accept, or choose another sign_in"
    if said.error in _EXPIRED:
        return YOU, "run it again and enter the new code within 15 minutes"
    if said.code in _CONSENT:
        return ENTRA_ADMIN, "name a client of this tenant with operator.client_id, and consent to it"
    return ENTRA_ADMIN, "check tenant ID, the account, and whether policies let it sign in this way"
