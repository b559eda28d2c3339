"""The collections of which a run may make something, and how each is found again and removed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from contract_tests.facts.fact import Asked
from contract_tests.facts.made import Thing
from contract_tests.facts.place import DATA
from contract_tests.facts.rails import MARK


@dataclass(frozen=True)
class Kind:
    """A collection of which a run may make something."""

    service: str
    collection: str
    finds: str
    """The member that finds again what was asked for: our own unique name, or an id that is ours already."""
    key: str = "id"
    marked: str = ""
    """The member that carries our mark; "" where it goes with something else that does."""
    begins: str = f"{MARK} "
    in_steps: bool = False
    """Whether it must be disabled first, and the first removal only marks it as deleted."""

    @property
    def name(self) -> str:
        """What the journal calls it."""
        return f"{self.service}:{self.collection}"


def _rows_named(collection: str, member: str, key: str) -> Kind:
    return Kind("dataverse", collection, member, key, member)


KINDS: Final = (
    Kind("dataverse", "EntityDefinitions", "SchemaName", "MetadataId", "SchemaName"),
    Kind("dataverse", "GlobalOptionSetDefinitions", "Name", "MetadataId", "Name"),
    _rows_named("incidents", "title", "incidentid"),
    _rows_named("annotations", "subject", "annotationid"),
    *(_rows_named(each, "subject", "activityid") for each in ("tasks", "phonecalls", "emails")),
    _rows_named("contacts", "lastname", "contactid"),
    _rows_named("accounts", "name", "accountid"),
    _rows_named("queues", "name", "queueid"),
    _rows_named("duplicaterules", "name", "duplicateruleid"),
    _rows_named("fieldsecurityprofiles", "name", "fieldsecurityprofileid"),
    _rows_named("teams", "name", "teamid"),
    Kind("dataverse", "systemusers", "applicationid", "systemuserid", "fullname", f"%23 {MARK} ", in_steps=True),
    _rows_named("roles", "name", "roleid"),
    _rows_named("businessunits", "name", "businessunitid"),
    Kind("graph", "groups", "displayName", marked="displayName"),
    Kind("graph", "oauth2PermissionGrants", "clientId"),
    Kind("graph", "servicePrincipals", "appId"),
    Kind("graph", "applications", "displayName", marked="displayName"),
)
"""In the order of removal: cases before their customers, users before their roles and applications."""
BY_NAME: Final = {each.name: each for each in KINDS}
_LAST_ID: Final = re.compile(r"\(([0-9a-fA-F-]{36})\)\s*$")


def can_remove(asked: Asked) -> bool:
    """Whether a create of this kind leaves something that has to be removed by itself."""
    return _kind_of(asked) is not None


def kind_and_name(asked: Asked, body: Any, mark: str) -> tuple[str, str]:
    """What the journal calls a create: its collection, and the value that finds it again."""
    kind = _kind_of(asked)
    if kind is None:
        raise LookupError(f"{asked.path} is no collection that can be swept")
    told = body.get(kind.finds) if isinstance(body, Mapping) else None
    return kind.name, str(told or mark)


def removal_ids(kind: str, answer: httpx.Response) -> tuple[str, ...]:
    """The id by which what a create has made is removed again; none where its answer does not tell."""
    named = _LAST_ID.search(answer.headers.get("odata-entityid", ""))
    if named:
        return (named[1],)
    told = answer.json() if answer.content else {}
    id_ = told.get(BY_NAME[kind].key) if isinstance(told, dict) else None
    return (str(id_),) if id_ else ()


def _kind_of(asked: Asked) -> Kind | None:
    path = asked.path.partition("?")[0].strip("/")
    root = {"graph": "v1.0/", "dataverse": f"{DATA.strip('/')}/"}.get(asked.service, "-")
    return BY_NAME.get(f"{asked.service}:{path.removeprefix(root)}") if path.startswith(root) else None


def is_removed(thing: Thing, path: str) -> bool:
    """Whether a request that removed what its path ends with has removed this, and for good."""
    named = bool(thing.ids) and path.rstrip(")").endswith(thing.ids[-1])
    return named and not BY_NAME[thing.kind].in_steps
