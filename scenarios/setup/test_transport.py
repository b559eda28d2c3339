"""Retries by the clock handed in, and creates that are only repeated where nothing can have happened."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.problems import BadInput, NotReached
from provisioning.transport import Answer, Guard, Transport, Unguarded, connect

URL = "https://contoso.crm4.dynamics.com/api/data/v9.2/contacts"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class HandClock:
    """A clock that only a sleep moves."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, pause: timedelta) -> None:
        self.moment += pause


Reply = httpx.Response | Exception


class Line:
    """A wire that gives the replies one after the other, the last one for ever."""

    def __init__(self, *replies: Reply, guard: Guard | None = None) -> None:
        self.replies = list(replies)
        self.requests: list[httpx.Request] = []
        self.clock = HandClock()
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._reply))
        self.transport = Transport(self.client, self.clock, guard=guard)

    def _reply(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)

    async def send(self, method: str, **options: object) -> Answer:
        return await self.transport.send(method, URL, service="dataverse", **options)  # type: ignore[arg-type]  # tests name what they pass

    @property
    def waited(self) -> timedelta:
        return self.clock.moment - NOON


def answer(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        ("7", timedelta(seconds=7)),
        ("0.25", timedelta(seconds=0.25)),
        ("1,5", timedelta(seconds=1.5)),
        ("-3", timedelta(0)),
        ("Sun, 01 Mar 2026 12:01:30 GMT", timedelta(seconds=90)),
        ("Sun, 01 Mar 2026 11:00:00 GMT", timedelta(0)),
        ("soon", timedelta(seconds=1)),
    ],
)
async def test_retry_after_is_honoured_in_every_spelling(asked: str, pause: timedelta) -> None:
    line = Line(answer(429, retry_after=asked), answer(200))
    assert (await line.send("GET")).status == 200
    assert line.waited == pause


async def test_a_wait_beyond_reason_is_handed_up_instead_of_sat_out() -> None:
    line = Line(answer(429, retry_after="3600"))
    assert (await line.send("GET")).status == 429
    assert len(line.requests) == 1
    assert line.waited == timedelta(0)


@pytest.mark.parametrize("status", [408, 424, 429, 500, 502, 503, 504])
async def test_a_read_is_repeated_until_it_works_and_no_more_than_five_times(status: int) -> None:
    healed = Line(answer(status), answer(status), answer(200))
    assert (await healed.send("GET")).status == 200
    assert healed.waited == timedelta(seconds=1 + 2)
    ill = Line(answer(status))
    assert (await ill.send("GET")).status == status
    assert len(ill.requests) == 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 501])
async def test_a_definite_refusal_is_not_repeated(status: int) -> None:
    line = Line(answer(status))
    assert (await line.send("GET")).status == status
    assert len(line.requests) == 1


@pytest.mark.parametrize(
    ("reply", "requests"),
    [
        (answer(429), 5),
        (answer(503, retry_after="1"), 5),
        (answer(503), 1),
        (answer(500), 1),
        (answer(504), 1),
        (answer(408), 1),
    ],
)
async def test_a_create_is_repeated_only_where_nothing_can_have_happened(reply: httpx.Response, requests: int) -> None:
    line = Line(reply)
    assert (await line.send("POST", json={})).status == reply.status_code
    assert len(line.requests) == requests


async def test_a_create_whose_connection_was_refused_is_repeated() -> None:
    line = Line(httpx.ConnectError("refused"), answer(204))
    assert (await line.send("POST", json={})).status == 204


async def test_a_create_whose_answer_was_lost_is_handed_up_as_perhaps_done() -> None:
    line = Line(httpx.ReadError("reset"), answer(204))
    with pytest.raises(NotReached) as lost:
        await line.send("POST", json={})
    assert lost.value.maybe_done
    assert len(line.requests) == 1


@pytest.mark.parametrize(
    ("cause", "reach", "requests"),
    [
        (socket.gaierror(-2, "Name or service not known"), "dns", 1),
        (ssl.SSLCertVerificationError("certificate verify failed"), "tls", 1),
        (ConnectionRefusedError(111, "refused"), "refused", 5),
    ],
)
async def test_what_kept_the_request_from_arriving_is_told_apart(cause: Exception, reach: str, requests: int) -> None:
    error = httpx.ConnectError("All connection attempts failed")
    error.__cause__ = cause
    line = Line(error)
    with pytest.raises(NotReached) as problem:
        await line.send("GET")
    assert problem.value.reach == reach
    assert not problem.value.maybe_done
    assert len(line.requests) == requests
    assert "contoso.crm4.dynamics.com" in str(problem.value)


async def test_every_request_has_a_correlation_id_which_its_repeats_share() -> None:
    line = Line(answer(503), answer(200))
    got = await line.send("GET")
    ids = {request.headers["client-request-id"] for request in line.requests}
    assert ids == {got.correlation_id}
    await line.send("GET", headers={"client-request-id": "theirs"})
    assert line.requests[-1].headers["client-request-id"] == "theirs"


async def test_a_guard_keeps_a_request_from_leaving() -> None:
    class Refusing(Unguarded):
        def check(self, request: httpx.Request) -> None:
            raise PermissionError(request.method)

    line = Line(answer(200), guard=Refusing())
    with pytest.raises(PermissionError, match="DELETE"):
        await line.send("DELETE")
    assert line.requests == []


@given(st.text("abcXYZ019~._-", min_size=8, max_size=40))
async def test_a_hidden_value_never_comes_back_in_a_refusal(secret: str) -> None:
    line = Line(httpx.Response(400, json={"error": {"code": "x", "message": f"you sent <{secret}>"}}))
    line.transport.hide(secret)
    got = await line.send("GET")
    assert f"<{secret}>" not in f"{got!r} {got.said} {got.text}"
    assert "***" in got.said.message


async def test_a_ca_file_without_a_certificate_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("nothing")
    with pytest.raises(BadInput, match=r"^ca_file .*ca\.pem holds no certificate"):
        async with connect(HandClock(), ca_file=file):
            pass
