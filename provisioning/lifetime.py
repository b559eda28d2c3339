"""A secret for as long as the tenant allows: where its app management policy caps lifetimes, less is asked for.

The policy may be read by whoever has Policy.Read.All, which an operator seldom has; then shorter terms are tried, from
year to week, as scripts in the field do (MicrosoftDocs applicationauthenticationmethodpolicy.md for the policy). A
refused one leaves nothing behind, so trying is safe.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from provisioning.graph import LIFETIME_CAPPED, GraphClient, Secret
from provisioning.problems import NotPermitted, NotReached, Refused

SHORTER: Final = tuple(timedelta(days=days) for days in (365, 180, 90, 30, 7))
"""What is tried where the policy cannot be read; below the last of them a person has to decide."""
_DURATION: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


@dataclass(frozen=True)
class Added:
    """A new secret, its value, and why it lives for less than was wished ("" where it does not)."""

    secret: Secret
    value: str
    note: str = ""


async def add_secret(graph: GraphClient, application: str, *, name: str, start: datetime, end: datetime) -> Added:
    """Add a secret until `end`, or for as long as the policy allows. Raises the first refusal where nothing will do."""
    try:
        return Added(*await graph.add_secret(application, name=name, start=start, end=end))
    except Refused as problem:
        if problem.refusal.code != LIFETIME_CAPPED:
            raise
        first = problem
    capped = await _cap(graph, application)
    for term in SHORTER if capped is None else (capped, *SHORTER):
        if start + term >= end or not SHORTER[-1] <= term <= (capped or term):
            continue
        try:
            added = await graph.add_secret(application, name=name, start=start, end=start + term)
        except Refused as problem:
            if problem.refusal.code != LIFETIME_CAPPED:
                raise
        else:
            return Added(*added, f"for {_said(term)} only, since the tenant's policy allows no more")
    raise first


def months_later(start: datetime, months: int) -> datetime:
    """The same day so many months later, or that month's last."""
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))


async def _cap(graph: GraphClient, application: str) -> timedelta | None:
    """The longest that the policy allows; None where it cannot be read or does not say."""
    try:
        restrictions = await graph.secret_restrictions(application)
    except (Refused, NotPermitted, NotReached):
        return None
    caps = [_duration(each.get("maxLifetime")) for each in restrictions if _is_cap(each)]
    return min((cap for cap in caps if cap), default=None)


def _is_cap(restriction: Any) -> bool:
    return bool(restriction.get("restrictionType") == "passwordLifetime" and restriction.get("state") != "disabled")


def _duration(text: object) -> timedelta | None:
    """An ISO 8601 duration as the policy has it, such as P180D."""
    read = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if read is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in read.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _said(term: timedelta) -> str:
    return f"{term.days} days" if term.days else f"{term // timedelta(hours=1)} hours"
