"""`d365 plan`: what a set-up would do, what it needs, and what the operator lacks. Changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from d365 import console
from d365.reporting import COULD_NOT_CHECK, FAILED, HEALTHY
from provisioning.engine import Engine
from provisioning.plan import OperatorSeen, Plan, PlannedStep, plan_at
from provisioning.problems import BadInput
from provisioning.receipt import Receipt
from provisioning.vault import vault_at

_MARKS = {"keep": (" = ", "green"), "make": (" + ", "cyan"), "change": (" ~ ", "yellow"), "unknown": (" ? ", "yellow")}
_HELD = {True: ("held", "green"), False: ("LACKING", "bold red"), None: ("cannot be told beforehand", "yellow")}


@dataclass(frozen=True)
class Planned:
    """A plan and what it means to a script."""

    plan: Plan
    is_rehearsal: bool

    @property
    def exit_code(self) -> int:
        """1 where the operator lacks something, 3 where a step's plan cannot be told for another reason, else 0."""
        if self.plan.lacking:
            return FAILED
        return COULD_NOT_CHECK if self.plan.untold else HEALTHY

    def report(self, *, as_json: bool) -> None:
        """Print it."""
        plan, out = self.plan, console.console()
        if as_json:
            console.say_json({**plan.to_json(), "rehearsal": self.is_rehearsal})
            return
        console.show_values(
            {
                "Tenant ID": plan.tenant_id,
                "Environment URL": plan.environment_url,
                "Operator": _described(plan.operator),
            }
        )
        out.print()
        for step in plan.steps:
            _show(step)
        out.print()
        if plan.lacking:
            out.print("The operator lacks something: nothing would be started.", style="bold red")
        elif not plan.untold:
            todo = sum(step.action != "keep" for step in plan.steps)
            out.print(f"{todo} steps to do." if todo else "Everything is there.", style="bold green")
        if self.is_rehearsal:
            out.print("\nA rehearsal on an embedded fake tenant: nothing left this machine.")


def plan_live(file: Path | None, environ: Mapping[str, str], out: str | None, **wishes: object) -> Planned:
    """The plan for the real tenant that the file names. Raises BadInput, Problem."""
    import anyio

    return anyio.run(_plan_live, file, environ, out, wishes)


def plan_rehearsal(file: Path | None, **wishes: object) -> Planned:
    """The plan for a fresh fake tenant; of the file, tenant, environment and operator give way to the fake's."""
    import anyio

    return anyio.run(_plan_rehearsal, file, wishes)


async def _plan_live(
    file: Path | None, environ: Mapping[str, str], out: str | None, wishes: dict[str, object]
) -> Planned:
    from d365.settling import as_set_up, settled
    from provisioning.access import operator_access
    from provisioning.clock import RealClock
    from provisioning.guard import TenantGuard
    from provisioning.reading_only import ReadingOnly
    from provisioning.transport import connect

    settings, remembered = await settled(file, environ, **wishes)
    if file is None:  # pragma: no cover - settled has refused it
        raise BadInput("--settings", "is missing", "name the TOML file")
    receipt, clock = Receipt(file.with_name(file.stem + ".receipt.json")), RealClock()
    settings = as_set_up(settings, receipt)
    guard = ReadingOnly(settings, TenantGuard(settings, receipt))
    async with connect(clock, ca_file=settings.ca_file, guard=guard) as transport:
        access = operator_access(settings, transport, clock, remembered=remembered)
        vault = vault_at(out) if out is not None else None
        engine = Engine(settings, transport, clock, receipt, access=access, vault=vault)
        return Planned(await plan_at(engine.site(None), engine.steps), is_rehearsal=False)


async def _plan_rehearsal(file: Path | None, wishes: dict[str, object]) -> Planned:
    from mock_services.cloud import FakeCloud
    from provisioning.reading_only import ReadingOnly
    from provisioning.settings_sources import load_settings
    from scenarios.rehearsal import in_process, rehearsal_values
    from scenarios.tenant_clock import TenantClock

    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    settings = load_settings(file, {}, **{**wishes, **rehearsal_values(tenant)})
    async with in_process(cloud, tenant) as transport:
        transport.guard = ReadingOnly(settings)
        engine = Engine(settings, transport, TenantClock(tenant))
        return Planned(await plan_at(engine.site(None), engine.steps), is_rehearsal=True)


def _described(operator: OperatorSeen) -> str:
    kind = operator.sign_in.replace("_", " ")
    name = operator.name or operator.client_id
    if not operator.is_person:
        return f"{name} (an app, signed in by {kind})"
    roles = ", ".join(role for role in operator.directory_roles if role != "User") or "no directory role"
    return f"{name} (a person, signed in by {kind}): {roles}"


def _show(step: PlannedStep) -> None:
    from rich.text import Text

    out = console.console()
    mark, style = _MARKS[step.action]
    whose = "" if not step.id or step.step == "environment_url" else " (ours)" if step.ours else " (was there before)"
    out.print(Text.assemble((mark, style), f"{step.title:<29} {step.action:<8}", (f"{step.detail}{whose}", "dim")))
    held, style = _HELD[step.held]
    if step.action == "keep" and step.held is not True:
        held, style = f"{held}, and not needed now", "dim"
    out.print(Text.assemble(f"     needs {step.needs}: ", (held, style)))
    if step.lacking:
        out.print(f"     next, {step.whose_turn}: give the operator {step.needs}", markup=False)
    if step.problem is not None:
        out.print(f"     {step.problem}", markup=False)
