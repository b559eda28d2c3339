"""Microsoft's own libraries, unmodified and on real ports, with all that is no client secret."""

import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
import httpx
import jwt
import msal
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, DeviceCodeCredential, WorkloadIdentityCredential

from contract_tests.login.browser import Browser
from contract_tests.login.certificates import Certificate
from mock_services.serve import Served
from mock_services.state.well_known import AZURE_CLI
from mock_services.tenant import FakeTenant
from provisioning.settings import Integration

LOGIN = "https://login.microsoftonline.com"
GRAPH = "https://graph.microsoft.com/.default"


@pytest.fixture
def tenant(served_tenant: tuple[Served, FakeTenant, Integration], four_values: Integration) -> FakeTenant:
    """The served tenant, in a process that is led to it."""
    del four_values
    return served_tenant[1]


@pytest.fixture
def certificate(tenant: FakeTenant, four_values: Integration) -> Certificate:
    """A certificate of the integration."""
    made = Certificate()
    application = tenant.directory.application(app_id=four_values.client_id)
    assert application is not None
    made.register(tenant, application.id)
    return made


@pytest.fixture
async def browser(four_values: Integration) -> AsyncIterator[Browser]:
    """A browser that goes through the proxy like everybody else."""
    del four_values
    async with Browser(httpx.AsyncClient()) as window:
        yield window


def claims(token: str) -> dict[str, Any]:
    told: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return told


@pytest.mark.parametrize("habit", ["today's", "older"])
def test_msal_signs_in_with_a_certificate(four_values: Integration, certificate: Certificate, habit: str) -> None:
    """Today's way names the certificate by SHA-256 and signs PS256, the older by SHA-1 and RS256."""
    if habit == "today's":
        credential = {"private_key": certificate.pem, "public_certificate": certificate.pem}
    else:
        credential = {"private_key": certificate.pem, "thumbprint": certificate.sha1.hex()}
    app = msal.ConfidentialClientApplication(
        four_values.client_id, client_credential=credential, authority=f"{LOGIN}/{four_values.tenant_id}"
    )
    answer = app.acquire_token_for_client([f"{four_values.environment_url}/.default"])
    assert claims(answer["access_token"])["appidacr"] == "2"


def test_azure_identity_signs_in_with_a_certificate_and_reads_its_refusal(
    four_values: Integration, certificate: Certificate
) -> None:
    scope = f"{four_values.environment_url}/.default"
    with CertificateCredential(
        four_values.tenant_id, four_values.client_id, certificate_data=certificate.pem.encode()
    ) as credential:
        assert claims(credential.get_token(scope).token)["appid"] == four_values.client_id
    unknown = Certificate()
    with (
        CertificateCredential(
            four_values.tenant_id, four_values.client_id, certificate_data=unknown.pem.encode()
        ) as credential,
        pytest.raises(ClientAuthenticationError, match=r"AADSTS700027.*The key was not found"),
    ):
        credential.get_token(scope)


def test_azure_identity_signs_in_as_a_workload(
    served_tenant: tuple[Served, FakeTenant, Integration],
    four_values: Integration,
    workload_token: str,
    tmp_path: Path,
) -> None:
    served, tenant, _ = served_tenant
    application = tenant.directory.application(app_id=four_values.client_id)
    assert served.port
    assert application is not None
    tenant.directory.add_federated_credential(
        application.id,
        name="cluster",
        issuer="https://oidc.cluster.example/",
        subject="system:serviceaccount:default:integration",
        audiences=["api://AzureADTokenExchange"],
        description=None,
    )
    file = tmp_path / "token"
    file.write_text(workload_token)
    with WorkloadIdentityCredential(
        tenant_id=four_values.tenant_id, client_id=four_values.client_id, token_file_path=str(file)
    ) as credential:
        token = credential.get_token(f"{four_values.environment_url}/.default")
    assert claims(token.token)["appidacr"] == "2"


async def test_msal_signs_a_person_in_by_device_code(tenant: FakeTenant, browser: Browser) -> None:
    app = msal.PublicClientApplication(AZURE_CLI, authority=f"{LOGIN}/organizations")
    flow = await anyio.to_thread.run_sync(app.initiate_device_flow, [GRAPH])
    await browser.open(flow["verification_uri"])
    await browser.fill(otc=flow["user_code"])
    await browser.sign_in(tenant)
    await browser.fill(press="continue")
    answer = await anyio.to_thread.run_sync(app.acquire_token_by_device_flow, flow)
    assert answer["id_token_claims"]["preferred_username"] == tenant.operator.username

    (account,) = app.get_accounts()
    kept = await anyio.to_thread.run_sync(lambda: app.acquire_token_silent([GRAPH], account))
    assert kept["token_source"] == "cache"
    silent = await anyio.to_thread.run_sync(
        lambda: app.acquire_token_silent([f"https://{tenant.organisation.host}/user_impersonation"], account)
    )
    assert claims(silent["access_token"])["scp"] == "user_impersonation"


async def test_azure_identity_signs_a_person_in_by_device_code(tenant: FakeTenant, browser: Browser) -> None:
    shown: dict[str, str] = {}
    prompted = anyio.Event()

    def prompt(page: str, code: str, _: object) -> None:
        shown.update(page=page, code=code)
        anyio.from_thread.run_sync(prompted.set)

    credential = DeviceCodeCredential(AZURE_CLI, tenant_id=tenant.id, prompt_callback=prompt, timeout=60)

    async def act_as_the_person() -> None:
        await prompted.wait()
        await browser.open(shown["page"])
        await browser.fill(otc=shown["code"])
        await browser.sign_in(tenant)
        await browser.fill(press="continue")

    async with anyio.create_task_group() as group:
        group.start_soon(act_as_the_person)
        token = await anyio.to_thread.run_sync(lambda: credential.get_token(GRAPH))
    assert claims(token.token)["upn"] == tenant.operator.username


async def test_msal_signs_a_person_in_by_authorization_code_with_pkce(tenant: FakeTenant, browser: Browser) -> None:
    app = msal.PublicClientApplication(AZURE_CLI, authority=f"{LOGIN}/{tenant.id}")
    flow = app.initiate_auth_code_flow([GRAPH], redirect_uri="http://localhost:8400", response_mode="form_post")
    await browser.open(flow["auth_uri"])
    await browser.sign_in(tenant)
    posted = browser.form
    assert posted.action == "http://localhost:8400"
    answer = await anyio.to_thread.run_sync(app.acquire_token_by_auth_code_flow, flow, posted.fields)
    assert answer["id_token_claims"]["tid"] == tenant.id


def test_msal_signs_a_person_in_by_name_and_password(tenant: FakeTenant) -> None:
    app = msal.PublicClientApplication(AZURE_CLI, authority=f"{LOGIN}/{tenant.id}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # MSAL discourages the password grant
        answer = app.acquire_token_by_username_password(tenant.operator.username, tenant.operator.password, [GRAPH])
        wrong = app.acquire_token_by_username_password(tenant.operator.username, "fake-wrong", [GRAPH])
    assert claims(answer["access_token"])["upn"] == tenant.operator.username
    assert (wrong["error"], wrong["error_codes"]) == ("invalid_grant", [50126])
