"""The authorize endpoint: a browser comes with a client's wish, and goes back with a code or a refusal."""

import uuid
from dataclasses import dataclass

from starlette.responses import Response

from mock_services.errors import Unmodelled
from mock_services.login import clients, consent, delegated, redirects, users
from mock_services.login.errors import Refused, told
from mock_services.login.first_party import is_public_client
from mock_services.login.pages import found, page
from mock_services.login.redirects import Redirect
from mock_services.login.refusals import requests, sign_ins
from mock_services.login.resources import Resource, find_resource, first_party_called, wanted_by_person
from mock_services.login.scopes import Wanted
from mock_services.login.visits import Visit, application_anywhere, refuse_foreigners
from mock_services.state.directory import Application
from mock_services.state.pending import AUTHORIZATION_CODE_LIFE, AuthorizationCode
from mock_services.tenant import FakeTenant

_MODES = ("query", "fragment", "form_post")
_IMPLICIT = {"id_token": "enableIdTokenIssuance", "token": "enableAccessTokenIssuance"}


@dataclass(frozen=True)
class _Wish:
    """What the client asks for, with an address that answers may be sent to."""

    visit: Visit
    version: int
    client_id: str
    application: Application | None
    """The client's registration; None for Microsoft's own."""
    redirect: Redirect

    def parameter(self, name: str) -> str:
        return self.visit.query.get(name, "")

    @property
    def is_silent(self) -> bool:
        return self.parameter("prompt").lower() == "none"

    @property
    def mode(self) -> str:
        asked = self.parameter("response_mode").lower() or "query"
        return asked if asked in _MODES else "query"

    def wanted(self) -> Wanted:
        """Raises Refused."""
        several = requests.SCOPES_OF_SEVERAL
        return wanted_by_person(self.version, self.parameter("scope"), self.parameter("resource"), several=several)


def answer(visit: Visit, version: int) -> Response:
    """GET authorize. Raises Refused and Unmodelled for what cannot be sent back to the client; a page shows those."""
    wish = _wish(visit, version)
    try:
        _check_response(wish)
        wish.wanted()
        return _proceed(wish)
    except Refused as refused:
        if refused.row in _SHOWN and not wish.is_silent:
            raise
        return _send_back_refusal(wish, refused)


_SHOWN = (
    sign_ins.USER_NOT_ASSIGNED, sign_ins.USER_BLOCKED_BY_POLICY, sign_ins.USER_OF_OTHER_TENANT, sign_ins.USER_DISABLED,
    requests.TENANT_BLOCKED,
)  # fmt: skip
"""Shown to the person, who alone can do something about them, unless the client wanted no page."""


def decide(visit: Visit, version: int) -> Response:
    """The person's answer on the consent page of an authorize request. Raises Refused."""
    wish = _wish(visit, version)
    signed = visit.signed_in()
    if signed is None:
        return _sign_in_page(wish)
    try:
        decision = visit.form.get("decision")
        if decision == "refused":
            raise Refused(sign_ins.ADMIN_NEEDED, name=_name(wish, signed[0]))
        if decision != "accept":
            raise Refused(sign_ins.DECLINED)
        tenant, person = signed
        visit.exchange.tenant = tenant
        with tenant.directory.store.transaction():
            client, resource, question = _question(wish, tenant, person)
            if question.scopes:
                consent.answer(client, resource, person.user, question, for_all=bool(visit.form.get("for_all")))
    except Refused as refused:
        return _send_back_refusal(wish, refused)
    return found(visit.without_prompt())


def _wish(visit: Visit, version: int) -> _Wish:
    for name in ("client_id", "response_type", *(("scope",) if version == 2 else ())):
        if not visit.query.get(name, "").strip():
            raise Refused(requests.PARAMETER_MISSING, name=name)
    client_id = visit.query["client_id"].strip().lower()
    application = _application(visit, client_id)
    redirect = redirects.find(client_id, application, visit.query.get("redirect_uri", ""))
    return _Wish(visit, version, client_id, application, redirect)


def _application(visit: Visit, client_id: str) -> Application | None:
    """The client's registration; None for Microsoft's own. Raises Refused, Unmodelled."""
    tenant = visit.tenant
    if tenant is None:
        return application_anywhere(visit.exchange, client_id, visit.spelling)
    visit.exchange.tenant = tenant
    if is_public_client(client_id):
        return None
    refuse_foreigners(visit.exchange, tenant, client_id)
    return clients.find_client(visit.exchange, tenant, client_id).application


def _check_response(wish: _Wish) -> None:
    mode, response_type = wish.parameter("response_mode").lower(), wish.parameter("response_type").lower()
    if mode and mode not in _MODES:
        raise Refused(sign_ins.RESPONSE_MODE_UNSUPPORTED, response_mode=mode)
    kinds = response_type.split()
    if not kinds or not set(kinds) <= {"code", *_IMPLICIT}:
        raise Refused(sign_ins.RESPONSE_TYPE_UNSUPPORTED, response_type=response_type)
    application = wish.application
    allowed = ((application.details.get("web") or {}).get("implicitGrantSettings") or {}) if application else {}
    for kind in kinds:
        if kind in _IMPLICIT and not allowed.get(_IMPLICIT[kind]):
            raise Refused(sign_ins.RESPONSE_TYPE_DISABLED, response_type=kind)
    if kinds != ["code"]:
        raise Unmodelled(f"the response type {response_type!r} of the authorize endpoint")


def _proceed(wish: _Wish) -> Response:
    signed = None if wish.visit.wants_anew else wish.visit.signed_in()
    if signed is None:
        if wish.is_silent:
            raise Refused(sign_ins.NOBODY_SIGNED_IN)
        return _sign_in_page(wish)
    tenant, person = signed
    wish.visit.exchange.tenant = tenant
    with tenant.directory.store.transaction():
        try:
            client, resource, question = _question(wish, tenant, person)
        except Refused as refused:
            if refused.row is sign_ins.MFA_REQUIRED and not wish.is_silent:
                return _stronger_page(wish, person)
            raise
        if question.scopes or wish.parameter("prompt").lower() == "consent":
            return _consent_page(wish, client, resource, person, question)
    return _send_back_code(wish, tenant, person)


def _question(
    wish: _Wish, tenant: FakeTenant, person: users.Person
) -> tuple[clients.Client, Resource, consent.Question]:
    """What is left to ask. Raises Refused for what the tenant does not allow whatever the person says."""
    exchange, wanted = wish.visit.exchange, wish.wanted()
    refuse_foreigners(exchange, tenant, wish.client_id)
    client = delegated.find_client(exchange, tenant, wish.client_id)
    resource = _resource(wish, client, wanted)
    users.check_assignment(client, person.user)
    users.check_access(client, resource, person)
    return client, resource, consent.question(client, resource, person.user, wanted)


def _resource(wish: _Wish, client: clients.Client, wanted: Wanted) -> Resource:
    tenant = client.tenant
    try:
        resource = find_resource(wish.visit.exchange, tenant, wanted.resource)
    except Refused as refused:
        absent = first_party_called(wish.visit.exchange.canonical(wanted.resource))
        if refused.row is requests.RESOURCE_UNKNOWN and absent:
            raise Refused(
                requests.RESOURCE_ABSENT, resource=absent.app_id, resource_name=absent.display_name, tenant=tenant.id
            ) from None
        raise
    if wish.version == 1 and client.application:
        listed = [str(each.get("resourceAppId", "")) for each in client.application.required_resource_access]
        if resource.principal.app_id not in {each.lower() for each in listed}:
            raise Refused(
                requests.RESOURCE_NOT_REQUESTED,
                application=client.app_id,
                name=client.principal.display_name,
                resource=wanted.resource,
                resource_application=resource.principal.app_id,
                listed=", ".join(listed),
            )
    return resource


# Pages -------------------------------------------------------------------------------------------------------------


def _name(wish: _Wish, tenant: FakeTenant | None) -> str:
    application = tenant.directory.application(app_id=wish.client_id) if tenant else None
    return application.display_name if application else ""


def _sign_in_page(wish: _Wish) -> Response:
    visit = wish.visit
    return page(
        "sign_in",
        application=_name(wish, visit.tenant),
        action=f"/{visit.spelling}/login",
        next=visit.without_prompt() if visit.wants_anew else visit.address,
        username=wish.parameter("login_hint"),
        problem="",
    )


def _stronger_page(wish: _Wish, person: users.Person) -> Response:
    visit = wish.visit
    action = f"/{visit.spelling}/login"
    return page("stronger", action=action, next=visit.address, username=person.user.user_principal_name)


def _consent_page(
    wish: _Wish, client: clients.Client, resource: Resource, person: users.Person, question: consent.Question
) -> Response:
    if wish.is_silent:
        row = sign_ins.CONSENT_REQUIRED
        raise Refused(row, application=client.app_id, name=client.principal.display_name)
    visit, name = wish.visit, client.principal.display_name
    action = f"/{visit.spelling}/consent/set"
    if question.scopes and question.needs_administrator and not question.may_answer_for_all:
        visit.exchange.code = f"AADSTS{sign_ins.ADMIN_NEEDED.code}"
        problem = Refused(sign_ins.ADMIN_NEEDED, name=name)
        return page("administrator", application=name, problem=problem, action=action, next=visit.address)
    return page(
        "consent",
        application=name,
        client_id=client.app_id,
        username=person.user.user_principal_name,
        permissions=consent.described(resource, question.scopes),
        may_answer_for_all=question.may_answer_for_all,
        for_organisation=False,
        action=action,
        next=visit.address,
    )


# Answers -----------------------------------------------------------------------------------------------------------


def _send_back_code(wish: _Wish, tenant: FakeTenant, person: users.Person) -> Response:
    visit = wish.visit
    code = AuthorizationCode(
        client_id=wish.client_id,
        tenant_id=tenant.id,
        user_id=person.user.id,
        redirect_uri=wish.redirect.uri,
        platform=wish.redirect.platform,
        scope=wish.wanted().text,
        version=wish.version,
        nonce=wish.parameter("nonce"),
        challenge=wish.parameter("code_challenge"),
        challenge_method=wish.parameter("code_challenge_method") or "plain",
        amr=person.amr,
        ends=tenant.clock.now() + AUTHORIZATION_CODE_LIFE,
    )
    text = visit.exchange.worlds.pending.add_code(code)
    tenant.journal.guard(text)
    parameters = {"code": text}
    if wish.parameter("client_info") == "1":
        parameters["client_info"] = delegated.client_info(person.user.id, tenant.id)
    return _send_back(wish, parameters)


def _send_back_refusal(wish: _Wish, refused: Refused) -> Response:
    exchange = wish.visit.exchange
    exchange.code = f"AADSTS{refused.row.code}"
    said = told(refused, exchange)
    parameters = {"error": refused.row.error}
    if refused.row is sign_ins.DECLINED:
        parameters["error_subcode"] = "cancel"
    elif refused.suberror:
        parameters["suberror"] = refused.suberror
    return _send_back(wish, {**parameters, "error_description": said.description, "error_uri": said.uri})


def _send_back(wish: _Wish, parameters: dict[str, str]) -> Response:
    if state := wish.parameter("state"):
        parameters = {**parameters, "state": state}
    if "code" in parameters:
        session = wish.visit.exchange.worlds.pending.browser(wish.visit.cookie)
        name = f"{session.user_id}/{session.since.isoformat()}" if session else ""
        parameters = {**parameters, "session_state": str(uuid.uuid5(uuid.NAMESPACE_OID, name))}
    if wish.mode == "form_post":
        return page("post_back", action=wish.redirect.uri, parameters=parameters)
    return found(redirects.location(wish.redirect.uri, parameters, mode=wish.mode))
