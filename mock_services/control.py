"""What a test may ask of the served fakes from outside; on a listener of its own, never on a fake's port."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from mock_services.cloud import FakeCloud
from mock_services.errors import Missing
from mock_services.faults import Fault, Kind
from mock_services.hosts import Service, organisation_host
from mock_services.issuers import TOKEN_EXCHANGE
from mock_services.state.directory.access import ALL
from mock_services.state.organisation import Organisation
from mock_services.state.replicas import PRESETS, UnknownPreset
from mock_services.tenant import FakeTenant, Snapshot

EnvironmentHost = Annotated[str | None, Query(description="host of the environment; the tenant's first when left out")]
TenantName = Annotated[str | None, Query(description="id or domain; may be left out while there is one")]


class Step(BaseModel):
    """How far to move a tenant's clock."""

    model_config = ConfigDict(extra="forbid")

    days: float = Field(default=0, ge=0)
    hours: float = Field(default=0, ge=0)
    minutes: float = Field(default=0, ge=0)
    seconds: float = Field(default=0, ge=0)


class Pace(BaseModel):
    """How fast writes reach other readers."""

    model_config = ConfigDict(extra="forbid")

    preset: str = Field(description=", ".join(PRESETS))


class PlannedFault(BaseModel):
    """Which call, after how many, how often, and what happens to it."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    service: Service
    method: str = "*"
    path: str = Field(default="", description="regular expression, searched for in the call's path")
    after: int = Field(default=0, ge=0)
    times: int = Field(default=1, ge=1)
    retry_after_s: int | None = Field(default=None, ge=0)


class WorkloadToken(BaseModel):
    """Whose token, about whom, for whom."""

    model_config = ConfigDict(extra="forbid")

    issuer: str = Field(min_length=1, description="as the federated credential spells it, to the letter")
    subject: str = Field(min_length=1)
    audience: str = TOKEN_EXCHANGE


class SignInLimit(BaseModel):
    """How many token requests of one client a minute are answered before 429."""

    model_config = ConfigDict(extra="forbid")

    a_minute: int | None = Field(default=None, ge=1, description="null: no limit")


class WantedLimits(BaseModel):
    """A Dataverse organisation's service protection limits for each of its users; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    is_on: bool | None = None
    requests: int | None = Field(default=None, ge=0, description="within the window")
    execution_s: float | None = Field(default=None, ge=0, le=1e6, description="combined, within the window")
    concurrent: int | None = Field(default=None, ge=0, description="at once")
    window_s: float | None = Field(default=None, gt=0, le=1e6)


class WantedDelay(BaseModel):
    """How long a Dataverse organisation goes on using the permissions it looked up."""

    model_config = ConfigDict(extra="forbid")

    seconds: float = Field(ge=0, le=1e6, description="Dataverse documents up to 30; 0 looks anew each time")


class WantedState(BaseModel):
    """The state of an environment: enabled, in administration mode, or disabled."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["Enabled", "AdminMode", "Disabled"]


class WantedPolicy(BaseModel):
    """A Conditional Access policy: whom it concerns, for which resources, and what it does."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1)
    users: list[str] = Field(default_factory=list, description="object ids, or All")
    principals: list[str] = Field(default_factory=list, description="object ids, or ServicePrincipalsInMyTenant")
    resources: list[str] = Field(default=[ALL], description="application ids, or All")
    control: Literal["block", "mfa"] = "block"


Chosen = Callable[[str | None], FakeTenant]


def control(cloud: FakeCloud) -> FastAPI:
    """The control application of one cloud. Its tenants are named by id or domain; alone, one needs no name."""
    app = FastAPI(title="d365-harness control", openapi_url="/openapi.json", docs_url="/")

    def chosen(name: str | None) -> FakeTenant:
        found = cloud.tenant_called(name) if name else (cloud.tenants[0] if len(cloud.tenants) == 1 else None)
        if found is None:
            known = ", ".join(each.domain for each in cloud.tenants) or "none"
            raise HTTPException(404, f"name one of the tenants with ?tenant=…: {known}")
        return found

    _add_readings(app, cloud, chosen)
    _add_moves(app, chosen)
    _add_disturbances(app, cloud, chosen)
    _add_sign_in(app, cloud, chosen)
    _add_environments(app, chosen)
    return app


def _add_readings(app: FastAPI, cloud: FakeCloud, chosen: Chosen) -> None:
    @app.get("/health")
    async def health() -> dict[str, bool]:
        """Answers as soon as the fakes do."""
        return {"ready": True}

    @app.get("/tenants")
    async def tenants() -> list[dict[str, Any]]:
        """Every tenant with its clock and environments."""
        return [
            {
                "id": each.id,
                "domain": each.domain,
                "displayName": each.display_name,
                "now": each.clock.now().isoformat(),
                "environments": [f"https://{organisation.host}" for organisation in each.organisations],
            }
            for each in cloud.tenants
        ]

    @app.get("/journal")
    async def journal(
        tenant: TenantName = None, last: Annotated[int, Query(ge=1, le=1000)] = 50
    ) -> list[dict[str, Any]]:
        """What was said to a tenant last, secrets struck out."""
        return [{**vars(entry), "at": entry.at.isoformat()} for entry in list(chosen(tenant).journal)[-last:]]

    @app.get("/quirks")
    async def quirks(tenant: TenantName = None) -> list[dict[str, Any]]:
        """The contested choices and what this tenant chose."""
        return [
            {"name": name, "value": value, "alternative": alternative, "evidence": evidence}
            for name, value, alternative, evidence in chosen(tenant).quirks.explain()
        ]


def _add_moves(app: FastAPI, chosen: Chosen) -> None:
    snapshots: dict[str, Snapshot] = {}

    @app.post("/clock/advance")
    async def advance(step: Step, tenant: TenantName = None) -> dict[str, str]:
        """Move a tenant's clock forward: secrets, tokens and windows age at once."""
        moved = chosen(tenant).clock.advance(
            timedelta(days=step.days, hours=step.hours, minutes=step.minutes, seconds=step.seconds)
        )
        return {"now": moved.isoformat()}

    @app.delete("/journal", status_code=204)
    async def forget(tenant: TenantName = None) -> None:
        """Empty a tenant's journal."""
        chosen(tenant).journal.clear()

    @app.post("/snapshots", status_code=201)
    async def snapshot(tenant: TenantName = None) -> dict[str, str]:
        """Remember everything a tenant holds; its clock is not part of it."""
        name = str(len(snapshots) + 1)
        snapshots[name] = chosen(tenant).snapshot()
        return {"id": name}

    @app.post("/snapshots/{name}/restore", status_code=204)
    async def restore(name: str, tenant: TenantName = None) -> None:
        """Put a snapshot back."""
        if name not in snapshots:
            raise HTTPException(404, f"no snapshot {name}; POST /snapshots makes one")
        chosen(tenant).restore(snapshots[name])


def _add_disturbances(app: FastAPI, cloud: FakeCloud, chosen: Chosen) -> None:
    @app.put("/replication")
    async def replicate(pace: Pace, tenant: TenantName = None) -> dict[str, str]:
        """From now on others see a write late, at this pace."""
        try:
            chosen(tenant).replication.use(pace.preset)
        except UnknownPreset as problem:
            raise HTTPException(422, str(problem)) from None
        return {"preset": pace.preset}

    @app.post("/faults", status_code=201)
    async def disturb(wish: PlannedFault) -> dict[str, str]:
        """Disturb exact calls on their way; they stay planned until they have struck their number of times."""
        try:
            re.compile(wish.path)
        except re.error as problem:
            raise HTTPException(422, f"path is no regular expression: {problem}") from None
        cloud.faults.plan(Fault(**wish.model_dump()))
        return {"planned": f"{wish.kind} on {wish.service}"}


def _add_sign_in(app: FastAPI, cloud: FakeCloud, chosen: Chosen) -> None:
    @app.post("/issuers/token", status_code=201)
    async def workload_token(wish: WorkloadToken, tenant: TenantName = None) -> dict[str, str]:
        """A token of another issuer's, such as a CI system's or a cluster's; it can be reached from now on."""
        issuer = cloud.issuers.open(wish.issuer)
        return {"token": issuer.token(wish.subject, wish.audience, at=chosen(tenant).clock.now())}

    @app.delete("/issuers", status_code=204)
    async def close_issuer(name: str) -> None:
        """Put an issuer out of reach: its keys cannot be fetched any longer."""
        cloud.issuers.close(name)

    @app.post("/access-policies", status_code=201)
    async def add_policy(wish: WantedPolicy, tenant: TenantName = None) -> dict[str, str]:
        """Add a Conditional Access policy, in force at once."""
        made = chosen(tenant).directory.add_access_policy(
            wish.name,
            users=tuple(wish.users),
            principals=tuple(wish.principals),
            resources=tuple(wish.resources),
            control=wish.control,
        )
        return {"id": made.id}

    @app.delete("/access-policies/{id}", status_code=204)
    async def remove_policy(id: str, tenant: TenantName = None) -> None:  # noqa: A002 - the wire's own word
        """Remove a Conditional Access policy."""
        try:
            chosen(tenant).directory.remove_access_policy(id)
        except Missing as problem:
            raise HTTPException(404, str(problem)) from None

    @app.put("/sign-in-limit")
    async def limit(wish: SignInLimit, tenant: TenantName = None) -> dict[str, int | None]:
        """Answer 429 beyond so many token requests of one client a minute."""
        chosen(tenant).sign_ins_a_minute = wish.a_minute
        return {"a_minute": wish.a_minute}


def _add_environments(app: FastAPI, chosen: Chosen) -> None:
    def organisation(tenant: str | None, environment: str | None) -> Organisation:
        owner = chosen(tenant)
        found = owner.organisation_at(organisation_host(environment)) if environment else None
        if found is None and (environment or not owner.organisations):
            known = ", ".join(each.host for each in owner.organisations) or "none"
            raise HTTPException(404, f"name one of the environments with ?environment=…: {known}")
        return found or owner.organisation

    @app.put("/service-limits")
    async def limit_service(
        wish: WantedLimits, tenant: TenantName = None, environment: EnvironmentHost = None
    ) -> dict[str, float | bool]:
        """Change how much one user may ask of an environment's Dataverse before 429; what was counted is forgotten."""
        limits = organisation(tenant, environment).limits
        limits.is_on = limits.is_on if wish.is_on is None else wish.is_on
        limits.requests = limits.requests if wish.requests is None else wish.requests
        limits.concurrent = limits.concurrent if wish.concurrent is None else wish.concurrent
        limits.execution = limits.execution if wish.execution_s is None else timedelta(seconds=wish.execution_s)
        limits.window = limits.window if wish.window_s is None else timedelta(seconds=wish.window_s)
        limits.forget()
        return {
            "is_on": limits.is_on,
            "requests": limits.requests,
            "execution_s": limits.execution.total_seconds(),
            "concurrent": limits.concurrent,
            "window_s": limits.window.total_seconds(),
        }

    @app.put("/permission-delay")
    async def delay(
        wish: WantedDelay, tenant: TenantName = None, environment: EnvironmentHost = None
    ) -> dict[str, float]:
        """Let an environment see a change of roles late; a request with `Consistency: Strong` sees it at once."""
        held = organisation(tenant, environment).held
        held.delay = timedelta(seconds=wish.seconds)
        held.forget()
        return {"seconds": wish.seconds}

    @app.put("/environment-state")
    async def set_state(
        wish: WantedState, tenant: TenantName = None, environment: EnvironmentHost = None
    ) -> dict[str, str]:
        """Enable or disable an environment, or let its administrators in alone."""
        organisation(tenant, environment).set_state(wish.state)
        return {"state": wish.state}
