"""Mend what has drifted, step by step, by what each step finds and makes; one that fails hides none of the others."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from provisioning.credential import application_of
from provisioning.credential_kinds import KINDS
from provisioning.drift import Status
from provisioning.engine import Engine, Progress, StepReport
from provisioning.patience import LOOKS
from provisioning.problems import BadInput, Problem
from provisioning.receipt import Thing
from provisioning.settings import Integration
from provisioning.step import Finding, Site, Step
from provisioning.steps import application, certificate, client_secret


@dataclass(frozen=True)
class Unmended:
    """A step that could not be mended, and the letter that says why."""

    step: str
    title: str
    problem: Problem

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {"step": self.step, "title": self.title, **self.problem.to_json()}


@dataclass(frozen=True)
class Repaired:
    """What became of each step; the four values where the secret's is at hand."""

    steps: tuple[StepReport, ...]
    unmended: tuple[Unmended, ...]
    integration: Integration | None

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values, without the secret."""
        return {
            "steps": [report.to_json() for report in self.steps],
            "unmended": [unmended.to_json() for unmended in self.unmended],
        }


async def repair(engine: Engine, status: Status) -> Repaired:
    """Mend what this status found; what only a person can mend is left alone. Never raises for one step's failure.

    A secret is made only where the recorded one is gone, has expired, or the value at hand is not its own.
    """
    left_alone = {s.step: s.drifts for s in status.standings if any(not drift.mendable for drift in s.drifts)}
    site, reports, unmended = engine.site(None), list[StepReport](), list[Unmended]()
    for step in engine.steps:
        progress = Progress(_careful(step), engine)
        try:
            waiting_for = next((name for name in step.after if name not in site.things), None)
            if waiting_for is not None:
                raise Problem(step.title, f"it needs the step {waiting_for} first")
            if step.name in left_alone and not any(drift.mendable for drift in left_alone[step.name]):
                raise _for_a_person(step, status)
            reports.append(await _mended(engine, site, progress))
        except Problem as problem:
            progress.tell("failed", str(problem))
            unmended.append(Unmended(step.name, step.title, problem))
    values = site.values() if site.secret is not None and "application" in site.things else None
    return Repaired(tuple(reports), tuple(unmended), values)


async def _mended(engine: Engine, site: Site, progress: Progress) -> StepReport:
    step = progress.step
    progress.tell("looking")
    finding = await step.find(site)
    if finding.thing is not None:
        site.things[step.name] = finding.thing  # the steps after it can go on, even where it cannot be completed
    if finding.complete:
        return await engine.keep(site, progress, finding)
    if step.name in _CREDENTIALS and engine.vault is None:
        raise BadInput("out", "is missing", "give --out FILE or --show-secret: a secret is told only once")
    await engine.check_permits(site, (step,))
    return await engine.bring_about(site, progress, finding)


def _for_a_person(step: Step, status: Status) -> Problem:
    [first, *_] = [drift for standing in status.standings if standing.step == step.name for drift in standing.drifts]
    return Problem(step.title, first.detail, whose_turn=first.whose_turn, remedy=first.remedy)


def _careful(step: Step) -> Step:
    """The step as a repair wants it: no credential merely for want of its value, and ours under its own name."""
    if step.name in _CREDENTIALS:
        return replace(step, find=_CREDENTIALS[step.name])
    return replace(step, find=_find_named, make=_make_named) if step.name == application.NAME else step


def _unless_listed(step: Step) -> Callable[[Site], Awaitable[Finding]]:
    async def find(site: Site) -> Finding:
        recorded = site.recorded(step.name)
        if site.secret is not None or recorded is None or site.asked(step.name) is not None:
            return await step.find(site)
        for _ in range(LOOKS):
            end = KINDS[step.name].end_of(recorded.id, await application_of(site))
            if end is not None and end > site.clock.now():
                return Finding(recorded, detail=f"ends {end:%Y-%m-%d}; its value is not at hand")
        return await step.find(site)

    return find


_CREDENTIALS: Final = {step.name: _unless_listed(step) for step in (client_secret.STEP, certificate.STEP)}


async def _find_named(site: Site) -> Finding:
    """As the step finds it; a set-up leaves a registration of ours that somebody renamed, a repair does not."""
    finding, name = await application.find(site), site.settings.application_name
    if finding.thing is None or not finding.thing.ours or finding.seen.name == name:
        return finding
    return replace(finding, lacks=(*finding.lacks, f"the name {name}"))


async def _make_named(site: Site, finding: Finding) -> Thing:
    thing, name = finding.thing, site.settings.application_name
    if thing is not None and thing.ours and finding.seen.name != name:
        await site.access.graph.change_application(thing.id, {"displayName": name})
        if len(finding.lacks) == 1:
            return thing
    return await application.make(site, finding)
