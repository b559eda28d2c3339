"""Whatever was done to a directory, in whatever order: a token verifies, and says exactly what was granted."""

import asyncio
from datetime import datetime, timedelta

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, rule

from contract_tests.login.asking import GRAPH, Registered, ask, claims_of, said
from mock_services.cloud import FakeCloud
from mock_services.signing import SigningKeys
from mock_services.state.well_known import AZURE_CLI, GRAPH_PERMISSIONS, MICROSOFT_GRAPH

ROLES = sorted(name for name, (role, _) in GRAPH_PERMISSIONS.items() if role)[:6]
SCOPES = ["User.Read", "Directory.Read.All", "Application.Read.All"]
KEYS = SigningKeys()  # making one takes longer than a whole run of the machine
LONGEST = timedelta(minutes=11)
"""By then every preset but the adversarial has reached every replica; that one takes ten minutes for a role."""


class Tokens(RuleBasedStateMachine):
    """A directory that changes, and a plain model of what its tokens must say."""

    secrets: Bundle[str] = Bundle("secrets")
    preset = "immediate"

    @initialize()
    def found(self) -> None:
        self.cloud = FakeCloud(seed=11, keys=KEYS)
        self.tenant = self.cloud.create_tenant()
        self.tenant.replication.use(self.preset)
        self.registered = Registered(self.tenant)
        self.tenant.directory.change_application(self.registered.application.id, is_fallback_public_client=True)
        self.tenant.directory.remove_secret(self.registered.application.id, self.registered.secret.key_id)
        self.tenant.clock.advance(LONGEST)
        self.ends: dict[str, datetime] = {}
        self.roles: set[str] = set()
        self.for_all: set[str] = set()
        self.own: set[str] = set()
        self.is_enabled = True
        self.everybody_knows()

    @property
    def principal(self) -> str:
        assert self.registered.principal is not None
        return self.registered.principal.id

    @property
    def graph(self) -> str:
        found = self.tenant.directory.service_principal(app_id=MICROSOFT_GRAPH)
        assert found is not None
        return found.id

    @property
    def person(self) -> str:
        found = self.tenant.directory.user(user_principal_name=self.tenant.operator.username)
        assert found is not None
        return found.id

    # What is done to the directory

    @rule(target=secrets, days=st.integers(1, 60))
    def add_secret(self, days: int) -> str:
        now = self.tenant.clock.now()
        _, text = self.tenant.directory.add_secret(
            self.registered.application.id, start=now, end=now + timedelta(days=days)
        )
        self.ends[text] = now + timedelta(days=days)
        return text

    @rule(text=consumes(secrets))
    def remove_secret(self, text: str) -> None:
        held = self.tenant.directory.secrets(self.registered.application.id)
        found = next((each for each in held if each.matches(text)), None)
        if found is not None:  # a late replica may not have it yet
            self.tenant.directory.remove_secret(self.registered.application.id, found.key_id)
            del self.ends[text]

    @rule(name=st.sampled_from(ROLES))
    def change_role(self, name: str) -> None:
        self.settle()
        role = GRAPH_PERMISSIONS[name][0]
        assert role is not None
        if name in self.roles:
            given = self.tenant.directory.app_roles_of(self.principal)
            self.tenant.directory.remove_app_role(next(each.id for each in given if each.app_role_id == role))
        else:
            self.tenant.directory.assign_app_role(self.principal, self.graph, role)
        self.roles ^= {name}
        self.roles_seen |= self.roles
        self.settle_at_once()

    @rule(names=st.sets(st.sampled_from(SCOPES)), is_for_all=st.booleans())
    def consent(self, names: set[str], *, is_for_all: bool) -> None:
        self.settle()
        directory, principal = self.tenant.directory, None if is_for_all else self.person
        grants = directory.delegated_grants(client_id=self.principal)
        held = next((each for each in grants if each.principal_id == principal), None)
        if held is not None:
            directory.delete_delegated_grant(held.id)
        if names:
            directory.grant_delegated(self.principal, self.graph, " ".join(sorted(names)), principal)
        if is_for_all:
            self.for_all = names
        else:
            self.own = names

    @rule(is_enabled=st.booleans())
    def enable(self, *, is_enabled: bool) -> None:
        self.tenant.directory.change_service_principal(self.principal, account_enabled=is_enabled)
        self.is_enabled = is_enabled
        self.enabled_seen |= {is_enabled}
        self.settle_at_once()

    @rule(hours=st.integers(1, 24 * 30))
    def wait(self, hours: int) -> None:
        self.tenant.clock.advance(hours=hours)
        self.everybody_knows()

    def settle(self) -> None:
        """Wait until every replica knows everything."""
        if self.preset != "immediate":
            self.tenant.clock.advance(LONGEST)
            self.everybody_knows()

    def settle_at_once(self) -> None:
        if self.preset == "immediate":
            self.everybody_knows()

    def everybody_knows(self) -> None:
        """What some replica may still show is from here on what there is."""
        self.enabled_seen, self.roles_seen = {self.is_enabled}, set(self.roles)

    # What is asked

    def ask(self, form: dict[str, str]) -> tuple[httpx.Response, dict[str, object]]:
        """One request, and the claims of the token, verified by the published keys."""

        async def once() -> tuple[httpx.Response, dict[str, object]]:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.cloud)) as wire:
                answer = await ask(wire, self.tenant.id, form)
                is_token = answer.status_code == 200
                return answer, await claims_of(wire, self.tenant, answer) if is_token else {}

        return asyncio.run(once())

    @rule(text=secrets)
    def sign_in_as_application(self, text: str) -> None:
        self.settle()
        answer, claims = self.ask(self.registered.form(client_secret=text, scope=f"{GRAPH}/.default"))
        lives = self.tenant.clock.now() < self.ends[text]
        if not self.is_enabled:
            assert said(answer)[2] == 7000112
        elif not lives:
            assert said(answer)[2] == 7000222
        else:
            assert claims["sub"] == claims["oid"] == self.principal
            assert claims.get("roles", []) == [name for name in GRAPH_PERMISSIONS if name in self.roles]
            assert "scp" not in claims

    @rule(text=secrets)
    def sign_in_before_everybody_knows(self, text: str) -> None:
        """A late replica knows too little or too much, but never what no replica was ever told."""
        answer, claims = self.ask(self.registered.form(client_secret=text, scope=f"{GRAPH}/.default"))
        if answer.status_code == 200:
            assert True in self.enabled_seen
            assert self.tenant.clock.now() < self.ends[text]
            assert set(claims.get("roles", [])) <= self.roles_seen  # type: ignore[call-overload] # a list, see above
        else:
            allowed = {7000215, 7000222} | ({7000112} if False in self.enabled_seen else set())
            assert said(answer)[2] in allowed

    @rule(wanted=st.sampled_from([".default", *SCOPES]))
    def sign_in_as_person(self, wanted: str) -> None:
        self.settle()
        form = {
            "grant_type": "password", "client_id": self.registered.client_id,
            "username": self.tenant.operator.username, "password": self.tenant.operator.password,
            "scope": f"{GRAPH}/{wanted}",
        }  # fmt: skip
        answer, claims = self.ask(form)
        allowed = self.for_all | self.own
        if not self.is_enabled:
            assert said(answer)[2] == 7000112
        elif not allowed or (wanted != ".default" and wanted not in allowed):
            assert said(answer)[2] == 65001
        else:
            assert set(str(claims["scp"]).split()) == allowed
            assert claims["oid"] == self.person
            assert "roles" not in claims

    @rule()
    def sign_in_through_the_azure_cli(self) -> None:
        """Microsoft's own client needs nobody's consent, and nothing here concerns it."""
        form = {
            "grant_type": "password", "client_id": AZURE_CLI, "username": self.tenant.operator.username,
            "password": self.tenant.operator.password, "scope": f"{GRAPH}/.default",
        }  # fmt: skip
        answer, claims = self.ask(form)
        assert answer.status_code == 200
        assert claims["appid"] == AZURE_CLI

    @rule()
    def try_a_wrong_secret(self) -> None:
        if self.enabled_seen == {True}:
            assert said(self.ask(self.registered.form(client_secret="x" * 40))[0])[2] == 7000215

    def teardown(self) -> None:
        if hasattr(self, "tenant"):
            self.cloud.drop(self.tenant)


class ReplicatedTokens(Tokens):
    """The same, read through replicas that lag."""

    preset = "adversarial"


_SETTINGS = settings(
    deadline=None, max_examples=10, stateful_step_count=12, suppress_health_check=[HealthCheck.too_slow]
)
TestTokens = Tokens.TestCase
TestTokens.settings = _SETTINGS
TestReplicatedTokens = ReplicatedTokens.TestCase
TestReplicatedTokens.settings = _SETTINGS
