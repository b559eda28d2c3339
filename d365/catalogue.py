"""The failure modes as a list for people and for programs."""

from itertools import groupby

from d365 import console
from scenarios.failure_modes import FAILURE_MODES


def show_failures(*, as_json: bool) -> None:
    """Print every failure mode by set-up step."""
    modes = list(FAILURE_MODES.values())
    if as_json:
        console.say_json(
            [
                {
                    "name": mode.name,
                    "family": mode.family,
                    "step": mode.step,
                    "title": mode.title,
                    "symptom": {
                        "call": mode.symptom.call, "status": mode.symptom.status, "code": mode.symptom.code
                    },
                    "whose_turn": mode.whose_turn,
                    "remedy": mode.remedy,
                    "evidence": mode.evidence,
                    "looks_like": list(mode.looks_like),
                    "safe_live": mode.safe_live,
                }
                for mode in modes
            ]
        )  # fmt: skip
        return
    width = max(len(mode.name) for mode in modes)
    out = console.console()
    for step, of_step in groupby(modes, key=lambda mode: mode.step):
        out.print(f"\n{step}", style="bold")
        for mode in of_step:
            out.print(f"  {mode.name:<{width}}  {mode.title}", markup=False)
    out.print("\nSee one happen: d365 run --broken NAME -- d365 verify")
