"""The engine on an embedded fake tenant: in this process, without a socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant
from provisioning.settings import Integration
from provisioning.settings_sources import checked_settings
from provisioning.transport import Transport
from scenarios.tenant_clock import TenantClock


def rehearsal_values(tenant: FakeTenant) -> dict[str, object]:
    """The settings that only the fake tenant can give: where, and who does it."""
    return {
        "tenant_id": tenant.id,
        "environment_url": f"https://{tenant.organisation.host}",
        "operator": {"client_id": tenant.operator.client_id, "client_secret": tenant.operator.client_secret},
        "endpoints": {},
        "cloud": "public",
    }


@asynccontextmanager
async def in_process(cloud: FakeCloud, tenant: FakeTenant) -> AsyncIterator[Transport]:
    """A transport whose every request a fake answers; any other host is refused."""
    import httpx

    from mock_services.intercept import FakeTransport

    async with httpx.AsyncClient(transport=FakeTransport(cloud)) as client:
        yield Transport(client, TenantClock(tenant))


async def provisioned(cloud: FakeCloud, tenant: FakeTenant) -> Integration:
    """Take a fake tenant through the whole set-up; the four values."""
    from provisioning.engine import Engine

    async with in_process(cloud, tenant) as transport:
        settings = checked_settings(rehearsal_values(tenant))
        engine = Engine(settings, transport, TenantClock(tenant))
        integration = (await engine.provision()).integration
    tenant.journal.guard(integration.client_secret.get_secret_value())
    return integration
