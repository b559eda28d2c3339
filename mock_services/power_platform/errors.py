"""The Power Platform's dialects of refusing, and how they read on the wire."""

import json

from mock_services import refusals
from mock_services.power_platform.facts import Refusal


class Refused(refusals.Refused[Refusal]):
    """One of the Power Platform's services says no: a row of the facts with its placeholders filled in."""


_OUTER = {
    400: ("BadRequest", "The request is invalid."),
    401: ("Unauthorized", "The caller is not authenticated."),
    403: ("Forbidden", "The caller is not authorized to perform the request."),
    404: ("NotFound", "The requested resource was not found."),
}
"""What stands around an inner error of api.powerplatform.com: 403's as recorded (coe-starter-kit#8119), the others'
inferred."""


def admin_body(refused: Refused) -> bytes:
    """The admin API's error object. The last member stands in every recorded body since 2024 (TF#665, TF#895)."""
    error = {"code": refused.row.code, "message": refused.text, "detailUrlType": "NotSpecified"}
    return _encoded({"error": error})


def platform_body(refused: Refused) -> bytes:
    """The body of api.powerplatform.com: no `error` around it, the true reason inside."""
    code, message = _OUTER[refused.row.status]
    inner = {"code": refused.row.code, "message": refused.text}
    return _encoded({"code": code, "message": message, "innererror": inner})


def discovery_body(refused: Refused) -> bytes:
    """What discovery says: ASP.NET's words alone."""
    return _encoded({"Message": refused.text})


def unmodelled_body(sentence: str) -> bytes:
    """The fakes' own answer to what they do not play; the Power Platform has no such code."""
    return _encoded({"error": {"code": "NotModelled", "message": sentence}})


def _encoded(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
