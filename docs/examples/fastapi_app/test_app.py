"""The web service against a tenant of its own, healthy and broken; nothing in the service knows of it."""

import httpx
import pytest

from app import app

pytestmark = pytest.mark.anyio
MESSAGE = {"sender": "o'hara@example.com", "subject": "Printer on fire", "text": "Please hurry."}


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def service(integration, wire, monkeypatch):
    """A client of the service; `wire` answers what the service itself asks of Microsoft."""
    monkeypatch.setenv("AZURE_TENANT_ID", integration.tenant_id)
    monkeypatch.setenv("AZURE_CLIENT_ID", integration.client_id)
    monkeypatch.setenv("AZURE_CLIENT_SECRET", integration.client_secret.get_secret_value())
    monkeypatch.setenv("DATAVERSE_URL", integration.environment_url)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://service") as client:
        yield client


async def test_a_message_becomes_a_case(service, tenant):
    for _ in range(2):
        assert (await service.post("/messages", json=MESSAGE)).status_code == 201
    assert len(tenant.organisation.select("incident", title="Printer on fire")) == 2
    assert len(tenant.organisation.select("contact", emailaddress1="o'hara@example.com")) == 1


@pytest.mark.broken("login.secret_expired")
async def test_an_expired_secret_is_told_to_whoever_runs_the_service(service):
    answer = await service.post("/messages", json=MESSAGE)
    assert answer.status_code == 502
    assert "AADSTS7000222" in answer.text


@pytest.mark.broken("dataverse.user_without_role")
async def test_a_user_without_a_role_is_told_too(service):
    answer = await service.post("/messages", json=MESSAGE)
    assert answer.status_code == 502
    assert "has not been assigned any roles" in answer.text
