"""The state of one Dataverse organisation."""

from mock_services.state.organisation.organisation import Organisation
from mock_services.state.organisation.privileges import Depth
from mock_services.state.organisation.refusals import DepthRefused, OtherBusinessUnit

__all__ = ["Depth", "DepthRefused", "Organisation", "OtherBusinessUnit"]
