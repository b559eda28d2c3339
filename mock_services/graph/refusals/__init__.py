"""Every refusal of these fakes as a row, by subject: the gateway's, of queries, of objects, of credentials.

Abbreviations in the evidence: REC, wire captures in Azure/azure-cli (role/tests/latest/recordings, 2022 to 2025-04);
DOC, microsoft-graph-docs; TF, hashicorp/terraform-provider-azuread (2026-08); OData, the texts of Microsoft's own
OData library, which Graph passes on. "Remembered": widely met, found in no public capture; a live run should settle it.
"""

from mock_services.graph.refusals import credentials, gateway, objects, queries
from mock_services.graph.refusals.row import Refusal, rows_of

REFUSALS: tuple[Refusal, ...] = tuple(
    row for module in (gateway, queries, objects, credentials) for row in rows_of(vars(module))
)
"""Every row, in the order in which a request meets the subjects."""

__all__ = ["REFUSALS", "Refusal"]
