"""The only loops: plan, provision, undo, and the way to a verdict.

Steps look and make once; here is decided what to do about what they find, what to wait for, and what to write down.
A create whose answer was lost is looked up, not repeated.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from pydantic import SecretStr

from provisioning.access import Access, operator_access
from provisioning.clock import Clock
from provisioning.key_pair import is_key_pair
from provisioning.patience import LOOKS, Patience, rounds, until_seen
from provisioning.plan import PlannedStep, planned_steps
from provisioning.problems import AnswerLost, BadInput, GaveUpWaiting, NotPermitted, NotYet, Problem, Withheld
from provisioning.receipt import Asked, Receipt, Thing
from provisioning.settings import Integration, Settings
from provisioning.step import Finding, Site, Step
from provisioning.steps import BY_CERTIFICATE, STEPS, certificate
from provisioning.transport import Transport
from provisioning.vault import Vault
from provisioning.verdict import Verdict
from provisioning.verify import verify

State = Literal["looking", "found", "making", "made", "waiting", "kept", "failed"]
Outcome = Literal["made", "changed", "kept", "removed", "restored", "left"]

_UNTIL_READY = Patience()
# Readings in a row go to different replicas; azuread asks for five before it believes in an absence.
_UNTIL_ALONE = Patience(deadline=timedelta(minutes=3), sightings=5, sightings_after_a_miss=5)


@dataclass(frozen=True)
class Event:
    """One line of the live list: a step and what it is doing; `seconds` since the step began, by the clock."""

    step: str
    title: str
    state: State
    detail: str
    seconds: float


@dataclass(frozen=True)
class StepReport:
    """What became of one step."""

    step: str
    title: str
    guide_step: int
    outcome: Outcome
    detail: str
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "step": self.step,
            "title": self.title,
            "guide_step": self.guide_step,
            "outcome": self.outcome,
            "detail": self.detail,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class Provisioned:
    """The four values, and what each step came to."""

    integration: Integration
    steps: tuple[StepReport, ...]

    @property
    def changed_nothing(self) -> bool:
        """Whether everything was as it should be."""
        return all(report.outcome == "kept" for report in self.steps)

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values, without the secret."""
        return {
            "tenant_id": self.integration.tenant_id,
            "client_id": self.integration.client_id,
            "environment_url": self.integration.environment_url,
            "steps": [report.to_json() for report in self.steps],
        }


@dataclass
class Progress:
    """One step under way: how long it takes, and who is told."""

    step: Step
    engine: "Engine"
    began: float = field(init=False)
    doubtful: bool = False
    """Whether an answer was lost, so that something may have been made that nobody heard of."""

    def __post_init__(self) -> None:
        self.began = self.engine.clock.now().timestamp()

    @property
    def seconds(self) -> float:
        """Since the step began, by the clock."""
        return self.engine.clock.now().timestamp() - self.began

    def tell(self, state: State, detail: str = "") -> None:
        """Let whoever listens know."""
        self.engine.on_event(Event(self.step.name, self.step.title, state, detail, self.seconds))

    def report(self, outcome: Outcome, detail: str) -> StepReport:
        """What the step came to."""
        return StepReport(self.step.name, self.step.title, self.step.guide_step, outcome, detail, self.seconds)


class Engine:
    """One set-up: settings, a way onto the wire, a clock, a receipt, and somebody who listens."""

    def __init__(
        self,
        settings: Settings,
        transport: Transport,
        clock: Clock,
        receipt: Receipt | None = None,
        on_event: Callable[[Event], None] = lambda _: None,
        *,
        access: Access | None = None,
        patience: Patience | None = None,
        vault: Vault | None = None,
    ) -> None:
        """Raises BadInput where the settings name no operator, or the receipt belongs to another tenant."""
        self.settings = settings
        self.transport = transport
        self.clock = clock
        self.receipt = receipt or Receipt()
        self.on_event = on_event
        self.access = access or operator_access(settings, transport, clock)
        self.patience = patience or Patience()
        self.vault = vault
        self.receipt.belongs_to(settings.tenant_id, settings.environment_url)

    async def plan(self, secret: SecretStr | None = None) -> tuple[PlannedStep, ...]:
        """What there is, what would be made or changed, and what the operator lacks. Changes nothing.

        `secret` is the value from an earlier run: without it nobody can tell whether a usable one is there.
        """
        return await planned_steps(self.site(secret), self.steps)

    async def provision(self, secret: SecretStr | None = None) -> Provisioned:
        """Make what is missing and mend what is not as it should be; raises a Problem where that cannot be done.

        `secret` is the value from an earlier run; with it and the receipt a second run changes nothing.
        """
        site, reports, permits_seen = self.site(secret), [], False
        for number, step in enumerate(self.steps):
            progress = Progress(step, self)
            try:
                progress.tell("looking")
                finding = await step.find(site)
                if finding.complete:
                    reports.append(await self.keep(site, progress, finding))
                    continue
                if not permits_seen:
                    await self.check_permits(site, self.steps[number:])
                    permits_seen = True
                reports.append(await self.bring_about(site, progress, finding))
            except Problem as problem:
                progress.tell("failed", str(problem))
                raise
        return Provisioned(site.values(), tuple(reports))

    async def verify(
        self, integration: Integration, *, write_probe: bool = False, operator: Access | None = None
    ) -> Verdict:
        """The vendor's Test & Save and the deeper probes; with an operator's access the verdict sees more."""
        return await verify(
            integration,
            transport=self.transport,
            clock=self.clock,
            bases=self.settings.bases(),
            channels=self.settings.channels,
            write_probe=write_probe,
            operator=operator,
        )

    async def undo(self) -> tuple[StepReport, ...]:
        """Remove what the receipt says is ours and put back what was changed, newest first. Twice is once.

        Raises GaveUpWaiting where a replica still knows too little of one thing at that step's deadline, and Problem
        for any other refusal; run again, it goes on.
        """
        site = self.site(None)
        site.things = dict(self.receipt.things())
        reports = []
        for step in (*reversed(STEPS[3:]), certificate.STEP, *reversed(STEPS[:3])):
            reports += await self._undo_beside(site, step)
            thing = await self._ours_after_all(site, step)
            if thing is None:
                continue
            progress = Progress(step, self)
            touched = thing.ours or bool(thing.changed)
            if touched:
                self._adopt(thing)
                await self._unmake(site, progress, thing)
            self.receipt.unmade(step.name)
            outcome: Outcome = "removed" if thing.ours else "restored" if touched else "left"
            progress.tell("made" if touched else "kept", outcome)
            reports.append(progress.report(outcome, thing.id))
        return tuple(reports)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of this set-up, in order."""
        return STEPS if self.settings.credential == "secret" else BY_CERTIFICATE

    def site(self, secret: SecretStr | None) -> Site:
        """The place to work on; without a `secret`, with the one that the vault keeps for this environment."""
        kept = self.vault.values() if self.vault is not None and secret is None else None
        if kept is not None and (kept.tenant_id, kept.environment_url) == (
            self.settings.tenant_id,
            self.settings.environment_url,
        ):
            secret = kept.client_secret
        by_certificate = self.settings.credential == "certificate"
        if secret is not None and is_key_pair(secret.get_secret_value()) != by_certificate:
            held = "a client secret" if by_certificate else "a certificate"
            raise BadInput("out", f"holds {held}, and the settings ask for the other", "name another place")
        if secret is not None:
            self.transport.hide(secret.get_secret_value())
        return Site(self.settings, self.access, self.transport, self.clock, self.receipt, secret, self.vault)

    async def keep(self, site: Site, progress: Progress, finding: Finding) -> StepReport:
        """Adopt what was found as it should be."""
        assert finding.thing is not None  # noqa: S101 - a complete finding has one; mypy wants it said
        name = progress.step.name
        site.things[name] = finding.thing
        if self.receipt.asked(name) is not None:
            await self.leave_alone(site, progress, finding.thing)
        self.receipt.kept(name, finding.thing)
        progress.tell("kept", finding.detail)
        return progress.report("kept", finding.detail)

    async def check_permits(self, site: Site, steps: tuple[Step, ...]) -> None:
        """Before the first change: a permission that is surely missing stops the work while nothing is half done."""
        for step in steps:
            permit = await step.may_pass(site)
            if permit.held is False:
                raise NotPermitted(
                    step.title,
                    f"the operator does not have {permit.needs}",
                    whose_turn=permit.whose_turn,
                    remedy=f"give the operator {permit.needs}",
                )

    async def bring_about(self, site: Site, progress: Progress, finding: Finding) -> StepReport:
        """Make or complete, write it down, and wait until it is in force."""
        step, creating = progress.step, finding.thing is None
        wish = finding.detail if creating else f"lacks {', '.join(finding.lacks)}"
        progress.tell("making", wish)
        progress.doubtful = self.receipt.asked(step.name) is not None
        thing = await self.make(site, progress, finding)
        site.things[step.name] = thing
        self.receipt.progressed(step.name, thing)
        in_force = await self._in_force(site, progress, thing)
        if progress.doubtful:
            await self.leave_alone(site, progress, thing)
        self.receipt.made(step.name, thing)
        detail = "; ".join(filter(None, (wish, thing.members.get("note"))))
        if not in_force:
            minutes = _UNTIL_READY.deadline // timedelta(minutes=1)
            detail = f"{detail}; waited {minutes} minutes for {step.waits_for}, in vain"
        progress.tell("made", detail)
        return progress.report("made" if creating else "changed", detail)

    async def make(self, site: Site, progress: Progress, finding: Finding) -> Thing:
        """Ask until it is made: lag is waited out, a lost answer is looked up first.

        Raises BadInput before anything is asked where the vault could not keep what a later step is told once.
        """
        if self.vault is not None:
            self.vault.check()
        step, heard = progress.step, ""
        async for round_ in rounds(self.clock, self.patience):
            if round_:
                finding = await step.find(site)
            try:
                if finding.complete and finding.thing is not None:
                    return finding.thing
                asked = Asked(self.clock.now(), finding.thing is None, finding.notes)
                self.receipt.asking(step.name, asked)
                self._adopt(finding.thing)
                return await self._ask(site, step, finding)
            except NotYet as problem:
                heard = problem.heard
                progress.tell("waiting", f"not everywhere yet: {heard}")
            except AnswerLost as problem:
                heard, progress.doubtful = problem.heard, True
                progress.tell("waiting", f"the answer was lost, looking whether it took effect: {heard}")
                await self._look_around(site, step)
            except Problem as problem:
                # A request that was withheld says nothing of an earlier one whose answer was lost.
                if not (isinstance(problem, Withheld) and progress.doubtful):
                    self.receipt.refused(step.name)
                raise
        raise GaveUpWaiting(step.title, f"after {self.patience.deadline} the last answer was: {heard}")

    def _adopt(self, thing: Thing | None) -> None:
        """Tell the guard what a step found under a name of the settings and is about to change."""
        if thing is not None:
            self.transport.guard.adopt(thing.id, ours=thing.ours)

    async def _ask(self, site: Site, step: Step, finding: Finding) -> Thing:
        """Make; what one replica does not see yet the next one may, and requests in a row go to different ones."""
        for _ in range(LOOKS - 1):
            try:
                return await step.make(site, finding)
            except NotYet as problem:
                if problem.refusal.status != 404:
                    raise
        return await step.make(site, finding)

    async def _look_around(self, site: Site, step: Step) -> None:
        """Look a few times for what a lost answer may have made; it ends early when something is there."""
        for look in range(LOOKS):
            await self.clock.sleep(self.patience.pause(look))
            if (await step.find(site)).thing is not None:
                return

    async def _in_force(self, site: Site, progress: Progress, thing: Thing) -> bool:
        """Whether others see it, several times in a row, within a few minutes."""
        step = progress.step
        return await until_seen(
            lambda: step.ready(site, thing),
            clock=self.clock,
            patience=_UNTIL_READY,
            on_miss=lambda: progress.tell("waiting", f"waiting for {step.waits_for}"),
        )

    async def leave_alone(self, site: Site, progress: Progress, thing: Thing) -> None:
        """After a lost answer: look until several replicas in a row show nothing beside the thing."""

        async def look() -> bool:
            try:
                return await progress.step.alone(site, thing)
            except NotYet:
                return False

        await until_seen(
            look,
            clock=self.clock,
            patience=_UNTIL_ALONE,
            on_miss=lambda: progress.tell("waiting", "removing what a lost answer left behind"),
        )

    async def _undo_beside(self, site: Site, step: Step) -> list[StepReport]:
        """Remove what is ours beside a step's thing: replaced since, or made by a request whose answer was lost."""
        if self.receipt.asked(step.name) is not None and all(name in site.things for name in step.after):
            for _ in range(LOOKS):
                with suppress(NotYet):
                    await step.alone(site, self.receipt.thing(step.name) or Thing(""))
        reports, progress = [], Progress(step, self)
        for thing in self.receipt.beside(step.name):
            await self._unmake(site, progress, thing)
            self.receipt.no_longer_beside(step.name, thing.id)
            reports.append(progress.report("removed", thing.id))
        return reports

    async def _unmake(self, site: Site, progress: Progress, thing: Thing) -> None:
        """Ask until it is undone: lag is waited out, and asking again after a lost answer is harmless."""
        step, heard = progress.step, ""
        progress.tell("making", "undoing")
        async for _ in rounds(self.clock, self.patience):
            try:
                return await step.unmake(site, thing)
            except (NotYet, AnswerLost) as problem:
                heard = problem.heard
                progress.tell("waiting", f"not undone yet: {heard}")
        raise GaveUpWaiting(f"undo: {step.title}", f"after {self.patience.deadline} the last answer was: {heard}")

    async def _ours_after_all(self, site: Site, step: Step) -> Thing | None:
        """The recorded thing; where a question is open instead, whatever the step finds that is ours."""
        known = self.receipt.thing(step.name)
        if known is not None or self.receipt.asked(step.name) is None:
            return known
        if any(name not in site.things for name in step.after):
            return None
        found = (await step.find(site)).thing
        return found if found is not None and found.ours else None
