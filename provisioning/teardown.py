"""Take down what is ours, newest first, after saying what that is; what was adopted is left or put back."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from provisioning.engine import Engine, StepReport
from provisioning.receipt import Thing
from provisioning.steps import STEPS, application, certificate, service_principal

Fate = Literal["remove", "restore", "leave", "look"]

_MARKED: Final = (application.STEP, service_principal.STEP)  # the kinds that the vendor lets carry a marker
_NEWEST_FIRST: Final = (*reversed(STEPS[3:]), certificate.STEP, *reversed(STEPS[:3]))
IN_THE_BIN: Final = "A deleted registration and its service principal rest in Entra's bin for 30 days."


@dataclass(frozen=True)
class Item:
    """One thing and what a teardown does with it.

    `look`: a run stopped before it heard the outcome; what it made, if anything, is looked for and removed.
    """

    step: str
    title: str
    id: str
    name: str
    fate: Fate

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return dict(vars(self))


async def survey(engine: Engine) -> tuple[Item, ...]:
    """What there is to take down, newest first: what the receipt names and what carries our marker. Changes nothing."""
    receipt, marked, items = engine.receipt, await _marked(engine), list[Item]()
    for step in _NEWEST_FIRST:
        items += [Item(step.name, step.title, t.id, _name(t), "remove") for t in receipt.beside(step.name)]
        thing = receipt.thing(step.name) or marked.get(step.name)
        if thing is not None:
            items.append(Item(step.name, step.title, thing.id, _name(thing), _fate(thing)))
        elif receipt.asked(step.name) is not None:
            items.append(Item(step.name, step.title, "", "", "look"))
    return tuple(items)


async def take_down(engine: Engine) -> tuple[StepReport, ...]:
    """Remove it. Raises Problem where that cannot be finished; run again, it goes on."""
    for name, thing in (await _marked(engine)).items():
        engine.receipt.made(name, thing)
    return await engine.undo()


async def _marked(engine: Engine) -> dict[str, Thing]:
    """What no receipt names and carries our marker."""
    site, found = engine.site(None), dict[str, Thing]()
    site.things = dict(engine.receipt.things())
    for step in _MARKED:
        if engine.receipt.thing(step.name) is None and engine.receipt.asked(step.name) is None:
            if any(name not in site.things for name in step.after):
                continue
            thing = (await step.find(site)).thing
            if thing is not None and thing.ours:
                found[step.name] = site.things[step.name] = thing
    return found


def _fate(thing: Thing) -> Fate:
    return "remove" if thing.ours else "restore" if thing.changed else "leave"


def _name(thing: Thing) -> str:
    """What people know it by, as far as the receipt does."""
    return next((thing.members[key] for key in ("name", "url", "app_id") if thing.members.get(key)), "")
