"""A service as a FastAPI application that hands every request to one function.

The services find their doors by their own rules (any case, doubled slashes, keys in brackets), and what no door has
must be refused in their own words too, so no router decides.
"""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def application(title: str, everything: Callable[[Request], Awaitable[Response]]) -> FastAPI:
    """An application whose every request, whatever its path and verb, `everything` answers."""

    async def anything_else(request: Request, _problem: Exception) -> Response:
        """What the route's pattern misses, a line break in the path or an invented verb."""
        return await everything(request)

    app = FastAPI(
        title=title,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={404: anything_else, 405: anything_else},
    )
    app.router.routes.append(Route("/{path:path}", everything, methods=_METHODS))
    return app
