"""`d365 provision`: the whole set-up and its proof, on an embedded fake tenant or a real one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from d365 import console
from d365.console import StepList
from d365.reporting import CERTIFICATE_NOTE, COULD_NOT_CHECK, FAILED, HEALTHY, show_verdict
from d365.settling import as_set_up, settled
from provisioning.engine import Engine, Event, Provisioned
from provisioning.key_pair import is_key_pair
from provisioning.person_sign_in import Remembered
from provisioning.problems import BadInput
from provisioning.receipt import Receipt
from provisioning.settings import Settings
from provisioning.settings_sources import load_settings
from provisioning.vault import KEYRING, MemoryVault, Vault, vault_at
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

    def report(self, *, show_secret: bool, out: str | None, as_json: bool) -> None:
        """Print the four values and the verdict."""
        integration = self.provisioned.integration
        secret = integration.client_secret.get_secret_value()
        by_certificate = is_key_pair(secret)
        shown = secret if show_secret and not by_certificate else "***"
        if as_json:
            console.say_json(
                {
                    **self.provisioned.to_json(),
                    "credential": "certificate" if by_certificate else "secret",
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
                "Certificate" if by_certificate else "Client secret": shown + ("" if by_certificate else hint),
                "Environment URL": integration.environment_url,
            }
        )
        if out is not None:
            entry = out.removeprefix(KEYRING)
            place = f"in {out}, readable by you only" if entry == out else f"in your keyring, under the name {entry}"
            console.console().print(f"\nThe four values are {place}.", markup=False)
        if by_certificate:
            console.console().print(f"\n{CERTIFICATE_NOTE}", markup=False)
        show_verdict(self.verdict)
        if self.is_rehearsal:
            console.console().print("\nA rehearsal on an embedded fake tenant: nothing left this machine.")


def rehearse(settings: Path | None, steps: StepList, out: str | None, **wishes: object) -> Outcome:
    """Set up a fake tenant in this process; of the file, tenant, environment and operator give way to the fake's."""
    import anyio

    return anyio.run(_rehearse, settings, steps, out, wishes)


async def _rehearse(file: Path | None, steps: StepList, out: str | None, wishes: Mapping[str, object]) -> Outcome:
    from mock_services.cloud import FakeCloud
    from scenarios.rehearsal import in_process, rehearsal_values
    from scenarios.tenant_clock import TenantClock

    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    settings = load_settings(file, {}, **wishes, **rehearsal_values(tenant))
    async with in_process(cloud, tenant) as transport:
        # A rehearsal has a tenant of its own, so what an earlier one left in the file is not this one's.
        vault = vault_at(out) if out is not None else MemoryVault()
        engine = Engine(settings, transport, TenantClock(tenant), on_event=_shown_in(steps), vault=vault)
        return await _set_up(engine, steps, is_rehearsal=True)


def provision_live(
    file: Path | None, environ: Mapping[str, str], steps: StepList, out: str | None, **wishes: object
) -> Outcome:
    """Set up the real tenant that the file names; `wishes` go before what the file says. Raises BadInput, Problem."""
    import anyio

    if file is None:
        raise BadInput("--settings", "is missing", "name the TOML file that says which tenant and environment")
    settings, remembered = anyio.run(partial(settled, file, environ, **wishes))
    receipt = Receipt(file.with_name(file.stem + ".receipt.json"))
    settings = as_set_up(settings, receipt)
    if settings.credential == "certificate" and out is None:
        raise BadInput("--out", "is missing", "give --out FILE: a private key has to be kept somewhere")
    vault = vault_at(out) if out is not None else None
    return anyio.run(_provision_live, settings, remembered, receipt, vault, steps)


async def _provision_live(
    settings: Settings, remembered: Remembered, receipt: Receipt, vault: Vault | None, steps: StepList
) -> Outcome:
    from provisioning.access import operator_access
    from provisioning.clock import RealClock
    from provisioning.guard import connect_guarded

    clock = RealClock()
    async with connect_guarded(settings, clock, receipt) as transport:
        access = operator_access(settings, transport, clock, remembered=remembered)
        engine = Engine(settings, transport, clock, receipt, _shown_in(steps), access=access, vault=vault)
        return await _set_up(engine, steps)


async def _set_up(engine: Engine, steps: StepList, *, is_rehearsal: bool = False) -> Outcome:
    provisioned = await engine.provision()
    steps.show("Test & Save", "looking", "")
    verdict = await engine.verify(provisioned.integration)
    return Outcome(provisioned, verdict, is_rehearsal)


def _shown_in(steps: StepList) -> Callable[[Event], None]:
    return lambda event: steps.show(event.title, event.state, event.detail)
