"""Step 2 without a secret: certificates, signed assertions and other issuers' tokens, refused."""

from datetime import datetime, timedelta
from typing import Any

from mock_services.issuers import TOKEN_EXCHANGE
from mock_services.state.directory import KeyCredential
from provisioning.key_pair import assertion, new_key_pair, thumbprint, validity
from provisioning.settings import Integration
from scenarios.failure_modes.credentials import with_secret
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom
from scenarios.failure_modes.registration import registered
from scenarios.failure_modes.scene import Scene

_LOGIN = "https://login.microsoftonline.com"
_ISSUER = "https://token.actions.githubusercontent.com"
_SUBJECT = "repo:contoso/handoff:ref:refs/heads/main"
_YEAR = timedelta(days=365)


def _key_pair(scene: Scene, *, start: datetime | None = None, lasts: timedelta = _YEAR) -> str:
    begin = start or scene.tenant.clock.now() - timedelta(days=1)
    return new_key_pair("opencx", start=begin, end=begin + lasts)


def _upload(scene: Scene, *pems: str) -> None:
    """Let these be the app's only certificates."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    application = registered(scene)
    keys = []
    for pem in pems:
        start, end = validity(pem)
        der = x509.load_pem_x509_certificate(pem[pem.index("-----BEGIN CERTIFICATE") :].encode())
        keys.append(
            KeyCredential(
                key_id=scene.tenant.chance.guid(),
                application_id=application.id,
                display_name="opencx",
                kind="AsymmetricX509Cert",
                usage="Verify",
                thumbprint=thumbprint(pem),
                key=der.public_bytes(Encoding.DER),
                start=start,
                end=end,
            )
        )
    scene.tenant.directory.set_key_credentials(application.id, keys)


def _by_new_certificate(scene: Scene) -> Integration:
    """The remedy of most: a fresh key pair, its public half uploaded, its key signed with."""
    pem = _key_pair(scene)
    _upload(scene, pem)
    return with_secret(scene.integration, pem)


def _certificate_unknown(scene: Scene) -> Integration:
    _upload(scene)
    return with_secret(scene.integration, _key_pair(scene))


def _certificate_removed(scene: Scene) -> Integration:
    pem = _key_pair(scene)
    _upload(scene, pem)
    _upload(scene, _key_pair(scene))
    return with_secret(scene.integration, pem)


def _certificate_expired(scene: Scene) -> Integration:
    pem = _key_pair(scene, lasts=timedelta(days=30))
    _upload(scene, pem)
    scene.tenant.clock.advance(days=31)
    return with_secret(scene.integration, pem)


def _key_mismatch(scene: Scene) -> Integration:
    """The uploaded certificate beside another one's private key: two files of two renewals, mixed up."""
    right, wrong = _key_pair(scene), _key_pair(scene)
    _upload(scene, right)
    begin = "-----BEGIN CERTIFICATE"
    return with_secret(scene.integration, wrong[: wrong.index(begin)] + right[right.index(begin) :])


def _signed(scene: Scene, **changed: Any) -> Integration:
    """An assertion of the app's own certificate, signed with these values instead of the right ones."""
    pem = _key_pair(scene)
    _upload(scene, pem)
    right = {
        "client_id": scene.integration.client_id,
        "authority": f"{_LOGIN}/{scene.integration.tenant_id}",
        "now": scene.tenant.clock.now(),
        "id_": scene.tenant.chance.guid(),
    }
    token = assertion(pem, **{**right, **changed})
    scene.tenant.journal.guard(token)
    return with_secret(scene.integration, token)


def _out_of_time(scene: Scene) -> Integration:
    return _signed(scene, now=scene.tenant.clock.now() - timedelta(hours=2))


def _malformed(scene: Scene) -> Integration:
    """A signed token without a thumbprint in its header, as a library for other services makes it."""
    import jwt

    pem = _key_pair(scene)
    _upload(scene, pem)
    now = scene.tenant.clock.now()
    client, tenant = scene.integration.client_id, scene.integration.tenant_id
    claims = {
        "aud": f"{_LOGIN}/{tenant}/oauth2/v2.0/token",
        "iss": client,
        "sub": client,
        "jti": scene.tenant.chance.guid(),
        "nbf": now,
        "exp": now + timedelta(minutes=10),
    }
    return with_secret(scene.integration, jwt.encode(claims, pem[: pem.index("-----BEGIN CERTIFICATE")], "RS256"))


def _trust(scene: Scene, issuer: str = _ISSUER, subject: str = _SUBJECT, audience: str = TOKEN_EXCHANGE) -> None:
    directory, application = scene.tenant.directory, registered(scene)
    for held in directory.federated_credentials(application.id):
        directory.remove_federated_credential(application.id, held.id)
    directory.add_federated_credential(
        application.id, name="github", issuer=issuer, subject=subject, audiences=[audience], description=None
    )


def _presented(scene: Scene, *, audience: str = TOKEN_EXCHANGE) -> Integration:
    token = scene.cloud.issuers.open(_ISSUER).token(_SUBJECT, audience, at=scene.tenant.clock.now())
    return with_secret(scene.integration, token)


def _trusted(scene: Scene) -> Integration:
    """The remedy: a federated credential with the very issuer, subject and audience of the token."""
    _trust(scene)
    return _presented(scene)


def _federated_mismatch(scene: Scene, **changed: str) -> Integration:
    _trust(scene, **changed)
    return _presented(scene)


def _audience_wrong(scene: Scene) -> Integration:
    _trust(scene)
    return _presented(scene, audience="https://github.com/contoso")


def _issuer_unreachable(scene: Scene) -> Integration:
    _trust(scene)
    pasted = _presented(scene)
    scene.cloud.issuers.close(_ISSUER)
    return pasted


_STEP = SetupStep.CLIENT_SECRET
_JAVA = "azure-sdk-for-java's troubleshooting page; error and status inferred"

ASSERTIONS: tuple[FailureMode, ...] = (
    FailureMode(
        name="login.certificate_unknown",
        step=_STEP,
        title="The certificate was never uploaded to the app.",
        symptom=Symptom("token", 401, "AADSTS700027"),
        causes=("it was uploaded to another app", "the key pair was renewed on one side only"),
        evidence="keycloak/keycloak#19425 (error and text)",
        seen="2023-03",
        strike=_certificate_unknown,
        mend=_by_new_certificate,
    ),
    FailureMode(
        name="login.certificate_removed",
        step=_STEP,
        title="The certificate was replaced on the app, and the old key still signs.",
        symptom=Symptom("token", 401, "AADSTS700027"),
        causes=("an upload by script replaces the whole list of certificates",),
        evidence="keycloak/keycloak#19425 (error and text)",
        seen="2023-03",
        strike=_certificate_removed,
        mend=_by_new_certificate,
    ),
    FailureMode(
        name="login.certificate_expired",
        step=_STEP,
        title="The certificate's end date has passed.",
        symptom=Symptom("token", 401, "AADSTS700027"),
        causes=("nobody renewed it",),
        evidence="a public runbook (2026-09), Azure Stack HCI's troubleshooting page (dates)",
        seen="2026-09",
        strike=_certificate_expired,
        mend=_by_new_certificate,
    ),
    FailureMode(
        name="login.certificate_key_mismatch",
        step=_STEP,
        title="The assertion was signed with another key than the certificate's.",
        symptom=Symptom("token", 401, "AADSTS700027"),
        causes=("certificate and key come from two renewals",),
        evidence="Azure/azure-sdk-for-net#29007 (lead), microsoftgraph/msgraph-sdk-php#1585 (reason)",
        seen="2023",
        strike=_key_mismatch,
        mend=_by_new_certificate,
    ),
    FailureMode(
        name="login.assertion_out_of_time",
        step=_STEP,
        title="The assertion is too old, or the signer's clock is wrong.",
        symptom=Symptom("token", 401, "AADSTS700024"),
        causes=("an assertion kept and used again", "a virtual machine whose clock stood still"),
        evidence="a Norwegian public-sector log quotes it whole; error and status inferred",
        seen="2023-08",
        strike=_out_of_time,
        mend=_by_new_certificate,
    ),
    FailureMode(
        name="login.assertion_audience_wrong",
        step=_STEP,
        title="The assertion is meant for another token endpoint.",
        symptom=Symptom("token", 401, "AADSTS700023"),
        causes=("the audience names another tenant, or Graph instead of the token endpoint",),
        evidence=_JAVA,
        seen="2023-08",
        strike=lambda scene: _signed(scene, authority=f"{_LOGIN}/common"),
        mend=_by_new_certificate,
    ),
    FailureMode(
        name="login.assertion_of_another_client",
        step=_STEP,
        title="The assertion speaks of another client than the one that is signing in.",
        symptom=Symptom("token", 401, "AADSTS700021"),
        causes=("two apps share one signer, and the client IDs were mixed up",),
        evidence=_JAVA,
        seen="2023-08",
        strike=lambda scene: _signed(scene, client_id=scene.tenant.operator.client_id),
        mend=_by_new_certificate,
    ),
    FailureMode(
        name="login.assertion_malformed",
        step=_STEP,
        title="The assertion names no certificate.",
        symptom=Symptom("token", 401, "AADSTS5002723"),
        causes=("a general JWT library, which sets no x5t in the header",),
        evidence="a whole body in microsoft-authentication-library-for-dotnet's tests; status by the rule",
        seen="2023-12",
        strike=_malformed,
        mend=_by_new_certificate,
    ),
    FailureMode(
        name="login.federated_credential_missing",
        step=_STEP,
        title="The app trusts no other issuer's tokens.",
        symptom=Symptom("token", 401, "AADSTS70025"),
        causes=("the federated credential was added to another app",),
        evidence="reported by users of GitHub Actions and of workload identity; status by the rule",
        seen="2025",
        strike=_presented,
        mend=_trusted,
    ),
    FailureMode(
        name="login.federated_issuer_wrong",
        step=_STEP,
        title="The token's issuer is not the one that the app trusts.",
        symptom=Symptom("token", 401, "AADSTS700211"),
        causes=("a slash at the end of one of the two", "an enterprise's own issuer URL"),
        evidence="a whole body with its status, in a public issue of external-secrets",
        seen="2025-07",
        strike=lambda scene: _federated_mismatch(scene, issuer=f"{_ISSUER}/"),
        mend=_trusted,
    ),
    FailureMode(
        name="login.federated_subject_wrong",
        step=_STEP,
        title="The token's subject is not the one that the app trusts.",
        symptom=Symptom("token", 401, "AADSTS700213"),
        causes=("a run from another branch, tag or environment than the credential names",),
        evidence="a whole body with its status in the tests of a public Terraform module; dotnet/maui#31978",
        seen="2026",
        strike=lambda scene: _federated_mismatch(scene, subject="repo:contoso/handoff:environment:production"),
        mend=_trusted,
    ),
    FailureMode(
        name="login.federated_audience_wrong",
        step=_STEP,
        title="The token's audience is not the one that the app trusts.",
        symptom=Symptom("token", 401, "AADSTS700212"),
        causes=("the issuer's default audience was asked for instead of Entra's",),
        evidence="a whole body in the tests of a public token provider",
        seen="2024-04",
        strike=_audience_wrong,
        mend=_trusted,
    ),
    FailureMode(
        name="login.federated_issuer_unreachable",
        step=_STEP,
        title="Entra cannot reach the issuer to fetch its keys.",
        symptom=Symptom("token", 400, "AADSTS90061"),
        causes=("a self-hosted issuer behind a firewall",),
        evidence="Azure/azure-workload-identity's troubleshooting page, error included",
        seen="2024",
        strike=_issuer_unreachable,
        mend=_trusted,
    ),
)
