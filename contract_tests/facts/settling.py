"""What a run has settled: for each quirk the side that the place shows, and the patch that makes it the default."""

import difflib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from contract_tests.facts.putting import Outcome

QUIRKS: Final = Path(__file__).parents[2] / "mock_services" / "quirks.py"
_PATCHED: Final = "mock_services/quirks.py"


def settled(outcomes: Iterable[Outcome]) -> dict[str, tuple[str, bool | int | str | None]]:
    """Quirk -> the fact that settles it, and the alternative's value that was shown (None: the default holds).

    A quirk whose fact met something that is neither side is not settled.
    """
    return {
        each.fact.quirk: (each.fact.name, each.shown) for each in outcomes if each.fact.quirk and not each.differences
    }


def patch(shown: Mapping[str, bool | int | str], source: str | None = None) -> str:
    """A unified diff of quirks.py that makes these values the defaults; "" where they are already."""
    before = QUIRKS.read_text(encoding="utf-8") if source is None else source
    after = before
    for name, value in shown.items():
        default = re.compile(rf"(^    {re.escape(name)}: \w+ = field\(\n\s+default=)[^\n]+(,\n)", re.MULTILINE)
        spelt = f'"{value}"' if isinstance(value, str) else repr(value)
        after, count = default.subn(lambda found, spelt=spelt: f"{found[1]}{spelt}{found[2]}", after)  # type: ignore[misc]
        if count != 1:
            raise LookupError(f"{name} is no quirk of {_PATCHED}")
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{_PATCHED}", f"b/{_PATCHED}"
    )
    return "".join(lines)
