"""What the tests of the token service share: a registered application and ways to ask and to read the answer."""

import httpx
import jwt

from mock_services.tenant import FakeTenant

LOGIN = "https://login.microsoftonline.com"
GRAPH = "https://graph.microsoft.com"


class Registered:
    """An application registered in a tenant, with its secret."""

    def __init__(self, tenant: FakeTenant, name: str = "Integration", *, principal: bool = True) -> None:
        directory = tenant.directory
        self.tenant = tenant
        self.application = directory.add_application(name)
        self.secret, self.text = directory.add_secret(self.application.id)
        self.principal = directory.add_service_principal(self.application.app_id) if principal else None

    @property
    def client_id(self) -> str:
        """The application (client) id."""
        return self.application.app_id

    def form(self, **changes: str) -> dict[str, str]:
        """A correct token request with changes; "-" leaves a parameter out."""
        usual = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.text,
            "scope": f"https://{self.tenant.organisation.host}/.default",
        }
        return {name: value for name, value in (usual | changes).items() if value != "-"}


async def ask(
    wire: httpx.AsyncClient, tenant: str, form: dict[str, str], *, version: str = "oauth2/v2.0", host: str = LOGIN
) -> httpx.Response:
    """Ask a token endpoint with a form."""
    return await wire.post(f"{host}/{tenant}/{version}/token", data=form)


def said(answer: httpx.Response) -> tuple[int, str, int]:
    """A refusal in short: status, `error`, code."""
    body = answer.json()
    return answer.status_code, body["error"], body["error_codes"][0]


async def claims_of(
    wire: httpx.AsyncClient, tenant: FakeTenant, answer: httpx.Response, *, host: str = "login.microsoftonline.com"
) -> dict[str, object]:
    """Verify a token as a stranger would: by the published keys."""
    token = answer.json()["access_token"]
    published = await wire.get(f"https://{host}/{tenant.id}/discovery/v2.0/keys")
    header = jwt.get_unverified_header(token)
    key = next(key for key in published.json()["keys"] if key["kid"] == header["kid"])
    claims: dict[str, object] = jwt.decode(
        token,
        jwt.PyJWK(key, algorithm="RS256").key,
        algorithms=["RS256"],
        options={"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    return claims
