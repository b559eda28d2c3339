"""Every piece of evidence in a paste: where it stands, how much it weighs, which causes it speaks for."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from provisioning.explaining.aadsts import AADSTS, meaning_of
from provisioning.explaining.context import Context
from provisioning.explaining.dataverse_codes import DATAVERSE_CODES, NAMES
from provisioning.explaining.dataverse_data_sentences import DATAVERSE_DATA_SENTENCES
from provisioning.explaining.dataverse_sentences import DATAVERSE_SENTENCES
from provisioning.explaining.graph_codes import GRAPH_CODES
from provisioning.explaining.graph_sentences import GRAPH_SENTENCES
from provisioning.explaining.guess import Guesses
from provisioning.explaining.login_sentences import LOGIN_SENTENCES
from provisioning.explaining.network_sentences import NETWORK_SENTENCES

_BEHIND = 700  # characters of a code's own text
_MOST_CODES = 400
_AADSTS = re.compile(r"aadsts\s?:?\s?(\d{4,9})")
_BARE_NUMBER = re.compile(
    r"(?:error\(s\):|invalid_\w{3,12}:|unauthorized_client:|sign-?in error code\W{0,5}|error\?code=|"
    r"aadsts error code\W{0,4})"
    r"\s?(\d{5,8})\b"
)
_NUMBERS = re.compile(r"error_?codes\W{1,8}((?:\d{4,9}\W{1,4}){1,6})")
_ERROR_CODE = re.compile(r"\berror ?code\W{1,4}(\d{5,8})\b")
_HEX = re.compile(r"\b0x(8[0-9a-f]{7})\b|crmexception: ?(8[0-9a-f]{7})\b|"
                  r"(?:error ?code|\bcode|\bhr)\W{1,6}(8(?:004|006|007)[0-9a-f]{4})\b")  # fmt: skip
_NAME = re.compile(r"apiexceptionmessagename\W{1,6}(" + "|".join(NAMES) + r")\b")
_DECIMAL = re.compile(r"(?<![\d-])-(2147\d{6})\b")
_GRAPH_CODE = re.compile(
    r"(?<![\w.])(" + "|".join(sorted(map(re.escape, GRAPH_CODES), key=len, reverse=True)) + r")(?!\w)"
)
# Codes that other programs use as well; they count where Graph or the Power Platform speaks.
_PLAIN_WORDS: Final = frozenset({
    "toomanyrequests", "resourcenotfound", "itemnotfound", "environmentnotfound", "tokennotfound", "objectconflict",
    "serviceprincipalnotfound", "servicenotavailable", "activitylimitreached", "usernotauthorizedtoperformoperation",
})  # fmt: skip
# Ranges of Dataverse's own codes; below them COM and .NET have theirs.
_DATAVERSE_RANGES: Final = ((0x80040200, 0x8004F9FF), (0x80050000, 0x80062FFF), (0x80071000, 0x80073FFF))
_SHORT = 300


@dataclass(frozen=True)
class Signal:
    """One piece of evidence. `told` is its short name for people: a code, or what kind of sentence."""

    at: int
    weight: int
    guesses: Guesses
    told: str


@dataclass(frozen=True)
class Codes:
    """The codes found, in order of appearance, and those among them that no book here knows."""

    signals: tuple[Signal, ...]
    names: tuple[str, ...]
    unknown: tuple[str, ...]


def code_signals(low: str, context: Context) -> Codes:
    """All codes of the three services."""
    signals: list[Signal] = []
    names: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for at, name, signal, is_ours in (*_aadsts(low), *_dataverse(low, context), *_graph(low, context)):
        if signal is not None:
            signals.append(signal)
            names.setdefault(name)
        elif is_ours:
            names.setdefault(name)
            unknown.setdefault(name)
        if at < 0:
            break
    return Codes(tuple(signals), tuple(names), tuple(unknown))


_Found = tuple[int, str, Signal | None, bool]


def _aadsts(low: str) -> Iterator[_Found]:
    places = [(found.start(), int(found.group(1)), found.end()) for found in _AADSTS.finditer(low)][:_MOST_CODES]
    told = {number for _, number, _ in places}
    starts = [at for at, _, _ in places]
    for index, (at, number, end) in enumerate(places):
        until = min(end + _BEHIND, starts[index + 1] if index + 1 < len(starts) else len(low))
        yield _of_number(at, number, low[end:until], low)
    for at, number in _bare_numbers(low):
        if number not in told:
            yield _of_number(at, number, low[at : at + _BEHIND], low)


def _bare_numbers(low: str) -> Iterator[tuple[int, int]]:
    for found in _BARE_NUMBER.finditer(low):
        yield found.start(), int(found.group(1))
    for found in _ERROR_CODE.finditer(low):
        if int(found.group(1)) in AADSTS:
            yield found.start(), int(found.group(1))
    for found in _NUMBERS.finditer(low):
        for number in re.findall(r"\d{4,9}", found.group(1)):
            yield found.start(), int(number)


def _of_number(at: int, number: int, words: str, low: str) -> _Found:
    name = f"AADSTS{number}"
    meaning = meaning_of(number, words, context=low)
    return at, name, Signal(at, meaning.weight, meaning.guesses, name) if meaning else None, True


def _dataverse(low: str, context: Context) -> Iterator[_Found]:
    found = [(match.start(), int(next(filter(None, match.groups())), 16)) for match in _HEX.finditer(low)]
    found += [(match.start(), NAMES[match.group(1)]) for match in _NAME.finditer(low)]
    found += [(match.start(), (1 << 32) - int(match.group(1))) for match in _DECIMAL.finditer(low)]
    if not context.dataverse and len(low) > _SHORT:
        return
    for at, code in sorted(found)[:_MOST_CODES]:
        name = f"0x{code:08x}"
        meaning = DATAVERSE_CODES.get(code)
        in_range = any(first <= code <= last for first, last in _DATAVERSE_RANGES)
        yield at, name, Signal(at, meaning.weight, meaning.guesses, name) if meaning else None, in_range


def _graph(low: str, context: Context) -> Iterator[_Found]:
    for match in _GRAPH_CODE.finditer(low):
        code = match.group(1)
        if code in _PLAIN_WORDS and not (context.graph or context.power_platform):
            continue
        meaning = GRAPH_CODES[code]
        yield match.start(), _SPELT[code], Signal(match.start(), meaning.weight, meaning.guesses, _SPELT[code]), True


_SPELT: Final = {code: code for code in GRAPH_CODES}


def sentence_signals(low: str, context: Context) -> Iterator[Signal]:
    """All sentences that count in this text; each at its last appearance."""
    for sentence in (*LOGIN_SENTENCES, *DATAVERSE_SENTENCES, *DATAVERSE_DATA_SENTENCES, *GRAPH_SENTENCES):
        if not context.allows(sentence.place):
            continue
        at = _last(sentence.words, low)
        if at >= 0:
            yield Signal(at, sentence.weight, sentence.guesses, "so in words")
    if context.network:
        for sentence in NETWORK_SENTENCES:
            at = _last(sentence.words, low)
            if at >= 0:
                yield Signal(at, sentence.weight, sentence.guesses, "that the network failed")


def _last(words: re.Pattern[str], low: str) -> int:
    at = -1
    for count, found in enumerate(words.finditer(low)):
        at = found.start()
        if count > 200:
            break
    return at


def strongest(signals: Iterable[Signal]) -> Signal | None:
    """The weightiest; of equal ones the last: the innermost of a chain, and the newest of a log."""
    return max(signals, key=lambda signal: (signal.weight, signal.at), default=None)
