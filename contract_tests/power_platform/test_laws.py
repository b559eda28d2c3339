"""What must hold of the Power Platform's fakes for any input."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contract_tests.power_platform.asking import BAP, DISCOVERY, Bearers
from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant


@dataclass
class World:
    """A cloud of its own, with bearers at hand; its state may change from example to example."""

    cloud: FakeCloud
    tenant: FakeTenant
    bearers: list[dict[str, str]]

    def run(self, talk: Callable[[httpx.AsyncClient], Coroutine[Any, Any, httpx.Response]]) -> httpx.Response:
        """One conversation with the fakes."""

        async def once() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.cloud)) as client:
                return await talk(client)

        return asyncio.run(once())


@cache
def world() -> World:
    cloud = FakeCloud(seed=11)
    tenant = cloud.create_tenant()

    async def sign_in() -> list[dict[str, str]]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(cloud)) as client:
            bearers = Bearers(client, tenant)
            there = f"{DISCOVERY}//user_impersonation"
            return [{}, await bearers.application(), await bearers.person(), await bearers.person(there)]

    return World(cloud, tenant, asyncio.run(sign_in()))


WORDS = st.sampled_from(["scopes", "admin", "environments", "adminApplications", "addAppUser", "~Default", ""])
PATHS = st.lists(WORDS | st.text(max_size=12).filter(lambda text: text not in {".", ".."}), max_size=5)
VERBS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
QUERIES = st.dictionaries(
    st.sampled_from(["api-version", "$select", "$expand", "$filter"]),
    st.sampled_from(["2023-06-01", "properties.a.b", "name/x", ".", ""]) | st.text(max_size=20),
)


@settings(deadline=None)
@example(path=["\n", ""], verb="GET", query={}, who=0, body=b"")  # a route's pattern ends at a line break
@given(path=PATHS, verb=VERBS, query=QUERIES, who=st.integers(0, 3), body=st.binary(max_size=60))
def test_any_request_to_the_admin_api_is_answered_in_its_envelope(
    path: list[str], verb: str, query: dict[str, str], who: int, body: bytes
) -> None:
    here = world()
    url = "/".join([BAP, *(quote(part, safe="~") for part in path)])
    answer = here.run(lambda client: client.request(verb, url, params=query, headers=here.bearers[who], content=body))
    assert answer.status_code in {200, 204, 400, 401, 403, 404, 405, 501}
    if answer.status_code >= 400 and verb != "HEAD":
        assert set(answer.json()["error"]) >= {"code", "message"}


@settings(deadline=None)
@given(
    segment=st.text(max_size=20).map(lambda text: f"Instances{quote(text, safe='()')}"),
    query=st.dictionaries(st.sampled_from(["$filter", "$select"]), st.text(max_size=30)),
    who=st.integers(0, 3),
)
def test_any_request_to_discovery_is_answered_honestly(segment: str, query: dict[str, str], who: int) -> None:
    here = world()
    url = f"{DISCOVERY}/api/discovery/v2.0/{segment}"
    answer = here.run(lambda client: client.get(url, params=query, headers=here.bearers[who]))
    assert answer.status_code in {200, 401, 404, 501}
    assert who == 3 or answer.status_code in {401, 501}
