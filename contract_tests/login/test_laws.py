"""What must hold of the token endpoint for any input."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
import jwt
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contract_tests.login.asking import GRAPH, LOGIN, Registered
from mock_services.cloud import FakeCloud
from mock_services.login.resources import answers_to
from mock_services.tenant import FakeTenant


@dataclass
class World:
    """A cloud of its own, since a property runs many examples in one test; nothing here changes state but the clock."""

    cloud: FakeCloud
    tenant: FakeTenant
    registered: Registered
    lonely: Registered

    def run(self, talk: Callable[[httpx.AsyncClient], Coroutine[Any, Any, httpx.Response]]) -> httpx.Response:
        """One conversation with the fakes."""

        async def once() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.cloud)) as client:
                return await talk(client)

        return asyncio.run(once())

    def post(self, tenant: str, *, version: str = "/v2.0", **body: Any) -> httpx.Response:
        """Post to a token endpoint."""
        return self.run(lambda client: client.post(f"{LOGIN}/{quote(tenant, safe='')}/oauth2{version}/token", **body))


@cache
def world() -> World:
    cloud = FakeCloud(seed=7)
    tenant = cloud.create_tenant()
    return World(cloud, tenant, Registered(tenant), Registered(tenant, "Lonely", principal=False))


def is_honest(answer: httpx.Response) -> bool:
    """A token, a refusal in the whole envelope, or the sentence that names a gap."""
    body = answer.json()
    if answer.status_code == 200:
        return bool(body["token_type"] == "Bearer")
    if answer.status_code == 501:
        return "not modelled" in body["error_description"]
    code = body["error_codes"][0]
    return bool(
        answer.status_code in {400, 401}
        and body["error_description"].startswith(f"AADSTS{code}: ")
        and body["trace_id"] == answer.headers["x-ms-request-id"]
    )


ANY_TEXT = st.text(max_size=60)
URLISH = st.text(alphabet="htps:/.%3A*?#@[] \tcrm4dynaiolefgu-", max_size=60)


@settings(deadline=None)
@given(scope=ANY_TEXT | URLISH | URLISH.map(lambda text: f"{text}/.default"), version=st.sampled_from(["", "/v2.0"]))
def test_any_scope_is_answered_honestly(scope: str, version: str) -> None:
    here = world()
    name = "scope" if version else "resource"
    assert is_honest(here.post(here.tenant.id, version=version, data=here.registered.form(scope="-") | {name: scope}))


PARAMETERS = st.sampled_from(
    ["grant_type", "client_id", "client_secret", "scope", "resource", "username", "password", "client_assertion", "x"]
)
GRANTS = st.sampled_from(["client_credentials", "password", "refresh_token", "nonsense", ""])


@settings(deadline=None)
@given(
    form=st.dictionaries(PARAMETERS, ANY_TEXT, max_size=6),
    grant=GRANTS,
    tenant=ANY_TEXT.filter(lambda text: text.strip("/ ") not in {"", ".", ".."}),
)
def test_any_form_for_any_tenant_is_answered_honestly(form: dict[str, str], grant: str, tenant: str) -> None:
    here = world()
    for where in (tenant, here.tenant.id):
        assert is_honest(here.post(where, data={**form, "grant_type": grant}))


@settings(deadline=None)
@given(
    body=st.binary(max_size=300),
    kind=st.sampled_from(["application/x-www-form-urlencoded", "application/json", "multipart/form-data", "", "é;;"]),
    basic=st.none() | st.binary(max_size=40),
)
@example(body=b"grant_type=%ff%zz&&=&a", kind="application/x-www-form-urlencoded; charset=latin-9", basic=b"\xff")
def test_any_bytes_are_refused_honestly(body: bytes, kind: str, basic: bytes | None) -> None:
    here = world()
    headers = [(b"content-type", kind.encode())] if kind else []
    if basic is not None:
        headers.append((b"authorization", b"Basic " + basic.translate(None, b"\r\n\0")))
    answer = here.post(here.tenant.id, content=body, headers=headers)
    assert is_honest(answer)
    assert answer.status_code != 200


@settings(deadline=None)
@given(
    knows_client=st.booleans(),
    has_principal=st.booleans(),
    knows_tenant=st.booleans(),
    secret=st.sampled_from(["right", "wrong", "id", "none"]),
    scope=st.sampled_from(["dataverse", "graph", "typo", "static", "missing"]),
    age_days=st.integers(0, 1_000),
)
def test_a_token_is_issued_exactly_when_a_naive_rule_says_so(
    *, knows_client: bool, has_principal: bool, knows_tenant: bool, secret: str, scope: str, age_days: int
) -> None:
    here = world()
    fresh = here.cloud.create_tenant("Law")
    client = Registered(fresh, principal=has_principal)
    fresh.clock.advance(days=age_days)
    form = client.form(
        client_id=client.client_id if knows_client else client.application.id,
        client_secret={"right": client.text, "wrong": "x" * 40, "id": client.secret.key_id, "none": "-"}[secret],
        scope={
            "dataverse": f"https://{fresh.organisation.host}/.default",
            "graph": f"{GRAPH}/.default",
            "typo": "https://contoso.crm4.dynmics.com/.default",
            "static": f"{GRAPH}/User.Read",
            "missing": "-",
        }[scope],
    )
    answer = here.post(fresh.id if knows_tenant else fresh.id[:-4] + "ffff", data=form)
    lives = fresh.clock.now() < client.secret.end
    is_known = knows_client and has_principal and knows_tenant
    deserves = is_known and secret == "right" and lives and scope in {"dataverse", "graph"}
    here.cloud.drop(fresh)

    assert is_honest(answer)
    assert (answer.status_code == 200) == deserves


@settings(deadline=None)
@given(minutes=st.integers(0, 200))
def test_a_token_is_in_force_for_60_to_90_minutes_as_it_says_and_verifies(minutes: int) -> None:
    here = world()
    body = here.post(here.tenant.id, data=here.registered.form()).json()
    token, told = body["access_token"], timedelta(seconds=body["expires_in"] + 1)
    published = here.run(lambda client: client.get(f"{LOGIN}/common/discovery/v2.0/keys")).json()["keys"]
    issued = here.tenant.clock.now()
    claims = jwt.decode(
        token,
        jwt.PyJWK(published[0], algorithm="RS256").key,
        algorithms=["RS256"],
        options={"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    assert timedelta(minutes=60) <= told <= timedelta(minutes=90)
    then = int((issued + timedelta(minutes=minutes)).timestamp())
    assert (claims["nbf"] <= then < claims["exp"]) == (timedelta(minutes=minutes) < told)


SPELLING = st.text(alphabet="abc.-/:", max_size=12)


@settings(deadline=None)
@given(names=st.lists(SPELLING.filter(lambda name: "/" not in name), max_size=3), text=SPELLING)
def test_a_name_without_wildcards_covers_nothing_but_itself(names: list[str], text: str) -> None:
    assert answers_to(names, text) == (bool(text.rstrip("/")) and text.rstrip("/") in names)
