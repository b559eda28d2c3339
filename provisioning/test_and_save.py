"""The vendor's Test & Save, call by call as the vendor makes it, with the values exactly as they were pasted.

docs.open.cx integrations/dynamics-365/connect: a form POST to the v2 token endpoint with
scope=<environment_url>/.default, then GET <environment_url>/api/data/v9.2/incidents. No MSAL here on purpose: it would
ask for metadata first and hide which value was refused.
"""

from provisioning.key_pair import assertion, is_assertion, is_key_pair
from provisioning.problems import NotReached
from provisioning.settings import Integration
from provisioning.transport import Answer, Transport

Heard = Answer | NotReached

# The vendor asks once; a second try keeps a hiccup from becoming a diagnosis without keeping anybody waiting.
_ATTEMPTS = 2
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


async def ask_for_token(transport: Transport, login: str, integration: Integration) -> Heard:
    """The first call. Asking twice is as good as once, so the transport may repeat it.

    With a key pair an assertion goes in the secret's place, as the vendor's form cannot, and so does one that was
    signed elsewhere, such as a CI system's token; the second call is the same.
    """
    form = {
        "grant_type": "client_credentials",
        "client_id": integration.client_id,
        **_proof(transport, login, integration),
        "scope": f"{integration.environment_url}/.default",
    }
    url = f"{login}/{integration.tenant_id}/oauth2/v2.0/token"
    try:
        return await transport.send("POST", url, service="login", form=form, repeatable=True, attempts=_ATTEMPTS)
    except NotReached as problem:
        return problem


def _proof(transport: Transport, login: str, integration: Integration) -> dict[str, str]:
    """The credential as the form has it."""
    value = integration.client_secret.get_secret_value()
    if is_key_pair(value):
        authority, now = f"{login}/{integration.tenant_id}", transport.now()
        value = assertion(value, client_id=integration.client_id, authority=authority, now=now, id_=transport.new_id())
    if is_assertion(value):
        return {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": value}
    return {"client_secret": value}


async def read_incidents(
    transport: Transport, integration: Integration, token: str, *, newest_rights: bool = False
) -> Heard:
    """The second call; with `newest_rights` the caller's rights are looked up anew, which the vendor does not ask for.

    `Consistency: Strong` by MicrosoftDocs/powerapps-docs compose-http-requests-handle-errors.md.
    """
    url = f"{integration.environment_url}/api/data/v9.2/incidents"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    if newest_rights:
        headers["Consistency"] = "Strong"
    try:
        return await transport.send("GET", url, service="dataverse", headers=headers, attempts=_ATTEMPTS)
    except NotReached as problem:
        return problem


def token_in(heard: Heard) -> str:
    """The access token in the first call's answer; "" where there is none."""
    if isinstance(heard, NotReached) or heard.status != 200:
        return ""
    body = _object(heard)
    token = body.get("access_token") if body else None
    return token if isinstance(token, str) else ""


def read_rows(heard: Heard) -> bool:
    """Whether the second call read incidents: a page with status 200 is not Dataverse."""
    if isinstance(heard, NotReached) or heard.status != 200:
        return False
    body = _object(heard)
    return body is not None and isinstance(body.get("value"), list)


def _object(answer: Answer) -> dict[str, object] | None:
    try:
        body = answer.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
