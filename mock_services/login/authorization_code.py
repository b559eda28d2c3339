"""The authorization-code grant: a client redeems what a browser brought back to it.

Order inferred: shape, code, tenant, client and its credential, the code's life, where it was sent, who may hold it.
"""

import base64
import hashlib
import hmac

from mock_services.login import client_authentication, delegated, redirects, scopes, tokens, users
from mock_services.login.authorities import tenant_for_page
from mock_services.login.client_authentication import Proof
from mock_services.login.clouds import Cloud
from mock_services.login.errors import Refused
from mock_services.login.form import Asked
from mock_services.login.refusals import credentials, requests, sign_ins
from mock_services.login.resources import refuse_resource_on_v2, wanted_at_redemption
from mock_services.login.scopes import Wanted
from mock_services.state.directory.sign_ins import REFRESHABLE_IN_PAGES
from mock_services.state.pending import AuthorizationCode
from mock_services.tenant import FakeTenant


def issue(asked: Asked, cloud: Cloud) -> tokens.Issued:
    """The tokens of the person who consented in the browser. Raises Refused."""
    exchange = asked.exchange
    asked.demand("client_id", "code", "redirect_uri")
    refuse_resource_on_v2(asked)
    code = exchange.worlds.pending.code(asked.value("code"))
    named = tenant_for_page(exchange, asked.tenant)
    if code is None:
        raise Refused(sign_ins.GRANT_MALFORMED)
    if named and named.id != code.tenant_id:
        raise Refused(sign_ins.CODE_OF_ANOTHER_TENANT)
    tenant = exchange.worlds.tenant_called(code.tenant_id)
    if tenant is None:
        raise Refused(requests.TENANT_UNKNOWN, tenant=code.tenant_id)
    exchange.tenant = tenant
    with tenant.directory.store.transaction():
        issued = _issue(asked, cloud, tenant, code)
    code.redeemed = True
    return issued


def _issue(asked: Asked, cloud: Cloud, tenant: FakeTenant, code: AuthorizationCode) -> tokens.Issued:
    if code.client_id != asked.value("client_id").lower():
        raise Refused(sign_ins.GRANT_OF_ANOTHER_CLIENT, name="code")
    client = delegated.find_client(asked.exchange, tenant, code.client_id)
    proof = client_authentication.check(asked, cloud, client)
    _check_platform(asked, code, proof)
    now = tenant.clock.now()
    if code.redeemed:
        raise Refused(sign_ins.CODE_REDEEMED)
    if now >= code.ends:
        raise Refused(sign_ins.CODE_EXPIRED)
    if asked.value("redirect_uri") != code.redirect_uri:
        raise Refused(sign_ins.REDIRECT_CHANGED, redirect=asked.value("redirect_uri"), original=code.redirect_uri)
    _check_verifier(asked, code)
    return delegated.issue(
        delegated.SignIn(
            asked=asked,
            cloud=cloud,
            client=client,
            proof=proof,
            person=users.Person(users.still_here(tenant, code.user_id), code.amr),
            wanted=_wanted(asked, code),
            nonce=code.nonce,
            page_until=now + REFRESHABLE_IN_PAGES if code.platform == redirects.PAGE else None,
        )
    )


def _check_platform(asked: Asked, code: AuthorizationCode, proof: Proof) -> None:
    """What a redirect is registered for decides whether its client has a secret, and whether a browser redeems."""
    if code.platform == redirects.WEB and proof is Proof.NONE:
        raise Refused(credentials.CONFIDENTIAL_CLIENT)
    if code.platform != redirects.WEB and proof is not Proof.NONE:
        raise Refused(credentials.CLIENT_IS_PUBLIC)
    if code.platform == redirects.PAGE and not asked.origin:
        raise Refused(sign_ins.CROSS_ORIGIN_ONLY)
    if code.platform != redirects.PAGE and asked.origin:
        raise Refused(sign_ins.CROSS_ORIGIN_FORBIDDEN, origin=asked.origin)
    if code.platform == redirects.PAGE and not code.challenge:
        raise Refused(sign_ins.VERIFIER_NEEDED)


def _check_verifier(asked: Asked, code: AuthorizationCode) -> None:
    """RFC 7636; a code asked for without a challenge takes no verifier, and ignores one."""
    if not code.challenge:
        return
    verifier = asked.value("code_verifier")
    shown = verifier
    if code.challenge_method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        shown = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not hmac.compare_digest(shown.encode(), code.challenge.encode()):
        raise Refused(sign_ins.VERIFIER_WRONG)


def _wanted(asked: Asked, code: AuthorizationCode) -> Wanted:
    """What is asked for now; OpenID Connect's scopes stay those that the person was asked."""
    then = scopes.delegated(code.scope)
    now = wanted_at_redemption(asked, then)
    return Wanted(now.resource, now.names, now.oidc | then.oidc)
