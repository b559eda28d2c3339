"""The page where a person types name and password, and how a browser comes to be signed in."""

from starlette.responses import Response

from mock_services.login import users
from mock_services.login.authorities import tenant_of_name
from mock_services.login.errors import Refused
from mock_services.login.pages import found, page
from mock_services.login.refusals import sign_ins
from mock_services.login.visits import SESSION_COOKIE, Visit, guest_refused
from mock_services.state.pending import BROWSER_LIFE, BrowserSession
from mock_services.tenant import FakeTenant


def submit(visit: Visit) -> Response:
    """POST of the sign-in page, or of the one that asks for more. Raises Refused for a page that was not ours."""
    back = visit.elsewhere(visit.form.get("next", ""))
    if visit.form.get("approve"):
        signed = visit.signed_in()
        if signed is None:
            return found(back.address)
        tenant, person = signed
        visit.exchange.worlds.pending.forget_browser(visit.cookie)
        return _signed_in(visit, back, tenant, users.Person(person.user, users.STRONGER))
    username = visit.form.get("username", "").strip()
    try:
        tenant = _tenant(visit, back, username)
        visit.exchange.tenant = tenant
        user = users.check_password(visit.exchange, tenant, username, visit.form.get("password", ""))
    except Refused as refused:
        visit.exchange.code = f"AADSTS{refused.row.code}"
        return page(
            "sign_in",
            application="",
            action=f"/{visit.spelling}/login",
            next=back.address,
            username=username,
            problem=str(refused),
        )
    return _signed_in(visit, back, tenant, users.Person(user))


def _tenant(visit: Visit, back: Visit, username: str) -> FakeTenant:
    """Where the person signs in. Raises Refused for a name that is nobody's, or another tenant's."""
    named, home = visit.tenant, tenant_of_name(visit.exchange, username)
    if named is None:
        if home is None:
            raise Refused(sign_ins.USER_UNKNOWN, user=username, directory=visit.spelling)
        return home
    if home is not None and home is not named and home.directory.user(user_principal_name=username):
        client_id = back.query.get("client_id", "").lower()
        application = named.directory.application(app_id=client_id) if client_id else None
        raise guest_refused(named, home, username, client_id, application.display_name if application else "")
    return named


def _signed_in(visit: Visit, back: Visit, tenant: FakeTenant, person: users.Person) -> Response:
    now = tenant.clock.now()
    session = BrowserSession(tenant.id, person.user.id, person.amr, since=now, ends=now + BROWSER_LIFE)
    cookie = visit.exchange.worlds.pending.add_browser(session)
    response = found(back.address)
    response.headers["set-cookie"] = f"{SESSION_COOKIE}={cookie}; path=/; secure; HttpOnly; SameSite=None"
    return response


def sign_out(visit: Visit) -> Response:
    """GET logout: the browser is signed out, and goes where it is asked to if that is registered for some client.

    Entra checks `post_logout_redirect_uri` against the registration of the client that the session is with; which one
    that is, is not kept here, so any registration's redirect of the path's tenant will do.
    """
    visit.exchange.worlds.pending.forget_browser(visit.cookie)
    wanted, tenant = visit.query.get("post_logout_redirect_uri", ""), visit.tenant
    known = {
        uri
        for application in (tenant.directory.applications() if tenant else [])
        for member in ("web", "spa", "public_client")
        for uri in (application.details.get(member) or {}).get("redirectUris") or []
    }
    if wanted in known:
        state = visit.query.get("state", "")
        response = found(f"{wanted}?state={state}" if state else wanted)
    else:
        response = page("done", title="You signed out of your account", sentence="You may close this window.")
    response.headers["set-cookie"] = f"{SESSION_COOKIE}=; path=/; expires=Thu, 01-Jan-1970 00:00:00 GMT; secure"
    return response
