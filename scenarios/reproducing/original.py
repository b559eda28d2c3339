"""What a paste shows of one refused call: which failure modes it may be, and where; nobody's names."""

from collections.abc import Iterator
from dataclasses import dataclass

from mock_services.hosts import NationalCloud, national_cloud_of
from provisioning.clouds import dataverse_host
from provisioning.explaining.explanation import Explanation, explain
from provisioning.problems import BadInput
from scenarios.failure_modes import FAILURE_MODES
from scenarios.place import Place
from scenarios.reproducing.comparing import Shown
from scenarios.reproducing.pseudonyms import pseudonymous

_MOST = 16
"""Failure modes that are tried at most; each takes about a tenth of a second."""


@dataclass(frozen=True)
class Original:
    """An answer that somebody pasted."""

    shown: Shown
    candidates: tuple[str, ...]
    """Failure modes that it may be, likeliest first."""
    place: Place
    privilege: str = ""
    """The privilege that it says is missing."""


def original_of(text: str) -> Original:
    """Read a paste. Raises BadInput where it tells no cause that is in the catalogue."""
    found = explain(text)
    candidates = tuple(_candidates(found))
    if not candidates:
        raise BadInput("TEXT", _why_not(found), "see what is in it with `d365 explain`, or name one of `d365 failures`")
    facts = found.facts
    statuses = [status for status in facts.statuses if status >= 400]
    return Original(
        shown=Shown(statuses[0] if len(statuses) == 1 else None, tuple(facts.codes), pseudonymous(text, found)),
        candidates=candidates,
        place=_place(facts.hosts),
        privilege=facts.privileges[0] if facts.privileges else "",
    )


def _candidates(found: Explanation) -> Iterator[str]:
    """What the explanation names, then what looks like it, answers with the same code, or is of the same family."""
    named = [cause.name for cause in found.causes if cause.name in FAILURE_MODES]
    alike = [name for each in named for name in FAILURE_MODES[each].looks_like]
    codes = {code.lower() for code in found.facts.codes}
    same = [mode.name for mode in FAILURE_MODES.values() if mode.symptom.code.lower() in codes]
    kin = [mode.name for mode in FAILURE_MODES.values() if found.causes and mode.family == found.causes[0].family]
    yield from list(dict.fromkeys((*named, *alike, *same, *kin)))[:_MOST]


def _why_not(found: Explanation) -> str:
    if found.causes:
        return f"tells of {found.causes[0].name}, which cannot be brought about here"
    return "tells no cause that could be brought about"


def _place(hosts: list[str]) -> Place:
    for host in hosts:
        environment = dataverse_host(host)
        if environment is not None:
            cloud = national_cloud_of(host)
            return Place(environment.region, cloud) if cloud is NationalCloud.PUBLIC else Place(national_cloud=cloud)
    return Place()
