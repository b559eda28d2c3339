"""Azure Resource Manager's dialect of refusing, and how it reads on the wire."""

import json

from mock_services import refusals
from mock_services.management.facts import CHALLENGE_DESCRIPTIONS, Refusal


class Refused(refusals.Refused[Refusal]):
    """Resource Manager says no: a row of the facts with its placeholders filled in."""


def refusal_body(refused: Refused) -> bytes:
    """The error object, in one line as recorded."""
    error = {"error": {"code": refused.row.code, "message": refused.text}}
    return json.dumps(error, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def challenge(refused: Refused, authority: str) -> str:
    """The `WWW-Authenticate` header of a 401: it names no resource, and clients know it by its `authorization_uri`.

    The error is `invalid_token` in every one that is quoted in public.
    """
    text = CHALLENGE_DESCRIPTIONS.get(refused.row.code, refused.text).replace('"', "'")
    return f'Bearer authorization_uri="{authority}", error="invalid_token", error_description="{text}"'


def unmodelled_body(sentence: str) -> bytes:
    """The fakes' own answer to what they do not play; Resource Manager has no such code."""
    return json.dumps({"error": {"code": "NotModelled", "message": sentence}}, ensure_ascii=False).encode()
