"""What must hold of Graph for any input at any door."""

import asyncio
import json
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from hypothesis import example, given, settings
from hypothesis import strategies as st

from contract_tests.graph.asking import EVERYTHING, claims_of_app, claims_of_person
from mock_services.cloud import FakeCloud
from mock_services.graph import members
from mock_services.graph.door import Door
from mock_services.graph.doors import DOORS, GAPS
from mock_services.graph.permissions import NEEDS
from mock_services.signing import SigningKeys
from mock_services.state import well_known
from mock_services.tenant import FakeTenant

MORE = (
    "Group.ReadWrite.All", "Policy.ReadWrite.ApplicationConfiguration", "Policy.ReadWrite.Authorization",
    "Policy.Read.All", "RoleManagement.ReadWrite.Directory", "User.ReadWrite.All",
)  # fmt: skip


@dataclass
class World:
    """A tenant with one of everything, put back after each example that changed it."""

    cloud: FakeCloud
    tenant: FakeTenant
    bearers: list[bytes]
    keys: list[str]

    @property
    def image(self) -> bytes:
        return self.tenant.directory.store.image()


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] | None = None
    body: bytes = b""

    @property
    def kind(self) -> str:
        return (self.headers or {}).get("content-type", "")


@cache
def world() -> World:
    cloud = FakeCloud(seed=5, keys=SigningKeys())
    tenant = cloud.create_tenant()
    tenant.throttling.is_on = False
    directory = tenant.directory
    application = directory.add_application("Mine", unique_name="mine")
    principal = directory.add_service_principal(application.app_id)
    secret, _ = directory.add_secret(application.id)
    dataverse = directory.service_principal(app_id=well_known.DATAVERSE)
    operator = directory.service_principal(app_id=tenant.operator.client_id)
    assert dataverse is not None
    assert operator is not None
    grant = directory.grant_delegated(principal.id, dataverse.id, "user_impersonation")
    [role, *_] = directory.app_roles_of(operator.id)
    group = directory.add_group("Group", mail_nickname="group", is_assignable_to_role=True)
    binned = directory.add_application("Binned")
    directory.delete_application(binned.id)
    policy = directory.add_app_policy({"displayName": "p", "description": None, "isEnabled": True, "restrictions": {}})
    trusted = directory.add_federated_credential(
        application.id, name="trusted", issuer="https://a.example", subject="s", audiences=["a"], description=None
    )
    sign = cloud.signing_keys.sign
    bearers = [
        sign(claims_of_app(tenant, *EVERYTHING, *MORE)),
        sign(claims_of_person(tenant, "Directory.AccessAsUser.All", *MORE)),
        sign(claims_of_app(tenant, "Application.ReadWrite.OwnedBy")),
        "a.b.c",
    ]
    keys = [
        application.id, principal.id, dataverse.id, operator.id, group.id, binned.id, grant.id, role.id,
        policy["id"], trusted.id, secret.key_id, tenant.id, tenant.domain, tenant.operator.username,
        *(each.id for each in directory.directory_roles()[:2]), well_known.GLOBAL_ADMINISTRATOR,
    ]  # fmt: skip
    return World(cloud, tenant, [f"Bearer {each}".encode() for each in bearers], keys)


async def _ask(cloud: FakeCloud, scope: dict[str, Any], body: bytes) -> Answer:
    answer = Answer()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    await cloud(scope, receive, send)
    return answer


def ask(method: str, raw_path: bytes, query: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> Answer:
    """One request as it comes off the wire, past any client that would mend it."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "https",
        "method": method,
        "path": raw_path.decode("latin-1"),
        "raw_path": raw_path,
        "query_string": query,
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("graph.microsoft.com", 443),
        "headers": [(b"host", b"graph.microsoft.com"), *headers],
    }
    return asyncio.run(_ask(world().cloud, scope, body))


RUBBISH = st.text(max_size=6) | st.sampled_from(
    ["", "'", "(", "$ref", "$count", "$value", "microsoft.graph.user", "%27"]
)
KEYS = st.integers(0, 30)
FORMS = st.sampled_from(
    ["{}"] * 8 + ["('{}')", "(appId='{}')", "(uniqueName='{}')", "(roleTemplateId='{}')", "({})", "(id={})"]
)
OPTIONS = st.sampled_from(
    ["$select", "$filter", "$top", "$orderby", "$count", "$search", "$expand", "$skiptoken", "$format", "api-version"]
)
OPTION_VALUES = st.text(max_size=12) | st.sampled_from(
    [
        "true", "5", "0", "-1", "1e9", "id,displayName", "*", "owners", "owners($select=id)", '"displayName:a"',
        "displayName eq 'a'", "startswith(displayName,'a')", "not(id eq null)", "tags/any(t:t eq 'x')",
        "createdDateTime ge 2020-01-01T00:00:00Z", "id in ('a','b')", "((((", "displayName desc", "RFNwdAoAAQ",
    ]
)  # fmt: skip
HEADERS = st.dictionaries(
    st.sampled_from([b"consistencylevel", b"prefer", b"client-request-id", b"accept", b"x-http-method-override"]),
    st.sampled_from([b"eventual", b"create-if-missing", b"", b"\xff\xfe", b"x" * 300]),
    max_size=2,
)
ODD_VERBS = ["PUT", "HEAD", "OPTIONS", "BREW"]


@st.composite
def paths(draw: st.DrawFn) -> tuple[Door, bytes]:
    """A door, and a path to it: its stars made keys, and now and then something else at its end."""
    door = draw(st.sampled_from(DOORS))
    known = world().keys
    segments: list[str] = []
    for name in door.path.split("/"):
        if name != "*":
            segments.append(name)
            continue
        key = draw(KEYS)
        value = quote(known[key] if key < len(known) else draw(RUBBISH), safe="'()$")
        form = draw(FORMS)
        if form == "{}" or not segments:
            segments.append(value)
        else:
            segments[-1] += form.format(value)
    if draw(st.integers(0, 9)) == 0:
        segments.append(quote(draw(RUBBISH), safe="'()$"))
    version = draw(st.sampled_from(["v1.0"] * 6 + ["beta", "v1.0/myorganization", "v1.0/", "v9"]))
    return door, f"/{version}/{'/'.join(segments)}".encode()


SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int": st.integers(-1, 3),
    "guid": KEYS.map(lambda key: world().keys[key % len(world().keys)]),
    "instant": st.sampled_from(["2030-01-01T00:00:00Z", "2020-01-01T00:00:00+02:00"]),
    "any": st.none() | st.booleans(),
    "text": st.text(max_size=5)
    | st.sampled_from(["AllPrincipals", "Principal", "/", "AzureADMyOrg", "https://a.example", "P30D", "Scope"])
    | KEYS.map(lambda key: world().keys[key % len(world().keys)]),
}
ANYTHING: st.SearchStrategy[Any] = (
    st.one_of(*SCALARS.values()) | st.none() | st.lists(st.integers(), max_size=1) | st.just({})
)


def fitting(kind: members.Kind) -> st.SearchStrategy[Any]:
    """Values of a kind, and now and then of another."""
    if isinstance(kind, list):
        return st.lists(fitting(kind[0]), max_size=2)
    if isinstance(kind, dict):
        return st.fixed_dictionaries({}, optional={name: fitting(inner) for name, inner in kind.items()})
    return st.integers(0, 11).flatmap(lambda odd: SCALARS.get(kind, SCALARS["text"]) if odd else ANYTHING)


TABLES = {
    "addPassword": members.ADD_PASSWORD, "removePassword": members.REMOVE_PASSWORD, "getByIds": members.GET_BY_IDS,
    "federatedIdentityCredentials": members.FEDERATED_CREDENTIAL, "oauth2PermissionGrants": members.GRANT,
    "appRoleAssign": members.ROLE_ASSIGNMENT, "defaultAppManagementPolicy": members.TENANT_APP_POLICY,
    "appManagementPolicies": members.APP_POLICY, "authorizationPolicy": members.AUTHORIZATION_POLICY,
    "roleAssignments": members.UNIFIED_ASSIGNMENT, "groups": members.GROUP, "users": members.USER,
    "servicePrincipals": members.SERVICE_PRINCIPAL, "applications": members.APPLICATION,
}  # fmt: skip
REFERENCES = {
    name: KEYS.map(lambda key: f"https://graph.microsoft.com/v1.0/directoryObjects/{(world().keys * 2)[key]}")
    for name in ("@odata.id", "roleTemplateId")
} | {name: st.lists(ANYTHING, max_size=2) for name in ("owners@odata.bind", "members@odata.bind", "requests")}
RAW = st.binary(max_size=12) | st.sampled_from(
    [b"", b"{", b"[]", b"null", b'{"a": NaN}', b"\xef\xbb\xbf{}", b"[" * 5_000]
)


def bodies(door: Door) -> st.SearchStrategy[bytes]:
    """What the door takes, more or less; now and then no JSON at all."""
    table = next((table for words, table in TABLES.items() if words in door.path), {})
    kinds = {name: member.kind for name, member in table.items()}
    needed = st.fixed_dictionaries({name: fitting(kind) for name, kind in list(kinds.items())[:6]})
    likely = needed | fitting(kinds | REFERENCES) | st.fixed_dictionaries(REFERENCES)
    return st.integers(0, 5).flatmap(lambda odd: likely.map(lambda body: json.dumps(body).encode()) if odd else RAW)


TYPES = st.sampled_from([b"application/json"] * 12 + [b"text/plain", b"", b"application/json;charset=utf-16", b"\xff"])


@st.composite
def queries(draw: st.DrawFn) -> bytes:
    """Options, known and unknown, sometimes twice, sometimes no text at all."""
    if draw(st.booleans()):
        return b""
    pairs = draw(st.lists(st.tuples(OPTIONS, OPTION_VALUES), max_size=3))
    read = "&".join(f"{name}={quote(value)}" for name, value in pairs).encode()
    return read + draw(st.sampled_from([b""] * 6 + [b"&", b"&%", b"&\xff=\xfe", b"&$top", b"&%24SELECT=id"]))


def test_each_door_stands_once_and_asks_for_a_permission_that_the_table_knows() -> None:
    assert len({(door.method, door.path) for door in DOORS}) == len(DOORS)
    assert {door.purpose for door in DOORS} <= NEEDS.keys()
    assert {path for _, path in GAPS} <= {door.path for door in DOORS}


@settings(max_examples=300)
@given(st.data(), paths(), queries(), HEADERS, TYPES)
def test_no_input_breaks_graph_and_a_refusal_changes_nothing(
    data: st.DataObject,
    place: tuple[Door, bytes],
    query: bytes,
    headers: dict[bytes, bytes],
    media_type: bytes,
) -> None:
    here = world()
    door, path = place
    body = data.draw(bodies(door))
    method = data.draw(st.sampled_from([door.method] * 9 + ODD_VERBS))
    bearer = data.draw(st.sampled_from(here.bearers[:2] * 4 + here.bearers))
    before = here.image
    sent = [(b"authorization", bearer), (b"content-type", media_type), *headers.items()]
    answer = ask(method, path, query, sent, body)
    try:
        must_be_graphs(method, answer)
        assert answer.status < 400 or here.image == before, f"{answer.status} changed something"
    finally:
        if here.image != before:
            here.tenant.directory.store.load(before)


def must_be_graphs(method: str, answer: Answer) -> None:
    """An answer of Graph's own kind: nothing, a number, a document, or its envelope."""
    assert answer.headers is not None
    assert answer.headers["request-id"]
    assert answer.status < 500 or b"is not modelled by these fakes; see LIMITS.md" in answer.body
    if answer.status == 204 or method == "HEAD":
        assert method == "HEAD" or answer.body == b""
    elif answer.status >= 400:
        error = json.loads(answer.body)["error"]
        assert answer.kind == "application/json"
        assert error["code"]
        assert isinstance(error["message"], str)
        assert error["innerError"]["request-id"] == answer.headers["request-id"]
        assert b"Traceback" not in answer.body
    elif answer.kind == "text/plain":
        assert answer.body.isdigit()
    else:
        assert "@odata.context" in json.loads(answer.body)


@settings(max_examples=100)
@example(b"/v1.0/applications(appId='%00')")
@example(b"/v1.0/applications/%FF")
@example(b"//v1.0//applications//")
@example(b"/")
@example(b"/v1.0/../applications")
@given(st.binary(max_size=40).map(lambda tail: b"/" + tail))
def test_no_path_breaks_graph(path: bytes) -> None:
    sent = [(b"authorization", world().bearers[0])]
    must_be_graphs("GET", ask("GET", path, b"", sent, b""))
