"""Puts the contract to fakes that lie: it must fail for each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import httpx

from contract_tests.facts.fact import Fact, NotAsked
from contract_tests.facts.in_process import Around, fake_world, own_world
from contract_tests.facts.loading import facts
from contract_tests.facts.lying import Mutant, Wire
from contract_tests.facts.putting import Outcome, is_rehearsed, put
from contract_tests.facts.world import World
from mock_services.cloud import FakeCloud
from mock_services.signing import SigningKeys
from provisioning.problems import Withheld


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
