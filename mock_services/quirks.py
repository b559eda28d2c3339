"""The contested choices: where public evidence is thin or contradictory, each has a name, a default and a reason.

A test or a `live` run can take the other side of one; nothing in the fakes depends on a quirk in silence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields


@dataclass
class Quirks:
    """How this tenant decides what nobody has settled. The evidence of each choice stands beside it."""

    user_without_role_status: int = field(
        default=403,
        metadata={
            "alternative": "401",
            "evidence": "403 with 0x80042f09 in Microsoft's own client code and recorded messages; the vendor's"
            " set-up page says every call returns 401, its troubleshooting page 403",
            "contract": "dataverse.user_without_role",
        },
    )
    user_missing_status: int = field(
        default=403,
        metadata={
            "alternative": "401",
            "evidence": "403 with 0x80072560 in every raw recording found; the vendor's pages say 401",
            "contract": "dataverse.user_missing",
        },
    )
    user_disabled_status: int = field(
        default=403,
        metadata={
            "alternative": "400, with the older sentence that names user and organisation",
            "evidence": "403 with 0x80040225 recorded in 2025 (microsoft/powerplatform-build-tools#771); 400 in a"
            " client's trace of 2020 (PowerPlatform-DataverseServiceClient#71)",
            "contract": "dataverse.user_disabled",
        },
    )
    unknown_segment_code: str = field(
        default="0x80060888",
        metadata={
            "alternative": "0x8006088a",
            "evidence": "0x80060888 in many live notes; 0x8006088a in SupportArticles-docs web-api-client-errors.md",
            "contract": "dataverse.unknown_segment",
        },
    )
    unknown_property_code: str = field(
        default="0x80060888",
        metadata={
            "alternative": "0x0",
            "evidence": "0x80060888 in live notes; 0x0 in SupportArticles-docs web-api-client-errors.md",
            "contract": "dataverse.unknown_property",
        },
    )
    batch_needs_content_id: bool = field(
        default=True,
        metadata={
            "alternative": "False: an operation of a change set may go without",
            "evidence": "0x80060888 for a missing Content-ID in third-party notes, as the OData library has it;"
            " powerapps-docs says that change sets can also include one",
            "contract": "dataverse.batch_content_id",
        },
    )
    case_resolved_by_patch: bool = field(
        default=False,
        metadata={
            "alternative": "True: statecode 1 is taken like any other, and no activity is made",
            "evidence": "refused in delegateas/XrmMockup's UpdateRequestHandler and in a production client's notes;"
            " another public note says that present organisations take it",
            "contract": "dataverse.case_resolved_by_patch",
        },
    )
    delete_blocked_status: int = field(
        default=405,
        metadata={
            "alternative": "400 or 409, as many clients expect",
            "evidence": "405 for 0x80040227 in powerapps-docs compose-http-requests-handle-errors.md; not recorded",
            "contract": "dataverse.delete_blocked",
        },
    )
    token_for_unknown_organisation: bool = field(
        default=True,
        metadata={
            "alternative": "False: AADSTS500011",
            "evidence": "the Dataverse service principal carries wildcard names (*.crm4.dynamics.com) and no"
            " organisation's own; nobody has published a test with a host that does not exist",
            "contract": "login.organisation_unknown",
        },
    )
    app_only_needs_consent: bool = field(
        default=False,
        metadata={
            "alternative": "True: AADSTS65001",
            "evidence": "the Dataverse service principal has no application roles and app-only tokens are issued"
            " without any; the vendor's page names a missing consent as a cause all the same",
            "contract": "login.consent_missing",
        },
    )
    who_am_i_without_role: bool = field(
        default=True,
        metadata={
            "alternative": "False: refused like any other call",
            "evidence": "WhoAmI demands no privilege; no recording with a user without roles was found",
            "contract": "dataverse.who_am_i_without_role",
        },
    )
    impersonation_rights: str = field(
        default="intersection",
        metadata={
            "alternative": "named user's alone",
            "evidence": "powerapps-docs impersonate-another-user-web-api.md: what both users may; one live note of"
            " 2026 found the rights of the named user alone",
            "contract": "dataverse.impersonation_rights",
        },
    )
    admin_consent_replaces: bool = field(
        default=True,
        metadata={
            "alternative": "False: what is not listed stays granted",
            "evidence": "the portal says it brings earlier consent into line with the list; entra-docs"
            " grant-admin-consent.md says that it may revoke what was granted tenant-wide before",
            "contract": "portal.admin_consent_replaces",
        },
    )

    graph_concurrency_status: int = field(
        default=409,
        metadata={
            "alternative": "400 Request_BadRequest",
            "evidence": "409 with the whole body in nais/azurerator#448 (2026); 400 with the same text in two captures",
            "contract": "graph.concurrent_writes",
        },
    )
    graph_duplicate_grant_status: int = field(
        default=409,
        metadata={
            "alternative": "400 Request_BadRequest",
            "evidence": "409 in hashicorp/terraform-provider-azuread#690; 400 with the same text in a build log; one"
            " note says that Graph has answered both over time",
            "contract": "graph.duplicate_grant",
        },
    )

    def explain(self) -> Iterator[tuple[str, object, str, str]]:
        """Each quirk: its name, its present value, the alternative, and the evidence."""
        for choice in fields(self):
            yield choice.name, getattr(self, choice.name), choice.metadata["alternative"], choice.metadata["evidence"]
