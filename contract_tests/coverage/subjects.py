"""The services whose operations and refusals stand in tables, and how a request finds its entry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Row:
    """A refusal, of whichever service."""

    code: str
    status: int
    template: str
    evidence: str
    seen: str
    of: object
    """The service's own row."""


@dataclass(frozen=True)
class Subject:
    """One service: its tables by name, and its own way to tell which door a request went through."""

    name: str
    title: str
    rows: Mapping[str, Row]
    """`module.NAME` -> the refusal."""
    operations: Mapping[str, str]
    """Verb and path -> what the journal calls it."""
    door_of: Callable[[str, str], str | None]
    """The key in `operations` for a verb and a URL; None for a path that no door has."""
    refused: type[Exception]
    """What the service raises: its `row` is one of the rows."""
    legend: str = ""
    """What the abbreviations in its evidence mean."""
    journals: frozenset[str] = frozenset()
    """What the journal calls it besides its name."""


def subjects() -> tuple[Subject, ...]:
    """The services, in the order of their pages."""
    return _login(), _graph(), _dataverse(), _management(), _portal(), _power_platform()


def _named(modules: tuple[ModuleType, ...], kind: type) -> dict[str, Row]:
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": _row(row)
        for module in modules
        for name, row in vars(module).items()
        if isinstance(row, kind)
    }


def _row(row: Any) -> Row:
    error = getattr(row, "error", "")
    code = f"AADSTS{row.code} `{error}`" if error else f"`{row.code}`" if row.code else "none"
    return Row(code, row.status, row.template, row.evidence, row.seen, row)


def _login() -> Subject:
    from mock_services.login import refusals
    from mock_services.login.doors import DOORS, Door, find_door
    from mock_services.login.errors import Refused

    def key(door: Door, method: str) -> str:
        spelt = ["{key}" if part == "*" else part for part in door.path]
        if door.path[0] == "*":
            spelt[0] = "{tenant}"
        return f"{method} /{'/'.join(spelt)}"

    def door_of(method: str, url: str) -> str | None:
        found = find_door(urlsplit(url).path)
        return key(found[0], method) if found and method in found[0].methods else None

    modules = (refusals.requests, refusals.credentials, refusals.sign_ins)
    operations = {key(door, method): door.operation for door in DOORS for method in door.methods}
    return Subject("login", "Token service", _named(modules, refusals.Refusal), operations, door_of, Refused)


def _management() -> Subject:
    from mock_services.management import facts
    from mock_services.management.errors import Refused
    from mock_services.management.routes import DOORS

    def door_of(method: str, url: str) -> str | None:
        path = tuple(part.lower() for part in urlsplit(url).path.split("/") if part)
        return f"{method} /{'/'.join(path)}" if path in DOORS else None

    operations = {f"GET /{'/'.join(path)}": operation for path, (operation, _) in DOORS.items()}
    rows = _named((facts,), facts.Refusal)
    return Subject("management", "Azure Resource Manager", rows, operations, door_of, Refused)


def _dataverse() -> Subject:
    from contract_tests.coverage import dataverse
    from mock_services.dataverse import facts, refusals
    from mock_services.dataverse.errors import Refusal

    legend = " ".join((facts.__doc__ or "").partition("\n\n")[2].split())
    rows = _named(refusals.MODULES, refusals.Row)
    return Subject("dataverse", "Dataverse", rows, dataverse.operations(), dataverse.door_of, Refusal, legend)


def _portal() -> Subject:
    from mock_services.portal import facts
    from mock_services.portal.errors import Refused
    from mock_services.portal.routes import CONSENT, OPERATION

    consent = "POST /api/RegisteredApplications/{appId}/Consent"

    def door_of(method: str, url: str) -> str | None:
        path = "/".join(part for part in urlsplit(url).path.split("/") if part)
        return consent if method == "POST" and CONSENT.fullmatch(path) else None

    return Subject(
        "portal", "The portal's back end", _named((facts,), facts.Refusal), {consent: OPERATION}, door_of, Refused
    )


def _power_platform() -> Subject:
    from mock_services.power_platform import admin, discovery, facts, platform
    from mock_services.power_platform.answers import segments_of
    from mock_services.power_platform.errors import Refused

    instances = "GET globaldisco…/api/discovery/v2.0/Instances"

    def spelt(method: str, host: str, pattern: tuple[str, ...]) -> str:
        return f"{method} {host}/{'/'.join('{key}' if part == '*' else part for part in pattern)}"

    def door_of(method: str, url: str) -> str | None:
        segments = segments_of(urlsplit(url).path)
        if discovery.is_instances(segments):
            return instances
        if found := admin.find_door(segments):
            return spelt(method, "api.bap…", found[0])
        read = platform.find_door(segments)
        return spelt(method, "api.powerplatform.com", read[0]) if read else None

    operations = {
        spelt(method, "api.bap…", pattern): f"power_platform.{name}"
        for pattern, verbs in admin.DOORS
        for method, (name, _) in verbs.items()
    }
    operations |= {
        spelt("GET", "api.powerplatform.com", pattern): f"power_platform.{name}"
        for pattern, name, _, _ in platform.DOORS
    }
    operations[instances] = discovery.OPERATION
    legend = " ".join((facts.__doc__ or "").partition("\n\n")[2].split())
    rows = _named((facts,), facts.Refusal)
    journals = frozenset({"discovery"})
    return Subject("power_platform", "Power Platform", rows, operations, door_of, Refused, legend, journals)


def _graph() -> Subject:
    from mock_services.errors import Unmodelled
    from mock_services.graph import refusals
    from mock_services.graph.addressing import read_path
    from mock_services.graph.doors import DOORS, find_door
    from mock_services.graph.errors import Refused
    from mock_services.graph.refusals import credentials, gateway, objects, queries

    def door_of(method: str, url: str) -> str | None:
        try:
            door, _ = find_door(method, read_path(urlsplit(url).path))
        except (Refused, Unmodelled):
            return None
        return f"{door.method} /{door.path}"

    operations = {f"{door.method} /{door.path}": door.operation for door in DOORS}
    modules = (gateway, queries, objects, credentials)
    legend = " ".join((refusals.__doc__ or "").partition("\n\n")[2].split())
    return Subject("graph", "Microsoft Graph", _named(modules, refusals.Refusal), operations, door_of, Refused, legend)
