"""Dataverse's tables: its doors follow from the shape of a path, since its sets are those of the tenant's tables."""

from urllib.parse import unquote, urlsplit

_API = "/api/data/"
_ROOTS = ("$batch", "$metadata")
_VERBS = {
    "/": ("GET",),
    "/$batch": ("POST",),
    "/$metadata": ("GET",),
    "/EntityDefinitions": ("GET", "POST"),
    "/EntityDefinitions({key})": ("GET", "PUT", "DELETE"),
    "/EntityDefinitions({key})/Attributes": ("GET", "POST"),
    "/EntityDefinitions({key})/Attributes({key})": ("GET", "PUT", "DELETE"),
    "/EntityDefinitions({key})/Attributes({key})/{type}": ("GET",),
    "/EntityDefinitions({key})/Attributes/{type}": ("GET",),
    "/EntityDefinitions({key})/Keys": ("GET", "POST"),
    "/EntityDefinitions({key})/Keys({key})": ("GET", "DELETE"),
    "/EntityDefinitions({key})/{relationships}": ("GET",),
    "/RelationshipDefinitions": ("GET", "POST"),
    "/RelationshipDefinitions({key})": ("GET", "DELETE"),
    "/RelationshipDefinitions/{type}": ("GET",),
    "/GlobalOptionSetDefinitions": ("GET", "POST"),
    "/GlobalOptionSetDefinitions({key})": ("GET", "PUT", "DELETE"),
    "/{set}": ("GET", "POST"),
    "/{set}/$count": ("GET",),
    "/{set}({key})": ("GET", "PATCH", "DELETE"),
    "/{set}({key})/{member}": ("GET", "PUT", "DELETE"),
    "/{set}({key})/{member}/$count": ("GET",),
    "/{set}({key})/{member}/$ref": ("GET", "POST", "PUT", "DELETE"),
    "/{set}({key})/{member}({key})/$ref": ("DELETE",),
}
_DEFINITIONS = ("EntityDefinitions", "RelationshipDefinitions", "GlobalOptionSetDefinitions")
_PARTS = ("Attributes", "Keys")


def operations() -> dict[str, str]:
    """Verb and shape of path -> what the journal calls it, with `*` for what the tenant's tables decide."""
    from mock_services.dataverse import bulk, facts, functions

    found = {f"{verb} {path}": _journal(path, verb) for path, verbs in _VERBS.items() for verb in verbs}
    found |= {f"GET /{name}()": f"dataverse.{name}.get" for name in functions.UNBOUND}
    found |= {f"POST /{name}": f"dataverse.{name}.post" for name in functions.UNBOUND_ACTIONS}
    found |= {
        f"{verb} /{table}({{key}})/{facts.NAMESPACE}{name}": _journal("/{set}", verb)
        for (table, name), (verb, _) in functions.BOUND.items()
    }
    return found | {f"POST /{{set}}/{facts.NAMESPACE}{name}": _journal("/{set}", "POST") for name in bulk.ON_SET}


def _journal(path: str, verb: str) -> str:
    if path == "/":
        return "dataverse.service_document"
    if path == "/$batch":
        return "dataverse.$batch"
    if path.startswith("/{set}"):
        verbs = {"GET": "read", "POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}
        return f"dataverse.*.{verbs[verb]}"
    return f"dataverse.{path[1:].partition('/')[0].partition('(')[0]}.{verb.lower()}"


def door_of(method: str, url: str) -> str | None:
    """The key in `operations` for a verb and a URL; None for a path that no door has."""
    path = unquote(urlsplit(url).path)
    if not path.lower().startswith(_API):
        return None
    segments = [_segment(each) for each in path[len(_API) :].strip("/").split("/")[1:]]
    return f"{method} /{'/'.join(_spelt(segments))}"


def _segment(text: str) -> tuple[str, bool]:
    name, has_key, _ = text.partition("(")
    return name, bool(has_key)


def _spelt(segments: list[tuple[str, bool]]) -> list[str]:
    from mock_services.dataverse import facts, functions

    if not segments:
        return []
    (head, keyed), tail = segments[0], segments[1:]
    key = "({key})" if keyed else ""
    if head in functions.UNBOUND:
        return [f"{head}()"]
    if head in functions.UNBOUND_ACTIONS or head in _ROOTS:
        return [head]
    if head in _DEFINITIONS:
        return [head + key, *(_part(*each) for each in tail)]
    if tail and tail[0][0].startswith(facts.NAMESPACE):
        return [f"{_table(head, tail[0][0])}{key}" if keyed else "{set}", tail[0][0]]
    members = [f"{{member}}{'({key})' if has_key else ''}" if name[0] != "$" else name for name, has_key in tail]
    return ["{set}" + key, *members]


def _part(name: str, has_key: bool) -> str:
    key = "({key})" if has_key else ""
    if name in _PARTS:
        return name + key
    return "{relationships}" if name.endswith("Relationships") else "{type}"


def _table(set_name: str, bound: str) -> str:
    """The table of a set, among those that have an operation of this name."""
    from mock_services.dataverse import facts, functions

    tables = (table for table, name in functions.BOUND if facts.NAMESPACE + name == bound)
    return next((table for table in tables if set_name in (table + "s", table[:-1] + "ies")), set_name)
