"""The token endpoint for applications: who gets a token, what it says, and why the others get none."""

import base64
import json
from datetime import timedelta
from urllib.parse import quote

import httpx
import pytest

from contract_tests.login.asking import GRAPH, LOGIN, Registered, ask, claims_of, said
from mock_services.cloud import FakeCloud
from mock_services.state.well_known import DATAVERSE, GRAPH_PERMISSIONS, MICROSOFT_GRAPH
from mock_services.tenant import FakeTenant


async def test_a_token_has_the_recorded_body_and_headers(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    answer = await ask(wire, tenant.id, registered.form())

    assert answer.status_code == 200
    assert list(answer.json()) == ["token_type", "expires_in", "ext_expires_in", "access_token"]
    assert answer.json()["expires_in"] == answer.json()["ext_expires_in"]
    assert 3599 <= answer.json()["expires_in"] <= 5399
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store, no-cache"
    assert answer.headers["pragma"] == "no-cache"
    assert answer.headers["p3p"] == 'CP="DSP CUR OTPi IND OTRi ONL FIN"'
    names = [cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")]
    assert names == ["fpc", "x-ms-gateway-slice", "stsservicecookie"]


async def test_a_token_verifies_against_the_published_keys_and_says_who_and_where(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    answer = await ask(wire, tenant.id, registered.form())
    claims = await claims_of(wire, tenant, answer)

    assert registered.principal is not None
    assert claims["aud"] == f"https://{tenant.organisation.host}"
    assert claims["iss"] == claims["idp"] == f"https://sts.windows.net/{tenant.id}/"
    assert claims["appid"] == registered.client_id
    assert claims["oid"] == claims["sub"] == registered.principal.id
    assert (claims["tid"], claims["ver"], claims["idtyp"], claims["appidacr"]) == (tenant.id, "1.0", "app", "1")
    assert "roles" not in claims
    assert list(claims)[:5] == ["aud", "iss", "iat", "nbf", "exp"]
    assert list(claims)[5:] == sorted(list(claims)[5:])


async def test_a_token_ages_by_the_tenants_clock(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    tenant.clock.advance(days=10)
    answer = await ask(wire, tenant.id, registered.form())
    claims = await claims_of(wire, tenant, answer)

    now = int(tenant.clock.now().timestamp())
    assert claims["iat"] == claims["nbf"] == now - 300
    assert claims["exp"] == now + answer.json()["expires_in"] + 1


async def test_the_first_endpoint_answers_in_strings_and_echoes_the_resource(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    resource = f"https://{tenant.organisation.host}/"
    form = registered.form(scope="-", resource=resource)
    answer = await ask(wire, tenant.id, form, version="oauth2")
    body = answer.json()

    assert list(body) == [
        "token_type", "expires_in", "ext_expires_in", "expires_on", "not_before", "resource", "access_token",
    ]  # fmt: skip
    assert all(isinstance(value, str) for value in body.values())
    assert body["resource"] == resource
    assert int(body["expires_on"]) - int(body["not_before"]) == int(body["expires_in"]) + 301
    assert (await claims_of(wire, tenant, answer))["aud"] == resource


@pytest.mark.parametrize(
    ("scope", "audience"),
    [
        ("https://{host}/.default", "https://{host}"),
        ("https://{host}//.default", "https://{host}/"),
        ("https://{api_host}/.default", "https://{api_host}"),
        (f"{DATAVERSE}/.default", DATAVERSE),
        (f"{GRAPH}/.default", GRAPH),
        (f"{GRAPH}/.default openid profile offline_access", GRAPH),
        (f"{GRAPH}/.default ", GRAPH),
        ("https://service.powerapps.com//.default", "https://service.powerapps.com/"),
    ],
)
async def test_the_audience_is_spelt_as_it_was_asked_for(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, scope: str, audience: str
) -> None:
    hosts = {"host": tenant.organisation.host, "api_host": tenant.organisation.host.replace(".crm4", ".api.crm4")}
    answer = await ask(wire, tenant.id, registered.form(scope=scope.format(**hosts)))

    assert answer.status_code == 200, answer.text
    assert (await claims_of(wire, tenant, answer))["aud"] == audience.format(**hosts)


async def test_granted_application_roles_show_in_the_next_token_and_go_again(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    directory = tenant.directory
    graph = directory.service_principal(app_id=MICROSOFT_GRAPH)
    role_id, _ = GRAPH_PERMISSIONS["Application.Read.All"]
    assert graph is not None
    assert role_id is not None
    assert registered.principal is not None
    form = registered.form(scope=f"{GRAPH}/.default")
    assert "roles" not in await claims_of(wire, tenant, await ask(wire, tenant.id, form))

    granted = directory.assign_app_role(registered.principal.id, graph.id, role_id)
    assert (await claims_of(wire, tenant, await ask(wire, tenant.id, form)))["roles"] == ["Application.Read.All"]

    directory.remove_app_role(granted.id)
    assert "roles" not in await claims_of(wire, tenant, await ask(wire, tenant.id, form))


@pytest.mark.parametrize("spelling", ["{id}", "{ID}", "{domain}"])
async def test_a_tenant_may_be_called_by_id_or_domain(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, spelling: str
) -> None:
    name = spelling.format(id=tenant.id, ID=tenant.id.upper(), domain=tenant.domain.capitalize())
    answer = await ask(wire, name, registered.form())
    assert (await claims_of(wire, tenant, answer))["tid"] == tenant.id


@pytest.mark.parametrize(
    ("spelling", "refusal"),
    [
        ("2f7b2a4c-1111-4222-8333-444455556666", (400, "invalid_request", 90002)),
        ("nobody.onmicrosoft.com", (400, "invalid_request", 90002)),
        ("00000000-0000-0000-0000-000000000000", (400, "invalid_request", 90002)),
        ("undefined", (400, "invalid_request", 900023)),
        ("{{tenantid}}", (400, "invalid_request", 900023)),
        ("2f7b2a4c-1111-4222-8333", (400, "invalid_request", 900023)),
        ("common", (400, "invalid_request", 50059)),
        ("Organizations", (400, "invalid_request", 50059)),
        ("consumers", (400, "invalid_request", 9001023)),
    ],
)
async def test_a_tenant_that_is_none_is_refused_by_its_spelling(
    wire: httpx.AsyncClient, registered: Registered, spelling: str, refusal: tuple[int, str, int]
) -> None:
    answer = await ask(wire, quote(spelling), registered.form())
    assert said(answer) == refusal
    if refusal[2] in {90002, 900023}:
        assert f"'{spelling}'" in answer.json()["error_description"]
    is_empty = spelling == "00000000-0000-0000-0000-000000000000"
    assert ("may not be an empty GUID" in answer.json()["error_description"]) == is_empty


async def test_the_error_body_is_whole_and_names_its_trace(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    correlation = "7f1a3c52-0d3b-4b0e-9d6a-0c9f55f0a001"
    answer = await wire.post(
        f"{LOGIN}/{tenant.id}/oauth2/v2.0/token",
        data=registered.form(client_secret="wrong"),
        headers={"client-request-id": correlation, "return-client-request-id": "true"},
    )
    body = answer.json()

    assert list(body) == [
        "error", "error_description", "error_codes", "timestamp", "trace_id", "correlation_id", "error_uri",
    ]  # fmt: skip
    assert body["timestamp"] == f"{tenant.clock.now():%Y-%m-%d %H:%M:%S}Z"
    assert body["trace_id"] == answer.headers["x-ms-request-id"]
    assert body["correlation_id"] == answer.headers["client-request-id"] == correlation
    assert body["error_uri"] == f"{LOGIN}/error?code=7000215"
    assert body["error_description"] == (
        "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client"
        f" secret value, not the client secret ID, for a secret added to app '{registered.client_id}'."
        f" Trace ID: {body['trace_id']} Correlation ID: {correlation} Timestamp: {body['timestamp']}"
    )
    assert "www-authenticate" not in answer.headers
    entry = list(tenant.journal)[-1]
    assert (entry.request_id, entry.code) == (body["trace_id"], "AADSTS7000215")


async def test_without_a_correlation_id_each_refusal_gets_a_fresh_one(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    form = registered.form(client_secret="wrong")
    first, second = await ask(wire, tenant.id, form), await ask(wire, tenant.id, form)
    assert first.json()["correlation_id"] != second.json()["correlation_id"]
    assert "client-request-id" not in first.headers


async def test_a_secret_is_refused_after_its_end_and_works_just_before(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    tenant.clock.advance(registered.secret.end - tenant.clock.now() - timedelta(seconds=1))
    assert (await ask(wire, tenant.id, registered.form())).status_code == 200

    tenant.clock.advance(seconds=1)
    expired = await ask(wire, tenant.id, registered.form())
    assert said(expired) == (401, "invalid_client", 7000222)
    assert f"for app '{registered.client_id}' are expired" in expired.json()["error_description"]
    assert said(await ask(wire, tenant.id, registered.form(client_secret="x"))) == (401, "invalid_client", 7000215)


async def test_a_new_secret_beside_an_expired_one_works(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    tenant.clock.advance(days=3000)
    _, text = tenant.directory.add_secret(registered.application.id)
    assert (await ask(wire, tenant.id, registered.form(client_secret=text))).status_code == 200
    assert said(await ask(wire, tenant.id, registered.form()))[2] == 7000222


async def test_a_secret_before_its_start_and_a_removed_one_are_refused(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    soon = tenant.clock.now() + timedelta(hours=1)
    _, text = tenant.directory.add_secret(registered.application.id, start=soon)
    assert said(await ask(wire, tenant.id, registered.form(client_secret=text)))[2] == 7000215
    tenant.clock.advance(hours=1)
    assert (await ask(wire, tenant.id, registered.form(client_secret=text))).status_code == 200

    tenant.directory.remove_secret(registered.application.id, registered.secret.key_id)
    assert said(await ask(wire, tenant.id, registered.form()))[2] == 7000215


async def test_the_secret_id_pasted_for_its_value_is_told_apart_in_words(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    answer = await ask(wire, tenant.id, registered.form(client_secret=registered.secret.key_id))
    assert said(answer) == (401, "invalid_client", 7000215)
    assert "not the client secret ID" in answer.json()["error_description"]


async def test_an_application_id_is_wanted_and_no_object_id(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    assert registered.principal is not None
    for wrong in (registered.application.id, registered.principal.id, "not-a-guid", "x' or 1=1 --"):
        answer = await ask(wire, tenant.id, registered.form(client_id=wrong))
        assert said(answer) == (400, "unauthorized_client", 700016)
        assert f"'{wrong}' was not found in the directory '{tenant.display_name}'" in answer.json()["error_description"]
    empty = await ask(wire, tenant.id, registered.form(client_id="00000000-0000-0000-0000-000000000000"))
    assert said(empty) == (400, "unauthorized_client", 700038)


async def test_an_application_without_a_principal_is_told_so_until_it_has_one(
    wire: httpx.AsyncClient, tenant: FakeTenant
) -> None:
    lonely = Registered(tenant, principal=False)
    answer = await ask(wire, tenant.id, lonely.form())
    assert said(answer) == (401, "invalid_client", 7000229)
    assert f"in the tenant {tenant.id}" in answer.json()["error_description"]

    tenant.directory.add_service_principal(lonely.client_id)
    assert (await ask(wire, tenant.id, lonely.form())).status_code == 200


async def test_a_disabled_principal_gets_no_token(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    assert registered.principal is not None
    tenant.directory.change_service_principal(registered.principal.id, account_enabled=False)
    answer = await ask(wire, tenant.id, registered.form())
    assert said(answer) == (400, "unauthorized_client", 7000112)
    assert f"Application '{registered.client_id}'(Integration) is disabled." in answer.json()["error_description"]


async def test_a_deleted_application_is_unknown(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    tenant.directory.delete_application(registered.application.id)
    assert said(await ask(wire, tenant.id, registered.form()))[2] == 700016


async def test_an_application_of_another_tenant_is_unknown_here(
    wire: httpx.AsyncClient, cloud: FakeCloud, registered: Registered
) -> None:
    other = cloud.create_tenant("Fabrikam")
    answer = await ask(wire, other.id, registered.form())
    assert said(answer) == (400, "unauthorized_client", 700016)
    assert "'Fabrikam'" in answer.json()["error_description"]
    assert list(other.journal)
    assert not list(registered.tenant.journal)


@pytest.mark.parametrize(
    ("missing", "refusal"),
    [
        ("grant_type", (400, "invalid_request", 900144)),
        ("client_id", (400, "invalid_request", 900144)),
        ("scope", (400, "invalid_request", 900144)),
        ("client_secret", (401, "invalid_client", 7000216)),
    ],
)
async def test_a_missing_parameter_is_named_left_out_or_empty(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, missing: str, refusal: tuple[int, str, int]
) -> None:
    for value in ("-", ""):
        answer = await ask(wire, tenant.id, registered.form(**{missing: value}))
        assert said(answer) == refusal
        assert f"'{missing}'" in answer.json()["error_description"]
        assert list(tenant.journal)[-1].request_id == answer.json()["trace_id"]  # told before the tenant is resolved


async def test_the_order_of_checks_is_the_documented_one(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    """Everything is wrong at once; then the faults are mended one by one, from the first to be told."""
    wrong = {"client_id": "x", "client_secret": "", "scope": "", "grant_type": "nonsense"}
    told = []
    where = "undefined"
    mending: list[tuple[str, str]] = [
        ("grant_type", "client_credentials"),
        ("scope", "org.crm.dynamics.com/.default"),
        ("client_secret", "wrong"),
        ("tenant", "2f7b2a4c-1111-4222-8333-444455556666"),
        ("tenant", tenant.id),
        ("scope", "User.Read"),
        ("scope", "https://nothing.example/.default"),
        ("client_id", registered.client_id),
        ("scope", f"{GRAPH}/.default"),
        ("client_secret", registered.text),
    ]
    for name, value in mending:
        told.append(said(await ask(wire, where, wrong))[2])
        if name == "tenant":
            where = value
        else:
            wrong[name] = value
    assert told == [70003, 900144, 7000216, 900023, 90002, 70011, 1002012, 700016, 500011, 7000215]
    assert (await ask(wire, where, wrong)).status_code == 200


async def test_basic_credentials_count_and_are_form_decoded(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    awkward = "a+b&c%d e~:é"
    tenant.directory.add_secret(registered.application.id, text=awkward)
    form = registered.form(client_id="-", client_secret="-")
    pair = f"{registered.client_id}:{quote(awkward)}"
    header = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    url = f"{LOGIN}/{tenant.id}/oauth2/v2.0/token"
    assert (await wire.post(url, data=form, headers=header)).status_code == 200

    for broken in ("Basic %%%", "Basic " + base64.b64encode(b"nocolon").decode(), "Basic", "Bearer x"):
        answer = await wire.post(url, data=form, headers={"Authorization": broken})
        assert said(answer)[2] == 900144


async def test_an_unencoded_secret_is_another_secret(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    """The classic: pasted into a body without percent-encoding, `+` arrives as a space."""
    tenant.directory.add_secret(registered.application.id, text="plus+plus")
    body = "&".join(f"{name}={value}" for name, value in registered.form(client_secret="plus+plus").items())
    answer = await wire.post(
        f"{LOGIN}/{tenant.id}/oauth2/v2.0/token",
        content=body,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert said(answer)[2] == 7000215


async def test_a_resource_parameter_belongs_to_the_first_endpoint(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    assert said(await ask(wire, tenant.id, registered.form(resource=GRAPH)))[2] == 901002
    bare = await ask(wire, tenant.id, registered.form(scope="-"), version="oauth2")
    assert said(bare) == (400, "invalid_resource", 500013)


async def test_what_is_not_built_says_so(wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered) -> None:
    answer = await ask(wire, tenant.id, registered.form(grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer"))
    assert answer.status_code == 501
    assert "not modelled" in answer.json()["error_description"]
    assert (await wire.get(f"{LOGIN}/{tenant.id}/kerberos")).status_code == 501


async def test_no_secret_reaches_the_journal(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    pair = base64.b64encode(f"{registered.client_id}:{registered.text}".encode()).decode()
    url = f"{LOGIN}/{tenant.id}/oauth2/v2.0/token"
    answer = await wire.post(url, data=registered.form(), headers={"Authorization": f"Basic {pair}"})
    await wire.post(url, json=registered.form())
    written = json.dumps([vars(entry) for entry in tenant.journal], default=str)
    assert next(iter(tenant.journal)).operation == "login.token"
    assert registered.text not in written
    assert pair not in written
    assert answer.json()["access_token"] not in written


async def test_client_telemetry_is_answered_with_the_code(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    url, sent = f"{LOGIN}/{tenant.id}/oauth2/v2.0/token", {"x-client-current-telemetry": "4|730,2|"}
    good = await wire.post(url, data=registered.form(), headers=sent)
    bad = await wire.post(url, data=registered.form(client_secret="x"), headers=sent)
    assert (good.headers["x-ms-clitelem"], bad.headers["x-ms-clitelem"]) == ("1,0,0,,", "1,7000215,0,,")
    assert "x-ms-clitelem" not in (await ask(wire, tenant.id, registered.form())).headers
