"""The token service refuses a signed assertion: a certificate's, or another issuer's token."""

from typing import Final

from provisioning.diagnosis.ailments.ailment import Ailment
from provisioning.problems import ENTRA_ADMIN, VENDOR

ASSERTIONS: Final = (
    Ailment(
        "login.certificate_unknown",
        "login.certificate_problem",
        ENTRA_ADMIN,
        "upload the certificate's public half on this very app, under Certificates & secrets",
    ),
    Ailment(
        "login.certificate_removed",
        "login.certificate_problem",
        ENTRA_ADMIN,
        "the app does not have this certificate any more: upload its public half again, or a new one's",
    ),
    Ailment(
        "login.certificate_expired",
        "login.certificate_problem",
        ENTRA_ADMIN,
        "make a new certificate, upload its public half to the app, and let the vendor sign with its key",
    ),
    Ailment(
        "login.certificate_key_mismatch",
        "login.certificate_problem",
        VENDOR,
        "sign with the private key that belongs to the uploaded certificate: the signature is another key's",
    ),
    Ailment(
        "login.certificate_revoked",
        "login.certificate_problem",
        ENTRA_ADMIN,
        "the certificate was revoked: make a new one and upload its public half",
    ),
    Ailment(
        "login.certificate_subject_wrong",
        "login.certificate_problem",
        ENTRA_ADMIN,
        "the certificate's subject is not one that the app trusts: use a certificate with a trusted subject name",
    ),
    Ailment(
        "login.assertion_out_of_time",
        "login.certificate_problem",
        VENDOR,
        "set the clock of the machine that signs, and sign a fresh assertion for each sign-in",
    ),
    Ailment(
        "login.assertion_audience_wrong",
        "login.certificate_problem",
        VENDOR,
        "sign the assertion for this tenant's token endpoint: its aud names another",
    ),
    Ailment(
        "login.assertion_of_another_client",
        "login.certificate_problem",
        VENDOR,
        "sign the assertion with iss and sub set to the client ID that is sent beside it",
    ),
    Ailment(
        "login.assertion_malformed",
        "login.certificate_problem",
        VENDOR,
        "send a signed JWT as client_assertion, with the certificate's thumbprint (x5t) in its header",
    ),
    Ailment(
        "login.federated_credential_missing",
        "login.federated_credential_problem",
        ENTRA_ADMIN,
        "add a federated credential to the app, with the issuer, subject and audience of the token that is presented",
    ),
    Ailment(
        "login.federated_issuer_wrong",
        "login.federated_credential_problem",
        ENTRA_ADMIN,
        "set the federated credential's issuer to the token's iss, letter by letter (a final slash counts)",
    ),
    Ailment(
        "login.federated_subject_wrong",
        "login.federated_credential_problem",
        ENTRA_ADMIN,
        "set the federated credential's subject to the token's sub: branch, environment or account differ",
    ),
    Ailment(
        "login.federated_audience_wrong",
        "login.federated_credential_problem",
        VENDOR,
        "ask the issuer for a token with audience api://AzureADTokenExchange, or change the federated credential's",
    ),
    Ailment(
        "login.federated_issuer_unreachable",
        "login.federated_credential_problem",
        VENDOR,
        "make the issuer's OpenID configuration and keys reachable from the internet at the token's iss",
    ),
)
