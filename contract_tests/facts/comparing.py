"""What an answer says other than a fact expects: field by field, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.facts.placeholders import ABSENT, EACH, SOME, fits

_LONGEST = 160


@dataclass(frozen=True)
class Difference:
    """One field that is not as expected."""

    field: str
    expected: Any
    got: Any

    def __str__(self) -> str:
        return f"{self.field}: expected {_short(self.expected)}, was told {_short(self.got)}"


class _Nothing:
    def __repr__(self) -> str:
        return "nothing"


NOTHING = _Nothing()
"""Where a member is not there at all."""


def differences(expected: Any, got: Any, *, only: bool = False, field: str = "body") -> Iterator[Difference]:
    """Compare a value with what is expected of it.

    Members that are not mentioned may be there unless `only`. A list that begins with `<each>` or `<some>` says
    something of every item or of one at least; any other list is compared item by item.
    """
    if isinstance(expected, Mapping):
        yield from _of_object(expected, got, only=only, field=field)
    elif isinstance(expected, list):
        yield from _of_list(expected, got, only=only, field=field)
    elif isinstance(expected, str):
        if got is NOTHING or not fits(expected, got):
            yield Difference(field, expected, got)
    elif got is NOTHING or type(expected) is not type(got) or expected != got:
        yield Difference(field, expected, got)


def _of_object(expected: Mapping[str, Any], got: Any, *, only: bool, field: str) -> Iterator[Difference]:
    if not isinstance(got, Mapping):
        yield Difference(field, "an object", got)
        return
    for name, each in expected.items():
        found = got.get(name, NOTHING)
        if each == ABSENT:
            if found is not NOTHING:
                yield Difference(f"{field}.{name}", NOTHING, found)
        else:
            yield from differences(each, found, only=only, field=f"{field}.{name}")
    if only:
        for name in got.keys() - expected.keys():
            yield Difference(f"{field}.{name}", NOTHING, got[name])


def _of_list(expected: list[Any], got: Any, *, only: bool, field: str) -> Iterator[Difference]:
    if not isinstance(got, list):
        yield Difference(field, "a list", got)
    elif expected[:1] == [EACH]:
        for index, each in enumerate(got):
            yield from differences(expected[1], each, only=only, field=f"{field}[{index}]")
    elif expected[:1] == [SOME]:
        if not any(next(differences(expected[1], each, only=only), None) is None for each in got):
            yield Difference(field, f"one item like {_short(expected[1])}", f"none among {len(got)}")
    elif len(expected) != len(got):
        yield Difference(field, f"{len(expected)} items", f"{len(got)} items: {_short(got)}")
    else:
        for index, (wanted, each) in enumerate(zip(expected, got, strict=True)):
            yield from differences(wanted, each, only=only, field=f"{field}[{index}]")


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
