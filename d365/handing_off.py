"""`d365 handoff`: one conversation handed off as the vendor does it, in a fake tenant or with given values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from d365 import console
from d365.reporting import COULD_NOT_CHECK, FAILED, HEALTHY, show_verdict
from provisioning.conversation import DEFAULT_PRIORITY, Handoff, Line
from provisioning.handing_off import HandedOff, hand_off
from provisioning.problems import BadInput
from provisioning.settings import CHANNELS, Channel

if TYPE_CHECKING:
    from scenarios.failure_modes import FailureMode


@dataclass(frozen=True)
class Wishes:
    """What the command line said of the conversation; "" for what it left out."""

    channel: str = "email"
    name: str = ""
    email: str = ""
    phone: str = ""
    priority: int = DEFAULT_PRIORITY
    owner: str = ""
    queue: str = ""
    add_to_queue: str = ""
    properties: str = ""
    transcript: Path | None = None


@dataclass(frozen=True)
class Answer:
    """What came of it, and what that means to a script."""

    handed: HandedOff

    @property
    def exit_code(self) -> int:
        """0 handed off, 1 refused or doubtful, 3 where nothing could be learnt."""
        verdict = self.handed.verdict
        return HEALTHY if verdict.healthy else FAILED if verdict.could_check else COULD_NOT_CHECK

    def report(self, *, as_json: bool) -> None:
        """Print it."""
        if as_json:
            console.say_json(self.handed.to_json())
            return
        show_verdict(self.handed.verdict, healthy="Handed off.")
        if self.handed.made:
            console.console().print()
            console.show_values(self.handed.made)


def wished(wishes: Wishes, now: datetime) -> Handoff:
    """The conversation that was asked for. Raises BadInput."""
    if wishes.channel not in CHANNELS:
        raise BadInput("--channel", f"is {wishes.channel}", f"write one of {', '.join(CHANNELS)}")
    channel: Channel = next(each for each in CHANNELS if each == wishes.channel)
    return Handoff(
        channel=channel,
        name=wishes.name,
        email=wishes.email,
        phone=wishes.phone,
        session_id=f"d365-harness-{now:%Y%m%d%H%M%S}",
        summary="Handed off by d365 handoff.",
        transcript=_transcript(wishes.transcript, now),
        priority=wishes.priority,
        owner_id=wishes.owner,
        queue_id=wishes.queue,
        add_to_queue=wishes.add_to_queue,
        properties=_properties(wishes.properties),
    )


def rehearse(wishes: Wishes, broken: str | None) -> Answer:
    """In a fake tenant that was set up, and broken by this failure mode. Raises BadInput and UnknownFailureMode."""
    import anyio

    from scenarios.failure_modes import failure_mode

    mode = failure_mode(broken) if broken is not None else None
    return Answer(anyio.run(_rehearsed, wishes, mode))


def with_given_values(
    wishes: Wishes, values: Mapping[str, str | None], environ: Mapping[str, str], stdin: TextIO
) -> Answer:
    """With the four values, as `d365 verify` takes them; writes rows there. Raises BadInput."""
    import anyio

    from d365.verifying import checked_values

    integration, settings = checked_values(values, environ, stdin, with_operator=False)

    async def work() -> HandedOff:
        from provisioning.clock import RealClock
        from provisioning.guard import connect_guarded

        clock = RealClock()
        async with connect_guarded(settings, clock) as transport:
            request = wished(wishes, clock.now())
            return await hand_off(request, integration, transport=transport, clock=clock, bases=settings.bases())

    return Answer(anyio.run(work))


async def _rehearsed(wishes: Wishes, mode: "FailureMode | None") -> HandedOff:
    from scenarios.failure_modes.handoff_requests import USUAL
    from scenarios.failure_modes.ward import Ward

    async with Ward().stage() as stage:
        pasted = mode.apply(stage.scene) if mode is not None else stage.scene.integration
        if mode is not None and mode.handoff is not None:
            request = mode.handoff(stage.scene)
        else:
            request = wished(wishes, stage.clock.now())
            if not (wishes.name or wishes.email or wishes.phone):
                request = replace(request, name=USUAL.name, email=USUAL.email, phone=USUAL.phone)
        bases = stage.settings.bases()
        return await hand_off(request, pasted, transport=stage.transport, clock=stage.clock, bases=bases)


def _properties(text: str) -> Mapping[str, Any]:
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadInput("--properties", "is no JSON object", "write it as '{\"caseorigincode\": 2}'")
    return found


def _transcript(file: Path | None, now: datetime) -> tuple[Line, ...]:
    if file is None:
        return ()
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError):
        raise BadInput("--transcript", f"{file} cannot be read as text", "name a text file") from None
    return tuple(Line(now, "Customer", line) for line in text.splitlines())
