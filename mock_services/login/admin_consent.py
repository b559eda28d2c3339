"""The admin-consent pages: an administrator agrees, for everybody, to what a registration lists or a request names."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from mock_services.errors import Missing
from mock_services.login import redirects, scopes, users
from mock_services.login.errors import Refused, told
from mock_services.login.pages import found, page
from mock_services.login.redirects import Redirect
from mock_services.login.refusals import credentials, requests, sign_ins
from mock_services.login.resources import find_resource
from mock_services.login.visits import Visit
from mock_services.state.directory import Application
from mock_services.state.directory.consent import GRANTERS, ConsentDenied, PermissionsInvalid, grant_admin_consent
from mock_services.tenant import FakeTenant


@dataclass(frozen=True)
class _Wish:
    """Whose consent is asked for, and where the answer goes; no redirect where the request names none."""

    visit: Visit
    version: int
    tenant: FakeTenant
    person: users.Person
    application: Application
    redirect: Redirect | None

    def required(self) -> list[dict[str, Any]]:
        """What is asked for, in the shape of `requiredResourceAccess`. Raises Refused."""
        listed = self.application.required_resource_access
        if self.version == 1:
            return listed
        wanted = scopes.delegated(self.visit.query["scope"])
        principal = find_resource(self.visit.exchange, self.tenant, wanted.resource).principal
        if ".default" in wanted.names:
            return [each for each in listed if str(each.get("resourceAppId", "")).lower() == principal.app_id]
        offered = {str(scope["value"]).lower(): scope for scope in principal.scopes}
        for name in wanted.names:
            if name.lower() not in offered:
                row, display_name = requests.SCOPE_UNKNOWN, self.application.display_name
                raise Refused(row, name=display_name, scope=name, resource=principal.app_id)
        accesses = [{"id": offered[name.lower()]["id"], "type": "Scope"} for name in wanted.names]
        return [{"resourceAppId": principal.app_id, "resourceAccess": accesses}]


def answer(visit: Visit, version: int) -> Response:
    """GET /adminconsent (1) and /v2.0/adminconsent (2). Raises Refused: a page shows those."""
    for name in ("client_id", *(("scope",) if version == 2 else ())):
        if not visit.query.get(name, "").strip():
            raise Refused(requests.PARAMETER_MISSING, name=name)
    wish = _wish(visit, version)
    if wish is None:
        action = f"/{visit.spelling}/login"
        return page("sign_in", application="", action=action, next=visit.address, username="", problem="")
    required, name = wish.required(), wish.application.display_name
    action = f"/{visit.spelling}/consent/set"
    if GRANTERS.isdisjoint(wish.tenant.directory.directory_roles_of(wish.person.user.id)):
        visit.exchange.code = f"AADSTS{sign_ins.ADMIN_NEEDED.code}"
        problem = Refused(sign_ins.ADMIN_NEEDED, name=name)
        return page("administrator", application=name, problem=problem, action=action, next=visit.address)
    return page(
        "consent",
        application=name,
        client_id=wish.application.app_id,
        username=wish.person.user.user_principal_name,
        permissions=[_described(wish.tenant, each) for each in required],
        may_answer_for_all=True,
        for_organisation=True,
        action=action,
        next=visit.address,
    )


def decide(visit: Visit, version: int) -> Response:
    """The administrator's answer. Raises Refused where it cannot be sent back."""
    wish = _wish(visit, version)
    if wish is None:
        return found(visit.address)
    if visit.form.get("decision") != "accept":
        return _declined(wish)
    directory = wish.tenant.directory
    try:
        grant_admin_consent(
            directory,
            wish.application.app_id,
            granter_roles=directory.directory_roles_of(wish.person.user.id),
            required=wish.required(),
            replaces=version == 1,  # the second page is for consenting bit by bit (entra-docs v2-admin-consent.md)
        )
    except ConsentDenied:
        raise Refused(sign_ins.ADMIN_NEEDED, name=wish.application.display_name) from None
    except (PermissionsInvalid, Missing):
        raise Refused(sign_ins.MISCONFIGURED, resource="the listed resource") from None
    return _granted(wish)


def _wish(visit: Visit, version: int) -> _Wish | None:
    """None while nobody is signed in. Raises Refused."""
    if visit.tenant is not None:
        visit.exchange.tenant = visit.tenant
    signed = visit.signed_in()
    if signed is None:
        return None
    tenant, person = signed
    visit.exchange.tenant = tenant
    client_id = visit.query.get("client_id", "").strip().lower()
    application = tenant.directory.application(app_id=client_id)
    if application is None:
        raise Refused(credentials.CLIENT_UNKNOWN, application=client_id, directory=tenant.display_name)
    asked = visit.query.get("redirect_uri", "")
    redirect = redirects.find(client_id, application, asked) if asked else None
    return _Wish(visit, version, tenant, person, application, redirect)


def _described(tenant: FakeTenant, entry: dict[str, Any]) -> str:
    principal = tenant.directory.service_principal(app_id=str(entry.get("resourceAppId", "")))
    if principal is None:
        return str(entry.get("resourceAppId", ""))
    names = {str(each["id"]).lower(): str(each["value"]) for each in (*principal.scopes, *principal.app_roles)}
    wanted = [str(access.get("id", "")).lower() for access in entry.get("resourceAccess", [])]
    return f"{principal.display_name}: {', '.join(names.get(each, each) for each in wanted)}"


def _granted(wish: _Wish) -> Response:
    """Members and order as documented for each page (entra-docs v2-oauth2-client-creds, v2-admin-consent)."""
    state = wish.visit.query.get("state", "")
    if wish.version == 1:
        told_back = {"tenant": wish.tenant.id, "state": state, "admin_consent": "True"}
    else:
        scope = wish.visit.query["scope"]
        told_back = {"admin_consent": "True", "tenant": wish.tenant.id, "scope": scope, "state": state}
    return _send_back(wish, told_back, "Consent was granted")


def _declined(wish: _Wish) -> Response:
    """The first page says so without a code, the second with AADSTS65004 (both as documented)."""
    state = wish.visit.query.get("state", "")
    if wish.version == 1:
        reason = "The admin canceled the request"
        told_back = {"error": "permission_denied", "error_description": reason, "state": state}
    else:
        refused = Refused(sign_ins.ADMIN_CONSENT_DECLINED)
        wish.visit.exchange.code = f"AADSTS{refused.row.code}"
        said = told(refused, wish.visit.exchange)
        told_back = {
            "admin_consent": "True",
            "error": refused.row.error,
            "error_description": said.description_in_lines,
            "state": state,
        }
    return _send_back(wish, told_back, "Consent was not granted")


def _send_back(wish: _Wish, parameters: dict[str, str], title: str) -> Response:
    if wish.redirect is None:
        return page("done", title=title, sentence=f"{wish.application.display_name}: you may close this window.")
    pairs = [f"{name}={redirects.written(value)}" for name, value in parameters.items() if value or name != "state"]
    joint = "&" if "?" in wish.redirect.uri else "?"
    return found(f"{wish.redirect.uri}{joint}{'&'.join(pairs)}")
