"""Who asks too often: the loop that Entra cuts, and the plain 429."""

from datetime import timedelta

from starlette.responses import Response

from mock_services.login.authorities import known_tenant
from mock_services.login.errors import Refused
from mock_services.login.form import Asked
from mock_services.login.refusals import requests

COOKIE = "fpc"
"""By this cookie Entra knows one instance of a client again (azure-docs reference-breaking-changes, 2018-10)."""
_LOOP, _LOOP_WITHIN = 15, timedelta(minutes=5)  # the same page
_MINUTE = timedelta(minutes=1)
_RETRY_AFTER_S = 60  # AzureAD/microsoft-authentication-library-for-dotnet#2855


class TooOften(Exception):
    """429: not in Entra's envelope but in plain text."""

    def response(self) -> Response:
        """The answer (AzureAD/microsoft-authentication-library-for-dotnet#2855)."""
        headers = {"content-type": "text/plain", "retry-after": str(_RETRY_AFTER_S)}
        return Response("Too Many Requests", 429, headers)


def check(asked: Asked, cookie: str) -> None:
    """Count a token request. Raises Refused (50196) for a loop of one client instance, TooOften beyond the limit.

    A client without cookies is never seen to loop, and neither is one that asks for itself, which MSAL.NET's page on
    throttling says is told 429 instead. A minute's limit holds only where a test has set one, by client.
    """
    tenant = known_tenant(asked.exchange, asked.tenant)
    if tenant is None:
        return
    pending, now = asked.exchange.worlds.pending, tenant.clock.now()
    client_id = asked.value("client_id")
    most = tenant.sign_ins_a_minute
    if most is not None and pending.count(f"{tenant.id}/{client_id}", now, within=_MINUTE, most=most) > most:
        asked.exchange.code = "429"
        raise TooOften
    if cookie and asked.value("grant_type") not in _NO_LOOP:
        wanted = asked.value("scope") or asked.value("resource")
        key = f"{cookie}/{client_id}/{asked.value('grant_type')}/{wanted}"
        if pending.count(key, now, within=_LOOP_WITHIN, most=_LOOP) > _LOOP:
            raise Refused(requests.LOOP)


_NO_LOOP = {"client_credentials", "device_code", "urn:ietf:params:oauth:grant-type:device_code"}
"""Device codes are asked for again and again by design."""
