"""Service protection: who may ask now, what a request costs, and what its answer tells of what is left.

A batch is one request, whose execution is that of its operations. The fake's own time says nothing about Dataverse's,
so that execution is counted by kind of request (`Costs`), and never by a stopwatch. A limit of execution is looked at
before a request, not during it. Requests are at once while their bodies are still coming in: the fakes answer the rest
of a request in one go.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.refusals import Row, gateway
from mock_services.state.service_limits import Exceeded, Facet, ServiceLimits

_ROWS: dict[Facet, Row] = {
    Facet.REQUESTS: gateway.REQUESTS_EXCEEDED,
    Facet.TIME: gateway.TIME_EXCEEDED,
    Facet.CONCURRENCY: gateway.CONCURRENCY_EXCEEDED,
}


@dataclass
class Visit:
    """A request as the limits see it: what it has cost so far, and the headers that tell what is left."""

    milliseconds: int = 0
    headers: tuple[tuple[str, str], ...] = field(default_factory=tuple)

    def metered(self, act: Callable[[Call], Answer], limits: ServiceLimits) -> Callable[[Call], Answer]:
        """The same act, which adds its cost to this visit whether or not it succeeds."""

        def acting(call: Call) -> Answer:
            self.milliseconds += cost_of(call, limits)
            return act(call)

        return acting


@contextmanager
def admitted(limits: ServiceLimits, user: str, now: Callable[[], datetime], visit: Visit) -> Iterator[None]:
    """Count a request of this user while it lasts. Raises Refusal (429) before it begins."""
    over = limits.exceeded(user, now())
    use = limits.use_of(user, now())
    if over is not None:
        visit.headers = told(limits, user, now())
        raise _refusal(limits, over, now())
    use.under_way += 1
    if limits.is_on:
        use.spend(now(), requests=1)
    try:
        yield
    finally:
        use.under_way -= 1
        if limits.is_on:
            use.spend(now(), execution=timedelta(milliseconds=visit.milliseconds))
        visit.headers = told(limits, user, now())


def told(limits: ServiceLimits, user: str, now: datetime) -> tuple[tuple[str, str], ...]:
    """The headers of every answer to a known user; the comma between thousands is as recorded in 2024."""
    use = limits.use_of(user, now)
    left = max(timedelta(), limits.execution - use.execution).total_seconds()
    return (
        ("x-ms-dop-hint", str(limits.parallelism)),
        ("x-ms-ratelimit-burst-remaining-xrm-requests", str(max(0, limits.requests - use.requests))),
        ("x-ms-ratelimit-time-remaining-xrm-requests", f"{left:,.2f}"),
    )


def cost_of(call: Call, limits: ServiceLimits) -> int:
    """Milliseconds of execution that a call is taken to need."""
    costs, segments = limits.costs, call.path.segments
    if not segments:
        return costs.read
    last = segments[-1].name
    if last.startswith(facts.NAMESPACE) or call.path.head.name not in call.schema.by_set:
        return costs.operation + costs.row_in_bulk * _targets(call)
    if call.method != "GET":
        return costs.write
    return costs.read if segments[-1].inside is not None else costs.list


def _targets(call: Call) -> int:
    if call.method != "POST" or not call.raw_body.strip():
        return 0
    with suppress(Refusal):
        targets = call.body.get("Targets")
        return len(targets) if isinstance(targets, list) else 0
    return 0


def _refusal(limits: ServiceLimits, over: Exceeded, now: datetime) -> Refusal:
    row = _ROWS[over.facet]
    message = row.template.format(
        limit={
            Facet.REQUESTS: str(limits.requests),
            Facet.TIME: f"{limits.execution // timedelta(milliseconds=1):,}",
            Facet.CONCURRENCY: str(limits.concurrent),
        }[over.facet],
        seconds=int(limits.window.total_seconds()),
    )
    return Refusal(row.code, message, headers={"Retry-After": str(over.seconds_from(now))})
