"""`d365 explain`: a pasted error in, a short letter out: what was found, what it means, whose turn it is, what to do."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Any, Final, TextIO

from provisioning.explaining.explanation import Explanation, explain
from provisioning.explaining.har import looks_like_har, read_har
from provisioning.problems import BadInput

EXPLAINED, NOT_EXPLAINED = 0, 1
"""Exit codes: a cause was named; the text tells none (its facts are told all the same)."""

_MOST_BYTES: Final = 64 * 1024 * 1024
_WIDTH = 100
_CERTAINTY: Final = {"certain": "This is", "likely": "Most likely", "possible": "Perhaps"}


@dataclass(frozen=True)
class Explained:
    """An explanation and what it means to a script."""

    explanation: Explanation

    @property
    def exit_code(self) -> int:
        """0 explained, 1 where the text tells no cause."""
        return EXPLAINED if self.explanation.causes else NOT_EXPLAINED

    def report(self, out: TextIO, *, as_json: bool) -> None:
        """Print it: a letter, or the JSON of the contract."""
        if as_json:
            out.write(json.dumps(self.explanation.to_json(), indent=2, ensure_ascii=False) + "\n")
        else:
            out.write(letter(self.explanation))


def explain_given(given: str, stdin: TextIO) -> Explained:
    """Explain a text, standard input (`-`) or a file that exists. Raises BadInput for what cannot be read."""
    return Explained(explain(text_given(given, stdin)))


def text_given(given: str, stdin: TextIO) -> str:
    """The text itself, of standard input (`-`) or of a file; of a recording its failures. Raises BadInput."""
    text = _read(given, stdin)
    if not text.strip():
        raise BadInput("TEXT", "is empty", "paste the error, give a file, or pipe it in with -")
    return read_har(text) if given.lower().endswith(".har") or looks_like_har(text) else text


def _read(given: str, stdin: TextIO) -> str:
    if given == "-":
        return stdin.read(_MOST_BYTES)
    file = _file(given)
    if file is None:
        return given
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise BadInput(str(file), "is larger than 64 MiB", "cut out the part around the error")
        return _decoded(file.read_bytes())
    except OSError as problem:
        raise BadInput(str(file), f"cannot be read ({problem.strerror})", "give a file that can") from None


def _file(given: str) -> Path | None:
    """The file of this name, if there is one; a pasted text is none, however long it is."""
    if len(given) > 1024 or "\n" in given or "\0" in given:
        return None
    try:
        file = Path(given)
        found = file.is_file()
    except (OSError, ValueError):
        return None
    if not found and given.lower().endswith((".har", ".log", ".txt", ".json")) and not any(map(str.isspace, given)):
        raise BadInput(given, "is not there", "give a file that exists, or the text itself")
    return file if found else None


def _decoded(raw: bytes) -> str:
    """Windows' tools write UTF-16; everything else is read as UTF-8, what is not, by a mark."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-16", errors="replace")
    return raw.decode("utf-8-sig", errors="replace")


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


def main(given: str, *, as_json: bool) -> int:
    """The command's body: explain, print, and say by the exit code whether a cause was named."""
    explained = explain_given(given, sys.stdin)
    explained.report(sys.stdout, as_json=as_json)
    return explained.exit_code
