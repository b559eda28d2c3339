"""An engine to work with once something is set up: in the real tenant that a file names, or in a fake one."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from d365 import console
from d365.console import StepList
from d365.settling import as_set_up, settled
from provisioning.engine import Engine, Event
from provisioning.problems import BadInput
from provisioning.receipt import Receipt
from provisioning.settings import Integration, Settings
from provisioning.settings_sources import load_settings
from provisioning.vault import MemoryVault, Vault, variables, vault_at

if TYPE_CHECKING:
    from mock_services.tenant import FakeTenant


@dataclass(frozen=True)
class Wish:
    """Where to work, and where a secret goes."""

    file: Path | None
    live: bool
    environ: Mapping[str, str] = field(default_factory=dict)
    out: str | None = None
    show_secret: bool = False
    broken: str | None = None
    """For a rehearsal: the failure mode that strikes after the set-up."""
    sign_in: str | None = None
    """In a real tenant: how the operator signs in, where that is not what the settings say."""
    account: str | None = None

    def vault(self) -> Vault | None:
        """Where the secret is and goes; None where nobody said. Raises BadInput."""
        if self.out is not None:
            return vault_at(self.out)
        return ShownVault() if self.show_secret else None


@dataclass(frozen=True)
class Bench:
    """An engine, and the four values of the set-up that a rehearsal begins with."""

    engine: Engine
    tenant: "FakeTenant | None" = None
    integration: Integration | None = None

    @property
    def is_rehearsal(self) -> bool:
        """Whether nothing leaves this machine."""
        return self.tenant is not None


class ShownVault:
    """A vault for who gives no other: the four values are printed at once, and kept nowhere."""

    def values(self) -> Integration | None:
        """Nothing is kept."""
        return None

    def check(self) -> None:
        """A terminal takes everything."""

    def keep(self, integration: Integration) -> None:
        """Print them, the secret in clear; on standard error, so that `--json` stays one document."""
        for name, value in variables(integration).items():
            console.console(to_stderr=True).print(f"{name}={value}", markup=False)


@asynccontextmanager
async def opened(wish: Wish, steps: StepList, *, needs_receipt: bool = True) -> AsyncIterator[Bench]:
    """The engine for a wish. Raises BadInput, and in a rehearsal what its set-up raises."""
    if not wish.live:
        async with _rehearsed(wish, steps) as bench:
            yield bench
        return
    from provisioning.access import operator_access
    from provisioning.clock import RealClock
    from provisioning.guard import connect_guarded

    if wish.file is None:
        raise BadInput("--settings", "is missing", "name the TOML file that says which tenant and environment")
    receipt, clock = _receipt(wish.file, needs_receipt=needs_receipt), RealClock()
    settings, remembered = await settled(wish.file, wish.environ, sign_in=wish.sign_in, account=wish.account)
    settings = as_set_up(settings, receipt)
    _check_place(wish, settings)
    async with connect_guarded(settings, clock, receipt) as transport:
        access = operator_access(settings, transport, clock, remembered=remembered)
        events = _shown_in(steps)
        yield Bench(Engine(settings, transport, clock, receipt, events, access=access, vault=wish.vault()))


def _check_place(wish: Wish, settings: Settings) -> None:
    """Raises BadInput where a private key would be shown."""
    if settings.credential == "certificate" and wish.show_secret:
        remedy = "give --out FILE instead: a private key is kept and never shown"
        raise BadInput("--show-secret", "goes with client secrets, and this set-up has a certificate", remedy)


def _receipt(file: Path, *, needs_receipt: bool) -> Receipt:
    path = file.with_name(file.stem + ".receipt.json")
    if needs_receipt and not path.exists():
        raise BadInput("receipt", f"{path} is not there", "d365 provision writes it beside the settings")
    return Receipt(path)


@asynccontextmanager
async def _rehearsed(wish: Wish, steps: StepList) -> AsyncIterator[Bench]:
    """A fake tenant that was set up, and broken where that was asked for."""
    from mock_services.cloud import FakeCloud
    from scenarios.failure_modes import Scene, failure_mode
    from scenarios.rehearsal import in_process, rehearsal_values
    from scenarios.tenant_clock import TenantClock

    mode = failure_mode(wish.broken) if wish.broken is not None else None
    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    settings = load_settings(wish.file, {}, **rehearsal_values(tenant))
    _check_place(wish, settings)
    async with in_process(cloud, tenant) as transport:
        # What an earlier rehearsal left in a file is not this one's tenant's: only the end goes there.
        receipt, clock, kept = Receipt(), TenantClock(tenant), MemoryVault()
        await Engine(settings, transport, clock, receipt, vault=kept).provision()
        integration = kept.values()
        if mode is not None and integration is not None:
            mode.apply(Scene(cloud, tenant, integration))
        vault = _Handed(kept, wish.vault())
        yield Bench(Engine(settings, transport, clock, receipt, _shown_in(steps), vault=vault), tenant, integration)


class _Handed:
    """A rehearsal's own memory, and the place that was asked for, which gets what is new."""

    def __init__(self, kept: Vault, out: Vault | None) -> None:
        self._kept = kept
        self._out = out

    def values(self) -> Integration | None:
        """As remembered."""
        return self._kept.values()

    def check(self) -> None:
        """The place that was asked for has to do."""
        if self._out is not None:
            self._out.check()

    def keep(self, integration: Integration) -> None:
        """Remember, and hand over."""
        if self._out is not None:
            self._out.keep(integration)
        self._kept.keep(integration)


def _shown_in(steps: StepList) -> Callable[[Event], None]:
    return lambda event: steps.show(event.title, event.state, event.detail)
