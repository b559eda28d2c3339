"""Entra's refusals, one row each: code, OAuth error, status, text, and where it is known from.

Microsoft says that codes and texts may change at any time and that clients are to branch on `error` alone
(entra-docs reference-error-codes.md).
"""

from mock_services.login.refusals import credentials, requests, sign_ins
from mock_services.login.refusals.row import Refusal

REFUSALS: tuple[Refusal, ...] = tuple(
    row for module in (requests, credentials, sign_ins) for row in vars(module).values() if isinstance(row, Refusal)
)
"""Every row, in order."""

__all__ = ["REFUSALS", "Refusal", "credentials", "requests", "sign_ins"]
