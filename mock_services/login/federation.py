"""An application that shows another issuer's token about itself: workload identity federation."""

from mock_services.exchange import Exchange
from mock_services.login.clients import Client
from mock_services.login.errors import Refused
from mock_services.login.jwts import Unverified, check_lifetime, is_signed_by
from mock_services.login.refusals import credentials
from mock_services.state.directory import FederatedCredential


def check(exchange: Exchange, client: Client, told: Unverified) -> None:
    """Raise Refused unless a federated credential of the application trusts this token.

    Issuer, subject and audience must match exactly, a slash at an issuer's end included (entra-docs
    workload-identity-federation.md); which of the three is told follows the codes. Then the issuer's keys are fetched,
    the signature checked, and the lifetime; that order is inferred.
    """
    held = client.federated_credentials
    if not held:
        raise Refused(credentials.FEDERATED_NONE, application=client.app_id, name=client.principal.display_name)
    _match(held, told)
    issuer = exchange.worlds.issuers.reached(told.claim("iss"))
    if issuer is None:
        raise Refused(credentials.ISSUER_UNREACHABLE)
    key_id = str(told.header.get("kid"))
    key = issuer.keys.get(key_id)
    if key is None:
        raise Refused(credentials.FEDERATED_KEY_UNKNOWN, key=key_id, issuer=issuer.name)
    if not is_signed_by(told, key):
        raise Refused(credentials.FEDERATED_SIGNATURE)
    check_lifetime(told, client.tenant.clock.now())


def _match(held: list[FederatedCredential], told: Unverified) -> None:
    issuer, subject = told.claim("iss"), told.claim("sub")
    of_issuer = [each for each in held if each.issuer == issuer]
    if not of_issuer:
        raise Refused(credentials.FEDERATED_ISSUER, issuer=issuer)
    of_subject = [each for each in of_issuer if each.subject == subject]
    if not of_subject:
        is_near = any(each.subject.lower() == subject.lower() for each in of_issuer)
        raise Refused(credentials.FEDERATED_SUBJECT_CASE if is_near else credentials.FEDERATED_SUBJECT, subject=subject)
    if not any(audience in each.audiences for each in of_subject for audience in told.audiences):
        raise Refused(credentials.FEDERATED_AUDIENCE, audience=" ".join(told.audiences))
