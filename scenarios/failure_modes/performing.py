"""A failure mode performed: Test & Save, a handoff or an operator's call, up to the verdict on what was answered."""

from dataclasses import dataclass, replace

from provisioning.access import operator_access
from provisioning.clock import Clock
from provisioning.diagnosis.doctor import causes_of
from provisioning.diagnosis.symptom import Symptom as Seen
from provisioning.handing_off import hand_off
from provisioning.settings import Integration, Settings
from provisioning.transport import Answer, Transport
from provisioning.verdict import Check, Verdict
from provisioning.verify import verify
from scenarios.failure_modes.entry import FailureMode
from scenarios.failure_modes.handoff_requests import USUAL
from scenarios.failure_modes.operator_wire import OperatorWire, probe_of
from scenarios.failure_modes.scene import Scene


@dataclass(frozen=True)
class Stage:
    """A scene and our way onto its wire."""

    scene: Scene
    settings: Settings
    transport: Transport
    clock: Clock

    def wire(self) -> OperatorWire:
        """The operator's single calls, by a sign-in of their own: permissions stand in the token."""
        access = operator_access(self.settings, self.transport, self.clock)
        return OperatorWire(self.scene, access, self.settings, self.transport)


async def perform(mode: FailureMode, stage: Stage, pasted: Integration) -> Verdict:
    """Do what shows the failure, with the four values as pasted; the verdict from the wire alone."""
    if mode.act is not None:
        return judged(await mode.act(stage.wire()))
    if mode.handoff is not None:
        return await _hand_off(mode, stage, pasted, mended=False)
    return await _verify(stage, pasted)


async def perform_mended(mode: FailureMode, stage: Stage, pasted: Integration) -> Verdict:
    """Do it again once the remedy was applied: the same, or what the remedy says to do instead."""
    if mode.act is not None:
        return judged(await (mode.mended_act or mode.act)(stage.wire()))
    if mode.handoff is not None:
        return await _hand_off(mode, stage, pasted, mended=mode.mend is None)
    return await _verify(stage, pasted)


def judged(answer: Answer) -> Verdict:
    """The verdict on one answer to an operator."""
    name = f"{answer.method} {answer.url.partition('?')[0].partition('://')[2]}"
    if answer.status < 400:
        return Verdict((Check(name, "passed"),))
    said, path = answer.said, answer.url.partition("?")[0].partition("://")[2]
    seen = Seen(probe_of(answer), said, request=f"{answer.method} {path}")
    return Verdict((Check(name, "failed", str(said), said),), (), causes_of(seen), said)


async def _verify(stage: Stage, pasted: Integration) -> Verdict:
    return await verify(pasted, transport=stage.transport, clock=stage.clock, bases=stage.settings.bases())


async def _hand_off(mode: FailureMode, stage: Stage, pasted: Integration, *, mended: bool) -> Verdict:
    assert mode.handoff is not None  # noqa: S101 - the caller looked; mypy wants it said
    request = mode.handoff(stage.scene)
    if mended:
        request = replace(USUAL, channel=request.channel)
    handed = await hand_off(request, pasted, transport=stage.transport, clock=stage.clock, bases=stage.settings.bases())
    return handed.verdict
