"""The vendor's Test & Save, then the deeper probes, and a verdict. Writes nothing unless the write probe is wanted."""

from dataclasses import dataclass, field, replace

from provisioning.access import Access, dataverse_as
from provisioning.clock import Clock
from provisioning.closer_look import Examination, look_closer
from provisioning.clouds import Endpoints
from provisioning.dataverse import DataverseClient, Held
from provisioning.diagnosis.doctor import Cause, cause, causes_of
from provisioning.diagnosis.rules import Certainty
from provisioning.diagnosis.symptom import Probe, Symptom, traits_of
from provisioning.environment_urls import suggested_environment_url
from provisioning.graph import DATAVERSE_APP, USER_IMPERSONATION
from provisioning.handoff import missing, uses_conversations
from provisioning.problems import NotReached, Problem
from provisioning.said import Said
from provisioning.settings import CHANNELS, Channel, Integration, doubts_about_secret
from provisioning.sign_in import GivenToken
from provisioning.test_and_save import Heard, ask_for_token, read_incidents, read_rows, token_in
from provisioning.transport import Transport
from provisioning.verdict import Check, CheckOutcome, Verdict
from provisioning.write_probe import try_writing

_CONVERSATIONS = "msdyn_ocliveworkitems"
_INCIDENT_CHANNELS: tuple[Channel, ...] = ("phone", "email")
_DAYS_AHEAD = 30


@dataclass
class _Notebook:
    """What the examination has seen so far."""

    clock: Clock
    checks: list[Check] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    suspected: list[Cause] = field(default_factory=list)
    began: float = 0.0

    def start(self) -> None:
        self.began = self.clock.now().timestamp()

    def check(self, name: str, outcome: CheckOutcome, detail: str = "", said: Said | None = None) -> None:
        self.checks.append(Check(name, outcome, detail, said, self.clock.now().timestamp() - self.began))

    def verdict(self, causes: tuple[Cause, ...] = (), said: Said | None = None) -> Verdict:
        return Verdict(tuple(self.checks), tuple(self.warnings), causes, said, tuple(self.suspected))

    def suspect(self, name: str, certainty: Certainty, why: str, warning: str) -> None:
        """Something that Test & Save does not show."""
        self.suspected.append(replace(cause(name, certainty), why=why))
        self.warnings.append(f"{name}: {warning}")


async def verify(
    integration: Integration,
    *,
    transport: Transport,
    clock: Clock,
    bases: Endpoints,
    channels: tuple[Channel, ...] | None = None,
    write_probe: bool = False,
    operator: Access | None = None,
) -> Verdict:
    """Examine the four values as pasted. Never raises for what is wrong with them: that is the verdict.

    Without `channels` the rights for cases are demanded, and those for conversations only warned about.
    """
    secret = integration.client_secret.get_secret_value()
    transport.hide(secret)
    book = _Notebook(clock)
    doubts = doubts_about_secret(secret)
    if doubts:
        book.warnings.append(doubts)
    exam = Examination(integration, transport, channels or CHANNELS, operator, login=bases.login)
    failed, exam = await _test_and_save(book, exam, bases)
    if failed is not None:
        return await _explained(book, failed, exam)
    if integration.environment_url.rstrip("/") != integration.environment_url:
        book.warnings.append(
            "dataverse.url_trailing_slash: it passes here; paste the URL without the slash all the same"
        )
    url = integration.environment_url.strip().rstrip("/")
    environment = dataverse_as(GivenToken(exam.token), transport, url)
    lacking = await _look_at_own_rights(book, environment, channels, operator)
    if operator is not None:
        await _look_as_operator(book, exam, operator)
    if lacking is not None:
        return book.verdict((lacking,))
    if write_probe:
        return await _write(book, exam, environment)
    return book.verdict()


async def _test_and_save(book: _Notebook, exam: Examination, bases: Endpoints) -> tuple[Symptom | None, Examination]:
    """Both of the vendor's calls; the symptom of the first that fails."""
    book.start()
    heard = await ask_for_token(exam.transport, bases.login, exam.integration)
    token = token_in(heard)
    if not token:
        return _failed(book, exam, "Test & Save: token", "token", heard), exam
    book.check("Test & Save: token", "passed")
    exam.transport.hide(token)
    exam = replace(exam, token=token)
    book.start()
    heard = await read_incidents(exam.transport, exam.integration, token)
    if not read_rows(heard):
        return _failed(book, exam, "Test & Save: read incidents", "read_incidents", heard), exam
    book.check("Test & Save: read incidents", "passed")
    return None, exam


def _failed(book: _Notebook, exam: Examination, name: str, probe: Probe, heard: Heard) -> Symptom:
    """The symptom of a failed call, noted."""
    url = suggested_environment_url(exam.integration.environment_url)
    symptom = Symptom(probe, traits=traits_of(exam.integration), facts={"url": url})
    if isinstance(heard, NotReached):
        book.check(name, "failed", heard.heard)
        return replace(symptom, reach=heard.reach)
    book.check(name, "failed", str(heard.said), heard.said)
    return replace(symptom, said=heard.said)


async def _explained(book: _Notebook, symptom: Symptom, exam: Examination) -> Verdict:
    """The verdict on a symptom, after a closer look."""
    symptom = await look_closer(symptom, exam)
    return book.verdict(causes_of(symptom), symptom.said)


async def _look_at_own_rights(
    book: _Notebook, environment: DataverseClient, channels: tuple[Channel, ...] | None, operator: Access | None
) -> Cause | None:
    """Who am I, which roles, which privileges; the cause where the handoff would fail for want of one."""
    book.start()
    try:
        me = await environment.who_am_i()
    except Problem as problem:
        book.check("who am I", "failed", problem.heard, problem.said)
        book.warnings.append(f"the environment does not say who is calling: {problem.heard}")
        return None
    book.check("who am I", "passed", f"user {me.user}")
    book.start()
    try:
        # Least privileges do not include reading roles, so an operator is asked where there is one.
        roles = await (operator.dataverse if operator else environment).roles_of(me.user)
        book.check("own roles", "passed", ", ".join(sorted(role.name for role in roles)) or "none directly")
    except Problem as problem:
        book.check("own roles", "skipped", f"not readable with these rights ({problem.brief})", problem.said)
    book.start()
    try:
        held = await environment.privileges_of_user(me.user)
    except Problem as problem:
        book.check("privileges for the handoff", "skipped", f"not readable: {problem.heard}", problem.said)
        return None
    conversations = await _has_conversations(book, environment, channels)
    return _judge_rights(book, held, channels, conversations)


async def _has_conversations(
    book: _Notebook, environment: DataverseClient, channels: tuple[Channel, ...] | None
) -> bool:
    """Whether the environment has Omnichannel's table; a refusal to read it shows that it does."""
    if not uses_conversations(channels or CHANNELS):
        return False
    book.start()
    try:
        there = await environment.has_table(_CONVERSATIONS)
    except Problem as problem:
        book.check("table for conversations", "passed", "there, but not readable", problem.said)
        return True
    if there:
        book.check("table for conversations", "passed")
        return True
    book.check("table for conversations", "warned", "Omnichannel is not installed")
    book.suspect(
        "dataverse.omnichannel_missing",
        "likely" if channels else "possible",
        "the environment has no table for conversations",
        "web, sms and whatsapp handoffs need Omnichannel, which is not installed here; phone and email do not",
    )
    return False


def _judge_rights(
    book: _Notebook, held: list[Held], channels: tuple[Channel, ...] | None, conversations: bool
) -> Cause | None:
    """Compare what is held with what the handoff needs."""
    names = [privilege.name for privilege in held]
    demanded = tuple(c for c in channels or _INCIDENT_CHANNELS if conversations or not uses_conversations((c,)))
    lacking = [need.privilege for need in missing(names, demanded)]
    if lacking:
        listed = ", ".join(lacking)
        book.check("privileges for the handoff", "failed", f"missing: {listed}")
        return cause("dataverse.role_lacks_privilege", "certain", missing=listed)
    book.check("privileges for the handoff", "passed")
    if channels is None and conversations:
        for_chat = [need.privilege for need in missing(names, CHANNELS)]
        if for_chat:
            book.warnings.append(f"for web, sms and whatsapp handoffs these are missing: {', '.join(for_chat)}")
    shallow = [h.name for h in held if h.name.lower() in ("prvreadcontact", "prvreadincident") and h.depth != "Global"]
    if shallow:
        listed = f"{', '.join(shallow)} not at organization level"
        warning = f"{listed}, so other people's rows are not found and duplicates arise"
        book.suspect("dataverse.contacts_unseen", "likely", listed, warning)
    return None


async def _look_as_operator(book: _Notebook, exam: Examination, operator: Access) -> None:
    """What only an operator sees and what breaks later: the consent, and how long the secret still lasts."""
    book.start()
    client_id = exam.integration.client_id.strip()
    try:
        principal = await operator.graph.service_principal(client_id)
        resource = await operator.graph.service_principal(DATAVERSE_APP)
        grants = await operator.graph.grants_of(principal.id) if principal else []
        applications = await operator.graph.applications_with(client_id)
    except Problem as problem:
        book.check("seen by the operator", "skipped", problem.heard, problem.said)
        return
    granted = any(resource and g.resource == resource.id and USER_IMPERSONATION in g.scopes for g in grants)
    if granted:
        book.check("admin consent", "passed")
    else:
        book.check("admin consent", "warned", "user_impersonation is not granted")
        warning = "the vendor's guide asks for it, though Entra issues this app's tokens without"
        seen = "user_impersonation is not granted"
        book.suspect("login.consent_missing", "possible", seen, f"{seen}; {warning}")
    hint = exam.integration.client_secret.get_secret_value()[:3]
    ends = [secret.end for application in applications for secret in application.secrets if secret.hint == hint]
    days = (max(ends) - book.clock.now()).days if ends else None
    if days is not None and days < _DAYS_AHEAD:
        book.warnings.append(f"the secret ends in {days} days")


async def _write(book: _Notebook, exam: Examination, environment: DataverseClient) -> Verdict:
    """Create a contact and an incident and remove them again."""
    written = await try_writing(environment, exam.operator.dataverse if exam.operator else None, book.clock)
    for outcome in written.outcomes:
        book.check(outcome.name, "passed" if outcome.problem is None else "failed", outcome.detail)
    book.warnings += written.left_behind
    if written.failure is None:
        return book.verdict()
    probe, problem = written.failure
    reach = problem.reach if isinstance(problem, NotReached) else None
    symptom = Symptom(probe, problem.said, reach, traits_of(exam.integration))
    return await _explained(book, symptom, exam)
