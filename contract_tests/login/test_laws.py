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
from mock_services.login.doors import DOORS
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
    [
        "grant_type", "client_id", "client_secret", "scope", "resource", "username", "password", "client_assertion",
        "client_assertion_type", "code", "code_verifier", "redirect_uri", "refresh_token", "device_code", "x",
    ]
)  # fmt: skip
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
GRANTS = st.sampled_from(
    [
        "client_credentials",
        "password",
        "refresh_token",
        "authorization_code",
        DEVICE_CODE,
        "device_code",
        "nonsense",
        "",
    ]
)


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
    documents = here.run(lambda client: client.get(f"{LOGIN}/common/discovery/v2.0/keys")).json()["keys"]
    published = {document["kid"]: document for document in documents}
    issued = here.tenant.clock.now()
    claims = jwt.decode(
        token,
        jwt.PyJWK(published[jwt.get_unverified_header(token)["kid"]], algorithm="RS256").key,
        algorithms=["RS256"],
        options={"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    assert timedelta(minutes=60) <= told <= timedelta(minutes=90)
    then = int((issued + timedelta(minutes=minutes)).timestamp())
    assert (claims["nbf"] <= then < claims["exp"]) == (timedelta(minutes=minutes) < told)


SEGMENTS = st.sampled_from(
    [
        "oauth2", "v2.0", "authorize", "adminconsent", "login", "consent", "set", "deviceauth", "device", "devicecode",
        "logout", "token", "discovery", "keys", "instance", ".well-known", "openid-configuration", "common",
        "userrealm", "organizations", "consumers", "error", "%2e%2e", "%ff", "{", "",
    ]
)  # fmt: skip
QUERY = st.dictionaries(
    st.sampled_from(
        [
            "client_id", "response_type", "redirect_uri", "scope", "state", "prompt", "response_mode", "nonce", "otc",
            "code_challenge", "code_challenge_method", "resource", "login_hint", "code", "api-version",
            "authorization_endpoint", "post_logout_redirect_uri",
        ]
    ),
    ANY_TEXT | st.sampled_from(["code", "none", "login", "id_token token", f"{GRAPH}/.default", "form_post"]),
    max_size=6,
)  # fmt: skip


def is_shown_honestly(answer: httpx.Response) -> bool:
    """A page, a redirect that stays within the service, a document, a refusal, or the sentence that names a gap."""
    kind = answer.headers.get("content-type", "")
    if answer.status_code == 302:
        return answer.headers["location"].startswith(("/", f"{LOGIN}/"))
    if kind.startswith("text/html"):
        return answer.status_code == 200 and "Traceback" not in answer.text
    if answer.request.method == "HEAD":
        return answer.status_code in {200, 400, 501}
    if answer.status_code == 200:
        return answer.request.method == "OPTIONS" or isinstance(answer.json(), dict)
    return is_honest(answer)


@settings(deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT"]),
    path=st.lists(SEGMENTS, max_size=5) | st.sampled_from([list(door.path) for door in DOORS]),
    is_named=st.booleans(),
    query=QUERY,
    form=QUERY | st.fixed_dictionaries({"next": ANY_TEXT, "username": ANY_TEXT, "decision": ANY_TEXT, "otc": ANY_TEXT}),
    cookie=st.sampled_from(["", "ESTSAUTH=x", "ESTSAUTH=\xe9; fpc=;;", "="]),
)
@example(
    method="GET", path=["oauth2", "v2.0", "authorize"], is_named=True, query={"prompt": "none"}, form={}, cookie=""
)
def test_any_page_is_answered_honestly_and_changes_nothing(
    *, method: str, path: list[str], is_named: bool, query: dict[str, str], form: dict[str, str], cookie: str
) -> None:
    here = world()
    before = here.tenant.directory.store.image()
    named = [here.tenant.id] if is_named and "*" not in path else []
    spelt = [here.tenant.id if segment == "*" else segment for segment in path]
    url = f"{LOGIN}/{'/'.join([*named, *spelt])}"
    if "client_id" in query:
        query = {**query, "client_id": here.registered.client_id}
    headers = {b"cookie": cookie.encode("latin-1")} if cookie else {}
    data = form if method == "POST" else None
    answer = here.run(lambda client: client.request(method, url, params=query, headers=headers, data=data))
    assert is_shown_honestly(answer), (answer.status_code, answer.text)
    assert here.tenant.directory.store.image() == before


SPELLING = st.text(alphabet="abc.-/:", max_size=12)


@settings(deadline=None)
@given(names=st.lists(SPELLING.filter(lambda name: "/" not in name), max_size=3), text=SPELLING)
def test_a_name_without_wildcards_covers_nothing_but_itself(names: list[str], text: str) -> None:
    assert answers_to(names, text) == (bool(text.rstrip("/")) and text.rstrip("/") in names)
