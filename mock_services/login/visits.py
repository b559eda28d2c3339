"""A browser at one of the pages: where it is, who is signed in in it, and where it goes next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange
from mock_services.login.authorities import tenant_for_page
from mock_services.login.clouds import Cloud
from mock_services.login.errors import Refused
from mock_services.login.first_party import is_public_client
from mock_services.login.refusals import credentials, requests, sign_ins
from mock_services.login.users import Person
from mock_services.state.directory import Application
from mock_services.state.pending import BrowserSession
from mock_services.tenant import FakeTenant

SESSION_COOKIE = "ESTSAUTH"
"""The name of Entra's session cookie (entra-docs concept-authentication-web-browser-cookies.md)."""
_SIGNS_IN_ANEW = {"login", "select_account", "create"}


@dataclass(frozen=True)
class Visit:
    """One request of a browser. `address` is its path and query as asked for, where a sign-in comes back to."""

    exchange: Exchange
    cloud: Cloud
    spelling: str
    """The tenant as the path spells it."""
    address: str
    query: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookie: str = field(default="", repr=False)

    @property
    def tenant(self) -> FakeTenant | None:
        """The tenant that the path names, None where it leaves that to the person. Raises Refused."""
        return tenant_for_page(self.exchange, self.spelling)

    @property
    def wants_anew(self) -> bool:
        """The request asks for a sign-in although somebody is signed in."""
        return self.query.get("prompt", "").lower() in _SIGNS_IN_ANEW

    def signed_in(self) -> tuple[FakeTenant, Person] | None:
        """Who is signed in in this browser to the path's tenant, by a session that still holds; None for nobody."""
        session = self.exchange.worlds.pending.browser(self.cookie) if self.cookie else None
        home = self.exchange.worlds.tenant_called(session.tenant_id) if session else None
        if session is None or home is None or not _holds(session, home):
            return None
        user = home.directory.user(id=session.user_id)
        if user is None or not user.account_enabled:
            return None
        if self.tenant is not None and self.tenant is not home:
            return None
        return home, Person(user, session.amr)

    def elsewhere(self, address: str) -> "Visit":
        """The same browser at another address of this service. Raises Refused for one that is none."""
        parts = urlsplit(address)
        segments = [segment for segment in parts.path.split("/") if segment]
        if parts.scheme or parts.netloc or not parts.path.startswith("/") or not segments:
            raise Refused(requests.MALFORMED)
        query = dict(parse_qsl(parts.query, keep_blank_values=True, errors="replace"))
        return Visit(self.exchange, self.cloud, segments[0], address, query, self.form, self.cookie)

    def without_prompt(self) -> str:
        """The address without `prompt`, for coming back after what it asked for is done."""
        path, _, query = self.address.partition("?")
        kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != "prompt"]
        return f"{path}?{urlencode(kept)}"


def _holds(session: BrowserSession, home: FakeTenant) -> bool:
    user = home.directory.user(id=session.user_id)
    return user is not None and user.sessions_valid_from <= session.since and home.clock.now() < session.ends


def application_anywhere(exchange: Exchange, client_id: str, spelling: str) -> Application | None:
    """The registration of a client named at `common` or `organizations`; None for a public client of Microsoft's.

    Raises Refused: 50194 for a single tenant's, 700016 for nobody's.
    """
    if is_public_client(client_id):
        return None
    for tenant in exchange.worlds.tenants:
        application = tenant.directory.application(app_id=client_id)
        if application is not None:
            if application.sign_in_audience == "AzureADMyOrg":
                raise Refused(requests.SINGLE_TENANT, application=client_id, name=application.display_name)
            return application
    raise Refused(credentials.CLIENT_UNKNOWN, application=client_id, directory=spelling)


def refuse_foreigners(exchange: Exchange, tenant: FakeTenant, client_id: str) -> None:
    """A first sign-in to another tenant's application would make its principal here: not played. Raises Unmodelled."""
    if tenant.directory.service_principal(app_id=client_id) or tenant.directory.application(app_id=client_id):
        return
    for other in exchange.worlds.tenants:
        application = other.directory.application(app_id=client_id) if other is not tenant else None
        if application is not None and application.sign_in_audience != "AzureADMyOrg":
            raise Unmodelled("a first sign-in to an application of another tenant")


def guest_refused(tenant: FakeTenant, home: FakeTenant, username: str, client_id: str, name: str) -> Refused:
    """What somebody of another tenant is told (50020)."""
    return Refused(
        sign_ins.USER_OF_OTHER_TENANT,
        user=username,
        home=home.id,
        directory=tenant.display_name,
        application=client_id,
        name=name,
    )
