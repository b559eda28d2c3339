"""The facts on disk: `facts/<service>/*.toml`, read strictly.

A file may begin with a table `[shared]`, whose members each of its `[[fact]]` has unless it says otherwise. A fact with
`each` is a family: one fact for each of its tables, named after `as`, with `{each.member}` filled in everywhere.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from contract_tests.facts.fact import READ, WRITE, Accepted, Fact
from contract_tests.facts.rehearsals import REHEARSALS
from contract_tests.facts.stages import STAGES

FOLDER: Final = Path(__file__).parent
SERVICES: Final = ("login", "graph", "dataverse", "power_platform", "management", "portal")
LEFT_OUT: Final = "-"
"""In a fact's form or headers: what `[shared]` has is not sent."""


_OF_EACH: Final = re.compile(r"\{each\.([a-z_]+)\}")


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
        for one in _family(file, _merged(shared, each)):
            yield _fact(file, one)


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
    unknown = fact.actors - STAGES.keys() - REHEARSALS.keys()
    if unknown:
        known = ", ".join((*STAGES, *REHEARSALS))
        raise BadFact(f"{where}: {', '.join(sorted(unknown))} is no stage; there are {known}")
    if fact.live in {READ, WRITE} and fact.actors & REHEARSALS.keys():
        rehearsed = ", ".join(sorted(fact.actors & REHEARSALS.keys()))
        raise BadFact(f"{where}: only fakes can be brought to {rehearsed}; say in live why no tenant can")
    gives = {name: each.gives for name, each in STAGES.items()} | {
        name: each.gives for name, each in REHEARSALS.items()
    }
    given = {f"{stage}.{member}" for stage in fact.actors for member in gives[stage]}
    missing = fact.free_variables - given
    if missing:
        raise BadFact(f"{where}: no stage gives {', '.join(sorted(missing))}")
    return fact


def _family(file: Path, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The facts that one entry stands for: itself, or one for each of its `each`."""
    members = values.pop("each", None)
    if members is None:
        yield values
        return
    name = values.get("name", "(without a name)")
    for member in members:
        if not isinstance(member, dict) or "as" not in member:
            raise BadFact(f"{file}: fact {name}: each: {member} has no `as`, which its fact is named after")
        one = _filled_in(values, member, f"{file}: fact {name}")
        yield {**one, "name": f"{name}_{member['as']}"}


def _filled_in(value: Any, member: Mapping[str, Any], where: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _filled_in(each, member, where) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled_in(each, member, where) for each in value]
    if not isinstance(value, str):
        return value
    missing = set(_OF_EACH.findall(value)) - member.keys()
    if missing:
        raise BadFact(f"{where}: each: {member['as']} has no {', '.join(sorted(missing))}")
    alone = _OF_EACH.fullmatch(value)
    return member[alone[1]] if alone else _OF_EACH.sub(lambda found: str(member[found[1]]), value)


def _merged(under: Any, over: Any) -> Any:
    if not isinstance(under, Mapping) or not isinstance(over, Mapping):
        return over
    both = {name: _merged(under[name], over[name]) if name in under else over[name] for name in over}
    return {name: value for name, value in {**under, **both}.items() if value != LEFT_OUT}


def _complaint(problem: ValidationError) -> str:
    first = problem.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return f"{field}: {first['msg']}" if field else first["msg"].removeprefix("Value error, ")
