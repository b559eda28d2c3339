"""How a fake is made to lie: in itself (a row of refusals, a function that checks something), or on the wire (a header
or a member that is missing or other). Changes are undone when their block ends, so the lies of one process take turns.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import httpx

Wire = Callable[[httpx.Request, httpx.Response], httpx.Response]

ODD_STATUS: Final = 418


@dataclass(frozen=True)
class Mutant:
    """One lie."""

    service: str
    name: str
    change: Callable[[], AbstractContextManager[None]] = nullcontext
    wire: Wire | None = None
    refusal: str = ""
    """The row that it is about; its facts are asked first."""


@contextmanager
def changed(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Another value for an attribute of a module, a class or a frozen row."""
    before = getattr(owner, name)
    _put(owner, name, value)
    try:
        yield
    finally:
        _put(owner, name, before)


def _put(owner: Any, name: str, value: Any) -> None:
    if hasattr(owner, "__dataclass_fields__") and not isinstance(owner, type):
        object.__setattr__(owner, name, value)  # rows are frozen
    else:
        setattr(owner, name, value)


def patch(path: str, value: Any) -> Callable[[], AbstractContextManager[None]]:
    """`package.module:Name.attribute` becomes something else."""
    module, _, inside = path.partition(":")

    def change() -> AbstractContextManager[None]:
        owner: Any = import_module(f"mock_services.{module}")
        *outer, last = inside.split(".")
        for part in outer:
            owner = getattr(owner, part)
        return changed(owner, last, value)

    return change


def _answering(path: str, change: Callable[[Any, httpx.Response], Any]) -> Wire:
    """Successful JSON below a path (a regular expression), changed by a function."""
    wanted = re.compile(path)

    def wire(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if not wanted.search(request.url.path) or "json" not in answer.headers.get("content-type", ""):
            return answer
        return _told(answer, content=json.dumps(change(json.loads(answer.content), answer)).encode())

    return wire


def headed(path: str, **changes: str | None) -> Wire:
    """Headers below a path, changed; None takes one away. `_` in a name is a hyphen."""
    wanted = re.compile(path)

    def wire(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if not wanted.search(request.url.path):
            return answer
        headers = [pair for pair in answer.headers.multi_items() if pair[0].replace("-", "_") not in changes]
        headers += [(name.replace("_", "-"), value) for name, value in changes.items() if value is not None]
        return _told(answer, headers=headers)

    return wire


def member(path: str, name: str, value: Any = None, *, gone: bool = False) -> Wire:
    """A member, at whatever depth of an answer, other or missing."""

    def without(told: Any, _answer: httpx.Response) -> Any:
        if isinstance(told, list):
            return [without(each, _answer) for each in told]
        if not isinstance(told, dict):
            return told
        kept = {key: without(each, _answer) for key, each in told.items() if not (gone and key == name)}
        return kept if gone or name not in kept else {**kept, name: value}

    return _answering(path, without)


def refusing(code: str, *, status: int | None = None, other: str | None = None) -> Wire:
    """Refusals with this code get another status or another code."""

    def wire(_request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        said = f'"code":"{code}"'
        if said not in answer.text.replace('": "', '":"'):
            return answer
        content = answer.text.replace(code, other) if other else answer.text
        return _told(answer, status=status, content=content.encode())

    return wire


def reworded(row: Any) -> Wire:
    """Dataverse's refusals of a row get other words, alone or in a batch."""

    def wire(_request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        found = re.search(r'"message":"((?:[^"\\]|\\.)*)"', answer.text)
        if found is None or row.code not in answer.text or not row.fits(row.status, json.loads(f'"{found[1]}"')):
            return answer
        return _told(answer, content=answer.text.replace(found[1], "Odd words.").encode())

    return wire


def restated(path: str, before: int) -> Wire:
    """Answers below a path that have this status get another."""

    def wire(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        is_meant = request.url.path.startswith(path) and answer.status_code == before
        return _told(answer, status=ODD_STATUS) if is_meant else answer

    return wire


def _told(
    answer: httpx.Response, *, status: int | None = None, headers: Any = None, content: bytes | None = None
) -> httpx.Response:
    kept = [pair for pair in (headers or answer.headers.multi_items()) if pair[0] != "content-length"]
    body = answer.content if content is None else content
    return httpx.Response(status or answer.status_code, headers=kept, content=body)
