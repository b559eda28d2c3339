"""Fakes that lie: each mutant changes one fact, and the contract must fail for it.

`python -m benchmarks.contract_mutants` tries them all; the suite tries some.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

import httpx

from contract_tests.coverage.subjects import Row, subjects
from contract_tests.facts.loading import SERVICES, facts
from contract_tests.facts.lying import ODD_STATUS, Mutant, changed, patch, refusing, restated, reworded
from contract_tests.facts.mutated import BEHAVIOUR

_PLACEHOLDER: Final = re.compile(r"\{\w+\}")
_NOT_ON_THE_WIRE: Final = {"unauthorized": "UNAUTHORIZED_BODY"}
"""Texts of rows that stand for others in facts.py."""


def mutants() -> tuple[Mutant, ...]:
    """Every one: of each refusal that a fact is about, and of what is checked, made and told besides."""
    return (*_of_refusals(), *BEHAVIOUR)


def _of_refusals() -> Iterator[Mutant]:
    """One mutant a row, by turns of its status, its code and its words."""
    rows = {(each.name, name): row for each in subjects() for name, row in each.rows.items()}
    named = dict.fromkeys((fact.service, fact.refusal) for fact in facts() if fact.refusal)
    for index, (service, refusal) in enumerate(named):
        if service in SERVICES:
            yield _of_refusal(service, refusal, rows[service, refusal], index % 3)


def _of_refusal(service: str, refusal: str, row: Row, turn: int) -> Mutant:
    of: Any = row.of
    if turn == 0 and row.status < httpx.codes.BAD_REQUEST:
        turn = 1  # told on a page or in a redirect, whose status says nothing
    if turn == 0 or _PLACEHOLDER.fullmatch(of.template):
        odd = _odd_status(refusal, row)
        name = f"{refusal}: status {row.status} is {odd}"
        if service == "dataverse":  # its code takes statuses from codes, not from rows
            wire = refusing(of.code, status=ODD_STATUS) if of.code else restated("/api/data", row.status)
            return Mutant(service, name, wire=wire, refusal=refusal)
        return Mutant(service, name, lambda: changed(of, "status", odd), refusal=refusal)
    if turn == 1 and of.code and not refusal.startswith("facts.DISCOVERY"):
        name = f"{refusal}: code {row.code} is another"
        if service == "dataverse":
            return Mutant(service, name, wire=refusing(of.code, other="0x80040999"), refusal=refusal)
        other = 999 if isinstance(of.code, int) else "Odd"
        return Mutant(service, name, lambda: changed(of, "code", other), refusal=refusal)
    return _of_words(service, refusal, of)


def _odd_status(refusal: str, row: Row) -> int:
    """Another status: of the few that api.powerplatform.com's bodies follow from, where it is that API's."""
    if not refusal.startswith("facts.API_"):
        return ODD_STATUS
    return 403 if row.status != 403 else 404


def _of_words(service: str, refusal: str, of: Any) -> Mutant:
    name = f"{refusal}: the words are others"
    if service == "dataverse" and of.code:  # its code takes words from many places
        return Mutant(service, name, wire=reworded(of), refusal=refusal)
    constant = _constant(service, of.template)
    change = patch(f"{service}.facts:{constant}", "Odd words.") if constant else None
    return Mutant(service, name, change or (lambda: changed(of, "template", "Odd words.")), refusal=refusal)


def _constant(service: str, template: str) -> str:
    """The name in facts.py of a text that Dataverse's code takes from there."""
    if service != "dataverse":
        return ""
    if template in _NOT_ON_THE_WIRE:
        return _NOT_ON_THE_WIRE[template]
    told = vars(import_module(f"mock_services.{service}.facts"))
    return next((name for name, value in told.items() if value == template and name.isupper()), "")
