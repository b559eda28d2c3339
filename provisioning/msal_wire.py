"""MSAL over the engine's own transport: its requests are retried, redacted and guarded like every other.

Between MSAL's worker thread and the event loop; what was said last is kept, since MSAL words failures in many ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from provisioning.problems import Problem

if TYPE_CHECKING:
    from provisioning.transport import Answer, Transport


@dataclass(frozen=True)
class Response:
    """What MSAL wants of an HTTP response."""

    status_code: int
    text: str = field(repr=False)
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        """Part of MSAL's protocol; it wraps the response and uses its own."""


class NotJson(Exception):
    """The token service's answer is none: a proxy's page, or half of an answer."""


class Wire:
    """MSAL's `http_client`: from its worker thread back to the transport on the event loop."""

    def __init__(self, transport: Transport, metadata: dict[str, Response]) -> None:
        self.last: Answer | None = None
        self.problem: Problem | None = None
        self._transport = transport
        self._metadata = metadata

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> Response:
        """GET; metadata that was answered once is not asked for again."""
        if params:
            from urllib.parse import urlencode

            url = f"{url}?{urlencode(params)}"
        if url not in self._metadata:
            response = self._send("GET", url, None, headers)
            if response.status_code != 200:
                return response
            self._metadata[url] = response
        return self._metadata[url]

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,  # noqa: ARG002 - MSAL's protocol; it sends none to the token endpoint
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> Response:
        """POST a form; asking for a token twice is as good as once, so the transport may repeat it.

        Redeeming a code is not: its answer lost, the code is spent. The repetition is refused, and who runs it again is
        asked again.
        """
        return self._send("POST", url, data, headers)

    def close(self) -> None:
        """Part of MSAL's protocol; the transport outlives it."""

    def _send(
        self, method: str, url: str, form: Mapping[str, str] | None, headers: Mapping[str, str] | None
    ) -> Response:
        import anyio.from_thread

        # What is not told (MSAL hands over claims that nobody asked for) is not sent, as requests has it.
        told = {name: value for name, value in (form or {}).items() if value is not None} if form is not None else None

        async def send() -> Answer:
            return await self._transport.send(
                method, url, service="login", form=told, headers=headers, repeatable=True, wants_json=True
            )

        try:
            self.last = anyio.from_thread.run(send)
        except Problem as problem:  # not reached, or not let out
            self.problem = problem
            raise
        if self.last.object is None:
            # MSAL would log what it cannot read, and half an answer may hold half a token.
            raise NotJson
        return Response(self.last.status, self.last.text, self.last.headers)
