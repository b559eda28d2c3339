"""One set-up run again and again until it succeeds, and a census of the tenant it leaves."""

import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import anyio
import httpx

from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant
from provisioning.engine import Engine
from provisioning.guard import TenantGuard
from provisioning.problems import Problem
from provisioning.receipt import Receipt
from provisioning.settings import Integration, Settings
from provisioning.settings_sources import checked_settings
from provisioning.test_and_save import ask_for_token, read_incidents, read_rows, token_in
from provisioning.transport import Transport
from provisioning.vault import FileVault
from scenarios.convergence.harms import Harm, HarmingTransport, Killed
from scenarios.tenant_clock import TenantClock

Credential = Literal["secret", "certificate"]
MOST_RUNS = 6
"""How often a person would run it again before giving up; a harm strikes once, so two runs should do."""


@dataclass(frozen=True)
class Census:
    """How many of each thing the set-up is about are in the tenant, and what nobody owns up to."""

    applications: int
    principals: int
    grants: int
    secrets: int
    certificates: int
    users: int
    roles: int
    assignments: int
    orphans: tuple[str, ...] = ()

    @property
    def is_single(self) -> bool:
        """Whether there is exactly one of each and nothing beside."""
        counted = (self.applications, self.principals, self.grants, self.secrets + self.certificates)
        return {*counted, self.users, self.roles, self.assignments} == {1} and not self.orphans


@dataclass
class Outcome:
    """What a set-up under harm came to."""

    integration: Integration | None = None
    runs: int = 0
    letters: list[str] = field(default_factory=list)
    """What the runs that failed said."""
    healthy: bool = False
    census: Census | None = None
    requests: list[tuple[str, str]] = field(default_factory=list)
    struck: frozenset[int] = frozenset()
    took: timedelta = timedelta()
    """By the tenant's clock."""

    @property
    def converged(self) -> bool:
        """Whether it ended healthy, with one of everything."""
        return self.healthy and self.census is not None and self.census.is_single


@dataclass(frozen=True)
class Case:
    """One tenant and one set-up of it, whose files live in `folder`."""

    tenant: FakeTenant
    transport: HarmingTransport
    client: httpx.AsyncClient
    folder: Path
    credential: Credential = "secret"

    def settings(self) -> Settings:
        """The set-up, everything else by default."""
        operator = self.tenant.operator
        return checked_settings(
            {
                "tenant_id": self.tenant.id,
                "environment_url": f"https://{self.tenant.organisation.host}",
                "operator": {"client_id": operator.client_id, "client_secret": operator.client_secret},
                "credential": self.credential,
            }
        )

    def engine(self) -> Engine:
        """The engine as a new process would start it: it knows what stands in the files."""
        clock = TenantClock(self.tenant)
        receipt = Receipt(self.folder / "receipt.json")
        vault = FileVault(self.folder / "values.env")
        guard = TenantGuard(self.settings(), receipt)  # as in a real tenant
        return Engine(self.settings(), Transport(self.client, clock, guard=guard), clock, receipt, vault=vault)


async def converge(
    harms: Mapping[int, Harm],
    *,
    pace: str = "immediate",
    cloud: FakeCloud | None = None,
    runs: int = MOST_RUNS,
    credential: Credential = "secret",
) -> Outcome:
    """Run a set-up of a fresh tenant while requests come to harm, again after each failure; prove it, and count."""
    cloud = cloud or FakeCloud()
    tenant = cloud.create_tenant()
    tenant.replication.use(pace)
    before, outcome = everything(tenant), Outcome()
    async with opened(cloud, tenant, harms, credential=credential) as case:
        await run_until_done(case, outcome, runs)
        await _conclude(case, outcome, before)
    cloud.drop(tenant)
    return outcome


async def race(delays: Sequence[Sequence[int]], *, pace: str = "immediate") -> tuple[list[Outcome], Census]:
    """As many engines as there are `delays`, each with files of its own, set up one tenant at the same time."""
    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    tenant.replication.use(pace)
    before, outcomes = everything(tenant), [Outcome() for _ in delays]
    async with AsyncExitStack() as stack:
        cases = [await stack.enter_async_context(opened(cloud, tenant, {}, each)) for each in delays]
        async with anyio.create_task_group() as together:
            for case, outcome in zip(cases, outcomes, strict=True):
                together.start_soon(run_until_done, case, outcome, MOST_RUNS)
        for case, outcome in zip(cases, outcomes, strict=True):
            await _conclude(case, outcome, before)
        return outcomes, count(tenant, cases[0].settings(), before)


async def leftovers_of_teardown(
    harms: Mapping[int, Harm], *, cloud: FakeCloud | None = None, credential: Credential = "secret"
) -> frozenset[str]:
    """Run a set-up once while requests come to harm, take it down, and tell what is there that was not before.

    Deleted registrations and principals rest in the bin for 30 days, as they would after a deletion by hand.
    """
    cloud = cloud or FakeCloud()
    tenant = cloud.create_tenant()
    before = everything(tenant)
    async with opened(cloud, tenant, harms, credential=credential) as case:
        await run_until_done(case, Outcome(), runs=1)
        await case.engine().undo()
    binned = (*tenant.directory.deleted_applications(), *tenant.directory.deleted_service_principals())
    left = everything(tenant) - before - {_name(each) for each in binned}
    cloud.drop(tenant)
    return left


@asynccontextmanager
async def opened(
    cloud: FakeCloud,
    tenant: FakeTenant,
    harms: Mapping[int, Harm],
    delays: Sequence[int] = (),
    credential: Credential = "secret",
) -> AsyncIterator[Case]:
    """A set-up of this tenant with a folder of its own, whose requests come to harm (and wait their turn)."""
    transport = HarmingTransport(cloud, tenant, harms, delays)
    with tempfile.TemporaryDirectory(prefix="d365-") as folder:
        async with httpx.AsyncClient(transport=transport) as client:
            yield Case(tenant, transport, client, Path(folder), credential)


async def run_until_done(case: Case, outcome: Outcome, runs: int) -> None:
    """Run the engine, each time as a new process would, until it succeeds or `runs` are over; told in `outcome`."""
    began = case.tenant.clock.now()
    while outcome.runs < runs and outcome.integration is None:
        outcome.runs += 1
        try:
            outcome.integration = (await case.engine().provision()).integration
        except Problem as problem:
            outcome.letters.append(str(problem))
        except Killed:
            outcome.letters.append("killed")
    outcome.took = case.tenant.clock.now() - began
    outcome.requests, outcome.struck = list(case.transport.requests), frozenset(case.transport.struck)
    case.transport.disarm()


async def _conclude(case: Case, outcome: Outcome, before: frozenset[str]) -> None:
    """Once the last replica has caught up: does Test & Save pass with what was handed over, and what is there."""
    case.tenant.clock.advance(timedelta(hours=1))
    kept = FileVault(case.folder / "values.env").values()
    if kept is not None and kept == outcome.integration:
        transport = Transport(case.client, TenantClock(case.tenant))
        token = token_in(await ask_for_token(transport, case.settings().bases().login, kept))
        outcome.healthy = bool(token) and read_rows(await read_incidents(transport, kept, token))
    outcome.census = count(case.tenant, case.settings(), before)


def everything(tenant: FakeTenant) -> frozenset[str]:
    """The ids of all there is of the kinds that a set-up makes, deleted ones that can be restored included."""
    directory, organisation = tenant.directory, tenant.organisation
    objects: tuple[Any, ...] = (
        *directory.applications(), *directory.deleted_applications(), *directory.service_principals(),
        *directory.deleted_service_principals(), *directory.delegated_grants(),
    )  # fmt: skip
    rows = [(table, row[f"{table}id"]) for table in ("systemuser", "role") for row in organisation.select(table)]
    return frozenset([*map(_name, objects), *(f"{table} {id_}" for table, id_ in rows)])


def _name(each: Any) -> str:
    return f"{type(each).__name__} {each.id}"


def count(tenant: FakeTenant, settings: Settings, before: frozenset[str]) -> Census:
    """What is in the tenant, read from its state; `before` is what was there already."""
    directory, organisation = tenant.directory, tenant.organisation
    applications = [a for a in directory.applications() if a.display_name == settings.application_name]
    app_ids = {application.app_id for application in applications}
    principals = [p for p in directory.service_principals() if p.app_id in app_ids]
    ids = {principal.id for principal in principals}
    grants = [grant for grant in directory.delegated_grants() if grant.client_id in ids]
    users = [user for user in organisation.select("systemuser") if user["applicationid"] in app_ids]
    roles = organisation.select("role", name=settings.generated_role)
    held = [
        link for user in users for link in organisation.select("systemuserroles", systemuserid=user["systemuserid"])
    ]
    return Census(
        applications=len(applications),
        principals=len(principals),
        grants=len(grants),
        secrets=sum(len(directory.secrets(application.id)) for application in applications),
        certificates=sum(len(directory.key_credentials(application.id)) for application in applications),
        users=len(users),
        roles=len(roles),
        assignments=len(held),
        orphans=_orphans(everything(tenant) - before, [*applications, *principals, *grants], users, roles),
    )


def _orphans(
    new: Iterable[str], objects: Sequence[Any], users: Sequence[Mapping[str, Any]], roles: Sequence[Mapping[str, Any]]
) -> tuple[str, ...]:
    known = {_name(each) for each in objects}
    known |= {f"systemuser {user['systemuserid']}" for user in users} | {f"role {role['roleid']}" for role in roles}
    return tuple(sorted(set(new) - known))
