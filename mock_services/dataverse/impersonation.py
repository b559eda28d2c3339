"""Acting for another user: `CallerObjectId`, `MSCRMCallerID`, and whose name then stands on what is written.

Sources: powerapps-docs webapi/impersonate-another-user-web-api.md (headers, privilege, createdonbehalfby); the codes
are in the catalogue.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import refused
from mock_services.dataverse.refusals import security as rows
from mock_services.dataverse.security import Security
from mock_services.dataverse.urls import as_guid
from mock_services.state.organisation.rows import acting_for

_BY_OBJECT_ID, _BY_USER_ID = "callerobjectid", "mscrmcallerid"
_PRIVILEGE = "prvActOnBehalfOfAnotherUser"


def take_up(call: Call) -> None:
    """Put the user that a header names in the caller's place. Raises Refusal.

    The header of a batch goes for its parts, and a part's own goes before it (inferred). Of two headers the newer
    counts (inferred).
    """
    header = _BY_OBJECT_ID if call.headers.get(_BY_OBJECT_ID) else _BY_USER_ID
    wanted = call.headers.get(header, "").strip()
    if not wanted:
        return
    real = call.impersonator or call.caller
    if not Security(call.organisation, real, call.tenant.quirks).holds(_PRIVILEGE):
        raise refused(rows.CANNOT_IMPERSONATE)
    named = _user(call, header, wanted)
    if named is None or named["isdisabled"] or named["deletedstate"]:
        shown = wanted[:100].encode("utf-8", "replace").decode()
        raise refused(rows.NO_SUCH_USER, id=shown)
    call.stand_in(named, real)


@contextmanager
def stamped(call: Call) -> Iterator[None]:
    """Whatever is written meanwhile says on whose behalf, where the caller is a stand-in."""
    real = call.impersonator
    with acting_for(str(real["systemuserid"]) if real is not None else None):
        yield


def _user(call: Call, header: str, wanted: str) -> Mapping[str, Any] | None:
    guid = as_guid(wanted)
    if guid is None:
        return None
    if header == _BY_OBJECT_ID:
        return call.organisation.user_of(guid)
    return call.organisation.get("systemuser", guid)
