"""Where a customer's environment is: that much of it a fake tenant plays."""

from dataclasses import dataclass

from mock_services.hosts import NationalCloud


@dataclass(frozen=True)
class Place:
    """A region of the public cloud, or a national cloud, which has none to tell apart."""

    region: str = "crm4"
    national_cloud: NationalCloud = NationalCloud.PUBLIC
