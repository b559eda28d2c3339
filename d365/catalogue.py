"""The failure modes as a list, or one of them as a page, for people and for programs."""

from itertools import groupby
from typing import Any

from d365 import console
from scenarios.failure_modes import FAILURE_MODES, FailureMode, failure_mode


def show_failures(*, step: int | None, as_json: bool) -> None:
    """Print every failure mode, or those of one step, by set-up step."""
    modes = [mode for mode in FAILURE_MODES.values() if step in (None, mode.step.number)]
    if as_json:
        console.say_json([_plain(mode) for mode in modes])
        return
    width = max(len(mode.name) for mode in modes)
    out = console.console()
    for heading, of_step in groupby(modes, key=lambda mode: mode.step):
        out.print(f"\n{heading}", style="bold")
        for mode in of_step:
            out.print(f"  {mode.name:<{width}}  {mode.title}", markup=False)
    out.print("\nOne of them with what is really said: d365 failures NAME", markup=False)
    out.print("See one happen: d365 run --broken NAME -- d365 verify, or d365 diagnose --broken NAME", markup=False)


def show_failure(name: str, *, as_json: bool) -> None:
    """Print one failure mode with its answer, recorded here and now. Raises UnknownFailureMode."""
    import anyio

    from scenarios.failure_modes.recording import Recording, record
    from scenarios.failure_modes.ward import Ward
    from scenarios.pages import page

    mode = failure_mode(name)

    async def recorded() -> Recording | None:
        async with Ward().stage() as stage:
            return await record(mode, stage)

    recording = anyio.run(recorded)
    if as_json:
        console.say_json({**_plain(mode), "recording": recording.to_json() if recording is not None else None})
        return
    console.console().print(page(mode, recording), markup=False, highlight=False)


def _plain(mode: FailureMode) -> dict[str, Any]:
    symptom = mode.symptom
    return {
        "name": mode.name,
        "family": mode.family,
        "step": mode.step,
        "title": mode.title,
        "symptom": {"call": symptom.call, "status": symptom.status, "code": symptom.code},
        "causes": list(mode.causes),
        "whose_turn": mode.whose_turn,
        "remedy": mode.remedy,
        "evidence": mode.evidence,
        "seen": mode.seen,
        "looks_like": list(mode.looks_like),
        "repairable": mode.repairable,
        "safe_live": mode.safe_live,
    }
