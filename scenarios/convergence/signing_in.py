"""A set-up by a person, whose sign-in comes to harm: run again, and the person asked again, until it is done."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

import httpx

from mock_services.cloud import FakeCloud
from provisioning.access import operator_access
from provisioning.engine import Engine
from provisioning.guard import TenantGuard
from provisioning.operator_sign_in import AZURE_CLI
from provisioning.receipt import Receipt
from provisioning.settings import Operator
from provisioning.transport import Transport
from provisioning.vault import FileVault
from scenarios.convergence.converging import MOST_RUNS, Case, Outcome, count, everything, run_until_done
from scenarios.convergence.harms import Harm, HarmingTransport
from scenarios.setup.scripted_person import ScriptedPerson
from scenarios.tenant_clock import TenantClock

Kind = Literal["device_code", "browser"]


@dataclass(frozen=True, kw_only=True)
class CaseOfPerson(Case):
    """As a case, by a person who is there in every run."""

    cloud: FakeCloud
    kind: Kind
    asked: list[ScriptedPerson] = field(default_factory=list)

    def engine(self) -> Engine:
        """The engine as a new process would start it: nobody is signed in."""
        settings = self.settings().model_copy(update={"operator": Operator(sign_in=self.kind)})
        clock, receipt = TenantClock(self.tenant), Receipt(self.folder / "receipt.json")
        transport = Transport(self.client, clock, guard=TenantGuard(settings, receipt))
        person = ScriptedPerson(self.cloud, self.tenant.operator.username, self.tenant.operator.password)
        self.asked.append(person)
        access = operator_access(settings, transport, clock, person=person)
        vault = FileVault(self.folder / "values.env")
        return Engine(settings, transport, clock, receipt, access=access, vault=vault)


async def converge_by_person(kind: Kind, harms: Mapping[int, Harm]) -> Outcome:
    """Run a set-up of a fresh tenant while requests come to harm, again after each failure, and count."""
    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    # The client's principal comes with the tenant's first sign-in through it, and belongs to nobody's set-up.
    tenant.directory.add_service_principal(AZURE_CLI)
    before, outcome = everything(tenant), Outcome()
    transport = HarmingTransport(cloud, tenant, harms)
    with tempfile.TemporaryDirectory(prefix="d365-") as folder:
        async with httpx.AsyncClient(transport=transport) as client:
            case = CaseOfPerson(tenant, transport, client, Path(folder), cloud=cloud, kind=kind)
            await run_until_done(case, outcome, MOST_RUNS)
            tenant.clock.advance(timedelta(hours=1))
            outcome.healthy = outcome.integration == FileVault(Path(folder) / "values.env").values() is not None
            outcome.census = count(tenant, case.settings(), before)
    return outcome
