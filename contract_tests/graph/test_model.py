"""Graph's directory against a plain dictionary: whatever is asked in whatever order, the two agree.

Without lag they agree at once. With lag every answer is what some replica may still show, no more, and when the longest
delay has passed they agree again.
"""

import asyncio
import base64
import uuid
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, multiple, rule

from contract_tests.graph.asking import EVERYTHING, GRAPH, Graph, claims_of_app, said
from contract_tests.graph.model import Link, Model, Principal, Registration
from mock_services.cloud import FakeCloud
from mock_services.intercept import FakeTransport
from mock_services.signing import SigningKeys
from mock_services.state.replicas import PRESETS, Kind
from mock_services.state.well_known import DATAVERSE, GRAPH_PERMISSIONS, MICROSOFT_GRAPH

Answered = TypeVar("Answered")
KEYS = SigningKeys()
NAMES = st.sampled_from(["Alpha", "Beta", "O'Brien & co", "Ünïcode"])
SCOPES = st.sampled_from(["user_impersonation", "a b", ""])
ROLES = st.sampled_from([str(GRAPH_PERMISSIONS[name][0]) for name in ("Application.Read.All", "User.Read.All")])
LATE = frozenset({"Request_ResourceNotFound", "Directory_ObjectNotFound", "Directory_ConcurrencyViolation"})
LATE_WORDS = ("does not reference a valid application", "Not a valid reference update", "No password credential found")


def grant_id(*ends: str) -> str:
    """A grant's id, which a client can work out by itself (Azure/azure-cli#20974)."""
    return base64.urlsafe_b64encode(b"".join(uuid.UUID(each).bytes_le for each in ends)).rstrip(b"=").decode()


class Directory(RuleBasedStateMachine):
    """Every rule asks the fake, and does to the model what the answer says was done."""

    preset: ClassVar[str] = "immediate"
    registrations: Bundle[str] = Bundle("registrations")
    principals: Bundle[str] = Bundle("principals")
    secrets: Bundle[tuple[str, str]] = Bundle("secrets")
    grants: Bundle[str] = Bundle("grants")
    roles: Bundle[str] = Bundle("roles")

    @initialize()
    def begin(self) -> None:
        self.model = Model()
        self.runner = asyncio.Runner()
        self.cloud = FakeCloud(keys=KEYS)
        self.tenant = self.cloud.create_tenant()
        wire = httpx.AsyncClient(transport=FakeTransport(self.cloud))
        self.graph = Graph(wire, self.cloud, claims_of_app(self.tenant, *EVERYTHING))
        self.dataverse = self.run(self.graph.known(DATAVERSE))
        self.microsoft_graph = self.run(self.graph.known(MICROSOFT_GRAPH))
        self.tenant.replication.use(self.preset)

    def run(self, asking: Coroutine[Any, Any, Answered]) -> Answered:
        return self.runner.run(asking)

    def ask(self, method: str, path: str, body: object = None, *, may: bool) -> httpx.Response | None:
        """Ask for a change that the model allows or not; None when it was refused, rightly."""
        answer = self.run(self.graph.ask(method, path, body))
        if answer.is_success:
            assert may, f"{method} {path} went through: {answer.text}"
            return answer
        status, code, message = said(answer)
        is_late = code in LATE or any(words in message for words in LATE_WORDS)
        assert status < 500
        assert not may or (is_late and self.tenant.replication.lags), f"{method} {path}: {answer.text}"
        return None

    def now(self) -> None:
        """What was done is written down."""
        self.model.note(self.tenant.clock.now())

    # registrations

    @rule(target=registrations, name=NAMES)
    def register(self, name: str) -> str:
        answer = self.ask("POST", "/applications", {"displayName": name}, may=True)
        assert answer is not None
        made = answer.json()
        self.model.registrations[made["id"]] = Registration(made["appId"], name)
        self.now()
        return str(made["id"])

    @rule(identity=registrations, name=NAMES)
    def rename(self, identity: str, name: str) -> None:
        held = self.model.registrations.get(identity)
        may = held is not None and not held.is_binned
        if self.ask("PATCH", f"/applications/{identity}", {"displayName": name}, may=may) and held:
            held.name = name
            self.now()

    @rule(identity=registrations)
    def bin_registration(self, identity: str) -> None:
        held = self.model.registrations.get(identity)
        if self.ask("DELETE", f"/applications/{identity}", may=held is not None and not held.is_binned):
            self.model.bin_registration(identity)
            self.now()

    @rule(identity=registrations)
    def restore_registration(self, identity: str) -> None:
        held = self.model.registrations.get(identity)
        path = f"/directory/deletedItems/{identity}/restore"
        if self.ask("POST", path, may=held is not None and held.is_binned) and held:
            held.is_binned = False
            self.now()

    @rule(identity=registrations)
    def purge_registration(self, identity: str) -> None:
        held = self.model.registrations.get(identity)
        if self.ask("DELETE", f"/directory/deletedItems/{identity}", may=held is not None and held.is_binned):
            del self.model.registrations[identity]
            self.now()

    # secrets and owners

    @rule(target=secrets, identity=registrations)
    def add_secret(self, identity: str) -> Any:
        held = self.model.registrations.get(identity)
        may = held is not None and not held.is_binned
        answer = self.ask("POST", f"/applications/{identity}/addPassword", {}, may=may)
        if answer is None or held is None:
            return multiple()
        held.secrets.append(answer.json()["keyId"])
        self.now()
        return identity, str(answer.json()["keyId"])

    @rule(secret=secrets)
    def remove_secret(self, secret: tuple[str, str]) -> None:
        identity, key_id = secret
        held = self.model.registrations.get(identity)
        may = held is not None and not held.is_binned and key_id in held.secrets
        if self.ask("POST", f"/applications/{identity}/removePassword", {"keyId": key_id}, may=may) and held:
            held.secrets.remove(key_id)
            self.now()

    @rule(identity=registrations, owner=principals)
    def add_owner(self, identity: str, owner: str) -> None:
        held = self.model.registrations.get(identity)
        may = held is not None and not held.is_binned and self.model.is_awake(owner) and owner not in held.owners
        body = {"@odata.id": f"{GRAPH}/v1.0/directoryObjects/{owner}"}
        if self.ask("POST", f"/applications/{identity}/owners/$ref", body, may=may) and held:
            held.owners.add(owner)

    @rule(identity=registrations, owner=principals)
    def remove_owner(self, identity: str, owner: str) -> None:
        held = self.model.registrations.get(identity)
        may = held is not None and not held.is_binned and owner in held.owners
        if self.ask("DELETE", f"/applications/{identity}/owners/{owner}/$ref", may=may) and held:
            held.owners.remove(owner)

    # principals

    @rule(target=principals, identity=registrations)
    def make_present(self, identity: str) -> Any:
        held = self.model.registrations.get(identity)
        app_id = held.app_id if held else "00000000-0000-0000-0000-00000000dead"
        may = self.model.is_registered(app_id) and not self.model.is_present(app_id)
        answer = self.ask("POST", "/servicePrincipals", {"appId": app_id}, may=may)
        if answer is None:
            return multiple()
        self.model.principals[answer.json()["id"]] = Principal(app_id)
        self.now()
        return str(answer.json()["id"])

    @rule(identity=principals)
    def bin_principal(self, identity: str) -> None:
        if self.ask("DELETE", f"/servicePrincipals/{identity}", may=self.model.is_awake(identity)):
            self.model.principals[identity].is_binned = True
            self.now()

    @rule(identity=principals)
    def restore_principal(self, identity: str) -> None:
        held = self.model.principals.get(identity)
        may = held is not None and held.is_binned and self.model.is_registered(held.app_id)
        may = may and held is not None and not self.model.is_present(held.app_id)
        if self.ask("POST", f"/directory/deletedItems/{identity}/restore", may=may) and held:
            held.is_binned = False
            self.now()

    @rule(identity=consumes(principals))
    def purge_principal(self, identity: str) -> None:
        held = self.model.principals.get(identity)
        if self.ask("DELETE", f"/directory/deletedItems/{identity}", may=held is not None and held.is_binned):
            self.model.purge_principal(identity)
            self.now()

    # grants and roles

    @rule(target=grants, client=principals, scope=SCOPES)
    def grant(self, client: str, scope: str) -> Any:
        body = {"clientId": client, "consentType": "AllPrincipals", "resourceId": self.dataverse, "scope": scope}
        held = any(each.client == client for each in self.model.grants.values())
        answer = self.run(self.graph.post("/oauth2PermissionGrants", body))
        may = self.model.is_awake(client) and not held
        took_effect = answer.is_success or said(answer)[1] == "Directory_ObjectNotFound"
        assert not took_effect or may
        assert took_effect or not may or self.tenant.replication.lags, answer.text
        if not took_effect:
            return multiple()
        identity = grant_id(client, self.dataverse)
        self.model.grants[identity] = Link(client, scope)
        self.now()
        return identity

    @rule(identity=grants, scope=SCOPES)
    def change_grant(self, identity: str, scope: str) -> None:
        held = self.model.grants.get(identity)
        may = held is not None and self.model.is_awake(held.client)
        if self.ask("PATCH", f"/oauth2PermissionGrants/{identity}", {"scope": scope}, may=may) and held:
            held.says = scope
            self.now()

    @rule(identity=grants)
    def revoke(self, identity: str) -> None:
        held = self.model.grants.get(identity)
        may = held is not None and self.model.is_awake(held.client)
        if self.ask("DELETE", f"/oauth2PermissionGrants/{identity}", may=may):
            del self.model.grants[identity]
            self.now()

    @rule(target=roles, client=principals, role=ROLES)
    def assign(self, client: str, role: str) -> Any:
        body = {"principalId": client, "resourceId": self.microsoft_graph, "appRoleId": role}
        held = any((each.client, each.says) == (client, role) for each in self.model.roles.values())
        may = self.model.is_awake(client) and not held
        answer = self.ask("POST", f"/servicePrincipals/{client}/appRoleAssignments", body, may=may)
        if answer is None:
            return multiple()
        self.model.roles[answer.json()["id"]] = Link(client, role)
        self.now()
        return str(answer.json()["id"])

    @rule(identity=roles)
    def take(self, identity: str) -> None:
        held = self.model.roles.get(identity)
        client = held.client if held else self.dataverse
        may = held is not None and self.model.is_awake(client)
        if self.ask("DELETE", f"/servicePrincipals/{client}/appRoleAssignments/{identity}", may=may):
            del self.model.roles[identity]
            self.now()

    # reading

    @rule(identity=registrations)
    def look_at_a_registration(self, identity: str) -> None:
        shown = self._read(f"/applications/{identity}")
        self._must_explain(Kind.APPLICATION, identity, shown and shown["displayName"])
        held = self.model.registrations.get(identity)
        if shown and held:
            listed = {each["keyId"] for each in shown["passwordCredentials"]}
            for key_id in listed | set(held.secrets):
                self._must_explain(Kind.SECRET, key_id, key_id in listed or None)

    @rule(identity=principals)
    def look_at_a_principal(self, identity: str) -> None:
        shown = self._read(f"/servicePrincipals/{identity}")
        self._must_explain(Kind.SERVICE_PRINCIPAL, identity, shown and shown["appId"])

    @rule(identity=grants)
    def look_at_a_grant(self, identity: str) -> None:
        shown = self._read(f"/oauth2PermissionGrants/{identity}")
        held = self.model.grants.get(identity)
        if held is None or self.model.is_awake(held.client):
            self._must_explain(Kind.GRANT, identity, shown["scope"] if shown else None)

    def _read(self, path: str) -> dict[str, Any] | None:
        answer = self.run(self.graph.get(path))
        assert answer.status_code in (200, 404)
        shown: dict[str, Any] | None = answer.json() if answer.is_success else None
        return shown

    def _must_explain(self, kind: Kind, identity: str, shown: object) -> None:
        """Some replica may still show this: it was so, no longer ago than the longest delay of its kind."""
        lag = PRESETS[self.preset][kind]
        possible = self.model.possible(identity, self.tenant.clock.now(), lag)
        assert shown in possible, f"{identity} is shown as {shown!r}; explained would be {possible}"

    @rule(identity=roles)
    def look_at_a_role(self, identity: str) -> None:
        held = self.model.roles.get(identity)
        if held is None or not self.model.is_awake(held.client):
            return
        shown = self._read(f"/servicePrincipals/{held.client}/appRoleAssignments")
        if shown is not None:
            listed = {each["id"] for each in shown["value"]}
            self._must_explain(Kind.APP_ROLE, identity, held.says if identity in listed else None)

    @rule(seconds=st.integers(1, 20))
    def wait_and_look_around(self, seconds: int) -> None:
        self.tenant.clock.advance(seconds=seconds)
        for _ in range(self.tenant.replication.replicas):
            shown = {each["id"]: each["displayName"] for each in self._all("/applications")}
            for identity in self.model.registrations:
                self._must_explain(Kind.APPLICATION, identity, shown.get(identity))
        shown = {each["id"]: each["scope"] for each in self._all("/oauth2PermissionGrants")}
        for identity, link in self.model.grants.items():
            if self.model.is_awake(link.client):
                self._must_explain(Kind.GRANT, identity, shown.get(identity))

    def teardown(self) -> None:
        if not hasattr(self, "runner"):
            return
        try:
            self.tenant.clock.advance(self.tenant.replication.longest + timedelta(seconds=5))
            self._must_agree()
        finally:
            self.run(self.graph.wire.aclose())
            self.runner.close()
            self.cloud.drop(self.tenant)

    def _must_agree(self) -> None:
        """All that Graph lists is what the model holds, nothing more and nothing less."""
        model, own = self.model, self.tenant.operator.client_id
        applications = {each["id"]: each for each in self._all("/applications") if each["appId"] != own}
        awake = {identity: each for identity, each in model.registrations.items() if not each.is_binned}
        assert {identity: each["displayName"] for identity, each in applications.items()} == {
            identity: each.name for identity, each in awake.items()
        }
        for identity, each in awake.items():
            assert [shown["keyId"] for shown in applications[identity]["passwordCredentials"]] == each.secrets[::-1]
            owners = {shown["id"] for shown in self._all(f"/applications/{identity}/owners")}
            assert owners == {owner for owner in each.owners if model.is_awake(owner)}
        binned = {each["id"] for each in self._all("/directory/deletedItems/microsoft.graph.application")}
        assert binned == {identity for identity, each in model.registrations.items() if each.is_binned}
        binned = {each["id"] for each in self._all("/directory/deletedItems/microsoft.graph.servicePrincipal")}
        assert binned == {identity for identity, each in model.principals.items() if each.is_binned}
        grants = {each["id"]: each["scope"] for each in self._all("/oauth2PermissionGrants")}
        assert grants == {each: link.says for each, link in model.grants.items() if model.is_awake(link.client)}
        for identity in [identity for identity in model.principals if model.is_awake(identity)]:
            roles = {each["id"] for each in self._all(f"/servicePrincipals/{identity}/appRoleAssignments")}
            assert roles == {each for each, link in model.roles.items() if link.client == identity}

    def _all(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.run(self.graph.get(path)).json()["value"]
        return found


class LateDirectory(Directory):
    """The same, read through replicas that lag."""

    preset = "typical"


TestAtOnce = Directory.TestCase
TestAtOnce.settings = settings(max_examples=15, stateful_step_count=25, deadline=None, report_multiple_bugs=False)
TestThroughReplicas = LateDirectory.TestCase
TestThroughReplicas.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, report_multiple_bugs=False
)
