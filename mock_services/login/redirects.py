"""Where a browser may be sent back to, and how what it carries is written there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus, urlsplit, urlunsplit

from mock_services.login.errors import Refused
from mock_services.login.first_party import is_public_client
from mock_services.login.refusals import sign_ins
from mock_services.state.directory import Application

WEB, PAGE, PUBLIC = "web", "spa", "public"
_OWN_CLIENTS = ("http://localhost", "https://login.microsoftonline.com/common/oauth2/nativeclient")
"""What Microsoft's own public clients come back to: any port of localhost, or the page for native clients."""
_LOOPBACK = {"localhost", "127.0.0.1"}


@dataclass(frozen=True)
class Redirect:
    """A registered address, by the platform it is registered under."""

    uri: str
    platform: str


def find(client_id: str, application: Application | None, asked: str) -> Redirect:
    """The address to come back to. Raises Refused (50011, 500113).

    It must be registered to the letter, but for the port of a loopback address, which is free (RFC 8252, entra-docs
    reply-url.md). Without one in the request the only one registered is meant.
    """
    registered = _registered(client_id, application)
    if not registered:
        raise Refused(sign_ins.REDIRECT_UNREGISTERED)
    if not asked:
        if len(registered) == 1:
            return registered[0]
        raise Refused(sign_ins.REDIRECT_UNREGISTERED)
    for each in registered:
        if each.uri == asked or (_without_port(each.uri) == _without_port(asked) is not None):
            return Redirect(asked, each.platform)
    raise Refused(sign_ins.REDIRECT_UNKNOWN, redirect=asked, application=client_id)


def _registered(client_id: str, application: Application | None) -> list[Redirect]:
    if application is None:
        return [Redirect(uri, PUBLIC) for uri in _OWN_CLIENTS] if is_public_client(client_id) else []
    details = application.details
    platforms = ((PUBLIC, "public_client"), (PAGE, "spa"), (WEB, "web"))
    return [
        Redirect(str(uri), platform)
        for platform, member in platforms
        for uri in (details.get(member) or {}).get("redirectUris") or []
    ]


def _without_port(uri: str) -> tuple[str, str, str] | None:
    """A loopback address of plain http without its port; None for any other."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme != "http" or host not in _LOOPBACK:
        return None
    return host, parts.path.rstrip("/"), parts.query


def location(uri: str, parameters: Mapping[str, str], *, mode: str) -> str:
    """The address with what it carries, in its query or behind its `#`."""
    parts = urlsplit(uri)
    carried = "&".join(f"{name}={written(value)}" for name, value in parameters.items())
    if mode == "fragment":
        return urlunsplit(parts._replace(fragment=carried))
    return urlunsplit(parts._replace(query=f"{parts.query}&{carried}" if parts.query else carried))


def written(value: str) -> str:
    """A value in a redirect: blanks as plus, escapes in lower case, parentheses as they are.

    Sources: entra-docs v2-admin-consent.md, whole redirects of an authorize request in a public walk-through (2026-02).
    """
    return re.sub(r"%[0-9A-F]{2}", lambda escape: escape[0].lower(), quote_plus(value, safe="!*()"))
