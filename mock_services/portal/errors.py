"""The portal's dialect of refusing: a serialised .NET exception around the directory's own refusal."""

import json
from datetime import datetime
from typing import Any

from mock_services import refusals
from mock_services.chance import Chance
from mock_services.portal.callers import Caller
from mock_services.portal.facts import HRESULT, Refusal


class Refused(refusals.Refused[Refusal]):
    """The directory behind the portal says no: a row of the facts with its placeholders filled in."""


def refusal_body(refused: Refused, caller: Caller, *, correlation: str, at: datetime, chance: Chance) -> bytes:
    """The body, member by member as quoted in public (facts.py)."""
    row, text = refused.row, refused.text
    inner = {
        "odata.error": {
            "code": row.code,
            "message": {"lang": "en", "value": text},
            "requestId": chance.guid(),
            "date": f"{at:%Y-%m-%dT%H:%M:%S}",
        }
    }
    message = (
        f"Graph call failed with httpCode={row.name}, errorCode={row.code}, errorMessage={text}, reason={row.reason},"
        f" correlationId = {correlation}, response = {_compact(inner)}"
    )
    body = {
        "ClassName": "Microsoft.Portal.Framework.Exceptions.ClientException",
        "Message": message,
        "Data": {},
        "HResult": HRESULT,
        "XMsServerRequestId": None,
        "Source": None,
        "HttpStatusCode": row.status,
        "ClientData": {
            "errorCode": row.code,
            "localizedErrorDetails": {"errorDetail": text},
            "operationResults": None,
            "timeStampUtc": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}0Z",
            "clientRequestId": correlation,
            "internalTransactionId": chance.guid(),
            "tenantId": caller.tenant.id,
            "userObjectId": caller.object_id,
            "exceptionType": "AADGraphException",
        },
    }
    return _compact(body).encode("utf-8", "replace")


def unmodelled_body(sentence: str) -> bytes:
    """The fakes' own answer to what they do not play."""
    return json.dumps({"Message": sentence}, ensure_ascii=False).encode()


def _compact(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)
