"""The shape of a row: one refusal, in Dataverse's words, with where they were seen."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

_PLACEHOLDER = re.compile(r"\{\w*\}")


@dataclass(frozen=True)
class Row:
    """One refusal: HTTP status, code, text with `{placeholders}`, and where that is known from.

    `seen` is the year or month of a public sighting, empty where there is none or its date was not written down.
    """

    status: int
    code: str
    template: str
    evidence: str
    seen: str = ""
    name: str = ""
    """What the platform's own table calls the code."""

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        fixed = [re.escape(part) for part in _PLACEHOLDER.split(self.template)]
        return re.compile(".*".join(fixed), re.DOTALL)

    def fits(self, status: int, message: str) -> bool:
        """Whether a refusal with this status and message, whatever comes before it, is this row's."""
        return self.status == status and self._pattern.search(message) is not None


def rows_of(module: Mapping[str, object]) -> tuple[Row, ...]:
    """The rows among a module's names, in order."""
    return tuple(each for each in module.values() if isinstance(each, Row))


def by_code(rows: Iterable[Row]) -> dict[str, tuple[Row, ...]]:
    """The rows of each code, in order."""
    found: dict[str, tuple[Row, ...]] = {}
    for row in rows:
        found[row.code] = (*found.get(row.code, ()), row)
    return found
