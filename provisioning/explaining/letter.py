"""An explanation as a person reads it: what was found, what it means, whose turn it is, what to do."""

from textwrap import fill
from typing import Any, Final

from provisioning.explaining.explanation import Explanation

_WIDTH: Final = 100
_CERTAINTY: Final = {"certain": "This is", "likely": "Most likely", "possible": "Perhaps"}


def letter(explanation: Explanation) -> str:
    """The explanation as a person reads it."""
    parts = [_found(explanation)]
    if explanation.causes:
        first, *others = explanation.causes
        parts.append(
            f"{_CERTAINTY[first.certainty]}: {first.name}  ({first.certainty})\n"
            f"  whose turn  {first.whose_turn}\n{_wrapped('  what to do  ', first.remedy)}"
        )
        if others:
            lines = [f"  {cause.name}  ({cause.certainty}, {cause.whose_turn})" for cause in others]
            parts.append("Or else:\n" + "\n".join(lines))
        if explanation.probes:
            parts.append("To tell them apart:\n" + "\n".join(_wrapped("  - ", probe) for probe in explanation.probes))
    else:
        parts.append(_unknown(explanation))
    return "\n\n".join(part for part in parts if part) + "\n"


def _unknown(explanation: Explanation) -> str:
    lines = ["I cannot tell a cause from this text."]
    if explanation.nearest is not None:
        lines.append(f"Nearest known kind: {explanation.nearest.family} ({explanation.nearest.because}).")
    lines.append("Run `d365 verify` with the integration's four values: it asks the services themselves.")
    return "\n".join(fill(line, _WIDTH) for line in lines)


def _found(explanation: Explanation) -> str:
    lines = [f"  {name:<12}{_told(value)}" for name, value in _facts(explanation.facts.to_json())]
    return "Found:\n" + "\n".join(lines) if lines else ""


def _facts(facts: dict[str, Any]) -> list[tuple[str, Any]]:
    ids = facts.pop("ids", {})
    tokens = facts.pop("tokens", [])
    rows = list(facts.items())
    rows += [(role.replace("_", " "), values) for role, values in ids.items() if role != "unnamed"]
    rows += [("token", f"for {token['audience']}, until {token['expires']}") for token in tokens]
    return rows


def _told(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _wrapped(head: str, text: str) -> str:
    return fill(text, _WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False)
