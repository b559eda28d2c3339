"""Calls with a bearer token: the token, one fresh one after a 401, paging, and a letter for every refusal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from provisioning.problems import AnswerLost, NotReached, Problem
from provisioning.said import Said, Service
from provisioning.transport import Answer, Transport

Explain = Callable[[str, Said], Problem]


@dataclass(frozen=True)
class Rights:
    """What a token says that its holder may: an app by its roles, a person by scopes and directory roles."""

    permissions: frozenset[str]
    is_person: bool = False
    directory_roles: frozenset[str] | None = None
    """A person's active roles by template id; None where the token does not tell."""
    name: str = ""
    """The person's account name, or the app's client id."""


class TokenSource(Protocol):
    """Where bearer tokens come from: a sign-in, or one token at hand."""

    async def token(self, resource: str, *, fresh: bool = False) -> str:
        """A token for a resource; `fresh` asks for a new one."""
        ...

    async def claims(self, resource: str) -> Mapping[str, Any]:
        """What that token says of itself, unverified."""
        ...


class Caller:
    """One service as one identity sees it. Paths are relative to `root`; `explain` words a refusal."""

    def __init__(
        self,
        transport: Transport,
        sign_in: TokenSource,
        *,
        service: Service,
        resource: str,
        root: str,
        explain: Explain,
    ) -> None:
        self.root = root
        self._transport = transport
        self._sign_in = sign_in
        self._service = service
        self._resource = resource
        self._explain = explain

    async def ask(
        self,
        tried: str,
        method: str,
        path: str,
        *,
        json: object = None,
        ok: tuple[int, ...] = (200, 201, 204),
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer, its status one of `ok`. Raises Refused and its kin, NotReached, or AnswerLost for a create."""
        try:
            answer = await self._send(method, path, json=json, headers=headers)
        except NotReached as problem:
            if method == "POST" and problem.maybe_done:
                raise AnswerLost(tried, problem.heard, remedy=problem.remedy) from None
            raise
        if answer.status in ok and not answer.unreadable:
            return answer
        if method == "POST" and answer.outcome_unknown:
            raise AnswerLost(tried, str(answer.said), said=answer.said)
        raise self._explain(tried, answer.said)

    async def told(self, tried: str, method: str, path: str, *, json: object = None) -> dict[str, Any]:
        """The object that an answer holds. Raises as `ask`."""
        answer = await self.ask(tried, method, path, json=json, ok=(200, 201))
        return answer.object or {}

    async def read(self, tried: str, path: str) -> dict[str, Any] | None:
        """One object; None where it does not exist."""
        answer = await self.ask(tried, "GET", path, ok=(200, 404))
        return None if answer.status == 404 else answer.object

    async def pages(self, tried: str, path: str) -> list[dict[str, Any]]:
        """Every row of a collection, over all its pages."""
        rows: list[dict[str, Any]] = []
        link: str | None = path
        while link:
            page = await self.told(tried, "GET", link)
            rows += [row for row in page.get("value", []) if isinstance(row, dict)]
            link = page.get("@odata.nextLink")
        return rows

    async def granted(self) -> frozenset[str] | None:
        """Permissions that the token names (app roles or delegated scopes); None where it cannot be read."""
        claims = await self._sign_in.claims(self._resource)
        if not claims:
            return None
        return frozenset([*claims.get("roles", []), *str(claims.get("scp", "")).split()])

    async def rights(self) -> Rights | None:
        """What the token lets its holder do; None where it cannot be read.

        `roles`, `scp` and `wids` by learn.microsoft.com/entra/identity-platform/access-token-claims-reference; an
        app's token has a `wids` too, which names no role of its own.
        """
        claims = await self._sign_in.claims(self._resource)
        if not claims:
            return None
        if "scp" not in claims:
            return Rights(frozenset(claims.get("roles", [])), name=str(claims.get("appid", "")))
        wids = claims.get("wids")
        roles = frozenset(str(role).lower() for role in wids) if isinstance(wids, list) else None
        name = str(claims.get("upn") or claims.get("unique_name") or claims.get("preferred_username") or "")
        return Rights(frozenset(str(claims["scp"]).split()), True, roles, name)

    async def _send(self, method: str, path: str, *, json: object, headers: Mapping[str, str] | None) -> Answer:
        url = self._absolute(path)
        for fresh in (False, True):
            token = await self._sign_in.token(self._resource, fresh=fresh)
            wanted = {"Accept": "application/json", **(headers or {}), "Authorization": f"Bearer {token}"}
            answer = await self._transport.send(
                method, url, service=self._service, json=json, headers=wanted, wants_json=True
            )
            if answer.status != 401:
                break
        return answer

    def _absolute(self, path: str) -> str:
        """A path below the root, or a link that the service sent; the token goes to no other host."""
        if "://" not in path:
            return f"{self.root}/{path}"
        origin = "/".join(self.root.split("/", 3)[:3])
        if not path.startswith(f"{origin}/"):
            raise Problem("follow a link to the next page", f"it leads away from {origin}")
        return path
