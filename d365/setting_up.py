"""`d365 provision`: the whole set-up and its proof, on an embedded fake tenant or a real one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from d365 import console
from d365.console import StepList
from d365.reporting import COULD_NOT_CHECK, FAILED, HEALTHY, show_verdict
from provisioning.engine import Engine, Event, Provisioned
from provisioning.problems import BadInput
from provisioning.receipt import Receipt
from provisioning.settings import Integration, Settings, load_settings
from provisioning.vault import read_env_file, write_env_file
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
        engine = Engine(settings, transport, TenantClock(tenant), on_event=_shown_in(steps))
        return await _set_up(engine, steps, out, is_rehearsal=True)


def provision_live(file: Path | None, environ: Mapping[str, str], steps: StepList, out: Path | None) -> Outcome:
    """Set up the real tenant that the file names. Raises BadInput, Problem."""
    import anyio

    if file is None:
        raise BadInput("--settings", "is missing", "name the TOML file that says which tenant and environment")
    settings = load_settings(file, environ)
    receipt = Receipt(file.with_name(file.stem + ".receipt.json"))
    earlier = read_env_file(out) if out is not None and out.exists() else None
    return anyio.run(_provision_live, settings, receipt, earlier, steps, out)


async def _provision_live(
    settings: Settings, receipt: Receipt, earlier: Integration | None, steps: StepList, out: Path | None
) -> Outcome:
    from provisioning.clock import RealClock
    from provisioning.transport import connect

    clock = RealClock()
    async with connect(clock, ca_file=settings.ca_file) as transport:
        engine = Engine(settings, transport, clock, receipt, _shown_in(steps))
        return await _set_up(engine, steps, out, secret=earlier.client_secret if earlier else None)


async def _set_up(
    engine: Engine, steps: StepList, out: Path | None, *, secret: SecretStr | None = None, is_rehearsal: bool = False
) -> Outcome:
    provisioned = await engine.provision(secret)
    # Written before anything else can fail: the secret is told once.
    if out is not None:
        write_env_file(out, provisioned.integration)
    steps.show("Test & Save", "looking", "")
    verdict = await engine.verify(provisioned.integration)
    return Outcome(provisioned, verdict, is_rehearsal)


def _shown_in(steps: StepList) -> Callable[[Event], None]:
    return lambda event: steps.show(event.title, event.state, event.detail)
