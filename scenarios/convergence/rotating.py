"""One rotation of a secret or a certificate, run until it succeeds, watched after every request; and what it leaves."""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import jwt

from mock_services.state.directory.records import KeyCredential, Secret
from mock_services.tenant import FakeTenant
from provisioning.key_pair import is_key_pair, public_half
from provisioning.rotation import rotate
from provisioning.test_and_save import ask_for_token, read_incidents, read_rows, token_in
from provisioning.transport import Transport
from provisioning.vault import FileVault
from scenarios.convergence.harms import Harm, HarmingTransport
from scenarios.convergence.standing import Runs, SetUp, run_until_done
from scenarios.tenant_clock import TenantClock

_SIGN_INS = 3
"""How often a new one must have been accepted before the old one may go."""


def _mark(value: str) -> str:
    """What a sign-in with this value shows: the secret itself, or which key signed."""
    return _key_mark(base64.b64decode(public_half(value))) if is_key_pair(value) else value


def _key_mark(certificate: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(certificate).digest()).decode().rstrip("=")


def _shown(request: httpx.Request) -> str:
    """What the request shows to sign in; "" for any other."""
    form = parse_qs(request.content.decode())
    if "client_assertion" in form:
        return str(jwt.get_unverified_header(form["client_assertion"][0])["x5t#S256"])
    return form.get("client_secret", [""])[0]


def _is_of(credential: Secret | KeyCredential, mark: str) -> bool:
    return credential.matches(mark) if isinstance(credential, Secret) else _key_mark(credential.key) == mark


@dataclass
class RotationOutcome:
    """What a rotation under harm came to."""

    told: Runs
    uncovered: list[int]
    """Requests after which no value that was ever handed over would have been accepted."""
    early: list[int]
    """Requests after which the old one was gone, and with none of the others anybody had signed in often enough."""
    credentials: int = 0
    """How many secrets and certificates the application has in the end."""
    healthy: bool = False
    """Whether Test & Save passes with what the file holds in the end."""

    def converged(self, *, credentials: int = 1) -> bool:
        """Whether it ended with a usable value in the file, and so many credentials."""
        return self.healthy and self.credentials == credentials and not self.uncovered and not self.early


class _Watch(httpx.AsyncBaseTransport):
    """Looks, after every request, which credentials are in force and what the file holds."""

    def __init__(self, inner: HarmingTransport, tenant: FakeTenant, application: str, file: Path) -> None:
        self._inner, self._tenant, self._application, self._file = inner, tenant, application, file
        self._handed_over: set[str] = set()
        self._sign_ins = Counter[str]()
        self._old = {each.key_id for each in _credentials(tenant, application)}
        self.uncovered: list[int] = []
        self.early: list[int] = []
        self.note_file()

    def note_file(self) -> None:
        """What is in the file now was handed over."""
        kept = FileVault(self._file).values()
        if kept is not None:
            self._handed_over.add(_mark(kept.client_secret.get_secret_value()))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.note_file()
        try:
            response = await self._inner.handle_async_request(request)
        finally:
            self._look()
        if response.status_code == 200 and (shown := _shown(request)):
            self._sign_ins[shown] += 1
        return response

    def _look(self) -> None:
        number, listed = len(self._inner.requests) - 1, _credentials(self._tenant, self._application)
        if not any(_is_of(each, mark) for each in listed for mark in self._handed_over):
            self.uncovered.append(number)
        proven = [mark for mark, times in self._sign_ins.items() if times >= _SIGN_INS]
        is_replaced = any(_is_of(each, mark) for each in listed for mark in proven)
        if not self._old <= {each.key_id for each in listed} and not is_replaced:
            self.early.append(number)


def _credentials(tenant: FakeTenant, application: str) -> list[Secret | KeyCredential]:
    return [*tenant.directory.secrets(application), *tenant.directory.key_credentials(application)]


async def rotate_harmed(
    set_up: SetUp,
    harms: Mapping[int, Harm],
    *,
    pace: str = "immediate",
    keep_old: bool = False,
    remove: Iterable[str] = (),
) -> RotationOutcome:
    """Rotate while requests come to harm, again after each failure, and look at what is left."""
    watches: list[_Watch] = []

    def watched(inner: HarmingTransport, folder: Path) -> _Watch:
        watches.append(_Watch(inner, set_up.tenant, set_up.application, folder / "values.env"))
        return watches[0]

    going = tuple(remove)
    async with set_up.opened(harms, pace=pace, around=watched) as case:
        told = await run_until_done(case, lambda: rotate(case.engine(), keep_old=keep_old, remove=going))
        [watch] = watches
        watch.note_file()
        outcome = RotationOutcome(told, list(watch.uncovered), list(watch.early))
        set_up.tenant.clock.advance(timedelta(hours=1))  # the last replica has caught up
        kept = FileVault(case.folder / "values.env").values()
        if kept is not None and told.result is not None and kept == told.result.integration:
            transport = Transport(case.client, TenantClock(set_up.tenant))
            token = token_in(await ask_for_token(transport, case.settings().bases().login, kept))
            outcome.healthy = bool(token) and read_rows(await read_incidents(transport, kept, token))
        outcome.credentials = len(_credentials(set_up.tenant, set_up.application))
    return outcome
