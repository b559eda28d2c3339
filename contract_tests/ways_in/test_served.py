"""The served fakes: real host names over TLS, by proxy, by port, and by localhost bases."""

import socket
import ssl

import httpx
import pytest

from contract_tests.ways_in.conftest import Standing
from mock_services.certificates import client_context
from mock_services.faults import Fault, Kind
from mock_services.hosts import Service
from mock_services.serve import NotServed, serving

METADATA = "/v2.0/.well-known/openid-configuration"


def test_real_host_names_reach_the_fakes_through_the_proxy(standing: Standing) -> None:
    with standing.client() as client:
        answer = client.get(f"https://login.microsoftonline.com/{standing.tenant.id}{METADATA}")
    assert answer.status_code == 200
    assert answer.json()["token_endpoint"].startswith("https://login.microsoftonline.com/")


@pytest.mark.parametrize("host", ["example.com", "contoso.crm4.dynmics.com", "localhost"])
def test_the_proxy_refuses_every_host_that_is_not_a_fake(standing: Standing, host: str) -> None:
    with standing.client() as client, pytest.raises(httpx.ProxyError, match="403"):
        client.get(f"https://{host}/")


def test_the_proxy_does_not_carry_plain_http(standing: Standing) -> None:
    with standing.client() as client:
        assert client.get("http://graph.microsoft.com/v1.0/organization").status_code == 405


def test_the_proxys_target_counts_even_where_the_host_header_names_something_else(standing: Standing) -> None:
    with standing.client() as client:
        answer = client.get(
            f"https://login.microsoftonline.com/{standing.tenant.id}{METADATA}", headers={"Host": "127.0.0.1:3128"}
        )
    assert answer.status_code == 200
    assert answer.json()["token_endpoint"].startswith("https://login.microsoftonline.com/")


def test_links_of_a_localhost_base_name_that_base(standing: Standing) -> None:
    base = standing.served.direct[Service.LOGIN]
    with standing.client(proxied=False) as client:
        body = client.get(f"{base}/{standing.tenant.id}{METADATA}").json()
    assert body["token_endpoint"] == f"{base}/{standing.tenant.id}/oauth2/v2.0/token"


def test_resource_manager_at_its_localhost_base_names_the_others(standing: Standing) -> None:
    """What `az cloud register --endpoint-resource-manager` reads."""
    direct = standing.served.direct
    base = direct[Service.MANAGEMENT]
    with standing.client(proxied=False) as client:
        told = client.get(f"{base}/metadata/endpoints", params={"api-version": "2022-09-01"}).json()
        challenged = client.get(f"{base}/subscriptions", params={"api-version": "2022-12-01"})
    assert told["authentication"]["loginEndpoint"] == direct[Service.LOGIN]
    assert told["resourceManager"] == f"{base}/"
    assert told["microsoftGraphResourceId"] == f"{direct[Service.GRAPH]}/"
    assert f'authorization_uri="{direct[Service.LOGIN]}/"' in challenged.headers["www-authenticate"]


def test_a_token_for_the_localhost_base_of_the_environment_is_good_there(standing: Standing) -> None:
    dataverse, login = standing.served.direct[Service.DATAVERSE], standing.served.direct[Service.LOGIN]
    operator = standing.tenant.operator
    with standing.client(proxied=False) as client:
        token = client.post(
            f"{login}/{standing.tenant.id}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": operator.client_id,
                "client_secret": operator.client_secret,
                "scope": f"{dataverse}/.default",
            },
        ).json()["access_token"]
        answer = client.get(f"{dataverse}/api/data/v9.2/WhoAmI", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer.json()["@odata.context"].startswith(f"{dataverse}/api/data/v9.2/")


@pytest.mark.parametrize(
    "host",
    [
        "login.microsoftonline.com", "login.windows.net", "graph.microsoft.com", "contoso.crm.dynamics.com",
        "contoso.crm4.dynamics.com", "contoso.api.crm4.dynamics.com", "api.bap.microsoft.com",
        "globaldisco.crm.dynamics.com", "management.azure.com", "main.iam.ad.ext.azure.com", "localhost",
    ],
)  # fmt: skip
def test_the_served_certificate_is_good_for_every_host(standing: Standing, host: str) -> None:
    context = client_context(standing.served.authority_file)
    with (
        socket.create_connection(("127.0.0.1", standing.served.port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        assert secure.version() in {"TLSv1.2", "TLSv1.3"}


def test_another_hosts_name_is_not_in_the_certificate(standing: Standing) -> None:
    context = client_context(standing.served.authority_file)
    with (
        socket.create_connection(("127.0.0.1", standing.served.port), timeout=5) as plain,
        pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
    ):
        context.wrap_socket(plain, server_hostname="example.com")


def test_a_taken_port_is_one_clear_sentence(standing: Standing) -> None:
    with (
        pytest.raises(NotServed, match=f"port {standing.served.port} on"),
        serving(standing.cloud, port=standing.served.port),
    ):
        pass


def test_the_control_listener_moves_the_tenants_clock_and_tells_what_was_said(standing: Standing) -> None:
    url = standing.served.control_url
    with standing.client(proxied=False) as control, standing.client() as client:
        before = control.get(f"{url}/tenants").json()[0]
        moved = control.post(f"{url}/clock/advance", json={"days": 1}).json()
        client.get(f"https://login.microsoftonline.com/{standing.tenant.id}{METADATA}")
        journal = control.get(f"{url}/journal").json()
    assert before["id"] == standing.tenant.id
    assert moved["now"] > before["now"]
    assert journal[-1]["url"] == f"https://login.microsoftonline.com/{standing.tenant.id}{METADATA}"


@pytest.mark.parametrize("step", [{"days": -1}, {"fortnights": 1}, []])
def test_the_control_listener_refuses_what_it_does_not_understand(standing: Standing, step: object) -> None:
    with standing.client(proxied=False) as control:
        assert control.post(f"{standing.served.control_url}/clock/advance", json=step).status_code == 422


def test_a_snapshot_brings_a_removed_user_back(standing: Standing) -> None:
    url = standing.served.control_url
    organisation, operator = standing.tenant.organisation, standing.tenant.operator
    with standing.client(proxied=False) as control, standing.client() as client:
        name = control.post(f"{url}/snapshots").json()["id"]
        token = client.post(
            f"https://login.microsoftonline.com/{standing.tenant.id}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": operator.client_id,
                "client_secret": operator.client_secret,
                "scope": f"https://{organisation.host}/.default",
            },
        ).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        contacts = f"https://{organisation.host}/api/data/v9.2/contacts"
        made = client.post(contacts, json={"lastname": "Only for a while"}, headers=headers)
        assert client.get(made.headers["OData-EntityId"], headers=headers).status_code == 200
        assert control.post(f"{url}/snapshots/{name}/restore").status_code == 204
        assert client.get(made.headers["OData-EntityId"], headers=headers).status_code == 404


def test_a_lost_answer_is_a_broken_connection_and_the_next_one_is_whole(standing: Standing) -> None:
    url = f"https://login.microsoftonline.com/{standing.tenant.id}{METADATA}"
    standing.cloud.faults.plan(Fault(Kind.LOST_AFTER, Service.LOGIN, "GET", "openid-configuration"))
    with standing.client() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(url)
        assert client.get(url).status_code == 200


def test_faults_and_replication_are_planned_from_outside(standing: Standing) -> None:
    url, graph = standing.served.control_url, "https://graph.microsoft.com/v1.0/organization"
    with standing.client(proxied=False) as control, standing.client() as client:
        wish = {"kind": "throttled", "service": "graph", "path": "organization$", "retry_after_s": 3}
        assert control.post(f"{url}/faults", json=wish).status_code == 201
        answers = [client.get(graph) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [429, 401]
        assert answers[0].headers["retry-after"] == "3"
        assert control.put(f"{url}/replication", json={"preset": "typical"}).status_code == 200
        assert standing.tenant.replication.lags
        assert control.put(f"{url}/replication", json={"preset": "immediate"}).status_code == 200


def test_a_workload_signs_in_with_a_token_asked_for_from_outside(standing: Standing) -> None:
    directory, url = standing.tenant.directory, standing.served.control_url
    operator = directory.application(app_id=standing.tenant.operator.client_id)
    assert operator is not None
    trust = {"issuer": "https://oidc.example/", "subject": "pod"}
    directory.add_federated_credential(
        operator.id, name="pod", audiences=["api://AzureADTokenExchange"], description=None, **trust
    )
    with standing.client(proxied=False) as control, standing.client() as client:
        form = {
            "grant_type": "client_credentials",
            "client_id": operator.app_id,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": control.post(f"{url}/issuers/token", json=trust).json()["token"],
            "scope": "https://graph.microsoft.com/.default",
        }
        token_url = f"https://login.microsoftonline.com/{standing.tenant.id}/oauth2/v2.0/token"
        assert client.post(token_url, data=form).status_code == 200

        wish = {"name": "No workloads", "principals": ["ServicePrincipalsInMyTenant"]}
        policy = control.post(f"{url}/access-policies", json=wish).json()["id"]
        assert client.post(token_url, data=form).json()["error_codes"] == [53003]
        assert control.delete(f"{url}/access-policies/{policy}").status_code == 204
        assert control.delete(f"{url}/access-policies/{policy}").status_code == 404

        assert control.delete(f"{url}/issuers", params={"name": trust["issuer"]}).status_code == 204
        assert client.post(token_url, data=form).json()["error_codes"] == [90061]

        assert control.put(f"{url}/sign-in-limit", json={"a_minute": 1}).status_code == 200
        assert client.post(token_url, data=form).status_code == 400
        assert client.post(token_url, data=form).status_code == 429
        assert control.put(f"{url}/sign-in-limit", json={}).json() == {"a_minute": None}


@pytest.mark.parametrize(
    ("method", "path", "body", "names"),
    [
        ("POST", "/faults", {"kind": "throttled", "service": "nowhere"}, "service"),
        ("POST", "/faults", {"kind": "throttled", "service": "graph", "path": "("}, "regular expression"),
        ("POST", "/access-policies", {"name": "x", "control": "nod"}, "'block' or 'mfa'"),
        ("POST", "/issuers/token", {"issuer": "", "subject": "x"}, "issuer"),
        ("PUT", "/sign-in-limit", {"a_minute": 0}, "a_minute"),
        ("PUT", "/replication", {"preset": "glacial"}, "immediate, typical, slow, adversarial"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_by_name(
    standing: Standing, method: str, path: str, body: object, names: str
) -> None:
    with standing.client(proxied=False) as control:
        answer = control.request(method, standing.served.control_url + path, json=body)
    assert answer.status_code == 422
    assert names in answer.text
