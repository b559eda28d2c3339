"""`$search`: quoted `"member:words"` terms, joined by AND and OR (DOC concepts/search-query-parameter).

Texts are cut into words at blanks, signs, digits and changes of case; each word asked for must begin one of them.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

from mock_services.errors import Unmodelled
from mock_services.graph.errors import Refused
from mock_services.graph.refusals import queries

Document = dict[str, Any]
_TERM = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*')
_JOINT = re.compile(r"(AND|OR)\b")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_CASE_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z])")


def found_by(text: str | None, documents: Sequence[Document], searchable: Collection[str]) -> Sequence[Document]:
    """The documents that a search finds; all of them without one. Raises Refused, Unmodelled."""
    if text is None:
        return documents
    alternatives = _read(text, searchable)
    return [each for each in documents if any(_holds(each, terms) for terms in alternatives)]


def _read(text: str, searchable: Collection[str]) -> list[list[tuple[str, list[str]]]]:
    """Terms as alternatives of conjunctions; AND binds closer. Raises Refused, Unmodelled."""
    alternatives: list[list[tuple[str, list[str]]]] = [[]]
    position = 0
    while True:
        term = _TERM.match(text, position)
        if term is None:
            raise _unreadable(text, position)
        alternatives[-1].append(_term(term[1], searchable))
        position = term.end()
        if position == len(text):
            return alternatives
        joint = _JOINT.match(text, position)
        if joint is None:
            raise _unreadable(text, position)
        if joint[1] == "OR":
            alternatives.append([])
        position = joint.end()


def _unreadable(text: str, position: int) -> Exception:
    at = position + (len(text[position:]) - len(text[position:].lstrip()))
    if text[at : at + 1] == "(":
        return Unmodelled("parentheses in $search of Graph")
    colon = text.find(":", at)
    where = colon if colon >= 0 else min(at, len(text) - 1)
    return Refused(queries.SEARCH_UNREADABLE, character=text[where : where + 1], position=max(where, 0), text=text)


def _term(inside: str, searchable: Collection[str]) -> tuple[str, list[str]]:
    name, colon, wanted = inside.partition(":")
    if not colon or name not in searchable:
        raise Refused(queries.CLAUSE_UNSUPPORTED, member=name, kind="$search")
    return name, _words(wanted)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(_CASE_CHANGE.sub(" ", text))]


def _holds(document: Document, terms: list[tuple[str, list[str]]]) -> bool:
    return all(_begins(document.get(name), wanted) for name, wanted in terms)


def _begins(value: Any, wanted: list[str]) -> bool:
    texts = value if isinstance(value, list) else [value or ""]
    return bool(wanted) and any(
        all(any(word.startswith(each) for word in _words(text)) for each in wanted) for text in texts
    )
