"""The least that provokes each refusal: one way to every row of the tables."""

# ruff: noqa: D103, S101 - part of the tests that use it; each function is named for the refusal it meets

import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from contract_tests.graph.asking import EVERYTHING, GRAPH, Graph, claims_of_app, claims_of_person
from mock_services.cloud import FakeCloud
from mock_services.graph.refusals import Refusal, credentials, gateway, objects, queries
from mock_services.graph.throttle import UNITS
from mock_services.state import well_known
from mock_services.tenant import FakeTenant

MORE = ("Group.ReadWrite.All", "Policy.ReadWrite.ApplicationConfiguration", "RoleManagement.ReadWrite.Directory",
        "User.ReadWrite.All")  # fmt: skip
GROUP = {"displayName": "g", "mailEnabled": False, "mailNickname": "g", "securityEnabled": True}
TRUST = {"name": "trusted", "issuer": "https://a.example", "subject": "s", "audiences": ["a"]}
ROLE = {"allowedMemberTypes": ["Application"], "description": "d", "displayName": "r", "isEnabled": True, "value": "r"}
PERSONAL = {"signInAudience": "AzureADandPersonalMicrosoftAccount", "api": {"requestedAccessTokenVersion": 2}}


@dataclass
class Site:
    """A tenant with one registration and its principal, and every caller who is needed to be refused."""

    wire: httpx.AsyncClient
    cloud: FakeCloud
    tenant: FakeTenant
    graph: Graph
    application: dict[str, Any]
    principal: str

    @property
    def names(self) -> dict[str, str]:
        """What paths and bodies may speak of."""
        directory = self.tenant.directory
        user = directory.user(user_principal_name=self.tenant.operator.username)
        principals = {each.app_id: each.id for each in directory.service_principals()}
        return {
            "app": self.application["id"],
            "appId": self.application["appId"],
            "sp": self.principal,
            "user": user.id if user else "",
            "nobody": self.tenant.id,
            "dataverse": principals[well_known.DATAVERSE],
            "graph": principals[well_known.MICROSOFT_GRAPH],
        }

    def person(self, *scopes: str, role: str = "") -> Graph:
        """A new person with or without a directory role."""
        user = self.tenant.directory.add_user(f"{uuid.uuid4()}@{self.tenant.domain}", "Somebody", "no matter")
        if role:
            self.tenant.directory.give_directory_role(user.id, role)
        return Graph(self.wire, self.cloud, claims_of_person(self.tenant, *scopes, username=user.user_principal_name))

    def app(self, version: str = "v1.0", **changed: object) -> Graph:
        """The operator's application, with other claims."""
        return Graph(self.wire, self.cloud, claims_of_app(self.tenant, *EVERYTHING) | changed, version)

    def bearing(self, text: str) -> Graph:
        """Whoever sends this as the bearer."""
        caller = self.app()
        caller.headers = {"Authorization": f"Bearer {text}"} if text else {}
        return caller

    def settle(self, preset: str) -> None:
        """All that is there is everywhere; from now on it lags."""
        self.tenant.clock.advance(minutes=10)
        self.tenant.replication.use(preset)


Provocation = Callable[[Site], Awaitable[httpx.Response]]


def filled(value: Any, names: dict[str, str]) -> Any:
    """A body with the `{names}` in its texts replaced."""
    if isinstance(value, dict):
        return {name: filled(each, names) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, names) for each in value]
    return re.sub(r"\{(\w+)\}", lambda hit: names[hit[1]], value) if isinstance(value, str) else value


def one(method: str, path: str, body: Any = None, params: dict[str, str] | None = None, **headers: str) -> Provocation:
    """A single request of the operator's."""

    async def provoke(site: Site) -> httpx.Response:
        names = site.names
        return await site.graph.ask(method, filled(path, names), filled(body, names), params, **headers)

    return provoke


def twice(method: str, path: str, body: Any = None) -> Provocation:
    """The same request again: the second is refused."""
    ask = one(method, path, body)

    async def provoke(site: Site) -> httpx.Response:
        assert (await ask(site)).is_success
        return await ask(site)

    return provoke


def filtering(text: str) -> Provocation:
    """A read of the registrations that are so."""
    return one("GET", "/applications", None, {"$filter": text})


def by(caller: Callable[[Site], Graph], method: str, path: str, body: Any = None) -> Provocation:
    """A single request of somebody else's."""

    async def provoke(site: Site) -> httpx.Response:
        names = site.names
        return await caller(site).ask(method, filled(path, names), filled(body, names))

    return provoke


def batched(*requests: Any) -> Provocation:
    """A batch of these."""
    return one("POST", "/$batch", {"requests": list(requests)})


async def no_json(site: Site) -> httpx.Response:
    return await site.wire.post(f"{GRAPH}/v1.0/applications", content=b"{", headers=site.graph.headers)


async def throttled(site: Site) -> httpx.Response:
    bucket = site.tenant.throttling.bucket(UNITS[0], site.tenant.operator.client_id, site.tenant.clock.now())
    bucket.left = 0
    return await site.graph.get("/applications")


async def failed_dependency(site: Site) -> httpx.Response:
    """The refusal is inside the batch's answer: taken out, as if it had come by itself."""
    requests = [
        {"id": "1", "method": "GET", "url": f"/applications/{site.tenant.id}"},
        {"id": "2", "method": "GET", "url": "/applications", "dependsOn": ["1"]},
    ]
    answer = await site.graph.post("/$batch", {"requests": requests})
    [item] = [each for each in answer.json()["responses"] if each["id"] == "2"]
    return httpx.Response(item["status"], json=item["body"])


async def from_late_replicas(ask: Callable[[], Awaitable[httpx.Response]], row: Refusal) -> httpx.Response:
    """The first answer with this row's code and text, each time from the next replica."""
    for _ in range(6):
        answer = await ask()
        if not answer.is_success and reads_as(answer, row):
            return answer
    raise AssertionError(f"no replica refused with {row.code}: {answer.text}")


async def backing_not_local(site: Site) -> httpx.Response:
    caller = Graph(site.wire, site.cloud, claims_of_app(site.tenant, "Application.ReadWrite.OwnedBy"))
    return await caller.post("/servicePrincipals", {"appId": site.tenant.id})


async def over_quota(site: Site) -> httpx.Response:
    caller = site.person("Application.ReadWrite.All")
    user = next(each.id for each in site.tenant.directory.users() if each.display_name == "Somebody")
    for _ in range(250):
        site.tenant.directory.set_creator(str(uuid.uuid4()), user)
    return await caller.post("/applications", {"displayName": "one too many"})


async def too_many_owners(site: Site) -> httpx.Response:
    for _ in range(100):
        site.tenant.directory.add_owner(site.application["id"], str(uuid.uuid4()))
    return await one("POST", "/applications/{app}/owners/$ref", {"@odata.id": f"{GRAPH}/v1.0/users/{{user}}"})(site)


def by_quirk(name: str, ask: Provocation, value: object = 400) -> Provocation:
    """The other side of a contested fact."""

    async def provoke(site: Site) -> httpx.Response:
        setattr(site.tenant.quirks, name, value)
        return await ask(site)

    return provoke


async def concurrent(site: Site) -> httpx.Response:
    site.settle("slow")
    return await twice("PATCH", "/applications/{app}", {"notes": "x"})(site)


async def grant_that_took_effect(site: Site) -> httpx.Response:
    site.settle("slow")
    registered = site.tenant.directory.add_application("Young")
    site.tenant.clock.advance(minutes=10)
    client = site.tenant.directory.add_service_principal(registered.app_id).id
    body = {"clientId": client, "consentType": "AllPrincipals", "resourceId": site.names["dataverse"], "scope": "x"}
    return await from_late_replicas(lambda: site.graph.post("/oauth2PermissionGrants", body), objects.PARTITION_BUSY)


async def personal_accounts_late(site: Site) -> httpx.Response:
    site.settle("slow")
    made = await site.graph.register("Personal", **PERSONAL)
    path = f"/applications/{made['id']}"
    return await from_late_replicas(lambda: site.graph.patch(path, {"notes": "x"}), objects.PERSONAL_UNSEEN)


async def enabled_role_removed(site: Site) -> httpx.Response:
    path = f"/applications/{site.application['id']}"
    await site.graph.patch(path, {"appRoles": [ROLE | {"id": str(uuid.uuid4())}]})
    return await site.graph.patch(path, {"appRoles": []})


async def group_in_group(site: Site) -> httpx.Response:
    inner = (await site.graph.post("/groups", GROUP)).json()["id"]
    outer = (await site.graph.post("/groups", GROUP | {"isAssignableToRole": True})).json()["id"]
    return await site.graph.post(f"/groups/{outer}/members/$ref", {"@odata.id": f"{GRAPH}/v1.0/groups/{inner}"})


async def role_for_a_plain_group(site: Site) -> httpx.Response:
    group = (await site.graph.post("/groups", GROUP)).json()["id"]
    body = {"principalId": group, "roleDefinitionId": well_known.GLOBAL_READER, "directoryScopeId": "/"}
    return await site.graph.post("/roleManagement/directory/roleAssignments", body)


async def last_owner(site: Site) -> httpx.Response:
    user = site.names["user"]
    bound = {"owners@odata.bind": [f"{GRAPH}/v1.0/users/{user}"]}
    group = (await site.graph.post("/groups", GROUP | bound)).json()["id"]
    return await site.graph.delete(f"/groups/{group}/owners/{user}/$ref")


async def secret_edited(site: Site) -> httpx.Response:
    path = f"/applications/{site.application['id']}"
    key_id = (await site.graph.post(f"{path}/addPassword")).json()["keyId"]
    return await site.graph.patch(path, {"passwordCredentials": [{"keyId": key_id, "displayName": "other"}]})


async def third_personal_secret(site: Site) -> httpx.Response:
    path = f"/applications/{(await site.graph.register('Personal', **PERSONAL))['id']}/addPassword"
    for _ in range(2):
        await site.graph.post(path)
    return await site.graph.post(path)


async def subject_trusted_already(site: Site) -> httpx.Response:
    path = f"/applications/{site.application['id']}/federatedIdentityCredentials"
    assert (await site.graph.post(path, TRUST)).status_code == 201
    return await site.graph.post(path, TRUST | {"name": "another"})


async def twenty_first_trust(site: Site) -> httpx.Response:
    path = f"/applications/{site.application['id']}/federatedIdentityCredentials"
    for number in range(20):
        await site.graph.post(path, TRUST | {"name": f"name{number}", "subject": str(number)})
    return await site.graph.post(path, TRUST)


def forbidding(restriction: dict[str, str], secret: dict[str, str]) -> Provocation:
    """A secret that the tenant's policy is against."""

    async def provoke(site: Site) -> httpx.Response:
        policy = {"isEnabled": True, "applicationRestrictions": {"passwordCredentials": [restriction]}}
        assert (await site.graph.patch("/policies/defaultAppManagementPolicy", policy)).status_code == 204
        return await site.graph.post(
            f"/applications/{site.application['id']}/addPassword", {"passwordCredential": secret}
        )

    return provoke


GRANT = {"clientId": "{sp}", "consentType": "AllPrincipals", "resourceId": "{dataverse}", "scope": "x"}
ASSIGNMENT = {"principalId": "{sp}", "resourceId": "{graph}"}
READ_ALL = str(well_known.GRAPH_PERMISSIONS["Application.Read.All"][0])
READER = {"principalId": "{sp}", "roleDefinitionId": well_known.GLOBAL_READER, "directoryScopeId": "/"}
OWNER = {"@odata.id": f"{GRAPH}/v1.0/users/{{user}}"}
PERSON = {"accountEnabled": True, "displayName": "p", "mailNickname": "p", "passwordProfile": {"password": "fake-p"}}
NAMED = {"displayName": "x"}
ROLES = "/servicePrincipals/{sp}/appRoleAssignments"
FEDERATED = "/applications/{app}/federatedIdentityCredentials"


def reads_as(answer: httpx.Response, row: Refusal) -> bool:
    """Whether an answer is this row, its words filled in."""
    error = answer.json()["error"]
    pattern = re.sub(r"\\\{\w+\\\}", ".*", re.escape(row.template))
    is_worded = re.fullmatch(pattern, error["message"], re.DOTALL) is not None
    details = [each["code"] for each in error.get("details", [])]
    return (
        (answer.status_code, error["code"]) == (row.status, row.code)
        and is_worded
        and details == [row.detail] * bool(row.detail)
    )


GATEWAY: dict[Refusal, Provocation] = {
    gateway.BEARER_EMPTY: by(lambda site: site.bearing(""), "GET", "/me"),
    gateway.BEARER_MALFORMED: by(lambda site: site.bearing("no-token"), "GET", "/me"),
    gateway.BEARER_FORGED: by(lambda site: site.bearing("a.b.c"), "GET", "/me"),
    gateway.BEARER_FOR_OTHERS: by(lambda site: site.app(aud="https://contoso.crm4.dynamics.com"), "GET", "/me"),
    gateway.BEARER_EXPIRED: by(lambda site: site.app(exp=1), "GET", "/me"),
    gateway.BEARER_EARLY: by(lambda site: site.app(nbf=9_999_999_999, exp=9_999_999_999), "GET", "/me"),
    gateway.IDENTITY_NOT_FOUND: by(lambda site: site.app(oid=site.tenant.id), "GET", "/me"),
    gateway.VERSION_UNKNOWN: by(lambda site: site.app(version="v9"), "GET", "/me"),
    gateway.SEGMENT_UNKNOWN: one("GET", "/aplications"),
    gateway.METHOD_NOT_ALLOWED: one("PUT", "/applications"),
    gateway.KEY_UNREADABLE: one("GET", "/applications(appId=)"),
    gateway.KEY_UNKNOWN: one("GET", "/applications(displayName='x')"),
    gateway.BODY_UNREADABLE: no_json,
    gateway.BODY_EMPTY: one("POST", "/applications"),
    gateway.BODY_TOO_LARGE: one("POST", "/applications", {"displayName": "x" * (4 * 2**20)}),
    gateway.THROTTLED: throttled,
    gateway.NOT_MODELLED: one("GET", "/$metadata"),
    gateway.BATCH_UNREADABLE: one("POST", "/$batch", {}),
    gateway.BATCH_TOO_LARGE: batched(*({"id": str(each), "method": "GET", "url": "/me"} for each in range(21))),
    gateway.BATCH_WITHOUT_BODY: batched({"id": "1", "method": "POST", "url": "/applications"}),
    gateway.BATCH_ID_TWICE: batched(*[{"id": "1", "method": "GET", "url": "/me"}] * 2),
    gateway.BATCH_DEPENDENCY_UNKNOWN: batched({"id": "1", "method": "GET", "url": "/me", "dependsOn": ["0"]}),
    gateway.DEPENDENCY_FAILED: failed_dependency,
}  # fmt: skip

QUERIES: dict[Refusal, Provocation] = {
    queries.OPTION_TWICE: one("GET", "/applications?$top=1&$top=2"),
    queries.SELECT_UNREADABLE: one("GET", "/applications", None, {"$select": "@odata.type"}),
    queries.PROPERTY_UNKNOWN: one("GET", "/applications", None, {"$select": "colour"}),
    queries.TOP_UNREADABLE: one("GET", "/applications", None, {"$top": "many"}),
    queries.ORDER_UNREADABLE: one("GET", "/applications", None, {"$orderby": "displayName up"}),
    queries.FILTER_UNREADABLE: filtering("displayName eq"),
    queries.FILTER_TOO_LONG: filtering(f"displayName eq '{'x' * 9_000}'"),
    queries.FILTER_TOO_DEEP: filtering(" and ".join(["displayName eq 'x'"] * 120)),
    queries.FILTER_NOT_BOOLEAN: filtering("1"),
    queries.FILTER_ARGUMENTS_WRONG: filtering("startswith(displayName,1)"),
    queries.FILTER_TYPES_WRONG: filtering("displayName eq 1"),
    queries.FILTER_INSTANT_UNREADABLE: filtering("createdDateTime ge 2026-02-31T00:00:00Z"),
    queries.SEARCH_UNREADABLE: one("GET", "/applications", None, {"$search": "a:b"}, ConsistencyLevel="eventual"),
    queries.NEEDS_ADVANCED: filtering("displayName ne 'x'"),
    queries.SEARCH_NEEDS_HEADER: one("GET", "/applications", None, {"$search": '"displayName:a"'}),
    queries.CLAUSE_UNSUPPORTED: filtering("notes eq 'x'"),
    queries.ALTERNATIVES_TOO_MANY: filtering(" or ".join(["displayName eq 'x'"] * 16)),
    queries.SORTING_UNSUPPORTED: one("GET", "/applications", None, {"$orderby": "displayName"}),
    queries.PAGE_SIZE_INVALID: one("GET", "/applications", None, {"$top": "1000"}),
    queries.PAGE_SIZE_REFUSED: one("GET", "/directoryRoles", None, {"$top": "5"}),
    queries.COUNT_UNSUPPORTED: one("GET", "/applications/$count"),
    queries.SKIP_TOKEN_UNREADABLE: one("GET", "/applications", None, {"$skiptoken": "x"}),
}

OBJECTS: dict[Refusal, Provocation] = {
    objects.DENIED: by(lambda site: site.person("User.Read"), "POST", "/applications", NAMED),
    objects.BACKING_NOT_LOCAL: backing_not_local,
    objects.ONLY_DELEGATED: one("GET", "/me"),
    objects.QUOTA_EXCEEDED: over_quota,
    objects.OWNERS_TOO_MANY: too_many_owners,
    objects.NOT_FOUND: one("GET", "/applications/{nobody}"),
    objects.ID_INVALID: one("GET", "/applications/none"),
    objects.PRINCIPAL_EXISTS: one("POST", "/servicePrincipals", {"appId": "{appId}"}),
    objects.GRANT_EXISTS: twice("POST", "/oauth2PermissionGrants", GRANT),
    objects.GRANT_EXISTS_AS_BAD_REQUEST: by_quirk(
        "graph_duplicate_grant_status", twice("POST", "/oauth2PermissionGrants", GRANT)
    ),
    objects.CONCURRENT: concurrent,
    objects.CONCURRENT_AS_BAD_REQUEST: by_quirk("graph_concurrency_status", concurrent),
    objects.PERSONAL_UNSEEN: personal_accounts_late,
    objects.PARTITION_BUSY: grant_that_took_effect,
    objects.OBJECT_CONFLICT: twice("POST", "/applications", NAMED | {"identifierUris": ["api://mine"]}),
    objects.CONFLICTING: twice("POST", "/roleManagement/directory/roleAssignments", READER),
    objects.VALUE_REQUIRED: one("POST", "/applications", {}),
    objects.PROPERTY_INVALID: one("POST", "/applications", NAMED | {"colour": "red"}),
    objects.VALUE_INVALID: one("POST", "/applications", {"displayName": 1}),
    objects.READ_ONLY: one("PATCH", "/applications/{app}", {"appId": "{appId}"}),
    objects.DOMAIN_FOREIGN: one("POST", "/users", PERSON | {"userPrincipalName": "p@elsewhere.example"}),
    objects.ACCESS_VERSION_INVALID: one("POST", "/applications", NAMED | {"api": {"requestedAccessTokenVersion": 3}}),
    objects.ENTITLEMENT_ENABLED: enabled_role_removed,
    objects.HOST_NOT_VERIFIED: one("POST", "/applications", NAMED | {"identifierUris": ["https://elsewhere.example"]}),
    objects.NO_BACKING: one("POST", "/servicePrincipals", {"appId": "{nobody}"}),
    objects.ADDED_TWICE: twice("POST", "/applications/{app}/owners/$ref", OWNER),
    objects.REMOVED_ABSENT: one("DELETE", "/applications/{app}/owners/{user}/$ref"),
    objects.ROLE_HELD: twice("POST", ROLES, ASSIGNMENT | {"appRoleId": READ_ALL}),
    objects.ROLE_UNKNOWN: one("POST", ROLES, ASSIGNMENT | {"appRoleId": "{nobody}"}),
    objects.GROUP_NESTED: group_in_group,
    objects.GROUP_NOT_ASSIGNABLE: role_for_a_plain_group,
    objects.GROUP_NOT_PRIVATE: one("POST", "/groups", GROUP | {"isAssignableToRole": True, "visibility": "Public"}),
    objects.LAST_OWNER: last_owner,
    objects.REFERENCE_INVALID: one(
        "POST", "/servicePrincipals/{graph}/appRoleAssignments", ASSIGNMENT | {"appRoleId": READ_ALL}
    ),
}  # fmt: skip

CREDENTIALS: dict[Refusal, Provocation] = {
    credentials.SECRET_ABSENT: one("POST", "/applications/{app}/removePassword", {"keyId": "{nobody}"}),
    credentials.SECRET_EDITED: secret_edited,
    credentials.SECRET_BY_PATCH: one("PATCH", "/applications/{app}", {"passwordCredentials": [{"displayName": "x"}]}),
    credentials.SECRETS_TOO_MANY: third_personal_secret,
    credentials.FEDERATED_VALUE_INVALID: one("POST", FEDERATED, TRUST | {"issuer": "no url"}),
    credentials.FEDERATED_SUBJECT_TAKEN: subject_trusted_already,
    credentials.FEDERATED_NAME_TAKEN: twice("POST", FEDERATED, TRUST),
    credentials.FEDERATED_TOO_MANY: twenty_first_trust,
    credentials.TYPE_NOT_ALLOWED: forbidding({"restrictionType": "passwordAddition"}, {}),
    credentials.LIFETIME_NOT_ALLOWED: forbidding({"restrictionType": "passwordLifetime", "maxLifetime": "P30D"}, {}),
}

PROVOKED = {**GATEWAY, **QUERIES, **OBJECTS, **CREDENTIALS}
