"""The one door of the portal's back end that is played: consent to a registered application for the whole tenant."""

import re
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from mock_services.errors import Missing, Unmodelled
from mock_services.exchange import Exchange, exchange_of
from mock_services.front import application
from mock_services.portal import facts
from mock_services.portal.callers import Caller, Unauthenticated, authenticate
from mock_services.portal.errors import Refused, refusal_body, unmodelled_body
from mock_services.state.directory.consent import ConsentDenied, PermissionsInvalid, grant_admin_consent

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
CONSENT = re.compile(r"api/registeredapplications/(?P<app_id>[^/]+)/consent", re.IGNORECASE)
OPERATION = "portal.admin_consent"
_JSON = "application/json; charset=utf-8"


async def _everything(request: Request) -> Response:
    exchange = exchange_of(request.scope)
    try:
        app_id = _asked_for(request)
        exchange.operation = OPERATION
        caller = authenticate(exchange, request.headers.get("authorization", ""))
        return _consent(request, exchange, caller, app_id)
    except Unauthenticated:
        exchange.code = "Unauthorized"
        return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
    except Unmodelled as gap:
        return Response(unmodelled_body(str(gap)), status_code=501, media_type=_JSON)


def _asked_for(request: Request) -> str:
    """The application to consent to. Raises Unmodelled for every other request."""
    raw: bytes = request.scope.get("raw_path", request.scope["path"].encode())
    path = unquote(raw.decode("latin-1").partition("?")[0])
    found = CONSENT.fullmatch("/".join(part for part in path.split("/") if part))
    if found is None or request.method != "POST":
        raise Unmodelled(f"{request.method} {path} of the portal's back end")
    if request.query_params.get("onBehalfOfAll", "").lower() != "true":
        raise Unmodelled("consent in the portal that is not on behalf of all users")
    if not _GUID.fullmatch(found["app_id"]):
        raise Unmodelled(f"consent in the portal to {found['app_id']!r}, which is no application's id,")
    return found["app_id"].lower()


def _consent(request: Request, exchange: Exchange, caller: Caller, app_id: str) -> Response:
    if caller.is_application:
        exchange.code = "ServiceUnavailable"
        return Response(status_code=facts.APPLICATION_STATUS)
    try:
        _grant(caller, app_id)
    except Refused as refused:
        exchange.code = refused.row.code
        asked = request.headers.get("x-ms-client-request-id", "")
        body = refusal_body(
            refused,
            caller,
            correlation=asked if _GUID.fullmatch(asked) else exchange.request_id,
            at=caller.tenant.clock.now(),
            chance=exchange.worlds.chance,
        )
        return Response(body, status_code=refused.row.status, media_type=_JSON)
    return Response(status_code=facts.CONSENTED_STATUS)


def _grant(caller: Caller, app_id: str) -> None:
    """Consent with the directory roles that the person holds now, whatever the token says. Raises Refused."""
    directory = caller.tenant.directory
    try:
        grant_admin_consent(
            directory,
            app_id,
            granter_roles=directory.directory_roles_of(caller.object_id),
            replaces=caller.tenant.quirks.admin_consent_replaces,
        )
    except ConsentDenied:
        raise Refused(facts.NOT_ADMINISTRATOR) from None
    except PermissionsInvalid:
        raise Refused(facts.PERMISSIONS_INVALID, application=app_id) from None
    except Missing:
        raise Refused(facts.APPLICATION_NOT_FOUND, application=app_id) from None


app = application("Entra portal back end", _everything)
