"""Which of several pieces of evidence leads, and how sure the answer is."""

import base64
import json

import pytest

from provisioning.explaining.explanation import Explanation, explain


def first(explanation: Explanation) -> tuple[str, str]:
    cause = explanation.causes[0]
    return cause.name, cause.certainty


def token(**claims: object) -> str:
    encoded = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "RS256"}, claims)
    ]
    return ".".join([*encoded, "c2lnbmF0dXJl"])


def test_a_secret_that_is_a_guid_is_the_secrets_id() -> None:
    pasted = "client_secret=3fa85f64-5717-4562-b3fc-2c963f66afa6\nAADSTS7000215: Invalid client secret provided."
    assert first(explain(pasted)) == ("login.secret_id_pasted", "certain")


def test_without_the_secret_its_id_stays_possible() -> None:
    explanation = explain("AADSTS7000215: Invalid client secret provided.")
    assert first(explanation) == ("login.secret_wrong", "likely")
    assert "login.secret_id_pasted" in {cause.name for cause in explanation.causes}
    assert any("GUID" in probe for probe in explanation.probes)


def test_the_inner_error_beats_its_wrapper() -> None:
    pasted = "AADSTS70002: Error validating credentials. AADSTS50012: Client assertion contains an invalid signature."
    assert explain(pasted).causes[0].family == "login.certificate_problem"


def test_a_plug_ins_wrapper_does_not_hide_what_it_wraps() -> None:
    pasted = (
        '{"error":{"code":"0x80040265","message":"Plug-in: Principal user is missing prvCreateIncident privilege"}}'
    )
    assert first(explain(pasted)) == ("dataverse.cannot_create_incidents", "certain")


def test_of_a_log_with_several_errors_the_last_leads_and_the_first_is_told() -> None:
    pasted = (
        "09:00 AADSTS7000215: Invalid client secret provided.\n"
        '09:30 403 {"error":{"code":"0x80072560","message":"The user is not a member of the organization."}}'
    )
    explanation = explain(pasted)
    assert explanation.causes[0].family == "dataverse.user_missing"
    assert "login.secret_wrong" in {cause.family for cause in explanation.causes}


def test_a_challenge_that_was_answered_is_no_failure() -> None:
    pasted = (
        "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Bearer resource_id=https://contoso.crm4.dynamics.com/\n"
        "> GET https://contoso.crm4.dynamics.com/api/data/v9.2/WhoAmI\n< HTTP/1.1 200 OK"
    )
    assert explain(pasted).causes == ()


REFUSED = (
    "> GET https://contoso.crm4.dynamics.com/api/data/v9.2/incidents\n> Authorization: Bearer {token}\n"
    "< HTTP/1.1 401 Unauthorized\n< Date: Tue, 05 Mar 2024 13:14:55 GMT\n"
    "HTTP Error 401 - Unauthorized: Access is denied"
)
AUDIENCE = "https://contoso.crm4.dynamics.com"


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (
            {"aud": "https://graph.microsoft.com", "exp": 1_900_000_000},
            ("dataverse.token_for_another_resource", "certain"),
        ),
        (
            {"aud": "https://fabrikam.crm4.dynamics.com", "exp": 1_900_000_000},
            ("dataverse.token_for_another_resource", "certain"),
        ),
        ({"aud": AUDIENCE, "exp": 1_700_000_000}, ("dataverse.token_expired", "certain")),
        ({"aud": AUDIENCE, "exp": 1_900_000_000}, ("dataverse.token_refused", "likely")),
        (
            {"aud": "https://contoso.api.crm4.dynamics.com/", "exp": 1_900_000_000},
            ("dataverse.token_refused", "likely"),
        ),
    ],
)
def test_a_token_in_the_paste_says_why_it_was_refused(claims: dict[str, object], expected: tuple[str, str]) -> None:
    assert first(explain(REFUSED.format(token=token(**claims)))) == expected


@pytest.mark.parametrize(
    ("resource", "first", "second"),
    [
        ("https://contoso.crm4.dynamics.com", "login.scope_or_resource_wrong", "dataverse.host_mistyped"),
        ("https://contoso.crm4.dynamics.com/main.aspx", "dataverse.url_with_path", "login.scope_or_resource_wrong"),
        ("https://contoso.crm4.dynmics.com", "dataverse.domain_mistyped", "login.scope_or_resource_wrong"),
        ("https://make.powerapps.com", "dataverse.url_of_another_service", "login.scope_or_resource_wrong"),
    ],
)
def test_the_resource_that_was_asked_for_tells_what_is_wrong_with_it(resource: str, first: str, second: str) -> None:
    pasted = f"AADSTS500011: The resource principal named {resource} was not found in the tenant named Contoso."
    assert [cause.name for cause in explain(pasted).causes[:2]] == [first, second]


def test_a_missing_privilege_is_named_in_the_remedy() -> None:
    cause = explain("Principal user is missing prvReadSla privilege, prvReadSlaItem too").causes[0]
    assert "prvReadSla" in cause.remedy


def test_an_unknown_number_gets_no_cause_but_its_nearest_kin() -> None:
    explanation = explain("AADSTS7000299: Something that nobody has seen.")
    assert explanation.causes == ()
    assert explanation.unknown_codes == ("AADSTS7000299",)
    assert explanation.nearest is not None
    assert explanation.nearest.family.startswith("login.")


def test_the_same_words_about_another_host_are_not_our_matter() -> None:
    ours, theirs = "contoso.crm4.dynamics.com", "registry.npmjs.org"
    assert explain(f"getaddrinfo ENOTFOUND {ours}").causes[0].family == "network.dns"
    assert explain(f"getaddrinfo ENOTFOUND {theirs}").causes == ()


def test_ids_are_told_by_what_they_name() -> None:
    tenant, app, trace, correlation = (
        f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}" for digit in "1234"
    )
    facts = explain(
        f"AADSTS700016: Application with identifier '{app}' was not found in the directory '{tenant}'. "
        f"Trace ID: {trace} Correlation ID: {correlation} Timestamp: 2024-03-05 13:14:55Z"
    ).facts
    assert facts.ids == {"client": [app], "tenant": [tenant], "trace": [trace], "correlation": [correlation]}
    assert facts.times == ["2024-03-05T13:14:55"]
