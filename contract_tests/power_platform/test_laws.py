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

from contract_tests.power_platform.asking import BAP, DISCOVERY, VERSION, Bearers
from mock_services.cloud import FakeCloud
from mock_services.state.power_platform import Environments
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

    def post(self, url: str, *, who: int, body: Any) -> httpx.Response:
        """A POST to the admin API."""
        return self.run(lambda client: client.post(url, params=VERSION, headers=self.bearers[who], json=body))


@cache
def world() -> World:
    cloud = FakeCloud(seed=11)
    tenant = cloud.create_tenant()
    for name in ("ada", "grace"):
        tenant.directory.add_user(f"{name}@{tenant.domain}", name, "fake-password")

    async def sign_in() -> list[dict[str, str]]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(cloud)) as client:
            bearers = Bearers(client, tenant)
            there = f"{DISCOVERY}//user_impersonation"
            claims = {"aud": "https://api.powerplatform.com", "tid": tenant.id, "nbf": 0, "exp": 2e10}
            claims["scp"] = "EnvironmentManagement.Environments.Read EnvironmentManagement.Settings.Read"
            platform = {"Authorization": f"Bearer {cloud.signing_keys.sign(claims)}"}
            return [{}, await bearers.application(), await bearers.person(), await bearers.person(there), platform]

    return World(cloud, tenant, asyncio.run(sign_in()))


WORDS = st.sampled_from([
    "scopes", "admin", "environments", "adminApplications", "addAppUser", "addUser", "~Default", "", "roleAssignments",
    "modifyRoleAssignments", "locations", "environmentLanguages", "tenant", "deletedEnvironments",
])  # fmt: skip
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


ROLES = st.sampled_from(["EnvironmentAdmin", "EnvironmentMaker"])
STEPS = st.lists(st.tuples(st.booleans(), ROLES, st.integers(0, 2)), max_size=8)


@settings(deadline=None, max_examples=25)
@given(steps=STEPS)
def test_who_has_which_role_is_what_was_given_and_not_taken(steps: list[tuple[bool, str, int]]) -> None:
    here = world()
    directory = here.tenant.directory
    names = [each.id for each in directory.users()]
    identity = Environments(directory).add("Playground").id
    url = f"{BAP}/scopes/admin/environments/{identity}"
    held: dict[tuple[str, str], str] = {}
    for gives, role, who in steps:
        person = names[who % len(names)]
        if gives:
            principal = {"id": person, "type": "User"}
            entry = {"properties": {"roleDefinition": {"id": f"x/roleDefinitions/{role}"}, "principal": principal}}
            body: dict[str, Any] = {"add": [entry]}
        else:
            body = {"remove": [{"id": held.pop((role, person), "nothing")}]}
        answer = here.post(f"{url}/modifyRoleAssignments", who=2, body=body)
        if gives:
            held[role, person] = answer.json()["add"][0]["roleAssignment"]["name"]
    listed = here.run(lambda client: client.get(f"{url}/roleAssignments", params=VERSION, headers=here.bearers[2]))
    found = {
        (each["properties"]["roleDefinition"]["name"], each["properties"]["principal"]["id"]): each["name"]
        for each in listed.json()["value"]
    }
    assert found == held


@settings(deadline=None)
@given(
    path=st.lists(st.sampled_from(["environmentmanagement", "environments", "settings", "~Default"]), max_size=4),
    query=st.dictionaries(
        st.sampled_from(["api-version", "$select", "$filter", "$top", "$skip"]), st.text(max_size=12)
    ),
    who=st.integers(0, 4),
)
def test_any_request_to_the_platform_api_is_answered_in_its_envelope(
    path: list[str], query: dict[str, str], who: int
) -> None:
    here = world()
    url = "/".join(["https://api.powerplatform.com", *path])
    answer = here.run(lambda client: client.get(url, params=query, headers=here.bearers[who]))
    assert answer.status_code in {200, 400, 401, 403, 404, 501}
    if answer.status_code not in {200, 501}:
        assert set(answer.json()) == {"code", "message", "innererror"}


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
