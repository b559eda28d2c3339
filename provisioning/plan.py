"""What a set-up would do, step by step, and what each step needs of the operator. Looks, and changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from provisioning.permits import role_names
from provisioning.problems import NotPermitted, Problem, Withheld
from provisioning.step import Finding, Permit, Site, Step

Action = Literal["make", "change", "keep", "unknown"]


@dataclass(frozen=True)
class PlannedStep:
    """What a step would do, what it needs of the operator, and whether the operator has it (None: unknown)."""

    step: str
    title: str
    guide_step: int
    action: Action
    detail: str
    needs: str
    held: bool | None
    whose_turn: str
    id: str = ""
    """What is there already; "" where nothing is."""
    ours: bool = False
    """Whether we made it: what was there before is never deleted."""
    problem: Problem | None = None
    """Why it cannot be told what the step would do."""

    @property
    def lacking(self) -> bool:
        """Whether the operator surely lacks what the step needs for what it would do."""
        return self.held is False and self.action != "keep"

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            **vars(self),
            "lacking": self.lacking,
            "holder": "the operator" if self.held else self.whose_turn if self.held is False else None,
            "problem": self.problem.to_json() if self.problem is not None else None,
        }


@dataclass(frozen=True)
class OperatorSeen:
    """Who works, as their token for Graph tells."""

    name: str
    """A person's account, an app's client id; "" where the token cannot be read."""
    sign_in: str
    client_id: str
    is_person: bool
    permissions: tuple[str, ...]
    directory_roles: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {**vars(self), "permissions": list(self.permissions), "directory_roles": list(self.directory_roles)}


@dataclass(frozen=True)
class Plan:
    """Who would do what, where."""

    tenant_id: str
    environment_url: str
    remark: str
    """What was put right in the environment's URL."""
    operator: OperatorSeen
    steps: tuple[PlannedStep, ...]

    @property
    def lacking(self) -> tuple[PlannedStep, ...]:
        """The steps for which the operator lacks something."""
        return tuple(step for step in self.steps if step.lacking)

    @property
    def untold(self) -> tuple[PlannedStep, ...]:
        """The steps of which nothing could be told."""
        return tuple(step for step in self.steps if step.problem is not None)

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "tenant_id": self.tenant_id,
            "environment_url": self.environment_url,
            "remark": self.remark,
            "operator": self.operator.to_json(),
            "steps": [step.to_json() for step in self.steps],
            "lacking": [step.step for step in self.lacking],
        }


async def plan_at(site: Site, steps: Iterable[Step]) -> Plan:
    """The plan as this site's operator sees it, who signs in first. Raises Problem where they cannot."""
    settings = site.settings
    operator = await operator_seen(site)
    planned = await planned_steps(site, steps)
    return Plan(settings.tenant_id, settings.environment_url, settings.remark, operator, planned)


async def operator_seen(site: Site) -> OperatorSeen:
    """Who the operator is. Raises Problem where they cannot sign in."""
    rights = await site.access.graph.rights()
    kind = site.settings.operator.kind if site.settings.operator is not None else "given"
    client_id = site.access.sign_in.client_id
    if rights is None:
        return OperatorSeen("", kind, client_id, False, (), ())
    roles = tuple(role_names(rights.directory_roles or ()))
    return OperatorSeen(rights.name, kind, client_id, rights.is_person, tuple(sorted(rights.permissions)), roles)


async def planned_steps(site: Site, steps: Iterable[Step]) -> tuple[PlannedStep, ...]:
    """Every step, also those behind one of which nothing can be told. Raises Withheld where one would not just look."""
    planned = list[PlannedStep]()
    untold = set[str]()
    for step in steps:
        permit = await _permit(site, step)
        if untold.intersection(step.after):
            untold.add(step.name)
            planned.append(_planned(step, Finding(detail="cannot be told yet"), permit, "unknown"))
            continue
        waiting_for = [name for name in step.after if name not in site.things]
        try:
            finding = Finding(detail=f"after {waiting_for[0]}") if waiting_for else await step.find(site)
        except Withheld:
            raise
        except Problem as problem:
            untold.add(step.name)
            planned.append(_untold(step, permit, problem))
            continue
        if finding.thing is not None:
            site.things[step.name] = finding.thing
        action: Action = "keep" if finding.complete else "make" if finding.thing is None else "change"
        planned.append(_planned(step, finding, permit, action))
    return tuple(planned)


async def _permit(site: Site, step: Step) -> Permit:
    """What the step needs; where even that cannot be asked, that."""
    try:
        return await step.may_pass(site)
    except Withheld:
        raise
    except Problem as problem:
        return Permit(f"what cannot be asked now ({problem.brief})", None, problem.whose_turn)


def _planned(step: Step, finding: Finding, permit: Permit, action: Action) -> PlannedStep:
    thing = finding.thing
    return PlannedStep(
        step.name,
        step.title,
        step.guide_step,
        action,
        f"lacks {', '.join(finding.lacks)}" if finding.lacks else finding.detail,
        permit.needs,
        permit.held,
        permit.whose_turn,
        thing.id if thing is not None else "",
        thing is not None and thing.ours,
    )


def _untold(step: Step, permit: Permit, problem: Problem) -> PlannedStep:
    """A step that may not even look: where a service said so, the operator lacks the right."""
    held = False if isinstance(problem, NotPermitted) else permit.held
    return PlannedStep(
        step.name,
        step.title,
        step.guide_step,
        "unknown",
        problem.brief,
        permit.needs,
        held,
        problem.whose_turn if held is False else permit.whose_turn,
        problem=problem,
    )
