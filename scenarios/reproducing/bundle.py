"""A reproduction as one file that may be shared: what happened, by pseudonyms, and enough to make it happen again."""

import json
from datetime import date
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mock_services.hosts import NationalCloud
from provisioning.problems import BadInput
from provisioning.receipt import write_whole
from scenarios.failure_modes import FAILURE_MODES
from scenarios.place import Place
from scenarios.reproducing.comparing import Shown
from scenarios.reproducing.original import Original
from scenarios.reproducing.redaction import allowed, scan
from scenarios.reproducing.reproduction import Reproduction

FORMAT: Final = "d365-harness reproduction"
_FIELD = "--bundle"
_MOST_BYTES = 1024 * 1024


class SharedAnswer(BaseModel):
    """One answer, as far as it may be shared."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: int | None = Field(default=None, ge=100, le=599)
    codes: tuple[str, ...] = ()
    words: str = ""

    def shown(self) -> Shown:
        """The same for a comparison."""
        return Shown(self.status, self.codes, self.words)


class Bundle(BaseModel):
    """What is in the file. It holds no id, name, host, address or secret of anybody's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["d365-harness reproduction"] = FORMAT
    version: Literal[1] = 1
    made: date
    failure_mode: str
    region: str = Field(pattern=r"^crm\d{0,2}$")
    national_cloud: NationalCloud = NationalCloud.PUBLIC
    privilege: str = Field(default="", pattern=r"^(?:prv[A-Za-z0-9_]{2,90})?$")
    original: SharedAnswer | None = None
    reproduced: SharedAnswer
    differences: tuple[str, ...] = ()

    def asked(self) -> Original:
        """What a replay is to bring about: the original where there was one, else what was reproduced."""
        return Original(
            shown=(self.original or self.reproduced).shown(),
            candidates=(self.failure_mode,),
            place=Place(self.region, self.national_cloud),
            privilege=self.privilege,
        )


def bundle_of(made: Reproduction, place: Place, privilege: str, today: date) -> Bundle:
    """A reproduction, redacted: of the original the words that the platform itself uses."""
    shown, original = made.shown, None
    if made.comparison is not None:
        pasted = made.comparison.original
        words = allowed(made.comparison.passage, shown.words)
        codes = tuple(code for code in pasted.codes if allowed(code, shown.words) == code)
        original = SharedAnswer(status=pasted.status, codes=codes, words=words)
    return Bundle(
        made=today,
        failure_mode=made.mode.name,
        region=place.region,
        national_cloud=place.national_cloud,
        privilege=privilege if privilege.lower() in shown.words.lower() else "",
        original=original,
        reproduced=SharedAnswer(status=shown.status, codes=shown.codes, words=shown.words),
        differences=tuple(f"{each.what} differ" for each in made.comparison.differences) if made.comparison else (),
    )


def write_bundle(bundle: Bundle, path: Path) -> None:
    """Write it, whole or not at all. Raises BadInput where the scan finds something, or it cannot be written."""
    text = bundle.model_dump_json(indent=2) + "\n"
    if found := scan(text):
        told = ", ".join(map(str, found[:3]))
        raise BadInput(_FIELD, f"was not written: the scan found {told}", "cut the paste down to the error's own words")
    try:
        write_whole(path, text, mode=0o644)
    except OSError as problem:
        why = (problem.strerror or "no access").lower()
        raise BadInput(_FIELD, f"file {path} cannot be written ({why})", "name a writable file") from None


def read_bundle(text: str) -> Bundle | None:
    """The bundle in a text; None where it is something else. Raises BadInput for a bundle that cannot be used."""
    if FORMAT not in text[:400] or len(text) > _MOST_BYTES:
        return None
    try:
        bundle = Bundle.model_validate(json.loads(text))
    except (ValueError, RecursionError, ValidationError) as problem:
        where = ""
        if isinstance(problem, ValidationError):
            first = problem.errors(include_input=False, include_url=False)[0]
            where = f": {'.'.join(map(str, first['loc']))} {first['msg'].lower()}"
        raise BadInput("the bundle", f"cannot be read{where}", "ask for it to be written again") from None
    if bundle.failure_mode not in FAILURE_MODES:
        raise BadInput("the bundle", f"names {bundle.failure_mode}, which is not known here", "update this package")
    return bundle
