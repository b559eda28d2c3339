"""The one way onto the wire: retries, Retry-After, correlation ids, redaction, and a place for live guard rails.

A request that makes something (POST) is repeated only where it is certain that nothing happened: a refused
connection, 429, or 503 with Retry-After. Everything else is handed up, so that the engine looks before it asks again.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from provisioning import said as dialects
from provisioning.problems import BadInput, NotReached, Reach
from provisioning.said import Said, Service

if TYPE_CHECKING:
    import ssl

    import httpx

    from provisioning.clock import Clock

_log = logging.getLogger(__name__)

_ATTEMPTS = 5
_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=5)  # a longer Retry-After is handed up instead of sat out
_RETRIED_STATUSES = frozenset({408, 424, 429})
_WITH_BODY = frozenset({200, 201, 203})
_UNKNOWN_OUTCOME = frozenset({500, 502, 503, 504, 408})


@dataclass(frozen=True)
class Answer:
    """One answer. Its body stays out of `repr`, since it may hold a token."""

    service: Service
    method: str
    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)  # lower-case names
    text: str = field(repr=False)
    correlation_id: str
    at: datetime

    @cached_property
    def said(self) -> Said:
        """The answer read in its service's dialect.

        Of one that says that all went well and broke off nothing is quoted but a page: half of it may be half a secret.
        """
        quoted = "" if self.unreadable and not self.text.lstrip().startswith("<") else self.text
        return dialects.read(
            self.service, self.status, self.headers, quoted, correlation_id=self.correlation_id, at=self.at
        )

    def json(self) -> Any:
        """The parsed body; raises ValueError where it is none."""
        import json

        return json.loads(self.text)

    @cached_property
    def object(self) -> dict[str, Any] | None:
        """The body as a JSON object; None where it is none: a proxy's page, or half of an answer."""
        try:
            body = self.json()
        except ValueError:
            return None
        return body if isinstance(body, dict) else None

    @property
    def unreadable(self) -> bool:
        """Whether it says that all went well and cannot be read: somebody else spoke, or it broke on the way."""
        return self.status in _WITH_BODY and self.object is None

    @property
    def outcome_unknown(self) -> bool:
        """Whether a create that got this answer may have taken effect all the same."""
        return self.unreadable or (self.status in _UNKNOWN_OUTCOME and "retry-after" not in self.headers)


class Guard(Protocol):
    """What stands between a transport and the wire."""

    def check(self, request: httpx.Request) -> None:
        """See a request before it leaves; raises a Problem to keep it from leaving."""
        ...

    def heard(self, request: httpx.Request, response: httpx.Response) -> None:
        """See its answer."""
        ...

    def adopt(self, id_: str, *, ours: bool = False) -> None:
        """Be told of something that a set-up found under a name of its settings, and means to change."""
        ...


class Unguarded:
    """Lets everything pass: for fakes, which nobody can hurt."""

    def check(self, request: httpx.Request) -> None:
        """Let it pass."""

    def heard(self, request: httpx.Request, response: httpx.Response) -> None:
        """Learn nothing."""

    def adopt(self, id_: str, *, ours: bool = False) -> None:
        """Learn nothing."""


class Transport:
    """Sends requests through one `httpx.AsyncClient`, by the clock handed in."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        clock: Clock,
        *,
        guard: Guard | None = None,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        """`guard` sees every request before it leaves and may keep it from leaving; a live run has one."""
        self._client = client
        self._clock = clock
        self.guard: Guard = guard or Unguarded()
        self.new_id = new_id
        self._hidden: set[str] = set()

    def hide(self, secret: str) -> None:
        """From now on strike this value out of everything that answers are quoted with."""
        if secret:
            self._hidden.add(secret)

    def now(self) -> datetime:
        """The instant, by the clock that it waits by."""
        return self._clock.now()

    def redacted(self, text: str) -> str:
        """The text without any hidden value."""
        for secret in self._hidden:
            text = text.replace(secret, "***")
        return text

    async def send(
        self,
        method: str,
        url: str,
        *,
        service: Service,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
        wants_json: bool = False,
        attempts: int = _ATTEMPTS,
    ) -> Answer:
        """Send and return whatever was answered last; raises NotReached where nothing was.

        `repeatable` says that doing it twice is as good as once; by default true for everything but POST.
        `wants_json`: a page, or half of an answer, in place of an object is worth another attempt too.
        """
        repeatable = method != "POST" if repeatable is None else repeatable
        wanted = {name.lower(): value for name, value in (headers or {}).items()}
        correlation_id = wanted.setdefault("client-request-id", self.new_id())
        wanted.setdefault("x-ms-client-request-id", correlation_id)
        for attempt in range(attempts):
            pause = _FIRST_PAUSE * 2**attempt
            last = attempt == attempts - 1
            try:
                answer = await self._send_once(method, url, service=service, json=json, form=form, headers=wanted)
            except NotReached as problem:
                if last or not _may_repeat_unanswered(problem, repeatable):
                    raise
            else:
                asked_pause = self._asked_pause(answer)
                broken = wants_json and repeatable and answer.unreadable
                if last or not (broken or _may_repeat_answered(answer, repeatable, asked_pause)):
                    return answer
                pause = pause if asked_pause is None else asked_pause
            await self._clock.sleep(pause)
        raise ValueError("attempts must be at least 1")

    async def _send_once(
        self,
        method: str,
        url: str,
        *,
        service: Service,
        json: object,
        form: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> Answer:
        import httpx

        place = url.partition("?")[0]
        try:
            request = self._client.build_request(method, url, json=json, data=form, headers=dict(headers))
            self.guard.check(request)
            response = await self._client.send(request, follow_redirects=False)
            # By its cookie Entra knows one instance of a client, and cuts it off after 15 like requests in five minutes
            # (azure-docs reference-breaking-changes, 2018-10): who waits for a young secret may need a few more.
            self._client.cookies.clear()
            self.guard.heard(request, response)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            problem = _not_reached(method, url, error)
            _log.debug("%s %s: %s", method, place, problem.reach)
            raise problem from None
        _log.debug("%s %s: %s", method, place, response.status_code)
        return Answer(
            service=service,
            method=method,
            url=url,
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            text=self.redacted(response.text) if response.status_code >= 400 else response.text,
            correlation_id=headers["client-request-id"],
            at=self._clock.now(),
        )

    def _asked_pause(self, answer: Answer) -> timedelta | None:
        """How long the answer asks to wait; None where it does not say."""
        text = answer.headers.get("retry-after", "").strip()
        if not text:
            return None
        try:
            # Graph sends fractions inside batches (microsoftgraph/microsoft-graph-docs#3877), some gateways a comma.
            return timedelta(seconds=max(0.0, float(text.replace(",", "."))))
        except ValueError:
            pass
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(timedelta(0), until - self._clock.now())


@asynccontextmanager
async def connect(clock: Clock, *, ca_file: Path | None = None, guard: Guard | None = None) -> AsyncIterator[Transport]:
    """A transport with a client of its own, that trusts `ca_file` besides the usual authorities.

    Raises BadInput where that file holds no certificate, or the environment's SSL_CERT_FILE or proxy cannot be used.
    """
    client = _client(_trusting(ca_file))
    async with client:
        yield Transport(client, clock, guard=guard)


def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    """The usual authorities, or those of SSL_CERT_FILE, and `ca_file` besides."""
    import httpx

    try:
        context = httpx.create_ssl_context()
    except OSError:  # ssl.SSLError is one
        raise BadInput("SSL_CERT_FILE", "names no readable certificates", "name a PEM file, or unset it") from None
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except OSError:
            raise BadInput("ca_file", f"{ca_file} holds no certificate", "name a PEM file") from None
    return context


def _client(context: ssl.SSLContext) -> httpx.AsyncClient:
    import httpx

    try:
        return httpx.AsyncClient(verify=context, timeout=httpx.Timeout(100, connect=30))
    except (httpx.InvalidURL, ValueError, ImportError):
        # httpx reads the proxy variables here; what it says of a bad one may repeat the password in it.
        raise BadInput("HTTPS_PROXY", "cannot be used", "write it as http://host:port, or unset it") from None


def _may_repeat_unanswered(problem: NotReached, repeatable: bool) -> bool:
    """A name that does not exist and a certificate that does not fit stay so; the rest may pass."""
    if problem.reach in ("url", "dns", "tls"):
        return False
    return repeatable or not problem.maybe_done


def _may_repeat_answered(answer: Answer, repeatable: bool, asked_pause: timedelta | None) -> bool:
    """Whether this answer is worth another attempt, and another attempt is harmless."""
    if asked_pause is not None and asked_pause > _LONGEST_WAIT:
        return False
    nothing_happened = answer.status == 429 or (answer.status == 503 and asked_pause is not None)
    if not repeatable:
        return nothing_happened
    return answer.status in _RETRIED_STATUSES or (answer.status >= 500 and answer.status != 501)


def _not_reached(method: str, url: str, error: Exception) -> NotReached:
    """What a failure of the client means: how far the request came, and whether it may have taken effect."""
    import httpx

    host = url.partition("://")[2].partition("/")[0]
    never_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError)
    never_sent = never_sent or isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol)
    reach = _reach(error)
    tried = f"{method} {url.partition('?')[0]}"
    heard = f"{_REACH_WORDS[reach]} ({host})"
    return NotReached(tried, reach, heard, maybe_done=not never_sent, host=host)


def _reach(error: Exception) -> Reach:
    """Name the failure; the operating system's own exceptions sit deep in the chain, so their words are read too."""
    import socket
    import ssl

    import httpx

    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return "url"
    if isinstance(error, httpx.ProxyError):
        return "proxy"
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    chain = list(_causes(error))
    words = " ".join(str(cause) for cause in chain).lower()
    if any(isinstance(cause, socket.gaierror) for cause in chain) or any(mark in words for mark in _DNS_MARKS):
        return "dns"
    if any(isinstance(cause, ssl.SSLError) for cause in chain) or "certificate" in words or "ssl" in words:
        return "tls"
    return "refused" if isinstance(error, httpx.ConnectError) else "lost"


def _causes(error: BaseException | None) -> list[BaseException]:
    """The exception and everything it came from."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


_DNS_MARKS = (
    "name or service not known",
    "nodename nor servname",
    "getaddrinfo",
    "no address associated",
    "name resolution",
)

_REACH_WORDS: dict[Reach, str] = {
    "url": "that is not an address a request can be sent to",
    "dns": "the host name does not exist or cannot be resolved",
    "refused": "no connection could be made",
    "tls": "the TLS certificate was not accepted",
    "proxy": "the proxy did not let the request through",
    "timeout": "no answer came in time",
    "lost": "the connection broke before the answer came",
}
