"""What a client will take and what it sends: `Accept` and `Content-Type`.

Only JSON is produced (powerapps-docs webapi/compose-http-requests-handle-errors.md), and XML for `$metadata`.
"""

from collections.abc import Iterator

from mock_services.dataverse import facts
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.refusals import gateway

MINIMAL = "minimal"
_LEVELS = ("none", MINIMAL, "full")
_JSON = ("application/json", "application/*", "*/*")
_DOCUMENT = ("application/xml", "application/*", "*/*")
_PLAIN = ("text/plain", "text/*")


def level_wanted(accept: str) -> str:
    """How much control information an `Accept` asks for: `none`, `minimal` or `full`."""
    for media, parameters in _ranges(accept):
        if media == "application/json" and parameters.get("odata.metadata", MINIMAL) in _LEVELS:
            return parameters.get("odata.metadata", MINIMAL)
    return MINIMAL


def refuse_accept(accept: str, head: str) -> None:
    """Refuse a read whose answer would be of no type that the client takes. Raises Refusal (415)."""
    ranges = list(_ranges(accept))
    fitting = _DOCUMENT if head == "$metadata" else (*_JSON, *_PLAIN)
    if ranges and not any(
        media in fitting and parameters.get("odata.metadata", MINIMAL) in _LEVELS for media, parameters in ranges
    ):
        raise Refusal(gateway.NOT_ACCEPTABLE.code, facts.NOT_ACCEPTABLE, status=gateway.NOT_ACCEPTABLE.status)


def refuse_content(content_type: str) -> None:
    """Refuse a body that says it is something else than JSON; one that says nothing is read. Raises Refusal (415)."""
    if content_type.strip() and content_type.partition(";")[0].strip().lower() != "application/json":
        message = facts.CONTENT_TYPE_REFUSED.format(type=content_type)
        raise Refusal(gateway.CONTENT_TYPE_REFUSED.code, message, status=gateway.CONTENT_TYPE_REFUSED.status)


def _ranges(accept: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The media ranges of an `Accept`, lower case, each with its parameters; those of quality nought are left out."""
    for text in accept.split(","):
        media, *rest = (part.strip().lower() for part in text.split(";"))
        pairs = (each.partition("=") for each in rest)
        parameters = {name.strip(): value.strip().strip('"') for name, _, value in pairs}
        if media and parameters.get("q", "1").strip("0.") != "":
            yield media, parameters
