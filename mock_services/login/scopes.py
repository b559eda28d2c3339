"""Which resource a `scope` means, or why it means none.

The cases follow public sightings: a host without a scheme, two resources and a stray space are 70011; a
well-formed scope that is not `.default` is 1002012; a percent-encoded URL gets as far as the resource look-up.
"""

import re
from dataclasses import dataclass

from mock_services.login import facts
from mock_services.login.errors import Refused
from mock_services.login.refusals import Refusal, requests

GRAPH_RESOURCE = "https://graph.microsoft.com"
"""The resource of a scope that names none, such as `User.Read`."""

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:(?://)?[^/\s].*", re.IGNORECASE)
_ENCODED = re.compile(r"[a-z][a-z0-9+.-]*%3a%2f%2f.+", re.IGNORECASE)
_ONLY_HOST = re.compile(r"[a-z][a-z0-9+.-]*://[^/]*", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """A resource and the scopes asked of it. `resource` is spelt as the request spells it."""

    resource: str
    names: tuple[str, ...]
    oidc: frozenset[str] = frozenset()
    is_bare: bool = False
    """Graph's scopes without Graph in front, such as `User.Read`."""

    def granted(self, allowed: tuple[str, ...]) -> str:
        """`scope` of the second endpoint's answer: spelt as it was asked for, `.default` last where that was asked for.

        Sources: entra-docs v2-oauth-ropc.md (bare ones come back bare), MSAL.NET's mocks and az's caches (others with
        their resource in front). A client finds a token in its cache again by what this says.
        """
        names = [name for name in allowed if name not in facts.OIDC_SCOPES]
        shown = names if self.is_bare else [f"{self.resource}/{name}" for name in names]
        shown += [name for name in ("openid", "profile", "email") if name in self.oidc or name in allowed]
        return " ".join([*shown, f"{self.resource}/.default"] if ".default" in self.names else shown)

    @property
    def text(self) -> str:
        """The same as a scope parameter."""
        return " ".join((*(f"{self.resource}/{name}" for name in self.names), *sorted(self.oidc)))


def app_only(scope: str) -> Wanted:
    """What a client-credentials scope asks for: `.default` of one resource. Raises Refused."""
    wanted = delegated(scope)
    if ".default" in scope.split():  # the suffix of no resource; that Graph is not assumed here is inferred
        raise Refused(requests.SCOPE_NOT_DEFAULT, scope=scope)
    if not wanted.names or any(name != ".default" for name in wanted.names):
        if ".default" in wanted.names:  # static and dynamic scopes cannot be mixed; its code is inferred
            raise Refused(requests.SCOPE_MALFORMED, scope=scope)
        raise Refused(requests.SCOPE_NOT_DEFAULT, scope=scope)
    return wanted


def delegated(scope: str, *, several: Refusal = requests.SCOPE_MALFORMED) -> Wanted:
    """What a user's scope asks for: any scopes of one resource, and OpenID Connect's own.

    Raises Refused; `several` is how the present step tells of more than one resource.
    """
    tokens = scope.split()
    oidc = frozenset(token.lower() for token in tokens) & facts.OIDC_SCOPES
    asked = [_split(token, scope) for token in tokens if token.lower() not in facts.OIDC_SCOPES]
    if len({resource.rstrip("/").lower() for resource, _ in asked}) > 1:
        raise Refused(several, scope=scope)
    resource = asked[0][0] if asked else GRAPH_RESOURCE
    is_bare = not any("/" in token for token in tokens)
    return Wanted(resource, tuple(name for _, name in asked), oidc, is_bare)


def _split(token: str, whole: str) -> tuple[str, str]:
    if "/" not in token:
        return GRAPH_RESOURCE, token
    if _ONLY_HOST.fullmatch(token) and not token.endswith("/"):
        resource, name = token, ""
    else:
        resource, _, name = token.rpartition("/")
    if not (_GUID.fullmatch(resource.rstrip("/")) or _ABSOLUTE.fullmatch(resource) or _ENCODED.fullmatch(resource)):
        raise Refused(requests.SCOPE_MALFORMED, scope=whole)
    return resource, name.lower() if name.lower() == ".default" else name
