"""The rules that a registration's members must keep, and their way between the wire's nesting and ours."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from mock_services.graph import facts
from mock_services.graph.errors import Refused
from mock_services.graph.members import APPLICATION
from mock_services.graph.query import Document
from mock_services.graph.refusals import objects
from mock_services.graph.shapes import merged
from mock_services.state.directory import Application

_KIND = "Application"
_COMPLEX = {member.name for member in APPLICATION.values() if isinstance(member.kind, dict)} - {"api"}


def check(read: Mapping[str, Any], held: Application | None, *, domain: str) -> None:
    """Refuse values that Graph refuses. `held` is the registration being changed; None for a new one."""
    name = read.get("display_name")
    if name is not None and not 0 < len(name) <= facts.LONGEST_NAME:
        raise Refused(objects.VALUE_INVALID, member="displayName", kind=_KIND)
    audience = read.get("sign_in_audience")
    if audience is not None and audience not in facts.AUDIENCES:
        raise Refused(objects.VALUE_INVALID, member="signInAudience", kind=_KIND)
    _check_token_version(read, held)
    for uri in read.get("identifier_uris", ()):
        _check_identifier(uri, domain)
    for access in read.get("required_resource_access", ()):
        if any(each.get("type") not in ("Scope", "Role") for each in access.get("resourceAccess") or ()):
            raise Refused(objects.VALUE_INVALID, member="requiredResourceAccess.resourceAccess.type", kind=_KIND)
    _check_entitlements(read.get("app_roles"), held.app_roles if held else [])
    api = read.get("api") or {}
    _check_entitlements(api.get("oauth2PermissionScopes"), held.scopes if held else [])


def inward(read: Mapping[str, Any], held: Application | None) -> dict[str, Any]:
    """Checked members as the directory keeps them: complex ones merged, scopes taken out of `api`."""
    kept = dict(read)
    before: Mapping[str, Any] = held.details if held else {}
    if "api" in kept:
        api = dict(kept["api"] or {})
        if "oauth2PermissionScopes" in api:
            kept["scopes"] = api.pop("oauth2PermissionScopes") or []
        kept["api"] = merged(before.get("api") or {}, api) if read["api"] is not None else {}
    for name in _COMPLEX & kept.keys():
        nullable = name in ("optional_claims", "request_signature_verification", "service_principal_lock_configuration")
        if kept[name] is not None:
            kept[name] = merged(before.get(name) or {}, kept[name])
        elif not nullable:
            kept[name] = {}
    if "app_roles" in kept:
        kept["app_roles"] = [each | {"origin": "Application"} for each in kept["app_roles"]]
    return kept


def _check_token_version(read: Mapping[str, Any], held: Application | None) -> None:
    """Personal accounts sign in with version 2 tokens only."""
    given: Mapping[str, Any] = read.get("api") or {}
    before: Mapping[str, Any] = (held.details["api"] if held else {}) or {}
    version = given.get("requestedAccessTokenVersion", before.get("requestedAccessTokenVersion"))
    audience = read.get("sign_in_audience") or (held.sign_in_audience if held else facts.DEFAULT_AUDIENCE)
    if version not in (None, 1, 2) or (audience in facts.PERSONAL_AUDIENCES and version != 2):
        raise Refused(objects.ACCESS_VERSION_INVALID)


def _check_identifier(uri: str, domain: str) -> None:
    try:
        parts = urlsplit(uri)
        host = (parts.hostname or "").lower()
    except ValueError:
        raise Refused(objects.VALUE_INVALID, member="identifierUris", kind=_KIND) from None
    if not parts.scheme or not (parts.netloc or parts.path):
        raise Refused(objects.VALUE_INVALID, member="identifierUris", kind=_KIND)
    if parts.scheme in ("http", "https") and host != domain and not host.endswith(f".{domain}"):
        raise Refused(objects.HOST_NOT_VERIFIED, uri=uri)


def _check_entitlements(wanted: Sequence[Document] | None, held: Sequence[Document]) -> None:
    """An enabled role or scope must be disabled before it is changed or left out; each needs an id, once."""
    if wanted is None:
        return
    ids = [str(each.get("id", "")).lower() for each in wanted]
    if "" in ids or len(set(ids)) < len(ids):
        raise Refused(objects.VALUE_INVALID, member="id", kind=_KIND)
    by_id = dict(zip(ids, wanted, strict=True))
    for before in held:
        after = by_id.get(str(before["id"]).lower())
        if before.get("isEnabled") and (after is None or not _is_same_or_disabled(before, after)):
            raise Refused(objects.ENTITLEMENT_ENABLED)


def _is_same_or_disabled(before: Document, after: Document) -> bool:
    own = {name: value for name, value in after.items() if name not in ("origin", "isEnabled")}
    was = {name: value for name, value in before.items() if name not in ("origin", "isEnabled")}
    return {**was, **own} == was
