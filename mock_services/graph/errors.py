"""Graph's dialect of refusing: one exception, and how it reads on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mock_services.graph import facts


@dataclass(eq=False)
class Refused(Exception):
    """Graph says no, with this status, code and message."""

    status: int
    code: str
    message: str
    details: list[dict[str, str]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.message}"


def bad_request(template: str, **words: object) -> Refused:
    """400 in the directory's own words."""
    return Refused(400, facts.BAD_REQUEST, template.format(**words))


def bad_query(template: str, **words: object) -> Refused:
    """400 for a query that the directory does not take."""
    return Refused(400, facts.UNSUPPORTED, template.format(**words))


def bad_odata(message: str) -> Refused:
    """400 from the OData layer in front of the directory."""
    return Refused(400, facts.ODATA, message)


def not_found(key: str) -> Refused:
    """404 with the key as it was asked for: also what an object looks like before it has replicated."""
    return Refused(404, facts.NOT_FOUND, facts.NOT_FOUND_TEXT.format(key=key))


def denied(message: str = facts.DENIED_TEXT) -> Refused:
    """403 for a caller without the permission, the role or the ownership."""
    return Refused(403, facts.DENIED, message)


def unauthorised(message: str, code: str = facts.INVALID_BEARER) -> Refused:
    """401 for a bearer that does not stand."""
    return Refused(401, code, message, headers={"WWW-Authenticate": facts.CHALLENGE})


def conflict(message: str) -> Refused:
    """409 for an object whose key is taken."""
    return Refused(409, facts.SAME_KEY, message)


def no_backing(app_id: str) -> Refused:
    """400 for a principal of an application that is not there, with the details that clients look for."""
    message = facts.NO_BACKING.format(app_id=app_id)
    return Refused(
        400, facts.BAD_REQUEST, message, [{"code": facts.NO_BACKING_CODE, "message": message, "target": "appId"}]
    )


def object_conflict(member: str) -> Refused:
    """400 for a value that must be unique and is not; where Graph puts the detail is inferred."""
    message = facts.OBJECT_CONFLICT.format(member=member)
    return Refused(400, facts.BAD_REQUEST, message, [{"code": "ObjectConflict", "message": message, "target": member}])


def envelope(refused: Refused, *, at: datetime, request_id: str, client_request_id: str) -> dict[str, Any]:
    """The error body, members in the recorded order (REC 2025-02); the date has no zone and no fraction."""
    error: dict[str, Any] = {"code": refused.code, "message": refused.message}
    if refused.details:
        error["details"] = refused.details
    error["innerError"] = {
        "date": f"{at:%Y-%m-%dT%H:%M:%S}",
        "request-id": request_id,
        "client-request-id": client_request_id,
    }
    return {"error": error}
