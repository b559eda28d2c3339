"""What is claimed of each operation and each refusal, on what evidence, and when a tenant was last heard to say so.

Successes and refusals are counted apart and never added up. A refusal that only a planned fault brings about proves
nothing about a service and is left out of every count. What a stand-in has said is no evidence.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from contract_tests.coverage.subjects import Row, Subject, subjects
from contract_tests.facts.constants import EXCUSED
from contract_tests.facts.fact import TIERS, Accepted, Fact
from contract_tests.facts.loading import SERVICES, accepted, facts
from contract_tests.facts.rails import ABSENT_ID
from contract_tests.facts.recording import Recording, recordings

_BY_FAULT_ONLY: Final = "by planned fault only"
_VARIABLE: Final = re.compile(r"\{[a-z_.]+\}")
NONE: Final = "none"
"""The tier of what no fact is about."""


@dataclass(frozen=True)
class Claim:
    """One operation's success, or one refusal."""

    what: str
    tier: str
    seen: str
    """When the evidence was seen; for a tenant, the day of the recording."""
    source: str
    facts: tuple[str, ...]
    differences: tuple[str, ...]
    """Accepted for a while, each with its reason and the day to look again."""
    counts: bool = True


@dataclass(frozen=True)
class Page:
    """One service."""

    service: str
    title: str
    successes: tuple[Claim, ...]
    refusals: tuple[Claim, ...]

    def tiers(self, claims: Iterable[Claim]) -> Mapping[str, int]:
        """How many claims rest on what."""
        return Counter(each.tier for each in claims if each.counts)


def pages(kept: tuple[Recording, ...] | None = None, let_pass: tuple[Accepted, ...] | None = None) -> tuple[Page, ...]:
    """The report, by service; of the repository's own recordings and accepted differences unless others are given."""
    heard = _heard(recordings() if kept is None else kept)
    passing = accepted() if let_pass is None else let_pass
    return tuple(_page(each, heard, passing) for each in subjects() if each.name in SERVICES)


def as_json(told: tuple[Page, ...]) -> dict[str, Any]:
    """The report for programs."""
    return {
        "services": [
            {
                "service": page.service,
                "title": page.title,
                "successes": {
                    "counts": counts(page, page.successes),
                    "claims": [asdict(each) for each in page.successes],
                },
                "refusals": {"counts": counts(page, page.refusals), "claims": [asdict(each) for each in page.refusals]},
            }
            for page in told
        ],
        "constants_without_fact": EXCUSED,
    }


def counts(page: Page, claims: tuple[Claim, ...]) -> dict[str, int]:
    """All, and by tier from the strongest; `none` are those that no fact is about."""
    by_tier = page.tiers(claims)
    return {"all": sum(by_tier.values()), **{tier: by_tier.get(tier, 0) for tier in (*reversed(TIERS), NONE)}}


def _heard(kept: tuple[Recording, ...]) -> dict[str, str]:
    """Fact -> the newest day on which a tenant was asked it."""
    return {name: str(each.recorded) for each in kept if each.of == "tenant" for name in each.answers}


def _page(subject: Subject, heard: Mapping[str, str], passing: tuple[Accepted, ...]) -> Page:
    of_service = [fact for fact in facts() if fact.service == subject.name]
    by_door: dict[str, list[Fact]] = {door: [] for door in subject.operations}
    by_row: dict[str, list[Fact]] = {row: [] for row in subject.rows}
    for fact in of_service:
        if fact.refusal:
            by_row[fact.refusal].append(fact)
        elif not fact.is_refusal:
            by_door[door_of(subject, fact)].append(fact)
    return Page(
        subject.name,
        subject.title,
        tuple(_claim(door, about, None, heard, passing) for door, about in by_door.items()),
        tuple(_refusal(subject.rows[row], about, heard, passing) for row, about in by_row.items()),
    )


def door_of(subject: Subject, fact: Fact) -> str:
    """The operation that a fact is about: its request's, or, where another service tells what came of it, that of the
    last request before. Raises LookupError where its service has none such."""
    asked = next((each for each in (fact.asked, *reversed(fact.before)) if each.home == fact.service), fact.asked)
    path = _VARIABLE.sub(ABSENT_ID, asked.path)
    door = subject.door_of(asked.method, f"https://host{path}")
    if door is None or door not in subject.operations:
        raise LookupError(f"{fact.name} asks {asked.method} {asked.path}, which is no operation")
    return door


def _refusal(row: Row, about: list[Fact], heard: Mapping[str, str], passing: tuple[Accepted, ...]) -> Claim:
    claim = _claim(f"{row.status} {row.code}: {row.template}", about, row, heard, passing)
    if _BY_FAULT_ONLY in row.evidence:
        return Claim(claim.what, claim.tier, row.seen, row.evidence, claim.facts, claim.differences, counts=False)
    return claim


def _claim(
    what: str, about: list[Fact], otherwise: Row | None, heard: Mapping[str, str], passing: tuple[Accepted, ...]
) -> Claim:
    names = tuple(fact.name for fact in about)
    differences = tuple(
        f"{each.field}: {each.reason} (look again by {each.look_again})" for each in passing if each.fact in names
    )
    days = [heard[name] for name in names if name in heard]
    if days:
        return Claim(what, "live", max(days), "asked of a tenant", names, differences)
    if not about:
        return Claim(what, NONE, otherwise.seen if otherwise else "", otherwise.evidence if otherwise else "", (), ())
    best = max(about, key=lambda fact: (TIERS.index(fact.tier), fact.seen))
    return Claim(what, best.tier, best.seen, best.source, names, differences)
