"""The catalogue as pages: `python -m scenarios.pages` writes one a failure mode, and an index by step and code."""

import asyncio
import re
import sys
from itertools import groupby
from pathlib import Path
from typing import Final

from scenarios.failure_modes import FAILURE_MODES, FailureMode
from scenarios.failure_modes.look_alikes import group_of
from scenarios.failure_modes.recording import Recording, record
from scenarios.failure_modes.ward import Ward

FOLDER: Final = Path(__file__).parent.parent / "docs" / "failures"
INDEX: Final = "README.md"
_ABOUT: Final = (
    "Written by `python -m scenarios.pages`. Each page has the answer's whole body, recorded from the fakes; ids and"
    " times in it are made up. `d365 failures NAME` shows the same, `d365 diagnose --broken NAME` the diagnosis."
)
_WHO: Final = {
    "token": "Test & Save, when it asks for a token",
    "probe": "Test & Save, when it reads incidents",
    "handoff": "a handoff, after set-up",
    "operator": "the operator who sets things up",
    "none": "nobody: Test & Save passes all the same",
}


def page(mode: FailureMode, recording: Recording | None) -> str:
    """One failure mode, in Markdown."""
    parts = [
        f"# {mode.name}",
        mode.title,
        _facts(mode),
        "## What is said",
        _said(recording),
        "## How it comes about",
        "\n".join(f"- {cause}" for cause in mode.causes),
        "## What to do",
        f"Whose turn: {mode.whose_turn}.\n\n{_sentence(mode.remedy)}",
        _alike(mode),
        "## How this is known",
        f"{mode.evidence}. Last seen {mode.seen}.",
        "## See it happen",
        f"```sh\n{_command(mode)}\n```",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def said_on_page(mode: FailureMode) -> str:
    """The exchange that the written page of a mode shows, as somebody would paste it."""
    text = (FOLDER / f"{mode.name}.md").read_text(encoding="utf-8")
    said = text.partition("## What is said\n")[2].partition("\n## ")[0]
    return f"{said.strip()}\nHTTP/1.1 {mode.symptom.status}"


def index() -> str:
    """All of them, by set-up step and by code."""
    parts = ["# Failure modes", _ABOUT, "## By step"]
    for step, of_step in groupby(FAILURE_MODES.values(), key=lambda mode: mode.step):
        rows = [f"| [{mode.name}]({mode.name}.md) | {mode.title} |" for mode in of_step]
        parts += [f"### {step}", "\n".join(["| failure mode | |", "|---|---|", *rows])]
    coded = sorted((mode for mode in FAILURE_MODES.values() if mode.symptom.code), key=_by_code)
    rows = [
        f"| `{mode.symptom.code}` | {mode.symptom.status} | [{mode.name}]({mode.name}.md) | {mode.whose_turn} |"
        for mode in coded
    ]
    head = ["| code | status | failure mode | whose turn |", "|---|---|---|---|"]
    parts += ["## By code", "\n".join([*head, *rows])]
    return "\n\n".join(parts) + "\n"


async def pages() -> dict[str, str]:
    """Every page by its file's name; each mode strikes a fake tenant anew."""
    ward, written = Ward(), {INDEX: index()}
    for mode in FAILURE_MODES.values():
        async with ward.stage() as stage:
            written[f"{mode.name}.md"] = page(mode, await record(mode, stage))
    return written


def main() -> int:
    """Write the pages; those of modes that are no more go."""
    written = asyncio.run(pages())
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.md"):
        if old.name not in written:
            old.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text)
    sys.stdout.write(f"written: {len(written)} pages in {FOLDER}\n")
    return 0


def _by_code(mode: FailureMode) -> tuple[str, int, str]:
    """AADSTS numbers by their value, the others as they are spelt."""
    number = re.fullmatch(r"AADSTS(\d+)", mode.symptom.code)
    return ("AADSTS", int(number[1]), mode.name) if number else (mode.symptom.code, 0, mode.name)


def _facts(mode: FailureMode) -> str:
    symptom = mode.symptom
    answer = f"{symptom.status} {symptom.code}".rstrip() if symptom.status is not None else "no answer"
    rows = {
        "step": mode.step.value,
        "family": f"`{mode.family}`",
        "who meets it": _WHO[symptom.call],
        "answer": answer,
        "`d365 repair` mends it": "yes" if mode.repairable else "no",
        "safe to try in a real tenant": "yes" if mode.safe_live else "no",
    }
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {text} |" for name, text in rows.items())])


def _said(recording: Recording | None) -> str:
    if recording is None:
        return "Nothing: every call is answered as in a healthy tenant."
    asked = f"`{recording.method} {recording.url}`"
    if recording.status is None:
        return f"{asked}\n\nNo answer comes."
    return f"{asked}\n\n```json\n{recording.body}\n```" if recording.body else f"{asked}\n\nAn empty body."


def _alike(mode: FailureMode) -> str:
    group = group_of(mode.name)
    if group is None:
        return ""
    links = ", ".join(f"[{name}]({name}.md)" for name in mode.looks_like)
    return f"## What looks like it\n\n{links}. To tell them apart: {group.told_apart_by}."


def _command(mode: FailureMode) -> str:
    if mode.handoff is not None:
        return f"d365 handoff --channel email --broken {mode.name}"
    # A connection that never stands cannot be served: only in one process can it be refused.
    if mode.act is not None or mode.symptom.status is None:
        return f"d365 diagnose --broken {mode.name}"
    return f"d365 run --broken {mode.name} -- d365 verify"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


if __name__ == "__main__":
    raise SystemExit(main())
