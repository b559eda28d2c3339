"""The pages under docs/coverage, from the tables of the fakes and from what the tests were seen to meet."""

import json
from pathlib import Path

from contract_tests.coverage.recording import Met
from contract_tests.coverage.subjects import Row, Subject, subjects

FOLDER = Path(__file__).parents[2] / "docs" / "coverage"
SEEN = FOLDER / "tests.json"
_INTRODUCTION = """\
# What is covered

Made by `python -m contract_tests.coverage`; do not edit. A test counts where it was seen to meet the operation or the
refusal; tests by Hypothesis do not count, since they meet other things each time, and neither do planned faults,
but for the outage that nothing else brings about (AADSTS90033).
Evidence is public; nothing here was checked against a live tenant (see [LIMITS.md](../../LIMITS.md)). A refusal
without a date is known from documentation, from inference or from memory, as its evidence says.

| service | operations | answered in a test | refusals | met in a test | text seen in public | page |
|---|---|---|---|---|---|---|
"""


def write(met: Met) -> None:
    """Write the pages and, beside them, what they were made from."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    SEEN.write_text(json.dumps(met, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for name, text in rendered(met).items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def kept() -> Met:
    """What the pages on disk were made from."""
    met: Met = json.loads(SEEN.read_text(encoding="utf-8"))
    return met


def rendered(met: Met) -> dict[str, str]:
    """File name -> text, for the tables as they are now."""
    pages, lines = {}, []
    for each in subjects():
        operations, refusals = met[each.name]["operations"], met[each.name]["refusals"]
        pages[f"{each.name}.md"] = _page(each, operations, refusals)
        answered = sum(1 for key in each.operations if operations.get(key))
        refused = sum(1 for key in each.rows if refusals.get(key))
        dated = sum(1 for row in each.rows.values() if row.seen)
        lines.append(
            f"| {each.title} | {len(each.operations)} | {answered} | {len(each.rows)} | {refused} | {dated} |"
            f" [{each.name}.md]({each.name}.md) |\n"
        )
    return {"README.md": _INTRODUCTION + "".join(lines), **pages}


def _page(subject: Subject, operations: dict[str, list[str]], refusals: dict[str, list[str]]) -> str:
    lines = [f"# {subject.title}: what is covered\n", "Made by `python -m contract_tests.coverage`; do not edit.\n"]
    lines.append("## Operations\n\n| request | in the journal | answered in |\n|---|---|---|")
    for key, name in subject.operations.items():
        lines.append(f"| `{_cell(key)}` | `{name}` | {_tests(operations.get(key, []))} |")
    lines.append("\n## Refusals\n")
    if subject.legend:
        lines.append(f"{subject.legend}\n")
    lines.append("| code | status | text | evidence | seen | met in |\n|---|---|---|---|---|---|")
    for key, row in subject.rows.items():
        lines.append(_refusal(row, refusals.get(key, [])))
    return "\n".join(lines) + "\n"


def _refusal(row: Row, tests: list[str]) -> str:
    seen = row.seen or "-"
    return f"| {row.code} | {row.status} | {_cell(row.template)} | {_cell(row.evidence)} | {seen} | {_tests(tests)} |"


def _tests(tests: list[str]) -> str:
    """The first by name, and how many more."""
    if not tests:
        return "**no test**"
    file, _, name = tests[0].removeprefix("contract_tests/").partition("::")
    more = f" and {len(tests) - 1} more" if len(tests) > 1 else ""
    return f"{name.replace('::', ' ')} ({file}){more}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\r\n", " ").replace("\n", " ")
