"""After a failed call, the further looks that decide between causes which look alike. All of them only read.

First what needs no rights at all (the environment's own challenge names its tenant), then what the integration itself
may see, then what an operator may see.
"""

import difflib
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from provisioning.access import Access, dataverse_as
from provisioning.clouds import LOOPBACK, PUBLIC_REGIONS, DataverseHost, dataverse_host
from provisioning.diagnosis.symptom import Symptom, host_of
from provisioning.graph import DATAVERSE_APP, Application
from provisioning.handoff import is_vendor_list, missing
from provisioning.problems import NotReached, Problem
from provisioning.settings import Channel, Integration, is_guid
from provisioning.sign_in import GivenToken
from provisioning.test_and_save import ask_for_token, read_incidents, read_rows, token_in
from provisioning.transport import Answer, Transport

_CHALLENGE_TENANT = re.compile(r"authorization_uri=\"?https?://[^/\s]+/([0-9a-fA-F-]{36})\b")
_SIGN_INS = 3  # besides the first: requests in a row go to different replicas
_ENVIRONMENTS = 5
_HINT = 3  # characters of a secret that the directory lists
_YOUNG = timedelta(minutes=15)
_MISSING_PRIVILEGE = re.compile(r"\b(prv\w+)\b")


@dataclass(frozen=True)
class Examination:
    """What a closer look has to work with; `token` is "" where none was issued."""

    integration: Integration
    transport: Transport
    channels: tuple[Channel, ...]
    operator: Access | None
    token: str = ""
    login: str = ""
    """The token service's base."""


async def look_closer(symptom: Symptom, exam: Examination) -> Symptom:
    """The same symptom with what could be found out; problems on the way only mean that less is known."""
    said = symptom.said
    look = _LOOKS.get(said.code) if said else None
    if look is not None:
        return await look(symptom, exam)
    if symptom.probe == "token":
        return symptom
    if said is not None and said.status == 401:
        return _look_at_challenge(symptom, exam, said.challenge)
    not_dataverse = symptom.reach in ("dns", "refused", "timeout") or (said is not None and said.form != "json")
    return await _look_at_host(symptom, exam) if not_dataverse else symptom


async def _look_at_tenant(symptom: Symptom, exam: Examination) -> Symptom:
    """An unknown tenant: the environment knows the right one, the directory knows whose object id was pasted."""
    right = await _tenant_of(exam.transport, _askable(exam.integration))
    if right:
        symptom = symptom.seen(tenant_hint=f": the environment belongs to {right}")
    given = exam.integration.tenant_id.strip()
    if exam.operator is None or not is_guid(given):
        return symptom
    try:
        application = await exam.operator.graph.application(given)
    except (Problem, KeyError):
        return symptom
    symptom = symptom.seen("directory_seen", tenant_hint=f": {exam.operator.sign_in.tenant_id}")
    return symptom if application is None else symptom.seen("tenant_is_application_object")


async def _look_at_client(symptom: Symptom, exam: Examination) -> Symptom:
    """An unknown client: perhaps an object id, perhaps the right app in another tenant than the environment's."""
    given = exam.integration.client_id.strip()
    right = await _tenant_of(exam.transport, _askable(exam.integration))
    if right and right != exam.integration.tenant_id.strip().lower():
        symptom = symptom.seen("environment_of_another_tenant", tenant_hint=f": the environment belongs to {right}")
    if exam.operator is None or not is_guid(given):
        return symptom
    graph = exam.operator.graph
    try:
        application = await graph.application(given)
        principal = None if application else await graph.service_principal_with(given)
        deleted = await graph.deleted_app_ids()
    except (Problem, KeyError):
        return symptom
    if application is not None:
        hint = f": the Object ID of {application.name} was given, its client ID is {application.app_id}"
        return symptom.seen("client_sought", "client_is_object", client_hint=hint)
    if principal is not None:
        hint = f": the Object ID of an enterprise application was given, its client ID is {principal.app_id}"
        return symptom.seen("client_sought", "client_is_principal", client_hint=hint)
    if given.lower() in deleted:
        return symptom.seen("client_sought", "app_in_bin")
    return symptom.seen("client_sought")


async def _look_at_secret(symptom: Symptom, exam: Examination) -> Symptom:
    """A refused secret: a young one is taken by some replicas; an operator sees how the app's secrets begin."""
    value = exam.integration.client_secret.get_secret_value()
    if not symptom.traits.isdisjoint({"secret_empty", "secret_is_guid", "secret_has_space", "secret_is_short"}):
        return symptom
    for _ in range(_SIGN_INS):
        heard = await ask_for_token(exam.transport, exam.login, exam.integration)
        if token_in(heard):
            return symptom.seen("secret_flickers")
        if isinstance(heard, NotReached) or symptom.said is None or heard.said.code != symptom.said.code:
            break
    applications = await _registrations(exam)
    if applications is None:
        return symptom
    now = exam.transport.now()
    alike = [s for app in applications for s in app.secrets if s.end > now and s.hint == value[:_HINT]]
    if not alike:
        return symptom.seen("secret_not_listed")
    return symptom.seen("secret_is_young") if any(now - s.start < _YOUNG for s in alike) else symptom


async def _registrations(exam: Examination) -> Sequence[Application] | None:
    """The registrations with the client ID at hand, as an operator sees them; None where nobody looks."""
    if exam.operator is None:
        return None
    try:
        return await exam.operator.graph.applications_with(exam.integration.client_id.strip())
    except (Problem, KeyError):
        return None


async def _look_at_certificates(symptom: Symptom, exam: Examination) -> Symptom:
    """A refused assertion: an operator sees whether the app has any certificate at all."""
    applications = await _registrations(exam)
    if applications is None:
        return symptom
    held = any(app.keys for app in applications)
    return symptom.seen("certificates_sought") if held else symptom.seen("certificates_sought", "no_certificate_held")


async def _look_at_consent(symptom: Symptom, exam: Examination) -> Symptom:
    """A missing consent: an operator sees whether one person gave it instead of an administrator."""
    if exam.operator is None:
        return symptom
    try:
        principal = await exam.operator.graph.service_principal(exam.integration.client_id.strip())
        persons = await exam.operator.graph.personal_scopes_of(principal.id) if principal else frozenset[str]()
    except (Problem, KeyError):
        return symptom
    return symptom.seen("consent_sought", "consent_of_one_person") if persons else symptom.seen("consent_sought")


def _look_at_challenge(symptom: Symptom, exam: Examination, challenge: str) -> Symptom:
    """A 401 names the tenant that the environment belongs to."""
    tenant = _tenant_in(challenge)
    if tenant and tenant != exam.integration.tenant_id.strip().lower():
        hint = f": the one given belongs to another tenant ({tenant})"
        return symptom.seen("environment_of_another_tenant", environments=hint)
    return symptom


async def _look_at_users(symptom: Symptom, exam: Examination) -> Symptom:
    """Not a member: an operator sees whether the user is missing, deleted, another app's, or elsewhere."""
    if exam.operator is None:
        return symptom
    client = exam.integration.client_id.strip().lower()
    own = {client, exam.operator.sign_in.client_id.lower()}
    environment = dataverse_as(exam.operator.sign_in, exam.transport, _askable(exam.integration))
    try:
        users = await environment.application_users()
        others = [user.app_id for user in users if not user.deleted and user.app_id.lower() not in own]
        registered = [app_id for app_id in others if await exam.operator.graph.applications_with(app_id)]
    except (Problem, KeyError):
        return await _look_elsewhere(symptom, exam)
    symptom = symptom.seen("users_seen")
    if any(user.deleted and user.app_id.lower() == client for user in users):
        return symptom.seen("user_in_bin")
    if registered:
        return symptom.seen("another_app_has_a_user")
    return await _look_elsewhere(symptom, exam)


async def _look_elsewhere(symptom: Symptom, exam: Examination) -> Symptom:
    """Whether the integration gets into another of the tenant's environments."""
    pasted = host_of(exam.integration.environment_url)
    elsewhere = [url.rstrip("/") for url in await _known_environments(exam) if host_of(url) != pasted]
    if elsewhere:
        symptom = symptom.seen("environments_seen")
    for url in elsewhere[:_ENVIRONMENTS]:
        there = exam.integration.model_copy(update={"environment_url": url})
        token = token_in(await ask_for_token(exam.transport, exam.login, there))
        if not token:
            continue
        exam.transport.hide(token)
        try:
            await dataverse_as(GivenToken(token), exam.transport, url).who_am_i()
        except (Problem, KeyError):
            continue
        return symptom.seen("users_seen", "user_elsewhere", environments=f": it gets into {url}")
    return symptom


async def _look_at_role(symptom: Symptom, exam: Examination) -> Symptom:
    """No role, or not enough of one: perhaps only as it was half a minute ago."""
    if symptom.probe != "read_incidents":
        return symptom
    newest = await read_incidents(exam.transport, exam.integration, exam.token, newest_rights=True)
    return symptom.seen("rights_are_newer") if read_rows(newest) else symptom


async def _look_at_rights(symptom: Symptom, exam: Examination) -> Symptom:
    """A missing privilege: the integration may read its own, and then all that are missing can be named."""
    symptom = await _look_at_role(symptom, exam)
    named = _MISSING_PRIVILEGE.search(symptom.said.message) if symptom.said else None
    if named:
        symptom = symptom.seen(missing=named.group(1))
    url = exam.integration.environment_url.strip().rstrip("/")
    environment = dataverse_as(GivenToken(exam.token), exam.transport, url)
    try:
        me = await environment.who_am_i()
        held = [privilege.name for privilege in await environment.privileges_of_user(me.user)]
    except (Problem, KeyError):
        return symptom
    lacking = [need.privilege for need in missing(held, exam.channels)]
    if lacking:
        symptom = symptom.seen(missing=", ".join(lacking))
    return symptom.seen("rights_seen", "vendor_list_held") if is_vendor_list(held) else symptom.seen("rights_seen")


async def _look_at_host(symptom: Symptom, exam: Examination) -> Symptom:
    """No Dataverse answered: the operator's list of environments decides, else the same name in other regions."""
    pasted = host_of(exam.integration.environment_url)
    host = dataverse_host(pasted)
    if symptom.probe == "token" and exam.operator is not None:
        try:
            if await exam.operator.graph.service_principal(DATAVERSE_APP) is None:
                return symptom.seen("dataverse_absent")
        except (Problem, KeyError):
            pass
    if host is not None and symptom.probe == "token":
        tenant = await _tenant_of(exam.transport, host.url)
        if tenant == exam.integration.tenant_id.strip().lower():
            return symptom.seen("environment_answers")
    known = await _known_environments(exam)
    if known:
        return _compare(symptom, host, pasted, known)
    if host is not None:
        for url in _same_name_elsewhere(host):
            if await _tenant_of(exam.transport, url) == exam.integration.tenant_id.strip().lower():
                return symptom.seen("label_in_other_region", region_url=url)
    return symptom


def _compare(symptom: Symptom, host: DataverseHost | None, pasted: str, known: list[str]) -> Symptom:
    """The pasted host against the environments that the tenant has."""
    for url in known:
        theirs = dataverse_host(host_of(url))
        if host is not None and theirs is not None and theirs.label == host.label and theirs.region != host.region:
            return symptom.seen("environments_seen", "label_in_other_region", region_url=url)
    if any(host_of(url) == pasted for url in known):
        return symptom
    near = difflib.get_close_matches(f"https://{pasted}", known, n=1, cutoff=0.5) or known[:3]
    return symptom.seen("environments_seen", environments=f"; this tenant has {', '.join(near)}")


async def _known_environments(exam: Examination) -> list[str]:
    """The URLs of the tenant's environments; [] where nobody may list them."""
    if exam.operator is None:
        return []
    try:
        return [environment.url for environment in await exam.operator.environments()]
    except (Problem, KeyError):
        return []


def _same_name_elsewhere(host: DataverseHost) -> list[str]:
    """The same name in every other region of the public cloud; other clouds have one region each."""
    if host.domain != "dynamics.com":
        return []
    return [DataverseHost(host.label, region, host.domain).url for region in PUBLIC_REGIONS if region != host.region]


def _askable(integration: Integration) -> str:
    """The environment's URL without what was pasted around it; "" where the host is none that Dataverse has."""
    pasted = host_of(integration.environment_url)
    host = dataverse_host(pasted)
    if host is not None:
        return host.url
    return integration.environment_url.strip().rstrip("/") if pasted in LOOPBACK else ""


async def _tenant_of(transport: Transport, environment_url: str) -> str:
    """The tenant that an environment names to anybody who asks without a token; "" where none does."""
    if not environment_url:
        return ""
    try:
        answer = await transport.send("GET", f"{environment_url}/api/data/v9.2/", service="dataverse", attempts=1)
    except Problem:
        return ""
    return _challenged_tenant(answer)


def _challenged_tenant(answer: Answer) -> str:
    return _tenant_in(answer.headers.get("www-authenticate", "")) if answer.status == 401 else ""


def _tenant_in(challenge: str) -> str:
    found = _CHALLENGE_TENANT.search(challenge)
    return found.group(1).lower() if found else ""


# Which code asks for which look.
_LOOKS: dict[str, Callable[[Symptom, Examination], Awaitable[Symptom]]] = {
    "AADSTS90002": _look_at_tenant,
    "AADSTS900023": _look_at_tenant,
    "AADSTS900021": _look_at_tenant,
    "AADSTS50059": _look_at_tenant,
    "AADSTS700016": _look_at_client,
    "AADSTS7000215": _look_at_secret,
    "AADSTS700027": _look_at_certificates,
    "AADSTS65001": _look_at_consent,
    "AADSTS500011": _look_at_host,
    "AADSTS50001": _look_at_host,
    "0x80072560": _look_at_users,
    "0x80042f09": _look_at_role,
    "0x80040220": _look_at_rights,
    "0x80040299": _look_at_rights,
}
