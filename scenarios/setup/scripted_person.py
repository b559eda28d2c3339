"""A person who completes sign-ins as a script says, with a browser of their own."""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Sequence
from datetime import timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import anyio.to_thread
import httpx

from mock_services.intercept import FakeTransport

if TYPE_CHECKING:
    from mock_services.cloud import FakeCloud


class ScriptedPerson:
    """Signs in with name and password; `declines` presses cancel, `absent` never comes, `picks` answers questions."""

    def __init__(
        self, cloud: FakeCloud, username: str, password: str, *, declines: bool = False, absent: bool = False,
        picks: str = "",
    ) -> None:  # fmt: skip
        self._cloud = cloud
        self.username, self.password = username, password
        self._typed = {"username": username, "password": password}
        self._declines = declines
        self._absent = absent
        self._picks = picks
        self.shown: list[str] = []
        """The codes and pages that they were shown: theirs alone."""
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    async def show_code(self, page: str, code: str, *, lasts: timedelta) -> None:
        """Enter the code, sign in, and agree or not."""
        del lasts
        self.shown.append(code)
        if self._absent:
            return
        async with _Browser(self._cloud) as browser:
            await browser.open(page)
            await browser.fill(otc=code)
            await self._sign_in(browser)
            await browser.fill(decision="cancel" if self._declines else "continue")

    async def open(self, page: str) -> None:
        """Sign in, consent where that is asked for, and let the browser go back to the program."""
        self.shown.append(page)
        if self._absent:
            return
        async with _Browser(self._cloud) as browser:
            await browser.open(page)
            await self._sign_in(browser)
            if "permission" in browser.text.lower():
                await browser.fill(decision="cancel" if self._declines else "accept")
            if not browser.action.startswith("http://localhost:"):
                return  # the page says no, and they close it
            await anyio.to_thread.run_sync(post_form, browser.action, browser.fields)

    async def _sign_in(self, browser: _Browser) -> None:
        """Name and password, and the telephone where more is asked for."""
        await browser.fill(**self._typed)
        if "Approve sign in request" in browser.text:
            await browser.fill()

    async def choose(self, question: str, choices: Sequence[str]) -> str:
        """Pick as the script says."""
        self.asked.append((question, tuple(choices)))
        return self._picks


def second_administrator(cloud: FakeCloud, tenant: Any) -> ScriptedPerson:
    """Another Global Administrator of the tenant."""
    name, password = f"second@{tenant.domain}", "fake-password-of-the-second"
    user = tenant.directory.add_user(name, "Second Admin", password)
    tenant.directory.give_directory_role(user.id, "62e90394-69f5-4237-9190-012177145e10")
    return ScriptedPerson(cloud, name, password)


def post_form(address: str, fields: dict[str, str]) -> int:
    """What a browser does with a page that posts itself to this machine; the status of the answer."""
    body = urllib.parse.urlencode(fields).encode()
    try:
        with urllib.request.urlopen(address, body, timeout=5) as answer:  # noqa: S310 - an address of this machine
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


class _Browser(HTMLParser):
    """One window: follows redirects, fills in the form of the page."""

    def __init__(self, cloud: FakeCloud) -> None:
        super().__init__()
        self._client = httpx.AsyncClient(transport=FakeTransport(cloud))
        self._address = ""
        self.text = ""
        self.action = ""
        self.fields: dict[str, str] = {}

    async def __aenter__(self) -> _Browser:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def open(self, address: str) -> None:
        await self._arrive(await self._client.get(address))

    async def fill(self, **typed: str) -> None:
        where = urljoin(self._address, self.action)
        await self._arrive(await self._client.post(where, data={**self.fields, **typed}))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = told.get("action", "")
        elif tag == "input" and told.get("type") != "checkbox":
            self.fields[told.get("name", "")] = told.get("value", "")

    async def _arrive(self, response: httpx.Response) -> None:
        while response.status_code == 302:
            response = await self._client.get(urljoin(str(response.url), response.headers["location"]))
        self._address, self.text = str(response.url), response.text
        self.action, self.fields = "", {}
        self.reset()
        self.feed(response.text)
