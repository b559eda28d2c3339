"""What a failure mode looks like on the wire: the request that fails and its whole answer, by the fakes' journal.

Ids, instants and thumbprints differ from run to run; they are replaced by made-up ones, the same for the same.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mock_services.journal import Entry
from scenarios.failure_modes.entry import FailureMode, Symptom
from scenarios.failure_modes.performing import Stage, perform

_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
# Never changed: they mean something wherever they stand.
_WELL_KNOWN = re.compile(r"^(?:0000000\d-0000-0000-c000-000000000000|00000000-0000-0000-0000-000000000000)$")
_INSTANTS = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ"), "2026-03-02 12:00:00Z"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?"), "2026-03-02T12:00:00Z"),
    (re.compile(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d"), "03/02/2026 12:00:00"),
)
# A cloud numbers the labels of its tenants; which number the other customer has says nothing.
_NUMBERED = re.compile(r"\b(fabrikam)\d+\b")
_THUMBPRINT = re.compile(r"(?<=client: ')(?:[0-9A-F]{64}|[0-9A-F]{40})(?=')")


@dataclass(frozen=True)
class Recording:
    """One request that failed, and its answer; `status` None and no body where none came."""

    method: str
    url: str
    status: int | None
    body: str

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {"method": self.method, "url": self.url, "status": self.status, "body": self.body}


async def record(mode: FailureMode, stage: Stage) -> Recording | None:
    """Bring a healthy tenant into this state and do what shows it. None where nothing that is said shows it."""
    await perform(mode, stage, mode.apply(stage.scene))
    return recorded(mode.symptom, told(stage))


def told(stage: Stage) -> list[Entry]:
    """Every answer of the scene, whoever's journal it went into."""
    cloud = stage.scene.cloud
    return [entry for journal in (cloud.journal, *(t.journal for t in cloud.tenants)) for entry in journal]


def recorded(symptom: Symptom, entries: Iterable[Entry]) -> Recording | None:
    """The first answer that is this symptom's; None where there is none."""
    wanted = symptom.status or 0
    found = next((e for e in entries if e.status == wanted and code_in(e.response_body) == symptom.code), None)
    if found is None:
        return None
    names = _Names()
    url = names.stable(found.url)
    body = names.stable(_pretty(found.response_body))
    # The journal strikes out whatever follows `code=` in a URL; here it is the refusal's own number.
    body = body.replace("error?code=***", f"error?code={symptom.code.removeprefix('AADSTS')}")
    return Recording(found.method, url, symptom.status, body)


def code_in(body: str) -> str:
    """The code that an answer's body names; "" where it names none."""
    try:
        parsed = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(parsed, dict):
        return ""
    if parsed.get("error_codes"):
        return f"AADSTS{parsed['error_codes'][0]}"
    error = parsed.get("error")
    return str(error.get("code", "")) if isinstance(error, dict) else ""


class _Names:
    """Made-up ids, in the order in which the real ones turn up."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def stable(self, text: str) -> str:
        """The text with every id and instant replaced."""
        for pattern, instead in _INSTANTS:
            text = pattern.sub(instead, text)
        text = _NUMBERED.sub(r"\1", _THUMBPRINT.sub(lambda found: "0" * len(found[0]), text))
        return _GUID.sub(self._name, text)

    def _name(self, found: re.Match[str]) -> str:
        real = found.group(0).lower()
        if _WELL_KNOWN.match(real):
            return real
        number = len(self._given) + 1
        return self._given.setdefault(real, f"{number:08x}-aaaa-4aaa-8aaa-aaaaaaaaaaaa")


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body
