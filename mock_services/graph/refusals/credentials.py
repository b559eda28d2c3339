"""Secrets, certificates and federated credentials, and the policies that stand over them."""

from mock_services.graph.refusals.row import Refusal

_BAD = "Request_BadRequest"
_FEDERATED = "InvalidFederatedIdentityCredentialValue"

SECRET_ABSENT = Refusal(
    400, _BAD, "No password credential found with keyId '{key_id}'.",
    "several clients take it for success; also said of a secret that has not replicated",
)  # fmt: skip
SECRET_EDITED = Refusal(
    400, _BAD, "Update to existing credential with KeyId '{key_id}' is not allowed.",
    "a public capture, and Azure Backup's and Dynamics' documentation",
)  # fmt: skip
SECRET_BY_PATCH = Refusal(
    400, _BAD, "New password credentials must be generated with service actions.",
    "microsoftgraph/microsoft-graph-docs#6179",
)  # fmt: skip
SECRETS_TOO_MANY = Refusal(
    400, _BAD, "The number of password credentials exceeds the maximum of 2 for this sign-in audience.",
    "limit: entra-docs supported-accounts-validation; own words",
)  # fmt: skip

# Azure/azure-workload-identity#434 (2022) and Azure/azure-dev#1482 (2023).
FEDERATED_VALUE_INVALID = Refusal(
    400, _FEDERATED,
    "The value is not valid. paramName: FederatedIdentityCredential.{member}, paramValue: {value}, objectType:"
    " Microsoft.Online.DirectoryServices.Application",
    "the pattern of the captured answers, its first sentence in own words",
)  # fmt: skip
FEDERATED_SUBJECT_TAKEN = Refusal(
    400, _FEDERATED,
    "The combination of issuer and subject must be unique for the application. Issuer {issuer} and Subject: {subject}"
    " already exist. paramName: FederatedIdentityCredential.Subject, paramValue: {subject}, objectType:"
    " Microsoft.Online.DirectoryServices.Application",
    "Azure/azure-workload-identity#434", "2022",
)  # fmt: skip
FEDERATED_NAME_TAKEN = Refusal(
    409, "Request_MultipleObjectsWithSameKeyValue", "FederatedIdentityCredential with name {name} already exists.",
    "Azure/azure-dev#1482", "2023",
)  # fmt: skip
FEDERATED_TOO_MANY = Refusal(
    403, "Directory_QuotaExceeded", "The number of federated identity credentials exceeds the maximum of 20.",
    "limit: entra-docs workload-identity-federation-considerations; code by analogy; own words",
)  # fmt: skip

TYPE_NOT_ALLOWED = Refusal(
    400, "CredentialTypeNotAllowedAsPerAppPolicy",
    "Credential type not allowed as per assigned policy '{policy_id}'.",
    "code: TeamsFx's constants; text: two captures, the id in quotes as in the sibling",
)  # fmt: skip
LIFETIME_NOT_ALLOWED = Refusal(
    400, "CredentialInvalidLifetimeAsPerAppPolicy",
    "Credential lifetime exceeds the max value allowed as per assigned policy '{policy_id}'.",
    "code: TeamsFx's constants; text: a capture",
)  # fmt: skip
