"""Every refusal of this service as a row, and how a code finds its status, its name and its row.

A code outside the table answers 400, as the server's own handler does [handle]. A code may have several rows, one a
text; the first has the status that the code gives by itself. Abbreviations in the evidence are those of `facts`.
"""

from mock_services.dataverse.refusals import (
    casework,
    gateway,
    metadata,
    principals,
    queries,
    records,
    reserved,
    security,
)
from mock_services.dataverse.refusals.row import Row, by_code, rows_of

MODULES = (gateway, queries, principals, records, casework, security, metadata)
"""What the fakes can say; `reserved` are the codes that they know and never send."""
ROWS: tuple[Row, ...] = tuple(row for module in MODULES for row in rows_of(vars(module)))
_BY_CODE = by_code((*ROWS, *reserved.ROWS))
_OWN_STATUS = {"0x80060888": 400}
"""Codes whose rows differ in status."""


def status_of(code: str) -> int:
    """The HTTP status that a code gives by itself."""
    if code in _OWN_STATUS or code not in _BY_CODE:
        return _OWN_STATUS.get(code, 400)
    return _BY_CODE[code][0].status


def name_of(code: str) -> str:
    """What the platform's table calls a code; the commonest name where it is not known."""
    return next((row.name for row in _BY_CODE.get(code, ()) if row.name), "InvalidArgument")


def is_known(code: str) -> bool:
    """Whether a code stands in the table."""
    return code in _BY_CODE


def row_of(code: str, status: int, message: str) -> Row | None:
    """The row that a refusal follows: of its code, the first that fits, else the first. None for an unknown code."""
    rows = _BY_CODE.get(code, ())
    return next((row for row in rows if row.fits(status, message)), rows[0] if rows else None)


__all__ = ["MODULES", "ROWS", "Row", "is_known", "name_of", "row_of", "status_of"]
