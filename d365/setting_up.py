"""`d365 provision`: the whole set-up and its proof, on an embedded fake tenant or a real one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from d365 import console
from d365.console import StepList
from d365.reporting import COULD_NOT_CHECK, FAILED, HEALTHY, show_verdict
from provisioning.engine import Engine, Event, Provisioned
from provisioning.problems import BadInput
from provisioning.receipt import Receipt
from provisioning.settings import Settings, load_settings
from provisioning.vault import FileVault, Vault
from provisioning.verdict import Verdict


@dataclass(frozen=True)
class Outcome:
    """What a set-up came to."""

    provisioned: Provisioned
    verdict: Verdict
    is_rehearsal: bool

    @property
    def exit_code(self) -> int:
        """As for `d365 verify`."""
        return HEALTHY if self.verdict.healthy else FAILED if self.verdict.could_check else COULD_NOT_CHECK

    def report(self, *, show_secret: bool, out: Path | None, as_json: bool) -> None:
        """Print the four values and the verdict."""
        integration = self.provisioned.integration
        shown = integration.client_secret.get_secret_value() if show_secret else "***"
        if as_json:
            console.say_json(
                {
                    **self.provisioned.to_json(),
                    "client_secret": shown,
                    "rehearsal": self.is_rehearsal,
                    "verdict": self.verdict.to_json(),
                }
            )
            return
        hint = "" if show_secret else "  (--show-secret shows it, --out FILE writes it down)" if out is None else ""
        console.console().print()
        console.show_values(
            {
                "Tenant ID": integration.tenant_id,
                "Client ID": integration.client_id,
                "Client secret": shown + hint,
                "Environment URL": integration.environment_url,
            }
        )
        if out is not None:
            console.console().print(f"\nThe four values are in {out}, readable by you only.", markup=False)
        show_verdict(self.verdict)
        if self.is_rehearsal:
            console.console().print("\nA rehearsal on an embedded fake tenant: nothing left this machine.")


def rehearse(settings: Path | None, steps: StepList, out: Path | None) -> Outcome:
    """Set up a fake tenant in this process; of the file, tenant, environment and operator give way to the fake's."""
    import anyio

    return anyio.run(_rehearse, settings, steps, out)


async def _rehearse(file: Path | None, steps: StepList, out: Path | None) -> Outcome:
    from d365.rehearsal import in_process, rehearsal_values
    from mock_services.cloud import FakeCloud
    from scenarios.tenant_clock import TenantClock

    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    settings = load_settings(file, {}, **rehearsal_values(tenant))
    async with in_process(cloud, tenant) as transport:
        # A rehearsal has a tenant of its own, so what an earlier one left in the file is not this one's.
        vault = FileVault(out) if out is not None else None
        engine = Engine(settings, transport, TenantClock(tenant), on_event=_shown_in(steps), vault=vault)
        return await _set_up(engine, steps, is_rehearsal=True)


def provision_live(file: Path | None, environ: Mapping[str, str], steps: StepList, out: Path | None) -> Outcome:
    """Set up the real tenant that the file names. Raises BadInput, Problem."""
    import anyio

    if file is None:
        raise BadInput("--settings", "is missing", "name the TOML file that says which tenant and environment")
    settings = load_settings(file, environ)
    receipt = Receipt(file.with_name(file.stem + ".receipt.json"))
    return anyio.run(_provision_live, settings, receipt, FileVault(out) if out is not None else None, steps)


async def _provision_live(settings: Settings, receipt: Receipt, vault: Vault | None, steps: StepList) -> Outcome:
    from provisioning.clock import RealClock
    from provisioning.transport import connect

    clock = RealClock()
    async with connect(clock, ca_file=settings.ca_file) as transport:
        engine = Engine(settings, transport, clock, receipt, _shown_in(steps), vault=vault)
        return await _set_up(engine, steps)


async def _set_up(engine: Engine, steps: StepList, *, is_rehearsal: bool = False) -> Outcome:
    provisioned = await engine.provision()
    steps.show("Test & Save", "looking", "")
    verdict = await engine.verify(provisioned.integration)
    return Outcome(provisioned, verdict, is_rehearsal)


def _shown_in(steps: StepList) -> Callable[[Event], None]:
    return lambda event: steps.show(event.title, event.state, event.detail)
