"""Typed placeholders in an expected answer (`<guid>`, `<instant>` …) and variables (`{integration.client_id}`)."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

_GUID = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
TEXTS: Final[dict[str, str]] = {
    "guid": _GUID,
    "instant": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?Z?",
    "utc": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ",
    "etag": r'W/"\d+"',
    "digits": r"\d+",
    "token": r"[\w-]+\.[\w-]+\.[\w-]*",
    "base64url": r"[\w-]+",
    "url": r"https://\S+",
    "text": r"[\s\S]+",
    "rest": r"[\s\S]*",
}
"""Kinds that stand within a string too, as patterns."""

_WHOLE: Final[dict[str, Callable[[Any], bool]]] = {
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "bool": lambda value: isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "any": lambda _value: True,
    "null": lambda value: value is None,
}
ABSENT: Final = "<absent>"
EACH: Final = "<each>"
SOME: Final = "<some>"
KINDS: Final = frozenset({*TEXTS, *_WHOLE, "absent", "each", "some"})

_PLACEHOLDER = re.compile("<([a-z0-9]+)>")
_ALONE = re.compile(r"<([a-z0-9]+)(\??)>")
_VARIABLE = re.compile(r"(?<!\{)\{([a-z_]+(?:\.[a-z_]+)*)\}(?!\})")
_REPEATED = re.compile(r"(?<!\{)\{([^{}*]+)\*(\d+)\}(?!\})")
_DOUBLED = re.compile(r"\{(\{[a-z_]+\})\}")


class UnknownVariable(LookupError):
    """A fact names a variable that its stages do not give."""


def variables_of(value: Any) -> set[str]:
    """Every `{variable}` in a value, at any depth."""
    if isinstance(value, str):
        return set(_VARIABLE.findall(value))
    if isinstance(value, Mapping):
        return {name for pair in value.items() for each in pair for name in variables_of(each)}
    if isinstance(value, list | tuple):
        return {name for each in value for name in variables_of(each)}
    return set()


def filled(value: Any, values: Mapping[str, str]) -> Any:
    """The same with every variable in its place, and `{ab*3}` as `ababab`; doubled braces stay as single ones.

    `<n>` within what is repeated is the number of the time, from 1. Raises UnknownVariable.
    """
    if isinstance(value, str):
        repeated = _REPEATED.sub(lambda found: _repeated(found[1], int(found[2])), value)
        return _DOUBLED.sub(r"\1", _VARIABLE.sub(lambda found: _value(found[1], values), repeated))
    if isinstance(value, Mapping):
        return {filled(name, values): filled(each, values) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [filled(each, values) for each in value]
    return value


def _repeated(text: str, times: int) -> str:
    if "<n>" not in text:
        return text * times
    return "".join(text.replace("<n>", str(number)) for number in range(1, times + 1))


def _value(name: str, values: Mapping[str, str]) -> str:
    if name not in values:
        raise UnknownVariable(f"{{{name}}} is given by no stage of this fact")
    return values[name]


def is_pattern(expected: str) -> bool:
    """Whether a string holds a placeholder, and so is no exact words."""
    return any(found in KINDS for found in _PLACEHOLDER.findall(expected)) or _ALONE.fullmatch(expected) is not None


def fits(expected: str, got: Any) -> bool:
    """Whether a value is what the string says, its placeholders taken by their kind."""
    alone = _ALONE.fullmatch(expected)
    if alone and alone[1] in KINDS:
        kind, may_be_null = alone.groups()
        if got is None:
            return bool(may_be_null) or kind in {"any", "null"}
        if kind in _WHOLE:
            return _WHOLE[kind](got)
        return isinstance(got, str) and re.fullmatch(TEXTS[kind], got) is not None
    return isinstance(got, str) and _pattern(expected).fullmatch(got) is not None


def _pattern(expected: str) -> re.Pattern[str]:
    parts = _PLACEHOLDER.split(expected)
    # Odd parts are the names between the brackets; a name that is no kind was meant as it stands.
    texts = (
        re.escape(part) if index % 2 == 0 else TEXTS.get(part, re.escape(f"<{part}>"))
        for index, part in enumerate(parts)
    )
    return re.compile("".join(texts))
