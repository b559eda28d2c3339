"""A service's no: a row of its own table of refusals, with the row's placeholders filled in."""

from typing import Generic, Protocol, TypeVar


class Row(Protocol):
    """What every service's rows have: a code and a text with `{placeholders}`."""

    @property
    def code(self) -> str:
        """What the wire calls it."""

    @property
    def template(self) -> str:
        """The text before its placeholders are filled in."""


R = TypeVar("R", bound=Row)


class Refused(Exception, Generic[R]):
    """The service says no. Each has a class of its own below this one, so that none answers for another."""

    def __init__(self, row: R, **words: str) -> None:
        self.row = row
        self.text = row.template.format(**words)
        super().__init__(f"{row.code}: {self.text}")
