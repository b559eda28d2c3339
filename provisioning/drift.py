"""What is ours and how it has drifted since the receipt was written. Looks, and never changes anything.

What a step's own `find` sees is compared with what is recorded; what no step minds (a secret's end, a user in another
business unit) is looked at here. One look that fails hides none of the others.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from provisioning.credential import application_of, is_accepted_somewhere
from provisioning.credential_kinds import KINDS
from provisioning.engine import Engine
from provisioning.patience import LOOKS
from provisioning.problems import DYNAMICS_ADMIN, ENTRA_ADMIN, Problem
from provisioning.receipt import Receipt, Thing
from provisioning.step import Finding, Site, Step
from provisioning.steps import (
    admin_consent,
    application,
    application_user,
    certificate,
    client_secret,
    environment_url,
    security_role,
    service_principal,
)

Condition = Literal["as recorded", "drifted", "unknown"]

_DAYS_AHEAD: Final = 30
_IN_THE_ENVIRONMENT: Final = frozenset({application_user.NAME, security_role.NAME})
_WHOSE_TURN: Final = {environment_url.NAME: DYNAMICS_ADMIN, **dict.fromkeys(_IN_THE_ENVIRONMENT, DYNAMICS_ADMIN)}
_GONE: Final = {
    application.NAME: "it was deleted",
    service_principal.NAME: "it was deleted",
    admin_consent.NAME: "it was revoked",
    application_user.NAME: "it was deleted",
    security_role.NAME: "it was deleted or renamed",
}


@dataclass(frozen=True)
class Drift:
    """One way in which a thing is not as it was left: a name for programs and words for people."""

    name: str
    detail: str
    whose_turn: str
    remedy: str
    mendable: bool = True
    """Whether `repair` sees to it; otherwise a person must."""

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class Standing:
    """How one step's thing stands. `ours` tells whether this set-up made it; `notes` are worth knowing and no drift."""

    step: str
    title: str
    id: str
    ours: bool
    condition: Condition
    detail: str = ""
    drifts: tuple[Drift, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "step": self.step,
            "title": self.title,
            "id": self.id,
            "ours": self.ours,
            "condition": self.condition,
            "detail": self.detail,
            "drifts": [drift.to_json() for drift in self.drifts],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Status:
    """How everything stands."""

    standings: tuple[Standing, ...]

    @property
    def drifts(self) -> tuple[Drift, ...]:
        """All that has drifted, in the order of the steps."""
        return tuple(drift for standing in self.standings for drift in standing.drifts)

    @property
    def complete(self) -> bool:
        """Whether everything could be looked at."""
        return all(standing.condition != "unknown" for standing in self.standings)

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values; holds no secret."""
        return {
            "drifted": bool(self.drifts),
            "complete": self.complete,
            "standings": [standing.to_json() for standing in self.standings],
        }


async def status(engine: Engine) -> Status:
    """Look at everything the receipt names. Raises Problem where nobody can look at all: the operator cannot sign in.

    With a vault the secret in it is tried too; without, nobody can tell whether somebody still has its value.
    """
    await engine.access.graph.granted()
    site = engine.site(None)
    site.things = dict(engine.receipt.things())  # what could not be looked at is where it was left
    standings: list[Standing] = []
    for step in engine.steps:
        unreachable = any(s.step == environment_url.NAME and s.condition != "as recorded" for s in standings)
        if unreachable and step.name in _IN_THE_ENVIRONMENT:
            standings.append(_standing(step, engine.receipt, "unknown", "the environment does not answer"))
            continue
        standings.append(await _look(step, site))
    return Status(tuple(standings))


async def _look(step: Step, site: Site) -> Standing:
    recorded, receipt = site.recorded(step.name), site.receipt
    unfinished = _unfinished(step, receipt)
    if recorded is None:
        drifts = unfinished or (_drift(step, "missing", "it was never made", "d365 provision makes it"),)
        return _standing(step, receipt, "drifted", drifts=drifts)
    try:
        found, drifts, notes, detail = await _LOOKS_AT.get(step.name, _by_finding)(step, site, recorded)
    except Problem as problem:
        if step.name == environment_url.NAME:
            drift = _drift(
                step, "unreachable", f"it no longer answers: {problem.heard}", problem.remedy, mendable=False
            )
            return _standing(step, receipt, "drifted", drifts=(drift,))
        return _standing(step, receipt, "unknown", f"could not look: {problem.brief}", drifts=unfinished)
    if found is not None:
        site.things[step.name] = found
    drifts = (*unfinished, *drifts)
    return _standing(step, receipt, "drifted" if drifts else "as recorded", detail, drifts, notes)


_Looked = tuple[Thing | None, tuple[Drift, ...], tuple[str, ...], str]


async def _by_finding(step: Step, site: Site, recorded: Thing) -> _Looked:
    """What the step itself finds, against what is recorded."""
    finding = await _found(step, site, recorded)
    if finding.thing is None:
        gone = _drift(step, "gone", _GONE.get(step.name, "it is gone"), "d365 repair makes it anew")
        return None, (gone,), (), finding.detail
    drifts = []
    if finding.thing.id != recorded.id:
        detail = f"another is in its place ({finding.thing.id})"
        drifts.append(_drift(step, "replaced", detail, "d365 repair adopts it"))
    if finding.lacks:
        drifts.append(_drift(step, "lacking", f"lacks {', '.join(finding.lacks)}", "d365 repair completes it"))
    return finding.thing, tuple(drifts), (), finding.detail


async def _found(step: Step, site: Site, recorded: Thing) -> Finding:
    """What the step finds; a miss is believed when several replicas in a row say so."""
    finding = await step.find(site)
    for _ in range(LOOKS - 1):
        if finding.thing is not None and finding.thing.id == recorded.id:
            break
        finding = await step.find(site)
    return finding


async def _environment(step: Step, site: Site, recorded: Thing) -> _Looked:
    """Whether the same organization answers."""
    found, drifts, notes, detail = await _by_finding(step, site, recorded)
    if found is not None and found.id != recorded.id:
        said = f"another environment answers at this URL (organization {found.id})"
        drifts = (_drift(step, "replaced", said, "write the URL of the right environment", mendable=False),)
    return found, drifts, notes, detail


async def _application(step: Step, site: Site, recorded: Thing) -> _Looked:
    """As found; its name besides, which a set-up leaves as it finds it."""
    found, drifts, notes, detail = await _by_finding(step, site, recorded)
    name = site.settings.application_name
    if found is not None and found.id == recorded.id and not detail.startswith(f"{name} ("):
        said = f"it is called {detail.rpartition(' (')[0]} now"
        if found.ours:
            drifts = (*drifts, _drift(step, "renamed", said, f"d365 repair calls it {name} again"))
        else:
            notes = (f"{said}; it was there before, so that is left",)
    return found, drifts, notes, detail


async def _credential(step: Step, site: Site, recorded: Thing) -> _Looked:
    """Whether it is listed, until when, and whether the value at hand belongs to it and is accepted."""
    kind, mend = KINDS[step.name], "d365 rotate-secret makes a new one"
    for _ in range(LOOKS):
        found = await application_of(site)
        end = kind.end_of(recorded.id, found)
        if end is not None:
            break
    if found is None or end is None:
        return None, (_drift(step, "removed", "it was removed", mend),), (), ""
    left = end - site.clock.now()
    if left <= timedelta(0):
        return recorded, (_drift(step, "expired", f"it expired on {end:%Y-%m-%d}", mend),), (), ""
    beside = {thing.id for thing in site.receipt.beside(step.name)} & {each.id for each in kind.listed(found)}
    notes = [f"{id_} of ours is beside it" for id_ in sorted(beside)]
    if left < timedelta(days=_DAYS_AHEAD):
        notes.append(f"only {left.days} days are left: {mend}")
    drifts: tuple[Drift, ...] = ()
    if site.secret is None:
        notes.append("its value is not at hand: give --out FILE where it is kept, and it is tried too")
    elif recorded.id not in kind.fitting(site, found) or not await is_accepted_somewhere(site):
        detail = "the value at hand is not this one's, or is refused"
        drifts = (_drift(step, "value_lost", detail, f"find the right value, or {mend}"),)
    return recorded, drifts, tuple(notes), f"{left.days} days left, ends {end:%Y-%m-%d}"


async def _user(step: Step, site: Site, recorded: Thing) -> _Looked:
    """As found; its business unit besides, since moving a user takes its roles away."""
    found, drifts, notes, detail = await _by_finding(step, site, recorded)
    unit = recorded.members.get("business_unit", "")
    if found is not None and found.id == recorded.id and unit and found.members.get("business_unit") != unit:
        remedy = "move the user back in the admin center; d365 repair gives it the role where it is now"
        drifts = (*drifts, _drift(step, "moved", "it was moved to another business unit", remedy, mendable=False))
    return found, drifts, notes, detail


async def _role(step: Step, site: Site, recorded: Thing) -> _Looked:
    """As found; renamed is not deleted."""
    found, drifts, notes, detail = await _by_finding(step, site, recorded)
    if found is None:
        carried = await site.access.dataverse.roles_of(site.thing(application_user.NAME).id)
        renamed = next((role.name for role in carried if role.id == recorded.id), None)
        if renamed is not None:
            remedy = "name it as it was, or write its name as role in the settings"
            drifts = (_drift(step, "renamed", f"it is called {renamed} now", remedy, mendable=False),)
    return found, drifts, notes, detail


_LOOKS_AT: Final[dict[str, Callable[[Step, Site, Thing], Awaitable[_Looked]]]] = {
    environment_url.NAME: _environment,
    application.NAME: _application,
    client_secret.NAME: _credential,
    certificate.NAME: _credential,
    application_user.NAME: _user,
    security_role.NAME: _role,
}


def _unfinished(step: Step, receipt: Receipt) -> tuple[Drift, ...]:
    """What was asked for and never heard of: a run that stopped, to be gone on with."""
    drifts = []
    if receipt.asked(step.name) is not None:
        drifts.append(_drift(step, "unfinished", "a run stopped in the middle of it", "run it again: it goes on"))
    if receipt.asked(f"{step.name}:rotation") is not None:
        remedy = "d365 rotate-secret goes on with it"
        drifts.append(_drift(step, "rotation_unfinished", "a rotation stopped in the middle", remedy, mendable=False))
    return tuple(drifts)


def _drift(step: Step, name: str, detail: str, remedy: str, *, mendable: bool = True) -> Drift:
    return Drift(f"{step.name}.{name}", detail, _WHOSE_TURN.get(step.name, ENTRA_ADMIN), remedy, mendable)


def _standing(  # noqa: PLR0917 - the record's own fields in their order
    step: Step,
    receipt: Receipt,
    condition: Condition,
    detail: str = "",
    drifts: tuple[Drift, ...] = (),
    notes: tuple[str, ...] = (),
) -> Standing:
    thing = receipt.thing(step.name) or Thing("")
    return Standing(step.name, step.title, thing.id, thing.ours, condition, detail, drifts, notes)
