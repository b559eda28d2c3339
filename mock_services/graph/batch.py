"""`$batch`: several requests in one, each answered by itself (DOC concepts/json-batching, 2025-02)."""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from mock_services.graph import facts
from mock_services.graph.errors import Refused
from mock_services.graph.query import Document
from mock_services.graph.refusals import gateway

_SAFE = "%/?$&=()',:;@+!*~-._"
_METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
_WRITES = ("POST", "PATCH", "PUT")


@dataclass(frozen=True)
class Step:
    """One request of a batch; `url` starts with a slash and follows the version."""

    id: str
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    depends_on: tuple[str, ...] = ()


def read_steps(body: Mapping[str, Any]) -> list[Step]:
    """The requests of a batch. Raises Refused: no list, too many, an id twice, a dependency that does not precede."""
    given = body.get("requests")
    if not isinstance(given, list) or not given or not all(isinstance(each, dict) for each in given):
        raise Refused(gateway.BATCH_UNREADABLE)
    if len(given) > facts.LARGEST_BATCH:
        raise Refused(gateway.BATCH_TOO_LARGE)
    steps: list[Step] = []
    for each in given:
        step = _step(each)
        earlier = {known.id.lower() for known in steps}
        if step.id.lower() in earlier:
            raise Refused(gateway.BATCH_ID_TWICE, id=step.id)
        if not earlier.issuperset(step.depends_on):
            raise Refused(gateway.BATCH_DEPENDENCY_UNKNOWN, id=step.id)
        steps.append(step)
    return steps


def _step(given: Document) -> Step:
    identity, method, url = given.get("id"), given.get("method"), given.get("url")
    headers, depends_on = given.get("headers") or {}, given.get("dependsOn") or []
    is_text = all(isinstance(each, str) and each for each in (identity, method, url))
    if not is_text or not isinstance(headers, dict) or not isinstance(depends_on, list):
        raise Refused(gateway.BATCH_UNREADABLE)
    verb = str(method).upper()
    if verb not in _METHODS:
        raise Refused(gateway.BATCH_UNREADABLE)
    spelt = {str(name).lower(): str(value) for name, value in headers.items()}
    if verb in _WRITES and (given.get("body") is None or "content-type" not in spelt):
        raise Refused(gateway.BATCH_WITHOUT_BODY, id=identity)
    return Step(
        id=str(identity),
        method=verb,
        url=quote("/" + str(url).lstrip("/"), safe=_SAFE, errors="replace"),
        headers=spelt,
        body=_bytes(given.get("body")),
        depends_on=tuple(str(each).lower() for each in depends_on),
    )


def _bytes(body: Any) -> bytes:
    """A JSON body as it is, any other one in Base64 (DOC)."""
    if body is None:
        return b""
    if isinstance(body, str):
        try:
            return base64.b64decode(body, validate=True)
        except ValueError:
            raise Refused(gateway.BATCH_UNREADABLE) from None
    return json.dumps(body).encode("utf-8", "surrogatepass")


async def run(steps: list[Step], ask: Callable[[Step], Awaitable[Response]]) -> Document:
    """Ask in order; what depends on a failure is not asked but answered 424."""
    answered: dict[str, Document] = {}
    for step in steps:
        if any(answered[each]["status"] >= 400 for each in step.depends_on):
            refused = Refused(gateway.DEPENDENCY_FAILED)
            body = {"error": {"code": refused.code, "message": refused.message}}
            headers = {"Content-Type": facts.ERROR_TYPE}
            answered[step.id.lower()] = {"id": step.id, "status": refused.status, "headers": headers, "body": body}
        else:
            answered[step.id.lower()] = _item(step, await ask(step))
    # Any order is allowed, and real answers come back shuffled: a client must look at the ids.
    return {"responses": list(reversed(answered.values()))}


def _item(step: Step, response: Response) -> Document:
    headers = {"Cache-Control": "no-cache", "x-ms-resource-unit": response.headers["x-ms-resource-unit"]}
    for name in ("OData-Version", "Location", "Content-Type", "Retry-After"):
        if name in response.headers:
            headers[name] = response.headers[name]
    item: Document = {"id": step.id, "status": response.status_code, "headers": headers}
    raw = bytes(response.body)
    if raw:
        is_json = headers["Content-Type"].startswith("application/json")
        item["body"] = json.loads(raw) if is_json else base64.b64encode(raw).decode()
    return item


def too_large() -> Refused:
    """413 for a body beyond what the gateway takes."""
    return Refused(gateway.BODY_TOO_LARGE)
