"""A person at a browser: follows the pages of the token service, fills in their forms, and keeps their cookies."""

from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from contract_tests.login.asking import LOGIN
from mock_services.tenant import FakeTenant


class _Form(HTMLParser):
    """The first form of a page, its fields with their values, and what it says in the elements that have an id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.buttons: dict[str, str] = {}
        self.said: dict[str, str] = {}
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = told.get("action", "")
        elif tag == "input" and told.get("type") != "checkbox":
            self.fields[told.get("name", "")] = told.get("value", "")
        elif tag == "button" and "name" in told:
            self.buttons[told["value"]] = told["name"]
        elif tag == "p":
            self._inside = told.get("id", "")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.said[self._inside] = self.said.get(self._inside, "") + data

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._inside = ""


class Browser:
    """One browser window, signed in to nothing at first. Redirects within the token service are followed."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        """Browse with this client, whose cookies are the browser's."""
        self._client = client
        self.page: httpx.Response
        self.returned: str = ""
        """Where the last redirect led out of the token service."""

    async def __aenter__(self) -> "Browser":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def open(self, url: str, **query: str) -> "Browser":
        """Go to an address."""
        await self._arrive(await self._client.get(url, params=query or None))
        return self

    async def fill(self, press: str = "", **fields: str) -> "Browser":
        """Fill in the form of the page and send it, with the button of this value."""
        form = self.form
        values = {**form.fields, **fields}
        if press:
            values[form.buttons[press]] = press
        await self._arrive(await self._client.post(urljoin(str(self.page.url), form.action), data=values))
        return self

    async def sign_in(self, tenant: FakeTenant, username: str = "", password: str = "") -> "Browser":
        """Type a name and a password, the tenant's administrator's unless told."""
        admin = tenant.operator
        return await self.fill(username=username or admin.username, password=password or admin.password)

    @property
    def form(self) -> _Form:
        """The form of the present page."""
        return _Form(self.page.text)

    @property
    def problem(self) -> str:
        """What the page complains of."""
        return self.form.said.get("problem", "")

    @property
    def brought(self) -> dict[str, str]:
        """What the last redirect out of the token service carries, in its query or behind its `#`."""
        parts = urlsplit(self.returned)
        return {name: values[0] for name, values in parse_qs(parts.query or parts.fragment).items()}

    async def _arrive(self, response: httpx.Response) -> None:
        self.returned = ""
        while response.status_code == 302:
            target = urljoin(str(response.url), response.headers["location"])
            if not target.startswith((LOGIN, "https://login.microsoft.com")):
                self.returned = target
                break
            response = await self._client.get(target)
        self.page = response
