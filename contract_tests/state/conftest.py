"""A directory by itself, without a service in front."""

from datetime import UTC, datetime

import pytest

from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.state.directory import Directory
from mock_services.state.store import Store

TENANT = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"


@pytest.fixture
def directory() -> Directory:
    """A directory founded on a day in 2026, at a standing clock."""
    clock = FakeClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    made = Directory(Store.memory(), clock=clock, chance=Chance("directory"))
    made.found(tenant_id=TENANT, display_name="Contoso", domain="contoso.onmicrosoft.com")
    return made
