"""A verdict as people read it."""

from provisioning.verify import Verdict

from d365 import console

HEALTHY, FAILED, BAD_INPUT, COULD_NOT_CHECK = 0, 1, 2, 3
"""Exit codes; scripts rely on them."""


def show_verdict(verdict: Verdict) -> None:
    """Print the checks, and for a refusal what was said, whose turn it is and what to do."""
    from rich.text import Text

    out = console.console()
    out.print("\nTest & Save", style="bold")
    for check in verdict.checks:
        mark, style = {"passed": ("+", "green"), "failed": ("x", "red")}.get(check.state, ("~", "yellow"))
        out.print(Text.assemble((f" {mark} ", style), f"{check.title}", (f"  {check.detail}", "dim")))
    for warning in verdict.warnings:
        out.print(Text.assemble((" ! ", "yellow"), warning))
    if verdict.healthy:
        out.print("Healthy.", style="bold green")
        return
    out.print(f"\n{verdict.failure or 'Not healthy'}", style="bold red", markup=False)
    letter = {
        "said": str(verdict.said) if verdict.said else "",
        "certainty": verdict.certainty,
        "whose turn": verdict.whose_turn,
        "remedy": verdict.remedy,
    }
    console.show_values({name: text for name, text in letter.items() if text})
