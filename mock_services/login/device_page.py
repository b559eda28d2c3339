"""The page where a person enters the code that a device shows, and agrees to the sign-in."""

from dataclasses import replace
from urllib.parse import urlencode

from starlette.responses import Response

from mock_services.login import clients, consent, delegated, scopes, users
from mock_services.login.device import now_of
from mock_services.login.errors import Refused
from mock_services.login.pages import page
from mock_services.login.refusals import sign_ins
from mock_services.login.resources import Resource, find_resource
from mock_services.login.visits import Visit, refuse_foreigners
from mock_services.state.pending import Decision, DeviceSignIn
from mock_services.tenant import FakeTenant

_ADDRESS = "/common/oauth2/deviceauth"


def answer(visit: Visit) -> Response:
    """GET and POST of the page: the code, then who it is, then whether they mean it. Raises Refused, Unmodelled."""
    code = visit.form.get("otc") or visit.query.get("otc") or ""
    if not code:
        return _ask_code("", None)
    sign_in = visit.exchange.worlds.pending.device_by_user_code(code)
    if sign_in is None or now_of(visit.exchange, sign_in.tenant) >= sign_in.ends:
        return _ask_code(code, Refused(sign_ins.USER_CODE_UNKNOWN), visit)
    if sign_in.decision is not Decision.OPEN:
        return _ask_code(code, Refused(sign_ins.USER_CODE_UNKNOWN), visit)
    at_tenant = replace(visit, spelling=sign_in.tenant, address=f"{_ADDRESS}?{urlencode({'otc': code})}")
    signed = at_tenant.signed_in()
    if signed is None:
        return page(
            "sign_in",
            application="",
            action=f"/{sign_in.tenant}/login",
            next=at_tenant.address,
            username="",
            problem="",
        )
    return _signed_in(at_tenant, code, sign_in, *signed)


def _ask_code(code: str, problem: Refused | None, visit: Visit | None = None) -> Response:
    if problem and visit:
        visit.exchange.code = f"AADSTS{problem.row.code}"
    return page("device", action=_ADDRESS, code=code, problem=problem)


def _signed_in(visit: Visit, code: str, sign_in: DeviceSignIn, tenant: FakeTenant, person: users.Person) -> Response:
    visit.exchange.tenant = tenant
    if visit.form.get("decision") == "cancel":
        sign_in.decision = Decision.DECLINED
        return page("done", title="Sign in was cancelled", sentence="You may close this window.")
    with tenant.directory.store.transaction():
        try:
            client, resource, question = _question(visit, sign_in, tenant, person)
        except Refused as refused:
            if refused.row is not sign_ins.MFA_REQUIRED:
                raise
            action = f"/{visit.spelling}/login"
            return page("stronger", action=action, next=visit.address, username=person.user.user_principal_name)
        if visit.form.get("decision") != "continue":
            return page(
                "confirm",
                application=client.principal.display_name,
                username=person.user.user_principal_name,
                permissions=consent.described(resource, question.scopes),
                may_answer_for_all=question.may_answer_for_all,
                action=_ADDRESS,
                code=code,
            )
        if question.scopes:
            consent.answer(client, resource, person.user, question, for_all=bool(visit.form.get("for_all")))
    sign_in.decision = Decision.GRANTED
    sign_in.tenant_id, sign_in.user_id, sign_in.amr = tenant.id, person.user.id, person.amr
    name = client.principal.display_name
    sentence = f"You have signed in to the {name} application on your device. You may now close this window."
    return page("done", title=name, sentence=sentence)


def _question(
    visit: Visit, sign_in: DeviceSignIn, tenant: FakeTenant, person: users.Person
) -> tuple[clients.Client, Resource, consent.Question]:
    """What is left to ask. Raises Refused for what the tenant does not allow whatever the person says."""
    wanted = scopes.delegated(sign_in.scope)
    refuse_foreigners(visit.exchange, tenant, sign_in.client_id)
    client = delegated.find_client(visit.exchange, tenant, sign_in.client_id)
    resource = find_resource(visit.exchange, tenant, wanted.resource)
    users.check_assignment(client, person.user)
    users.check_access(client, resource, person)
    return client, resource, consent.question(client, resource, person.user, wanted)
