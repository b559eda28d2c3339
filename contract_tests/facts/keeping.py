"""Takes the part out of an answer that a fact's next request needs: an id, a member, a code in a redirect."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import httpx

from contract_tests.facts.fact import NotAsked
from contract_tests.facts.rails import told_id


def kept_from(answer: httpx.Response, place: str) -> str:
    """The text at `id`, `body.a.0.b`, `header.name`, `query.name` or `input.name` of an answer. Raises NotAsked."""
    kind, _, name = place.partition(".")
    try:
        found = _READERS[kind](answer, name)
    except (LookupError, ValueError, TypeError):
        found = None
    if found is None or found == "":
        raise NotAsked(f"what goes before told no {place}: {answer.status_code} {answer.text[:300]}")
    return found


def carried(answer: httpx.Response) -> dict[str, str]:
    """The parameters of where an answer leads to, in its query or behind its `#`; none where it leads nowhere."""
    parts = urlsplit(answer.headers.get("location", ""))
    return dict(parse_qsl(parts.query) + parse_qsl(parts.fragment))


def _id(answer: httpx.Response, _name: str) -> str | None:
    return told_id(answer)


def _body(answer: httpx.Response, path: str) -> str:
    value = answer.json()
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return str(value)


def _header(answer: httpx.Response, name: str) -> str:
    return answer.headers[name]


def _query(answer: httpx.Response, name: str) -> str:
    return carried(answer)[name]


def _input(answer: httpx.Response, name: str) -> str | None:
    tag = re.search(rf"<input\b[^>]*\bname=[\"']{re.escape(name)}[\"'][^>]*>", answer.text)
    value = re.search(r"\bvalue=[\"']([^\"']*)[\"']", tag[0]) if tag else None
    return unescape(value[1]) if value else None


_READERS = {"id": _id, "body": _body, "header": _header, "query": _query, "input": _input}
