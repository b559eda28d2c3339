"""One teardown run again and again until it succeeds, and what of the set-up is left in the tenant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.teardown import take_down
from scenarios.convergence.converging import everything
from scenarios.convergence.harms import Harm
from scenarios.convergence.standing import Runs, SetUp, run_until_done


@dataclass(frozen=True)
class TakenDown:
    """What a teardown under harm came to. A registration and its principal in the bin count as gone."""

    told: Runs
    left: frozenset[str]
    recorded: tuple[str, ...]
    """What the receipt still names."""

    @property
    def converged(self) -> bool:
        """Whether the tenant is as it was, and the receipt empty."""
        return self.told.result is not None and not self.left and not self.recorded


async def take_down_harmed(set_up: SetUp, harms: Mapping[int, Harm], *, pace: str = "immediate") -> TakenDown:
    """Take the set-up down while requests come to harm, again after each failure, and look at what is left."""
    tenant = set_up.tenant
    async with set_up.opened(harms, pace=pace) as case:
        told = await run_until_done(case, lambda: take_down(case.engine()))
        recorded = tuple(name for name, _ in case.engine().receipt.things())
    directory = tenant.directory
    binned: tuple[Any, ...] = (*directory.deleted_applications(), *directory.deleted_service_principals())
    gone = {f"{type(each).__name__} {each.id}" for each in binned}
    return TakenDown(told, everything(tenant) - set_up.before - gone, recorded)
