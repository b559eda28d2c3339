"""The doctor's book: what each answer on the wire means, whose turn it is, and that the book itself is sound."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from provisioning import said as dialects
from provisioning.diagnosis.ailments import AILMENTS
from provisioning.diagnosis.ailments.beyond_setup import BEYOND_SETUP
from provisioning.diagnosis.doctor import causes_of
from provisioning.diagnosis.rules import RULES
from provisioning.diagnosis.symptom import Probe, Symptom, Trait, traits_of
from provisioning.problems import Reach
from provisioning.said import Form, Said
from provisioning.settings import Integration

GUID = "11111111-2222-3333-4444-555555555555"
URL = "https://contoso.crm4.dynamics.com"
VALUE = "abc8Q~x" * 6
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TAIL = f" Trace ID: {GUID} Correlation ID: {GUID} Timestamp: 2026-03-01 12:00:00Z"
MISSING = (
    "Principal user (Id=6a42c840-abb3-ed11-83fd-00224808d33c, type=8, roleCount=1, privilegeCount=9, accessMode=4, "
    "MetadataCachePrivilegesCount=4977, businessUnitId=7c5629f5-4aaf-ed11-9884-000d3a3473d8), is missing "
    "prvReadIncident privilege (Id=b7007809-9335-45dd-866f-e5beb0d2b3c1) on OTC=112 for entity 'incident'."
)


def refused_token(number: int, error: str, text: str, status: int) -> Said:
    body = {
        "error": error,
        "error_description": f"AADSTS{number}: {text}{TAIL}",
        "error_codes": [number],
        "trace_id": GUID,
        "correlation_id": GUID,
    }
    return dialects.read("login", status, {}, json.dumps(body), correlation_id="c", at=NOON)


def refused_read(status: int, code: str, text: str, **headers: str) -> Said:
    body = json.dumps({"error": {"code": code, "message": text}})
    return dialects.read("dataverse", status, headers, body, correlation_id="c", at=NOON)


def page(status: int) -> Said:
    text = "<!DOCTYPE html><title>Not found</title>"
    return dialects.read("dataverse", status, {"content-type": "text/html"}, text, correlation_id="c", at=NOON)


def pasted(secret: str = VALUE, url: str = URL) -> frozenset[Trait]:
    values = Integration(tenant_id=GUID, client_id=GUID[::-1], client_secret=SecretStr(secret), environment_url=url)
    return traits_of(values)


WRONG = refused_token(7000215, "invalid_client", "Invalid client secret provided.", 401)
EXPIRED = refused_token(7000222, "invalid_client", "The provided client secret keys are expired.", 401)
NO_TENANT = refused_token(90002, "invalid_request", f"Tenant '{GUID}' not found.", 400)
NO_CLIENT = refused_token(700016, "unauthorized_client", "Application was not found in the directory.", 400)
NO_RESOURCE = refused_token(500011, "invalid_resource", "The resource principal was not found.", 400)
NO_SEGMENT = refused_read(404, "0x80060888", "Resource not found for the segment 'incidents'.")

CASES = [
    ("login.secret_wrong", "token", WRONG, pasted()),
    ("login.secret_id_pasted", "token", WRONG, pasted(secret=GUID)),
    ("login.secret_missing", "token", refused_token(7000216, "invalid_client", "is required", 401), pasted(secret="")),
    ("login.secret_expired", "token", EXPIRED, pasted()),
    ("login.secret_expired", "token", EXPIRED, pasted(secret=GUID)),
    ("login.tenant_unknown", "token", NO_TENANT, pasted()),
    ("login.tenant_is_app_object_id", "token", NO_TENANT, {"tenant_is_application_object", "directory_seen"}),
    ("login.tenant_unknown", "token", NO_TENANT, {"directory_seen"}),
    ("login.client_unknown", "token", NO_CLIENT, pasted()),
    ("login.tenant_of_another_customer", "token", NO_CLIENT, {"environment_of_another_tenant"}),
    ("login.service_principal_missing", "token", refused_token(7000229, "invalid_client", "", 401), pasted()),
    ("login.app_disabled", "token", refused_token(7000112, "unauthorized_client", "", 400), pasted()),
    ("login.consent_missing", "token", refused_token(65001, "invalid_grant", "", 400), pasted()),
    ("login.throttled", "token", Said("login", 429, "", "Too Many Requests", form="text"), pasted()),
    ("dataverse.url_with_path", "token", NO_RESOURCE, pasted(url=f"{URL}/main.aspx")),
    ("dataverse.domain_mistyped", "token", NO_RESOURCE, pasted(url="https://contoso.crm4.dynmics.com")),
    ("login.dataverse_absent", "token", NO_RESOURCE, {"environment_answers"}),
    ("login.url_without_scheme", "token", refused_token(70011, "invalid_scope", "", 400), pasted(url=URL[8:])),
    ("login.url_with_space", "token", refused_token(70011, "invalid_scope", "", 400), pasted(url=f"{URL} ")),
    ("dataverse.url_trailing_slash", "read_incidents", NO_SEGMENT, pasted(url=f"{URL}/")),
    ("dataverse.url_trailing_slash", "read_incidents", page(404), pasted(url=f"{URL}/")),
    ("dataverse.url_with_path", "read_incidents", NO_SEGMENT, pasted(url=f"{URL}/api/data/v9.2")),
    ("dataverse.table_missing", "read_incidents", NO_SEGMENT, pasted()),
    ("dataverse.host_mistyped", "read_incidents", page(404), pasted()),
    ("dataverse.host_mistyped", "read_incidents", page(200), pasted()),
    ("dataverse.wrong_region", "read_incidents", page(404), {"label_in_other_region"}),
    (
        "dataverse.environment_of_another_tenant",
        "read_incidents",
        refused_read(401, "", ""),
        {"environment_of_another_tenant"},
    ),
    ("dataverse.token_refused", "read_incidents", refused_read(401, "", ""), pasted()),
    ("dataverse.user_missing", "read_incidents", refused_read(403, "0x80072560", ""), pasted()),
    ("dataverse.user_missing", "read_incidents", refused_read(401, "0x80072560", ""), pasted()),
    (
        "dataverse.user_of_another_app",
        "read_incidents",
        refused_read(403, "0x80072560", ""),
        {"another_app_has_a_user"},
    ),
    ("dataverse.user_disabled", "read_incidents", refused_read(403, "0x80040225", ""), pasted()),
    ("dataverse.user_without_role", "read_incidents", refused_read(403, "0x80042f09", ""), pasted()),
    ("dataverse.role_lacks_privilege", "read_incidents", refused_read(403, "0x80040220", MISSING), pasted()),
    ("dataverse.vendor_role_list", "read_incidents", refused_read(403, "0x80040220", MISSING), {"vendor_list_held"}),
    ("dataverse.depth_too_small", "create_incident", refused_read(403, "0x80048306", ""), pasted()),
    ("dataverse.throttled", "read_incidents", refused_read(429, "0x80072322", ""), pasted()),
    ("dataverse.plugin_refused", "create_contact", refused_read(400, "0x80040265", "a plug-in said no"), pasted()),
    ("other", "create_contact", refused_read(400, "0x80049999", "nobody has seen this yet"), pasted()),
]


@pytest.mark.parametrize(("name", "probe", "said", "traits"), CASES)
def test_an_answer_is_named_by_the_book(name: str, probe: Probe, said: Said, traits: frozenset[Trait]) -> None:
    first = causes_of(Symptom(probe, said, traits=frozenset(traits)))[0]
    assert first.name == name


@pytest.mark.parametrize(
    ("reach", "probe", "name"),
    [
        ("dns", "token", "network.dns"),
        ("dns", "read_incidents", "dataverse.host_mistyped"),
        ("tls", "token", "network.certificate_untrusted"),
        ("proxy", "read_incidents", "network.proxy_refused"),
        ("timeout", "read_incidents", "network.timeout"),
    ],
)
def test_what_was_not_reached_is_named_by_how_far_it_came(reach: Reach, probe: Probe, name: str) -> None:
    assert causes_of(Symptom(probe, reach=reach))[0].name == name


def test_look_alikes_are_ranked_together_and_only_possible_where_nothing_decides() -> None:
    ranked = causes_of(Symptom("token", NO_TENANT, traits=pasted()))
    assert [(cause.name, cause.certainty) for cause in ranked] == [
        ("login.tenant_unknown", "likely"),
        ("login.tenant_is_app_object_id", "possible"),
    ]
    unseen = causes_of(Symptom("read_incidents", refused_read(403, "0x80072560", ""), traits=pasted()))
    assert [cause.certainty for cause in unseen] == ["likely", "possible", "possible", "possible"]
    assert all("application users" in cause.decided_by for cause in unseen)


def test_the_missing_privilege_is_in_the_remedy() -> None:
    symptom = Symptom("read_incidents", refused_read(403, "0x80040220", MISSING)).seen(missing="prvReadIncident")
    assert "prvReadIncident" in causes_of(symptom)[0].remedy


def test_every_rule_names_an_ailment_and_every_ailment_can_be_reached() -> None:
    named = {rule.ailment for rule in RULES}
    assert named <= set(AILMENTS)
    # Not by one answer alone: an empty list, two apps of one name, and what nothing fits.
    explained_alone = {ailment.name for ailment in BEYOND_SETUP}
    assert set(AILMENTS) - named - explained_alone == {
        "other",
        "dataverse.contacts_unseen",
        "graph.two_apps_of_one_name",
    }


PROBES: list[Probe] = ["token", "read_incidents", "create_contact"]
FORMS: list[Form] = ["json", "html", "text", "empty"]
CODES = ["", "AADSTS7000215", "AADSTS500011", "0x80060888", "0x80040220", "nonsense"]
URLS = [URL, f"{URL}/", f"{URL}/x", "contoso", "https://[", "", "https://a b"]


@given(
    st.builds(
        Symptom,
        st.sampled_from(PROBES),
        st.builds(
            lambda status, code, form: Said("dataverse", status, code, "", form=form),
            st.integers(200, 599),
            st.sampled_from(CODES),
            st.sampled_from(FORMS),
        ),
        traits=st.builds(pasted, secret=st.sampled_from(["", GUID, VALUE]), url=st.sampled_from(URLS)),
    )
)
def test_anything_at_all_gets_some_honest_answer(symptom: Symptom) -> None:
    ranked = causes_of(symptom)
    assert ranked
    assert len({cause.name for cause in ranked}) == len(ranked)
    assert all("{" not in cause.remedy for cause in ranked)
    order = ["certain", "likely", "possible"]
    assert [cause.certainty for cause in ranked] == sorted((c.certainty for c in ranked), key=order.index)
