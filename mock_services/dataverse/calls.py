"""One call under way: who asks what of which organisation, and what is answered."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.errors import Refusal, payload
from mock_services.dataverse.security import Security
from mock_services.dataverse.urls import Path
from mock_services.exchange import Exchange
from mock_services.odata.options import read_query
from mock_services.state.organisation import Organisation
from mock_services.state.organisation.schema import Schema
from mock_services.tenant import FakeTenant

_PREFERENCE = re.compile(r'\s*([^=,;\s]+)\s*(?:=\s*("[^"]*"|[^,;]*))?\s*(?:[,;]|$)')


@dataclass(frozen=True)
class Preferences:
    """What the `Prefer` header asks for."""

    representation: bool = False
    annotations: str = ""
    """Comma separated patterns, `*` for all; empty for none."""
    page_size: int | None = None
    applied: tuple[str, ...] = ()

    def wants(self, annotation: str) -> bool:
        """Whether annotations of this name are wanted."""
        for pattern in self.annotations.split(","):
            wanted = pattern.strip()
            if wanted == annotation or (wanted.endswith("*") and annotation.startswith(wanted[:-1])):
                return True
        return False


@dataclass(frozen=True)
class Answer:
    """A response before it is written: `body` is JSON, `text` is plain."""

    status: int
    body: Mapping[str, Any] | None = None
    text: str | None = None
    content_type: str = "text/plain"
    """Of `text`."""
    headers: tuple[tuple[str, str], ...] = ()


NO_CONTENT = Answer(204)


@dataclass
class Call:
    """A request whose caller is known. `path` is read after the caller is, as the platform does."""

    exchange: Exchange
    tenant: FakeTenant
    organisation: Organisation
    caller: Mapping[str, Any]
    method: str
    raw_query: bytes
    headers: Mapping[str, str]
    raw_body: bytes
    url: str
    impersonator: Mapping[str, Any] | None = None
    """Who really calls, where `caller` is the user that a header named."""
    path: Path = field(default_factory=lambda: Path("v9.2", ()))
    references: Mapping[str, str] = field(default_factory=dict)
    """Content-ID -> address of a row made earlier in the same change set."""

    @property
    def schema(self) -> Schema:
        """The organisation's tables."""
        return self.organisation.schema

    @cached_property
    def security(self) -> Security:
        """What the caller may: as a stand-in no more than who really calls, unless the tenant's quirk says so."""
        quirks, within = self.tenant.quirks, None
        if self.impersonator is not None and quirks.impersonation_rights == "intersection":
            within = Security(
                self.organisation, self.impersonator, quirks, caller=self.caller_id, strong=self.wants_now
            )
        return Security(self.organisation, self.caller, quirks, within=within, strong=self.wants_now)

    @property
    def wants_now(self) -> bool:
        """Whether the request asks for permissions as they are this moment: `Consistency: Strong`."""
        return self.headers.get("consistency", "").strip().lower() == "strong"

    def stand_in(self, user: Mapping[str, Any], real: Mapping[str, Any]) -> None:
        """Go on as `user`, for whom `real` calls."""
        self.caller, self.impersonator = user, real
        self.__dict__.pop("security", None)

    @property
    def caller_id(self) -> str:
        """The caller's systemuserid."""
        return str(self.caller["systemuserid"])

    @property
    def root(self) -> str:
        """The service root as the client spells it, without a slash at its end."""
        return f"{self.exchange.base}{facts.API_PATH}{self.path.version}"

    def context(self, fragment: str) -> str:
        """An `@odata.context`."""
        return f"{self.root}/$metadata#{fragment}"

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The query options, in order."""
        return read_query(self.raw_query)

    @cached_property
    def given(self) -> Mapping[str, str]:
        """The query options by name; of one given twice the last."""
        return dict(self.query)

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Parameter aliases: `@p1` and its value."""
        return {name: value for name, value in self.query if name.startswith("@")}

    @cached_property
    def prefer(self) -> Preferences:
        """The request's preferences."""
        return read_preferences(self.headers.get("prefer", ""))

    @cached_property
    def body(self) -> dict[str, Any]:
        """The JSON object in the body. Raises Refusal."""
        set_name = self.path.head.name if self.path.segments else ""
        if not self.raw_body.strip():
            raise payload(set_name, facts.NO_STREAM)
        try:
            value = json.loads(self.raw_body, parse_constant=_refuse_constant, object_pairs_hook=_once_each)
        except _Repeated as problem:
            raise payload(set_name, facts.REPEATED_PROPERTY.format(name=problem)) from None
        except (ValueError, RecursionError) as problem:
            why = "The nesting is too deep." if isinstance(problem, RecursionError) else _where(problem)
            raise payload(set_name, facts.BAD_JSON.format(why=why)) from None
        if not isinstance(value, dict):
            raise payload(set_name, facts.BAD_JSON.format(why="A 'StartObject' node was expected."))
        return value

    def resolve(self, reference: str) -> str:
        """An address in a body: `$1` stands for what an earlier part of the change set made. Raises Refusal."""
        if not reference.startswith("$"):
            return reference
        if reference[1:] not in self.references:
            raise Refusal("0x80060888", facts.NO_REFERENCE.format(id=reference[1:]), status=400)
        return self.references[reference[1:]]

    def entity_id(self, set_name: str, id: str) -> tuple[tuple[str, str], ...]:  # noqa: A002 - the word everybody uses for it
        """The headers that say where a row is."""
        location = f"{self.root}/{set_name}({id})"
        return (("Location", location), ("OData-EntityId", location))


def read_preferences(text: str) -> Preferences:
    """A `Prefer` header, also one that several were joined into; commas inside quotes do not separate."""
    found: dict[str, str] = {}
    for hit in _PREFERENCE.finditer(text):
        found.setdefault(hit[1].lower(), (hit[2] or "").strip().strip('"'))
    size = found.get("odata.maxpagesize", "")
    page_size = (
        min(int(size), facts.MOST_ROWS)
        if size.isascii() and size.isdigit() and len(size) < 10 and int(size) > 0
        else None
    )
    applied = []
    if found.get("return") == "representation":
        applied.append("return=representation")
    if annotations := found.get("odata.include-annotations", ""):
        applied.append(f'odata.include-annotations="{annotations}"')
    if page_size is not None:
        applied.append(f"odata.maxpagesize={page_size}")
    return Preferences(found.get("return") == "representation", annotations, page_size, tuple(applied))


class _Repeated(Exception):
    """A member that an object has twice."""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise _Repeated(repeated[:200].encode("utf-8", "replace").decode())
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _where(problem: Exception) -> str:
    if isinstance(problem, json.JSONDecodeError):
        return f"An unexpected token was found at line {problem.lineno}, position {problem.colno}."
    return "The content cannot be read as JSON."


def not_allowed(method: str, allowed: str) -> Refusal:
    """405 for a verb that is not for this kind of address."""
    return Refusal("", facts.NOT_ON_COLLECTION.format(method=method), status=405, headers={"Allow": allowed})
