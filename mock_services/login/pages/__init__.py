"""The pages that people see: plain HTML forms that a browser, or a test that acts as one, can fill in."""

from functools import cache
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    import jinja2

HEADERS = {
    "cache-control": "no-store, no-cache",
    "pragma": "no-cache",
    "expires": "-1",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "content-type": "text/html; charset=utf-8",
}


@cache
def _templates() -> "jinja2.Environment":
    import jinja2  # programs, which see no page, need not wait for it

    loader = jinja2.PackageLoader("mock_services.login", "pages")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)


def page(name: str, *, status: int = 200, **words: object) -> Response:
    """One of the templates beside this file, filled in; whatever a request said is escaped."""
    text = _templates().get_template(f"{name}.html").render(**words)
    return Response(text.encode("utf-8", "replace"), status, HEADERS)


def found(url: str) -> Response:
    """302 to another address."""
    headers = {**HEADERS, "location": url.encode("ascii", "backslashreplace").decode()}
    return Response(status_code=302, headers=headers)
