"""What an organisation's state will not do, beyond `Missing` and `Taken`."""

from mock_services.errors import StateError


class OtherBusinessUnit(StateError):
    """A role can be given only to users and teams of its own business unit."""

    def __init__(self, principal: str, business_unit: str, role: str, role_business_unit: str) -> None:
        super().__init__(f"role {role} belongs to business unit {role_business_unit}, {principal} to {business_unit}")
        self.principal = principal
        self.business_unit = business_unit
        self.role = role
        self.role_business_unit = role_business_unit


class DepthRefused(StateError):
    """The privilege cannot be granted at this depth."""

    def __init__(self, privilege: str, depth: str) -> None:
        super().__init__(f"{privilege} cannot be granted at depth {depth}")
        self.privilege = privilege
        self.depth = depth
