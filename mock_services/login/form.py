"""One request to a token endpoint, read: its form, its Basic credentials, its ids."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request

from mock_services.exchange import Exchange
from mock_services.login import facts
from mock_services.login.errors import Refused
from mock_services.login.refusals import requests

_BODY_LIMIT_BYTES = 1024 * 1024
_FIELD_LIMIT = 1_000
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Asked:
    """A token request. `version` is the endpoint's, 1 or 2; values may be secret, so they stay out of the repr."""

    exchange: Exchange
    version: int
    tenant: str
    """The tenant as the path spells it."""
    fields: Mapping[str, str] = field(repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    """Client id and secret of an `Authorization: Basic` header."""
    origin: str = ""
    """The web page that asks, when a browser says so."""

    def value(self, name: str) -> str:
        """A parameter's value, the client's id and secret also from the header; empty when it was not sent."""
        sent = self.fields.get(name, "")
        if not sent and self.basic and name in {"client_id", "client_secret"}:
            return self.basic[name == "client_secret"]
        return sent

    def demand(self, *names: str) -> None:
        """Raise Refused, naming the first of these parameters that is missing or blank."""
        for name in names:
            if not self.value(name).strip():
                raise Refused(requests.PARAMETER_MISSING, name=name)


async def read_form(request: Request) -> dict[str, str]:
    """The parameters of a form body. Raises Refused for what cannot be one.

    A body of another type is an empty form: JSON is told that `grant_type` is missing
    (microsoftgraph/microsoft-graph-docs#20272, recorded 2023-03).
    """
    body = await _read_body(request)
    kind = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    if kind != _FORM:
        return {}
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="replace", max_num_fields=_FIELD_LIMIT)
    except ValueError:  # not UTF-8, or too many fields
        raise Refused(requests.MALFORMED) from None
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields and name in facts.PARAMETERS:
            raise Refused(requests.MALFORMED)
        fields.setdefault(name, value)
    return fields


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_LIMIT_BYTES:
            raise Refused(requests.MALFORMED)
    return bytes(body)


def basic_credentials(header: str) -> tuple[str, str] | None:
    """Client id and secret of an Authorization header, each form-decoded as RFC 6749 §2.3.1 asks; None without them."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    name, colon, secret = text.partition(":")
    return (unquote_plus(name), unquote_plus(secret)) if colon else None
