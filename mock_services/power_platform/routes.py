"""The Power Platform's hosts: the admin API, the Power Platform API and global discovery, told apart by name."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange, exchange_of
from mock_services.front import application
from mock_services.hosts import Service, service_of
from mock_services.power_platform import answers, errors, facts
from mock_services.power_platform.admin import administer
from mock_services.power_platform.discovery import discover
from mock_services.power_platform.errors import Refused
from mock_services.power_platform.platform import read_platform

PLATFORM_HOST = "api.powerplatform.com"


async def _everything(request: Request) -> Response:
    exchange = exchange_of(request.scope)
    try:
        answer = await _answered(request, exchange)
    except Refused as refused:
        exchange.code = refused.row.code
        answer = answers.refused(_dialect(exchange)(refused), refused.row.status)
        if refused.row.status == 401 and service_of(exchange.host) is Service.DISCOVERY:
            answer.headers["WWW-Authenticate"] = _challenge(exchange, refused)
    except Unmodelled as gap:
        answer = answers.refused(errors.unmodelled_body(str(gap)), 501)
    answer.headers["x-ms-request-id"] = exchange.request_id
    answer.headers["x-ms-correlation-request-id"] = request.headers.get(
        "x-ms-correlation-request-id", exchange.request_id
    )
    return answer


async def _answered(request: Request, exchange: Exchange) -> Response:
    if service_of(exchange.host) is Service.DISCOVERY:
        return discover(request, exchange)
    if exchange.host == PLATFORM_HOST:
        return read_platform(request, exchange)
    return await administer(request, exchange)


def _dialect(exchange: Exchange) -> Callable[[Refused], bytes]:
    if service_of(exchange.host) is Service.DISCOVERY:
        return errors.discovery_body
    return errors.platform_body if exchange.host == PLATFORM_HOST else errors.admin_body


def _challenge(exchange: Exchange, refused: Refused) -> str:
    """Without a token discovery challenges and names `common` and its resource id (powerapps-docs, discovery)."""
    if refused.row is not facts.DISCOVERY_TOKEN_MISSING:
        return "Bearer"
    authority = exchange.as_seen("https://login.microsoftonline.com/common/oauth2/authorize")
    return f"Bearer authorization_uri={authority}, resource_id={exchange.base}/"


app = application("Power Platform", _everything)
