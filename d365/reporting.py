"""A verdict as people read it."""

from d365 import console
from provisioning.verdict import Verdict

HEALTHY, FAILED, BAD_INPUT, COULD_NOT_CHECK = 0, 1, 2, 3
"""Exit codes; scripts rely on them."""
CERTIFICATE_NOTE = (
    "The vendor's form takes a client secret only: with a certificate its own Test & Save cannot pass. What was proven "
    "is that both of its calls pass when the certificate signs in."
)

_MARKS = {"passed": (" + ", "green"), "failed": (" x ", "red"), "warned": (" ! ", "yellow"), "skipped": (" - ", "dim")}


def show_checks(verdict: Verdict) -> None:
    """Print what was looked at, and the warnings."""
    from rich.text import Text

    out = console.console()
    out.print()
    for check in verdict.checks:
        mark, style = _MARKS[check.outcome]
        # What a service said is told once, below.
        detail = "" if check.said is not None and check.said == verdict.said else check.detail
        out.print(Text.assemble((mark, style), check.name, (f"  {detail}" if detail else "", "dim")))
    for warning in verdict.warnings:
        out.print(Text.assemble((" ! ", "yellow"), warning))


def show_verdict(verdict: Verdict, *, healthy: str = "Healthy: Test & Save passes.") -> None:
    """Print the checks, and for a refusal what was said, whose turn it is and what to do."""
    show_checks(verdict)
    out = console.console()
    if verdict.healthy:
        out.print(f"\n{healthy}", style="bold green")
        return
    out.print(f"\n{verdict.failure}  ({verdict.certainty})", style="bold red", markup=False)
    letter = {
        "said": str(verdict.said) if verdict.said else "",
        "why": verdict.causes[0].why,
        "whose turn": verdict.whose_turn,
        "remedy": verdict.remedy,
        "or else": ", ".join(f"{cause.name} ({cause.certainty})" for cause in verdict.causes[1:]),
        "decided by": verdict.causes[0].decided_by if len(verdict.causes) > 1 else "",
    }
    console.show_values({name: text for name, text in letter.items() if text})
