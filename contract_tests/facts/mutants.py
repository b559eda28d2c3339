"""Fakes that lie: each mutant changes one fact, and the contract must fail for it.

`python -m benchmarks.contract_mutants` tries them all; the suite tries some. A mutant changes either the fakes
themselves (a row of refusals, a function that checks something) or what they put on the wire (a header or a member
that is missing or other). Changes are undone when its block ends, so mutants of one process go one after another.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import httpx

from contract_tests.coverage.subjects import Row, subjects
from contract_tests.facts.fact import Fact, NotAsked
from contract_tests.facts.in_process import Around, fake_world, own_world
from contract_tests.facts.loading import SERVICES, facts
from contract_tests.facts.putting import Outcome, is_rehearsed, put
from contract_tests.facts.world import World
from mock_services.cloud import FakeCloud
from mock_services.signing import SigningKeys
from provisioning.problems import Withheld

Wire = Callable[[httpx.Request, httpx.Response], httpx.Response]


@dataclass(frozen=True)
class Mutant:
    """One lie."""

    service: str
    name: str
    change: Callable[[], AbstractContextManager[None]] = nullcontext
    wire: Wire | None = None
    refusal: str = ""
    """The row that it is about; its facts are asked first."""


@dataclass(frozen=True)
class Verdict:
    """What the contract said to a mutant."""

    mutant: Mutant
    caught_by: str
    """The first fact that failed, or what stood in the way of asking; "" where nothing was noticed."""
    asked: int


async def judge(mutant: Mutant, folder: Path) -> Verdict:
    """Ask the facts of the mutant's service until one fails."""
    asked, caught = 0, ""
    order = sorted((fact for fact in facts() if fact.service == mutant.service), key=lambda fact: _rank(mutant, fact))
    with mutant.change():
        try:
            async with _lying(mutant, folder) as world:
                for fact in order:
                    asked += 1
                    outcome = await _asked(fact, mutant, world, folder)
                    if outcome.differences or outcome.shown is not None:
                        caught = fact.name
                        break
        except (NotAsked, Withheld) as problem:
            caught = caught or f"not even asked: {str(problem)[:60]}"
    return Verdict(mutant, caught, asked)


async def _asked(fact: Fact, mutant: Mutant, world: World, folder: Path) -> Outcome:
    if not is_rehearsed(fact):
        return await put(fact, world)
    cloud = FakeCloud(keys=_keys())
    async with own_world(cloud, folder / "alone", around=_around(mutant)) as alone:
        return await put(fact, alone)


def _around(mutant: Mutant) -> Around | None:
    return partial(_Wire, mutant.wire) if mutant.wire else None


def _rank(mutant: Mutant, fact: Fact) -> int:
    return 0 if mutant.refusal and fact.refusal == mutant.refusal else 1


@asynccontextmanager
async def _lying(mutant: Mutant, folder: Path) -> AsyncIterator[World]:
    cloud = FakeCloud(keys=_keys())
    tenant = cloud.create_tenant()
    (folder / "alone").mkdir()
    async with fake_world(cloud, tenant, folder, around=_around(mutant)) as world:
        yield world


@cache
def _keys() -> SigningKeys:
    return SigningKeys()


class _Wire(httpx.AsyncBaseTransport):
    """Changes answers on their way."""

    def __init__(self, change: Wire, inner: httpx.AsyncBaseTransport) -> None:
        self._change = change
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        await answer.aread()
        return self._change(request, answer)


# How a fake is changed ---------------------------------------------------------------------------------------------


@contextmanager
def _set(owner: Any, name: str, value: Any) -> Iterator[None]:
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
        return _set(owner, last, value)

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

    def changed(told: Any, _answer: httpx.Response) -> Any:
        if isinstance(told, list):
            return [changed(each, _answer) for each in told]
        if not isinstance(told, dict):
            return told
        kept = {key: changed(each, _answer) for key, each in told.items() if not (gone and key == name)}
        return kept if gone or name not in kept else {**kept, name: value}

    return _answering(path, changed)


def _refused(code: str, *, status: int | None = None, other: str | None = None) -> Wire:
    """Refusals with this code get another status or another code."""

    def wire(_request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        said = f'"code":"{code}"'
        if said not in answer.text.replace('": "', '":"'):
            return answer
        content = answer.text.replace(code, other) if other else answer.text
        return _told(answer, status=status, content=content.encode())

    return wire


def _reworded(row: Any) -> Wire:
    """Dataverse's refusals of a row get other words, alone or in a batch."""

    def wire(_request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        found = re.search(r'"message":"((?:[^"\\]|\\.)*)"', answer.text)
        if found is None or row.code not in answer.text or not row.fits(row.status, json.loads(f'"{found[1]}"')):
            return answer
        return _told(answer, content=answer.text.replace(found[1], "Odd words.").encode())

    return wire


def _status(path: str, before: int) -> Wire:
    """Answers below a path that have this status get another."""

    def wire(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        is_meant = request.url.path.startswith(path) and answer.status_code == before
        return _told(answer, status=_ODD_STATUS) if is_meant else answer

    return wire


def _told(
    answer: httpx.Response, *, status: int | None = None, headers: Any = None, content: bytes | None = None
) -> httpx.Response:
    kept = [pair for pair in (headers or answer.headers.multi_items()) if pair[0] != "content-length"]
    body = answer.content if content is None else content
    return httpx.Response(status or answer.status_code, headers=kept, content=body)


# The mutants -------------------------------------------------------------------------------------------------------


def mutants() -> tuple[Mutant, ...]:
    """Every one: of each refusal that a fact is about, and of what is checked, made and told besides."""
    from contract_tests.facts.mutated import BEHAVIOUR

    return (*_of_refusals(), *BEHAVIOUR)


_ODD_STATUS: Final = 418
_PLACEHOLDER: Final = re.compile(r"\{\w+\}")
_NOT_ON_THE_WIRE: Final = {"unauthorized": "UNAUTHORIZED_BODY"}
"""Texts of rows that stand for others in facts.py."""


def _of_refusals() -> Iterator[Mutant]:
    """One mutant a row, by turns of its status, its code and its words."""
    rows = {(each.name, name): row for each in subjects() for name, row in each.rows.items()}
    named = dict.fromkeys((fact.service, fact.refusal) for fact in facts() if fact.refusal)
    for index, (service, refusal) in enumerate(named):
        if service in SERVICES:
            yield _of_refusal(service, refusal, rows[service, refusal], index % 3)


def _of_refusal(service: str, refusal: str, row: Row, turn: int) -> Mutant:
    of: Any = row.of
    if turn == 0 and row.status < httpx.codes.BAD_REQUEST:
        turn = 1  # told on a page or in a redirect, whose status says nothing
    if turn == 0 or _PLACEHOLDER.fullmatch(of.template):
        odd = 403 if refusal.startswith("facts.API_") else _ODD_STATUS  # its bodies follow from a few statuses
        name = f"{refusal}: status {row.status} is {odd}"
        if service == "dataverse":  # its code takes statuses from codes, not from rows
            wire = _refused(of.code, status=_ODD_STATUS) if of.code else _status("/api/data", row.status)
            return Mutant(service, name, wire=wire, refusal=refusal)
        return Mutant(service, name, lambda: _set(of, "status", odd), refusal=refusal)
    if turn == 1 and of.code and not refusal.startswith("facts.DISCOVERY"):
        name = f"{refusal}: code {row.code} is another"
        if service == "dataverse":
            return Mutant(service, name, wire=_refused(of.code, other="0x80040999"), refusal=refusal)
        other = 999 if isinstance(of.code, int) else "Odd"
        return Mutant(service, name, lambda: _set(of, "code", other), refusal=refusal)
    return _of_words(service, refusal, of)


def _of_words(service: str, refusal: str, of: Any) -> Mutant:
    name = f"{refusal}: the words are others"
    if service == "dataverse" and of.code:  # its code takes words from many places
        return Mutant(service, name, wire=_reworded(of), refusal=refusal)
    constant = _constant(service, of.template)
    change = patch(f"{service}.facts:{constant}", "Odd words.") if constant else None
    return Mutant(service, name, change or (lambda: _set(of, "template", "Odd words.")), refusal=refusal)


def _constant(service: str, template: str) -> str:
    """The name in facts.py of a text that Dataverse's code takes from there."""
    if service != "dataverse":
        return ""
    if template in _NOT_ON_THE_WIRE:
        return _NOT_ON_THE_WIRE[template]
    told = vars(import_module(f"mock_services.{service}.facts"))
    return next((name for name, value in told.items() if value == template and name.isupper()), "")
