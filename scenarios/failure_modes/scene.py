"""Where a failure mode happens."""

from dataclasses import dataclass, field

from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant
from provisioning.settings import Integration


@dataclass(frozen=True)
class Scene:
    """A fake tenant in its cloud, and the four values of the integration that was set up in it."""

    cloud: FakeCloud
    tenant: FakeTenant
    integration: Integration = field(repr=False)
