"""Test & Save itself: the environment is closed, busy, without cases, or nothing of Microsoft's answers."""

from datetime import timedelta

from mock_services.faults import Fault, Kind
from mock_services.hosts import Service
from provisioning.settings import Integration
from provisioning.transport import Answer
from scenarios.failure_modes.entry import FailureMode, Mend, SetupStep, Strike, Symptom
from scenarios.failure_modes.operator_wire import OperatorWire
from scenarios.failure_modes.scene import Scene

_ALWAYS = 1_000_000
"""More calls than anybody makes: the disturbance lasts until it is mended."""


def disturbed(kind: Kind, service: Service, *, path: str = "", retry_after_s: int | None = None) -> Strike:
    """A strike by a fault on the way to a service, which lasts."""

    def strike(scene: Scene) -> Integration:
        scene.cloud.faults.plan(Fault(kind, service, path=path, times=_ALWAYS, retry_after_s=retry_after_s))
        return scene.integration

    return strike


def calm(scene: Scene) -> Integration:
    """The disturbance is over."""
    scene.cloud.faults.end()
    return scene.integration


def _state(name: str) -> Strike:
    def strike(scene: Scene) -> Integration:
        scene.tenant.organisation.set_state(name)
        return scene.integration

    return strike


def _without_customer_service(scene: Scene) -> Integration:
    scene.tenant.organisation.uninstall("customer_service")
    return scene.integration


def _with_customer_service(scene: Scene) -> Integration:
    """Name the environment that has it."""
    from scenarios.failure_modes.other_environment import add_environment, admit, pasted_url

    there = add_environment(scene)
    admit(scene, there)
    return pasted_url(scene.integration, there)


def _narrow(scene: Scene, **limits: int | timedelta) -> Integration:
    """A limit so low that one more request exceeds it."""
    for name, value in limits.items():
        setattr(scene.tenant.organisation.limits, name, value)
    return scene.integration


def _patient(**limits: int | timedelta) -> Mend:
    def mend(scene: Scene) -> Integration:
        _narrow(scene, **limits)
        scene.tenant.organisation.limits.forget()
        scene.tenant.clock.advance(minutes=15)
        return scene.integration

    return mend


def _sign_ins(scene: Scene, most: int | None) -> Integration:
    scene.tenant.sign_ins_a_minute = most
    if most is None:
        scene.tenant.clock.advance(minutes=2)
    return scene.integration


async def _without_token(wire: OperatorWire) -> Answer:
    return await wire.environment("GET", "incidents", token="")


async def _with_old_token(wire: OperatorWire) -> Answer:
    token = await wire.token_for(wire.settings.environment_url)
    wire.scene.tenant.clock.advance(hours=2)
    return await wire.environment("GET", "incidents", token=token)


async def _with_graphs_token(wire: OperatorWire) -> Answer:
    token = await wire.token_for(wire.settings.bases().graph_resource)
    return await wire.environment("GET", "incidents", token=token)


async def _with_right_token(wire: OperatorWire) -> Answer:
    return await wire.environment("GET", "incidents")


_STEP = SetupStep.TEST_AND_SAVE
_LIMITS = "MicrosoftDocs/powerapps-docs api-limits.md"
_HTTP = "the client library and the operating system: no answer, so nothing of Microsoft's to quote"

ENVIRONMENT_STATE: tuple[FailureMode, ...] = (
    FailureMode(
        name="dataverse.token_missing",
        step=_STEP,
        title="The environment is asked without a token.",
        symptom=Symptom("probe", 401),
        causes=("a redirect or a proxy that drops the Authorization header",),
        evidence="PowerPlatform-DataverseServiceClient AuthorityResolver.cs (the challenge); the body recorded",
        seen="2026",
        act=_without_token,
        mended_act=_with_right_token,
    ),
    FailureMode(
        name="dataverse.token_expired",
        step=_STEP,
        title="The environment is asked with a token that has ended.",
        symptom=Symptom("probe", 401),
        causes=("a token that was kept past its hour", "a clock that is wrong"),
        evidence="the server's own texts; how they reach the header is inferred",
        seen="2026",
        act=_with_old_token,
        mended_act=_with_right_token,
    ),
    FailureMode(
        name="dataverse.token_for_another_resource",
        step=_STEP,
        title="The environment is asked with a token for another resource.",
        symptom=Symptom("probe", 401),
        causes=("one token was used for everything", "the scope named another environment"),
        evidence="the server's own texts; how they reach the header is inferred",
        seen="2026",
        act=_with_graphs_token,
        mended_act=_with_right_token,
    ),
    FailureMode(
        name="dataverse.organisation_disabled",
        step=_STEP,
        title="The environment is disabled.",
        symptom=Symptom("probe", 403, "0x8004a104"),
        causes=("a trial ended", "an environment without activity was disabled"),
        evidence="text: Dataverse web-service-error-codes; the status inferred",
        seen="2026",
        strike=_state("Disabled"),
        mend=_state("Enabled"),
    ),
    FailureMode(
        name="dataverse.administration_mode",
        step=_STEP,
        title="The environment is in administration mode.",
        symptom=Symptom("probe", 403, "0x8004a113"),
        causes=("a copy or restore switches it on", "maintenance by the customer's own staff"),
        evidence="power-platform admin/admin-mode.md; text: web-service-error-codes; the status inferred",
        seen="2026",
        strike=_state("AdminMode"),
        mend=_state("Enabled"),
    ),
    FailureMode(
        name="dataverse.table_missing",
        step=_STEP,
        title="The environment has no cases: Customer Service is not installed.",
        symptom=Symptom("probe", 404, "0x80060888"),
        causes=("an environment for Sales or for apps alone",),
        evidence="unknown entity sets: many live notes; 0x8006088a in SupportArticles-docs (quirk"
        " unknown_segment_code)",
        seen="2026",
        strike=_without_customer_service,
        mend=_with_customer_service,
    ),
    FailureMode(
        name="dataverse.throttled",
        step=_STEP,
        title="The integration has sent more requests than Dataverse takes of one user.",
        symptom=Symptom("probe", 429, "0x80072322"),
        causes=("more than 6,000 requests within five minutes, all as one application user",),
        evidence=_LIMITS,
        seen="2026",
        strike=lambda scene: _narrow(scene, requests=0),
        mend=_patient(requests=6_000),
    ),
    FailureMode(
        name="dataverse.throttled_by_time",
        step=_STEP,
        title="The integration's requests have taken more time than Dataverse gives one user.",
        symptom=Symptom("probe", 429, "0x80072321"),
        causes=("expensive queries or large batches",),
        evidence=_LIMITS,
        seen="2026",
        strike=lambda scene: _narrow(scene, execution=timedelta()),
        mend=_patient(execution=timedelta(minutes=20)),
    ),
    FailureMode(
        name="dataverse.throttled_by_concurrency",
        step=_STEP,
        title="The integration has too many requests under way at once.",
        symptom=Symptom("probe", 429, "0x80072326"),
        causes=("more than 52 requests at the same time",),
        evidence=_LIMITS,
        seen="2026",
        strike=lambda scene: _narrow(scene, concurrent=0),
        mend=_patient(concurrent=52),
    ),
    FailureMode(
        name="dataverse.unavailable",
        step=_STEP,
        title="Dataverse is out of order.",
        symptom=Symptom("probe", 503),
        causes=("an outage or a deployment on Microsoft's side",),
        evidence="powerapps-docs compose-http-requests-handle-errors.md (503); the body is nobody's fact",
        seen="2026",
        strike=disturbed(Kind.UNAVAILABLE, Service.DATAVERSE),
        mend=calm,
    ),
    FailureMode(
        name="login.throttled",
        step=_STEP,
        title="The token service answers too many sign-ins with 429.",
        symptom=Symptom("token", 429),
        causes=("a client that asks for a token before each call instead of keeping it",),
        evidence="AzureAD/microsoft-authentication-library-for-dotnet#2855 (plain text, Retry-After 60)",
        seen="2024",
        strike=lambda scene: _sign_ins(scene, 0),
        mend=lambda scene: _sign_ins(scene, None),
    ),
    FailureMode(
        name="login.unavailable",
        step=_STEP,
        title="The token service has a transient error.",
        symptom=Symptom("token", 503, "AADSTS90033"),
        causes=("an outage on Microsoft's side",),
        evidence="entra-docs reference-error-codes.md; status as third-party tests have it",
        seen="2026",
        strike=disturbed(Kind.UNAVAILABLE, Service.LOGIN),
        mend=calm,
    ),
    FailureMode(
        name="network.proxy_page",
        step=_STEP,
        title="A page of a proxy or firewall comes instead of the token service's answer.",
        symptom=Symptom("token", 502),
        causes=("a filter between the vendor's servers and Microsoft",),
        evidence="a gateway's own page: HTML where JSON is due",
        seen="2026-11",
        strike=disturbed(Kind.GATEWAY_PAGE, Service.LOGIN),
        mend=calm,
    ),
    FailureMode(
        name="network.dns",
        step=_STEP,
        title="This machine cannot resolve the token service's name.",
        symptom=Symptom("token", None),
        causes=("a closed network, or a resolver that is down",),
        evidence=_HTTP,
        seen="2026-11",
        strike=disturbed(Kind.NAME_UNKNOWN, Service.LOGIN),
        mend=calm,
    ),
    FailureMode(
        name="network.certificate_untrusted",
        step=_STEP,
        title="An inspecting proxy shows a certificate that this machine does not trust.",
        symptom=Symptom("token", None),
        causes=("traffic is opened by a proxy whose CA only browsers know",),
        evidence=_HTTP,
        seen="2026-11",
        strike=disturbed(Kind.CERTIFICATE_UNTRUSTED, Service.LOGIN),
        mend=calm,
    ),
    FailureMode(
        name="network.connection_refused",
        step=_STEP,
        title="No connection to the token service can be made.",
        symptom=Symptom("token", None),
        causes=("a firewall that rejects what is not on its list",),
        evidence=_HTTP,
        seen="2026-11",
        strike=disturbed(Kind.REFUSED, Service.LOGIN),
        mend=calm,
    ),
    FailureMode(
        name="network.timeout",
        step=_STEP,
        title="The environment does not answer in time.",
        symptom=Symptom("probe", None),
        causes=("a firewall that drops packets without a word",),
        evidence=_HTTP,
        seen="2026-11",
        strike=disturbed(Kind.UNANSWERED, Service.DATAVERSE),
        mend=calm,
    ),
    FailureMode(
        name="network.connection_lost",
        step=_STEP,
        title="The connection to the environment breaks before the answer comes.",
        symptom=Symptom("probe", None),
        causes=("a proxy or load balancer that cuts long connections",),
        evidence=_HTTP,
        seen="2026-11",
        strike=disturbed(Kind.LOST_BEFORE, Service.DATAVERSE),
        mend=calm,
    ),
    FailureMode(
        name="network.proxy_refused",
        step=_STEP,
        title="The proxy wants credentials first.",
        symptom=Symptom("token", None),
        causes=("HTTPS_PROXY without user name and password",),
        evidence=_HTTP,
        seen="2026-11",
        strike=disturbed(Kind.PROXY_REFUSED, Service.LOGIN),
        mend=calm,
    ),
)
