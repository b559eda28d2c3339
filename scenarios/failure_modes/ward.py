"""One provisioned tenant for many failure modes: put back as it was after each, which is cheaper than a new one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from mock_services.cloud import FakeCloud
from mock_services.quirks import Quirks
from mock_services.signing import SigningKeys
from mock_services.state.organisation import Organisation
from mock_services.state.service_limits import ServiceLimits
from mock_services.tenant import FakeTenant, Snapshot
from provisioning.settings import Integration, Settings
from provisioning.settings_sources import checked_settings
from scenarios.failure_modes.performing import Stage
from scenarios.failure_modes.scene import Scene
from scenarios.place import Place
from scenarios.rehearsal import in_process, provisioned, rehearsal_values
from scenarios.tenant_clock import TenantClock

_SETTLED = timedelta(hours=1)
_LONGEST = timedelta(days=300)
"""A clock is never turned back: a tenant that has aged this much is replaced, before its secret ends."""


class Ward:
    """A healthy, provisioned tenant at hand. Not for two modes at the same time."""

    def __init__(self, keys: SigningKeys | None = None, place: Place | None = None) -> None:
        """`keys` sign the tokens; making new ones takes a moment. `place` is where its environment is."""
        self._keys = keys or SigningKeys()
        self._place = place or Place()
        self._world: _World | None = None

    @asynccontextmanager
    async def stage(self) -> AsyncIterator[Stage]:
        """The tenant as it was set up, with our way onto its wire; its journal is empty."""
        if self._world is None or self._world.is_old:
            self._world = await _founded(self._keys, self._place)
        world = self._world
        world.put_back()
        async with in_process(world.cloud, world.tenant) as transport:
            scene = Scene(world.cloud, world.tenant, world.integration)
            yield Stage(scene, world.settings, transport, TenantClock(world.tenant))


class _World:
    """A cloud with one provisioned tenant, and what it looked like then."""

    def __init__(self, cloud: FakeCloud, tenant: FakeTenant, integration: Integration, settings: Settings) -> None:
        self.cloud = cloud
        self.tenant = tenant
        self.integration = integration
        self.settings = settings
        self._organisations: list[Organisation] = list(tenant.organisations)
        self._snapshot: Snapshot = tenant.snapshot()
        self._born = tenant.clock.now()

    @property
    def is_old(self) -> bool:
        return self.tenant.clock.now() - self._born > _LONGEST

    def put_back(self) -> None:
        """Everything that a failure mode may have touched."""
        tenant, cloud = self.tenant, self.cloud
        for other in cloud.tenants:
            if other is not tenant:
                cloud.drop(other)
        cloud.faults.end()
        cloud.journal.clear()
        tenant.organisations[:] = self._organisations
        tenant.restore(self._snapshot)
        tenant.replication.use("immediate")
        tenant.quirks = Quirks()
        tenant.sign_ins_a_minute = None
        tenant.organisation.limits = ServiceLimits()
        tenant.organisation.held.delay = timedelta()
        tenant.clock.advance(_SETTLED)
        tenant.journal.clear()


async def _founded(keys: SigningKeys, place: Place) -> _World:
    cloud = FakeCloud(keys=keys)
    tenant = cloud.create_tenant(region=place.region, national_cloud=place.national_cloud)
    integration = await provisioned(cloud, tenant)
    return _World(cloud, tenant, integration, checked_settings(rehearsal_values(tenant)))
