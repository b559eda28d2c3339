"""What the doors of the Power Platform's hosts share: paths, bodies and answers."""

import json
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

JSON = "application/json; charset=utf-8"


def path_of(request: Request) -> str:
    """The path as it came in, still encoded."""
    raw: bytes = request.scope.get("raw_path", request.scope["path"].encode())
    return raw.decode("latin-1").partition("?")[0]


def segments_of(path: str) -> list[str]:
    """The decoded parts of a path. An empty key vanishes, so that reading no environment lists them all, as seen."""
    return [unquote(segment) for segment in path.split("/") if segment]


def answered(body: dict[str, Any], **headers: str) -> Response:
    """200 with a JSON body."""
    return Response(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"), headers=headers, media_type=JSON)


def refused(body: bytes, status: int) -> Response:
    """A refusal whose body is written already."""
    return Response(body, status_code=status, media_type=JSON)
