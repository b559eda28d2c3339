"""Rubbish in: the vendor's own refusal, never a server error, and nothing changed."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import Caller, error
from mock_services.tenant import FakeTenant

_SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)
_MEMBERS = st.sampled_from(
    [
        "title",
        "prioritycode",
        "customerid_contact@odata.bind",
        "customerid@odata.bind",
        "ownerid@odata.bind",
        "statecode",
        "statuscode",
        "followupby",
        "resolveby",
        "isescalated",
        "influencescore",
        "incidentid",
        "customerid_contact",
        "_customerid_value",
        "Incident_Annotation",
        "@odata.type",
        "iscustomizable",
        "nonsense",
        "parentcaseid",
    ]
)
_PIECES = st.sampled_from(
    [
        "lastname",
        "eq",
        "ne",
        " ",
        "'",
        "'x'",
        "(",
        ")",
        "and",
        "or",
        "not",
        "null",
        "contains(",
        ",",
        "/",
        "5",
        "1.5e400",
        "2024-02-31",
        "2024-01-01T00:00:00Z",
        "true",
        "$",
        "@p1",
        "any(",
        "in",
        "createdon",
        "statecode",
        "%00",
        "%25",
        "%ff",
        "contactid",
        "11111111-2222-4333-8444-555555555555",
        "9" * 30,
        "é",
        "-",
        "[",
        "add",
        "ownerid",
        "parentcustomerid_account",
    ]
)


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[1]", b"nul", b'"x"', b"\xff\xfe", b'{"a":NaN}', b"[" * 50_000, b"9" * 6_000]
)
async def test_a_body_that_is_no_json_object_is_refused(administrator: Caller, raw: bytes) -> None:
    response = await administrator.ask("POST", "contacts", content=raw)
    assert error(response) == (400, "0x80048d19")


async def test_an_enormous_body_is_refused(administrator: Caller) -> None:
    response = await administrator.ask("POST", "contacts", content=b" " * (16 * 1024 * 1024 + 1))
    assert error(response) == (413, "0x8004418a")


@_SHARED
@given(body=st.dictionaries(_MEMBERS, _JSON, max_size=4) | _JSON)
async def test_a_body_is_refused_without_a_trace_unless_it_nests_a_customer(
    administrator: Caller, tenant: FakeTenant, body: Any
) -> None:
    """A nested contact is made along with the case, so such a body may be good; nothing else here can be."""
    raw = json.dumps(body, allow_nan=True).encode()
    nests_a_customer = isinstance(body, dict) and isinstance(body.get("customerid_contact"), dict)
    for method, path in (("POST", "incidents"), ("PATCH", "incidents(11111111-2222-4333-8444-555555555555)")):
        before = tenant.organisation.store.image()
        response = await administrator.ask(method, path, content=raw)
        if nests_a_customer and response.status_code == 204:
            tenant.organisation.store.load(before)  # or the case would be there for the next body to change
        else:
            assert response.status_code in (400, 403, 404, 412, 501), response.text
            assert tenant.organisation.store.image() == before


@_SHARED
@given(
    pieces=st.lists(_PIECES, max_size=8),
    option=st.sampled_from(["$filter", "$orderby", "$expand", "$select", "$top", "$skiptoken", "x"]),
)
async def test_no_query_upsets_the_server(administrator: Caller, pieces: list[str], option: str) -> None:
    joined = "".join(pieces).replace("#", "").replace("é", "%C3%A9").replace(" ", "%20")
    response = await administrator.get(f"contacts?{option}={joined}")
    assert response.status_code in (200, 400, 501), response.text


@_SHARED
@given(path=st.text(alphabet="abc()'/=,$%20{}-.@:WhoAmIcontacts", max_size=25))
async def test_no_path_upsets_the_server(administrator: Caller, path: str) -> None:
    response = await administrator.get(f"https://{administrator.host}/api/data/v9.2/{path.replace('%', '%25')}")
    assert response.status_code in (200, 204, 400, 404, 405, 501), response.text


@pytest.mark.parametrize("prefer", ["odata.maxpagesize=-1", "odata.maxpagesize=999999999999", 'x="', ",,;;=", "return"])
async def test_a_preference_that_is_not_understood_is_ignored(administrator: Caller, prefer: str) -> None:
    assert (await administrator.get("contacts", headers={"Prefer": prefer})).status_code == 200


async def test_a_very_deep_filter_is_refused(administrator: Caller) -> None:
    response = await administrator.get("contacts?$filter=" + "not%20" * 2_000 + "donotemail")
    assert response.status_code == 400
    assert (await administrator.get("contacts?$filter=" + "(" * 5_000)).status_code == 400
    assert (await administrator.get("contacts?$top=" + "1" * 40_000)).status_code in (400, 414)
