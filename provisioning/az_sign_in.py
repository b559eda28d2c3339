"""Tokens from an existing `az login`: the Azure CLI is asked, as azure-identity's AzureCliCredential does.

`az account get-access-token --output json --resource …`, never through a shell, from a directory that is the system's
(`az` in the present one is not to be found), within half a minute. Its answer holds a token and is shown to nobody.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from subprocess import DEVNULL, CompletedProcess
from typing import TYPE_CHECKING, Any, Final

from provisioning.problems import YOU, Problem
from provisioning.sign_in import TenantSignIn, unverified_claims

if TYPE_CHECKING:
    from provisioning.clock import Clock
    from provisioning.transport import Transport

# azure-identity allows ten seconds; the first start of az on a slow machine takes longer. Another program's time is the
# machine's, so no clock is handed in for it.
_LONGEST_S: Final = 30
_INSTALL: Final = "https://learn.microsoft.com/cli/azure/install-azure-cli"
_TOKEN_LIKE: Final = re.compile(r"ey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?")
_PLAIN: Final = re.compile(r"[A-Za-z0-9:/._-]+")
# What az says where nobody is signed in, or the account is of another tenant (azure-identity reads the same words).
_NOT_LOGGED_IN: Final = ("az login", "az account set")


class AzSignIn(TenantSignIn):
    """Whoever is signed in to the Azure CLI: a person, or an app."""

    is_person = True

    def __init__(
        self,
        *,
        transport: Transport,
        clock: Clock,
        login: str,
        tenant_id: str,
        client_id: str,
        username: str = "",
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """`username`: which of az's accounts; "" takes the one that az uses. `environ` is what az runs with."""
        super().__init__(transport=transport, clock=clock, login=login, tenant_id=tenant_id, client_id=client_id)
        self._username = username
        self._environ = environ if environ is not None else os.environ
        self._subscription = ""

    async def token(self, resource: str, *, fresh: bool = False) -> str:
        """An access token. Raises Problem where az is not there, not signed in, or does not answer.

        az keeps tokens of its own; `fresh` asks it again, and it renews what is about to end.
        """
        kept = self._tokens.get(resource)
        if kept is not None and not fresh:
            return kept
        tried = f"get a token for {resource} from az"
        if self._username and not self._subscription:
            self._subscription = await self._subscription_of(self._username, tried)
        # az takes one of the two: a subscription stands for its account and tenant.
        whose = ("--subscription", self._subscription) if self._subscription else ("--tenant", self.tenant_id)
        told = await self._ask(tried, "account", "get-access-token", "--output", "json", "--resource", resource, *whose)
        token = told.get("accessToken") if isinstance(told, dict) else None
        if not isinstance(token, str) or not token:
            raise Problem(tried, "az answered without a token", remedy="run az version, and update az")
        self._transport.hide(token)
        self._check(tried, token)
        return self._tokens.keep(resource, token, self._lifetime(told))

    def _check(self, tried: str, token: str) -> None:
        """The token has to be of our tenant and of the account that was named."""
        claims = unverified_claims(token)
        tenant = str(claims.get("tid", self.tenant_id))
        if tenant.lower() != self.tenant_id.lower():
            remedy = f"az login --tenant {self.tenant_id}"
            raise Problem(tried, f"az is signed in to the tenant {tenant}", whose_turn=YOU, remedy=remedy)
        self.client_id = str(claims.get("appid") or self.client_id)

    def _lifetime(self, told: Mapping[str, Any]) -> timedelta:
        """How long the token lasts: `expires_on` (since az 2.54), else `expiresOn`, the machine's local time."""
        try:
            ends = datetime.fromtimestamp(int(told["expires_on"]), UTC)
        except (KeyError, ValueError, TypeError, OverflowError):
            try:
                ends = datetime.fromisoformat(str(told.get("expiresOn"))).astimezone(UTC)
            except ValueError:
                return timedelta(0)
        return ends - self._clock.now()

    async def _subscription_of(self, username: str, tried: str) -> str:
        """The id of a subscription that this account sees in our tenant, which is how az is told an account."""
        listed = await self._ask(tried, "account", "list", "--all", "--output", "json")
        rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
        names = {str((row.get("user") or {}).get("name", "")): row for row in rows}
        for row in rows:
            user, tenant = str((row.get("user") or {}).get("name", "")), str(row.get("tenantId", ""))
            if user.lower() == username.lower() and tenant.lower() == self.tenant_id.lower():
                return str(row.get("id", ""))
        others = f"az knows {', '.join(sorted(filter(None, names)))}" if any(names) else "az is not signed in"
        remedy = f"az login --tenant {self.tenant_id} --allow-no-subscriptions, as {username}"
        raise Problem(tried, f"{others}, and not {username} in this tenant", whose_turn=YOU, remedy=remedy)

    async def _ask(self, tried: str, *arguments: str) -> Any:
        """What az prints, read as JSON. Raises Problem."""
        if not all(_PLAIN.fullmatch(argument) for argument in arguments):
            # On Windows az is a batch file, whose arguments cmd.exe would read.
            raise Problem(tried, "an argument for az has characters in it that do not belong there")
        answered = await self._run(tried, arguments)
        if answered.returncode != 0:
            raise self._refused(tried, answered)
        try:
            return json.loads(answered.stdout)
        except ValueError:
            heard = "az answered with something else than JSON"
            raise Problem(tried, heard, remedy="run az version, and update az") from None

    async def _run(self, tried: str, arguments: tuple[str, ...]) -> CompletedProcess[bytes]:
        import anyio

        names = ("az.cmd", "az") if sys.platform == "win32" else ("az",)
        path = next(filter(None, (shutil.which(name, path=self._environ.get("PATH")) for name in names)), None)
        if path is None:
            raise Problem(
                tried,
                "the Azure CLI (az) is not on the PATH",
                remedy=f"install it ({_INSTALL}) and run az login, or choose another sign_in",
            )
        environ = {**self._environ, "AZURE_CORE_NO_COLOR": "true", "AZURE_CORE_ONLY_SHOW_ERRORS": "true"}
        safe = self._environ.get("SYSTEMROOT", "C:\\") if sys.platform == "win32" else "/"
        try:
            with anyio.fail_after(_LONGEST_S):
                return await anyio.run_process([path, *arguments], stdin=DEVNULL, check=False, cwd=safe, env=environ)
        except TimeoutError:
            remedy = "run az account get-access-token yourself and see what it waits for"
            raise Problem(tried, f"az did not answer within {_LONGEST_S} seconds", remedy=remedy) from None
        except OSError as error:
            reason = (error.strerror or "it cannot be run").lower()
            raise Problem(tried, f"{path} cannot be started ({reason})", remedy="install az again") from None

    def _refused(self, tried: str, answered: CompletedProcess[bytes]) -> Problem:
        """The letter for what az complained of, which is quoted in one line without anything like a token."""
        said = answered.stderr.decode("utf-8", "replace")
        login = f"az login --tenant {self.tenant_id} --allow-no-subscriptions"
        if any(words in said for words in _NOT_LOGGED_IN) and "AADSTS" not in said:
            return Problem(tried, "az is not signed in to this tenant", whose_turn=YOU, remedy=login)
        line = next((line for line in said.splitlines() if line.strip()), "az failed without a word")
        heard = self._transport.redacted(_TOKEN_LIKE.sub("***", line.strip()))[:500]
        return Problem(tried, heard, whose_turn=YOU, remedy=f"if it stays, sign in again: {login}")
