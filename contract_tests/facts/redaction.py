"""Takes an answer apart into what may be kept: known member names, public words, and typed placeholders.

By allow-list: a member whose name no fact mentions is counted and dropped; a text is kept only as far as a fact states
it, or where it is the words of a refusal, and then without what stands in quotes. The same id gets the same name in
the whole recording. `scan` then proves it over the finished text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from contract_tests.facts.fact import Fact
from contract_tests.facts.placeholders import ABSENT, EACH, SOME, TEXTS, filled, fits
from provisioning.leaks import leaks_in

_GUID: Final = re.compile(TEXTS["guid"])
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TOKEN: Final = re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]*)*")
_TOLD: Final = (
    ("token", _TOKEN),
    ("mail", _MAIL),
    ("instant", re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?")),
    ("etag", re.compile(TEXTS["etag"])),
    ("url", re.compile(r"https?://[^\s'\"]+")),
)
_QUOTED: Final = re.compile(r"'[^']*'")
_WORDS: Final = frozenset({"code", "message", "Message", "error", "error_description", "suberror"})
"""Members that hold the words of a refusal."""
_ANNOTATION: Final = re.compile(
    r"@odata\.(?:context|etag|id|type)$|@Microsoft\.Dynamics\.CRM\.(?:lookuplogicalname|associatednavigationproperty)$"
)
"""Those that name tables and columns; formatted values and links may hold what rows say."""
_OTHERS: Final = "<others>"

HEADERS: Final = frozenset(
    {
        "allow", "cache-control", "content-type", "dataserviceversion", "etag", "expires", "location", "odata-entityid",
        "odata-version", "pragma", "preference-applied", "retry-after", "strict-transport-security", "www-authenticate",
        "x-content-type-options", "x-ms-dop-hint", "x-ms-ratelimit-burst-remaining-xrm-requests",
        "x-ms-ratelimit-time-remaining-xrm-requests", "x-ms-resource-unit",
    }
)  # fmt: skip
"""Those whose values may be kept; no other header is."""
_COUNTING: Final = frozenset(
    name for name in HEADERS if "remaining" in name or "-unit" in name or name == "retry-after"
)
_COUNT: Final = re.compile(r"\d+")

_SHORTEST = 4
"""Values of the place that are not longer are no names of anything: "EUR", "org"."""


class Unsafe(ValueError):
    """A recording that must not be written; says where and by which rule, and never what."""


@dataclass
class Redactor:
    """One recording's names for ids, given in the order in which they turn up."""

    facts: tuple[Fact, ...]
    _names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._known_names = _names_in(self.facts)

    def headers(self, told: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
        """The headers that may be kept, their values scrubbed."""
        kept = {name: self._scrubbed(text, values) for name, text in sorted(told.items()) if name in HEADERS}
        return {name: _COUNT.sub("<digits>", text) if name in _COUNTING else text for name, text in kept.items()}

    def body(self, fact: Fact, told: Any, values: Mapping[str, str]) -> Any:
        """A body that may be kept."""
        expected = fact.answer.body
        for other in fact.alternatives:
            expected = _both(expected, other.answer.body)
        return self._value("", told, expected, values)

    def text(self, fact: Fact, told: str, values: Mapping[str, str]) -> str:
        """A body that is no JSON: what the fact says of it, else that there is one."""
        return self._string("", told, fact.answer.text, values) if told else ""

    def query(self, fact: Fact, told: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
        """What a redirect carries, as far as the fact speaks of it; a `code` here is a secret and no word."""
        return {
            name: self._string("" if name == "code" else name, told[name], expected, values)
            for name, expected in fact.answer.query.items()
            if name in told
        }

    def _value(self, name: str, told: Any, expected: Any, values: Mapping[str, str]) -> Any:
        if isinstance(told, Mapping):
            wanted = filled(expected, values) if isinstance(expected, Mapping) else {}
            raw = dict(zip(wanted, expected.values(), strict=True)) if isinstance(expected, Mapping) else {}
            kept = {
                each: self._value(each, value, raw.get(each), values)
                for each, value in told.items()
                if each in self._known_names
            }
            others = len(told) - len(kept)
            return kept | ({_OTHERS: others} if others else {})
        if isinstance(told, list):
            return [self._value(name, each, _item(expected, index), values) for index, each in enumerate(told)]
        if isinstance(told, str):
            return self._string(name, told, expected, values)
        return told

    def _string(self, name: str, told: str, expected: Any, values: Mapping[str, str]) -> str:
        if isinstance(expected, str) and expected != ABSENT and fits(filled(expected, values), told):
            return self._as_expected(told, expected, values)
        if name in _WORDS or _ANNOTATION.search(name):
            return self._scrubbed(told, values)
        known = self._named(told, values)
        return known if re.fullmatch(r"<[^<>]+>", known) else _kind(told)

    def _as_expected(self, told: str, expected: str, values: Mapping[str, str]) -> str:
        """The fact's own words; its ids by their names in this recording."""
        said = re.sub(r"(?<!\{)\{([a-z_.]+)\}(?!\})", r"<\1>", expected)
        ids = iter(_GUID.findall(self._without_known(told, values)))
        return re.sub("<guid>", lambda _found: self._name_of(next(ids, "")), said)

    def _scrubbed(self, told: str, values: Mapping[str, str]) -> str:
        text = self._named(told, values)
        for kind, pattern in _TOLD:
            text = pattern.sub(f"<{kind}>", text)
        return _QUOTED.sub(lambda found: found[0] if "<" in found[0] or _is_public(found[0]) else "'<text>'", text)

    def _named(self, told: str, values: Mapping[str, str]) -> str:
        """With every value of this run, and every other id, by its name."""
        text = self._without_known(told, values)
        return _GUID.sub(lambda found: found[0] if _is_public(found[0]) else self._name_of(found[0]), text)

    @staticmethod
    def _without_known(told: str, values: Mapping[str, str]) -> str:
        lowered = told.lower()
        found = [(name, value) for name, value in values.items() if len(value) > _SHORTEST and value.lower() in lowered]
        for name, value in sorted(found, key=lambda pair: -len(pair[1])):
            if name != "absent":
                told = re.sub(re.escape(value), f"<{name}>", told, flags=re.IGNORECASE)
        return told

    def _name_of(self, id_: str) -> str:
        return self._names.setdefault(id_.lower(), f"<guid {len(self._names) + 1}>")


def scan(text: str, secret: Iterable[str]) -> None:
    """Prove that a recording holds nothing that must not be told. Raises Unsafe.

    `secret` are values of the place that was asked: its ids, names, secrets.
    """
    for value in secret:
        if len(value) > _SHORTEST and value.lower() in text.lower() and not _is_public(value):
            raise Unsafe("a value of the tenant that was asked stands in it")
    for leak in leaks_in(text):
        if not _is_public(text[leak.at : leak.end]):
            raise Unsafe(f"{leak.kind} stands in it, at character {leak.at}")


def _is_public(text: str) -> bool:
    """Whether the facts themselves say it."""
    return text.lower() in _public()


@cache
def _public() -> str:
    from contract_tests.facts.loading import FOLDER

    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*/*.toml"))).lower()


def _names_in(facts: tuple[Fact, ...]) -> frozenset[str]:
    answers = [each for fact in facts for each in (fact.answer, *(other.answer for other in fact.alternatives))]
    return frozenset(name for each in answers for name in _keys(each.body))


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield name
            yield from _keys(each)
    elif isinstance(value, list):
        for each in value:
            yield from _keys(each)


def _both(first: Any, second: Any) -> Any:
    """Two expectations of which either may be met: the first where they differ."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return {**second, **{name: _both(each, second.get(name)) for name, each in first.items()}}
    return second if first is None else first


def _item(expected: Any, index: int) -> Any:
    if not isinstance(expected, list) or not expected:
        return None
    if expected[0] in (EACH, SOME):
        return expected[1]
    return expected[index] if index < len(expected) else None


def _kind(told: str) -> str:
    kind = next((each for each in ("guid", "instant", "utc", "etag", "digits", "url") if fits(f"<{each}>", told)), None)
    return f"<{kind or 'text'}>" if told else ""
