"""The facts on disk: `facts/<service>/*.toml`, read strictly.

A file may begin with a table `[shared]`, whose members each of its `[[fact]]` has unless it says otherwise.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from contract_tests.facts.fact import Accepted, Fact
from contract_tests.facts.staging import STAGES

FOLDER: Final = Path(__file__).parent
SERVICES: Final = ("login", "graph", "dataverse", "power_platform")
LEFT_OUT: Final = "-"
"""In a fact's form or headers: what `[shared]` has is not sent."""


class BadFact(ValueError):
    """A fact that cannot be used; says which file, which fact, and what is wrong."""


@cache
def facts() -> tuple[Fact, ...]:
    """Every fact, by service and file. Raises BadFact."""
    found = [fact for service in SERVICES for file in sorted((FOLDER / service).glob("*.toml")) for fact in read(file)]
    names = [fact.name for fact in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise BadFact(f"these names are given twice: {', '.join(sorted(twice))}; each fact needs one of its own")
    return tuple(found)


def read(file: Path) -> Iterator[Fact]:
    """The facts of one file. Raises BadFact."""
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise BadFact(f"{file}: is no TOML ({problem}); mend that line") from None
    shared, wished = told.pop("shared", {}), told.pop("fact", [])
    if told:
        raise BadFact(f"{file}: {', '.join(told)} is not known; a file has [shared] and [[fact]]")
    for each in wished:
        yield _fact(file, _merged(shared, each))


def accepted() -> tuple[Accepted, ...]:
    """The differences that are let pass, from accepted.toml. Raises BadFact."""
    file = FOLDER / "accepted.toml"
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    try:
        return tuple(Accepted.model_validate(each) for each in told.pop("difference", []))
    except ValidationError as problem:
        raise BadFact(f"{file}: {_complaint(problem)}") from None


def _fact(file: Path, values: Mapping[str, Any]) -> Fact:
    name = f"{file.parent.name}.{values.get('name', '(without a name)')}"
    where = f"{file}: fact {name}"
    try:
        fact = Fact.model_validate({**values, "name": name})
    except ValidationError as problem:
        raise BadFact(f"{where}: {_complaint(problem)}") from None
    unknown = fact.actors - STAGES.keys()
    if unknown:
        raise BadFact(f"{where}: {', '.join(sorted(unknown))} is no stage; there are {', '.join(STAGES)}")
    given = {f"{stage}.{member}" for stage in fact.actors for member in STAGES[stage].gives}
    missing = fact.free_variables - given
    if missing:
        raise BadFact(f"{where}: no stage gives {', '.join(sorted(missing))}")
    return fact


def _merged(under: Any, over: Any) -> Any:
    if not isinstance(under, Mapping) or not isinstance(over, Mapping):
        return over
    both = {name: _merged(under[name], over[name]) if name in under else over[name] for name in over}
    return {name: value for name, value in {**under, **both}.items() if value != LEFT_OUT}


def _complaint(problem: ValidationError) -> str:
    first = problem.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return f"{field}: {first['msg']}" if field else first["msg"].removeprefix("Value error, ")
