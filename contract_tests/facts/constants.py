"""Which fact each public constant of a `facts.py` rests on; the few that rest on none have an excuse."""

from collections.abc import Iterator
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Final

from contract_tests.coverage.subjects import subjects
from contract_tests.facts.loading import facts

MODULES: Final = ("login", "graph", "dataverse", "power_platform", "management", "portal")


EXCUSED: Final[dict[str, dict[str, str]]] = {
    "login": {"REAL_GRANTS_NOT_BUILT": "what the fakes answer 501 to; a tenant takes it"},
    "graph": {
        "LEEWAY": "of clocks that differ; no answer of a service whose clock is right shows it",
        "REAL_ROOTS": "what the fakes answer 501 to; a tenant takes it",
        "REAL_NAVIGATIONS": "what the fakes answer 501 to; a tenant takes it",
    },
    "dataverse": {"DEEPEST_INSERT": "of the fakes' own making: the documentation says any depth"},
}
"""Service -> constant -> why it rests on no fact. A new constant brings its fact along."""


def public(service: str) -> Iterator[str]:
    """The public constants of a service's facts.py."""
    module = import_module(f"mock_services.{service}.facts")
    for name, value in vars(module).items():
        if name.isupper() and not name.startswith("_") and not isinstance(value, ModuleType | FunctionType | type):
            yield name


def resting(service: str) -> dict[str, list[str]]:
    """Constant -> the facts that it rests on: those that name it, and those about a row with its text."""
    module = import_module(f"mock_services.{service}.facts")
    rows = next((each.rows for each in subjects() if each.name == service), {})
    found: dict[str, list[str]] = {}
    for fact in facts():
        if fact.service != service:
            continue
        names = set(fact.constants)
        if fact.refusal:
            template = rows[fact.refusal].template
            names |= {name for name in public(service) if getattr(module, name) == template}
            names |= {fact.refusal.removeprefix("facts.")} & set(public(service))
        for name in names:
            found.setdefault(name, []).append(fact.name)
    return found
