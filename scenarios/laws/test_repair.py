"""What the catalogue says of the engine: where it mends a failure mode, `repair` makes the tenant healthy again."""

import pytest

from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant
from provisioning.drift import status
from provisioning.engine import Engine
from provisioning.repair import repair
from provisioning.vault import MemoryVault
from scenarios.failure_modes import FAILURE_MODES, FailureMode, Scene
from scenarios.failure_modes.performing import Stage, perform

_REPAIRABLE = [mode for mode in FAILURE_MODES.values() if mode.repairable]


@pytest.mark.parametrize("mode", _REPAIRABLE, ids=lambda mode: mode.name)
async def test_what_is_said_to_be_repairable_is_repaired(
    mode: FailureMode, cloud: FakeCloud, tenant: FakeTenant, engine: Engine
) -> None:
    engine.vault = MemoryVault()
    integration = (await engine.provision()).integration
    scene = Scene(cloud, tenant, integration)
    stage = Stage(scene, engine.settings, engine.transport, engine.clock)
    assert not (await perform(mode, stage, mode.apply(scene))).healthy
    repaired = await repair(engine, await status(engine))
    assert not repaired.unmended
    assert repaired.integration is not None
    assert (await perform(mode, stage, repaired.integration)).healthy
