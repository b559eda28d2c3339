"""Fakes on real sockets, once a module: a cloud with one tenant, served until the module's tests are done."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from mock_services.certificates import client_context
from mock_services.cloud import FakeCloud
from mock_services.serve import Served, serving
from mock_services.tenant import FakeTenant


@dataclass(frozen=True)
class Standing:
    cloud: FakeCloud
    tenant: FakeTenant
    served: Served

    def client(self, *, proxied: bool = True) -> httpx.Client:
        """A client that trusts the run's authority, through the proxy or straight to localhost."""
        return httpx.Client(
            verify=client_context(self.served.authority_file), proxy=self.served.proxy_url if proxied else None
        )


@pytest.fixture(scope="module")
def standing() -> Iterator[Standing]:
    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    with serving(cloud) as served:
        yield Standing(cloud, tenant, served)
