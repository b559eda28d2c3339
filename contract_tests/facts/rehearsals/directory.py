"""Quotas, throttled clients and concurrent writes in the directory."""

from typing import Final

from contract_tests.facts.rehearsals.rehearsal import Rehearsal

REHEARSALS: Final[dict[str, Rehearsal]] = {}
