"""App management policies at work: which credentials may be added to an application, and for how long.

They act on adding alone, never on what is there (DOC resources/applicationauthenticationmethodpolicy).
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from mock_services.graph.call import Call
from mock_services.graph.errors import Refused
from mock_services.graph.members import read_instant
from mock_services.graph.query import Document
from mock_services.graph.refusals import credentials
from mock_services.state.directory import Application, ServicePrincipal

_DURATION = re.compile(r"P(?:(\d{1,7})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,7})M)?(?:(\d{1,7})(?:\.\d+)?S)?)?")


def read_duration(text: str) -> timedelta | None:
    """An Edm.Duration, such as `P180D` or `P1DT12H`; None for anything else."""
    read = _DURATION.fullmatch(text)
    if read is None or text.endswith(("P", "T")):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in read.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def check_secret(call: Call, held: Application | ServicePrincipal, *, start: datetime, end: datetime) -> None:
    """Refuse a secret that the application's policy forbids, or for so long. Raises Refused."""
    for policy_id, each in _in_force(call, held, "passwordCredentials"):
        if each["restrictionType"] == "passwordAddition":
            raise Refused(credentials.TYPE_NOT_ALLOWED, policy_id=policy_id)
        if each["restrictionType"] == "passwordLifetime":
            _check_lifetime(policy_id, each, end - start)


def check_certificate(call: Call, held: Application, *, start: datetime, end: datetime) -> None:
    """Refuse a certificate for longer than the application's policy allows. Raises Refused."""
    for policy_id, each in _in_force(call, held, "keyCredentials"):
        if each["restrictionType"] == "asymmetricKeyLifetime":
            _check_lifetime(policy_id, each, end - start)


def _check_lifetime(policy_id: str, restriction: Document, lifetime: timedelta) -> None:
    longest = read_duration(restriction.get("maxLifetime") or "")
    if longest is not None and lifetime > longest:
        raise Refused(credentials.LIFETIME_NOT_ALLOWED, policy_id=policy_id)


def _in_force(call: Call, held: Application | ServicePrincipal, kind: str) -> Iterator[tuple[str, Document]]:
    """The restrictions that reach this application, with their policy: its own instead of the tenant's."""
    own = call.directory.app_policy_of(held.id)
    if own is not None and own["isEnabled"]:
        policy, restrictions = own, own["restrictions"] or {}
    else:
        policy = call.directory.default_app_policy()
        whose = "applicationRestrictions" if isinstance(held, Application) else "servicePrincipalRestrictions"
        restrictions = (policy[whose] or {}) if policy["isEnabled"] else {}
    for each in restrictions.get(kind) or []:
        since = read_instant(each.get("restrictForAppsCreatedAfterDateTime") or "")
        if each.get("state") != "disabled" and (since is None or (held.created or since) >= since):
            yield policy["id"], each
