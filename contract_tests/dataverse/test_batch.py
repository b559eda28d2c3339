"""`$batch`: order, change sets, references between operations, framing, and the dialects that clients write."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import ROOT, Caller, admit, error
from contract_tests.dataverse.batches import BOUNDARY, batch, change_set, framed, part, said, send
from mock_services.tenant import FakeTenant

CONTACTS = f"{ROOT}/contacts"
TOO_LONG = {"lastname": "x" * 51}


def contacts(tenant: FakeTenant) -> int:
    return len(tenant.organisation.select("contact"))


async def test_operations_are_answered_in_their_order_each_with_its_own_status(administrator: Caller) -> None:
    status, parts = await batch(
        administrator,
        part("POST", CONTACTS, {"lastname": "Byron"}),
        part("GET", f"{CONTACTS}?$select=lastname&$filter=lastname eq 'Byron'"),
    )
    assert status == 200
    assert [each.status for each in parts] == [204, 200]
    assert parts[0].headers["OData-EntityId"] == parts[0].headers["Location"]
    assert parts[0].headers["OData-EntityId"].endswith(")")
    assert parts[1].headers["Content-Type"] == "application/json; odata.metadata=minimal; odata.streaming=true"
    assert [row["lastname"] for row in parts[1].body["value"]] == ["Byron"]


async def test_the_first_failure_stops_the_batch_and_keeps_what_was_done(
    administrator: Caller, tenant: FakeTenant
) -> None:
    before = contacts(tenant)
    status, parts = await batch(
        administrator,
        part("POST", CONTACTS, {"lastname": "First"}),
        part("POST", CONTACTS, TOO_LONG),
        part("POST", CONTACTS, {"lastname": "Never"}),
    )
    assert status == 400
    assert [each.status for each in parts] == [204, 400]
    assert parts[1].code == "0x80044331"
    assert "REQ_ID" in parts[1].headers
    assert contacts(tenant) == before + 1


async def test_continue_on_error_runs_everything_and_says_200(administrator: Caller, tenant: FakeTenant) -> None:
    before = contacts(tenant)
    status, parts = await batch(
        administrator,
        part("POST", CONTACTS, TOO_LONG),
        change_set(part("POST", CONTACTS, TOO_LONG, content_id="1")),
        part("POST", CONTACTS, {"lastname": "Last"}),
        prefer="odata.continue-on-error",
    )
    assert status == 200
    assert [each.status for each in parts] == [400, 400, 204]
    assert contacts(tenant) == before + 1


async def test_a_change_set_refers_to_what_it_has_just_made(administrator: Caller, tenant: FakeTenant) -> None:
    status, parts = await batch(
        administrator,
        change_set(
            part("POST", CONTACTS, {"lastname": "Ada"}, content_id="1"),
            part("POST", f"{ROOT}/incidents", {"title": "T", "customerid_contact@odata.bind": "$1"}, content_id="2"),
            part("PUT", "$1/firstname", {"value": "Lady"}, content_id="3"),
            part("PUT", "$2/primarycontactid/$ref", {"@odata.id": "$1"}, content_id="4"),
            part("PATCH", "$2", {"description": "D"}, content_id="5"),
        ),
    )
    assert (status, [each.status for each in parts]) == (200, [204] * 5)
    assert [each.headers["Content-ID"] for each in parts] == ["1", "2", "3", "4", "5"]
    contact, case = (each.headers["OData-EntityId"].rpartition("(")[2][:-1] for each in parts[:2])
    row = tenant.organisation.get("incident", case)
    assert row is not None
    assert (row["customerid"], row["primarycontactid"], row["description"]) == (contact, contact, "D")
    assert (tenant.organisation.get("contact", contact) or {})["firstname"] == "Lady"


@pytest.mark.parametrize("address", ["$9", "$9/firstname"])
async def test_a_reference_to_nothing_is_refused_by_name(administrator: Caller, address: str) -> None:
    status, parts = await batch(administrator, change_set(part("PATCH", address, {"lastname": "L"}, content_id="1")))
    assert (status, parts[0].status) == (400, 400)
    assert parts[0].body["error"]["message"] == "Content-ID Reference: '$9' does not exist in the batch context."


async def test_references_end_with_their_change_set(administrator: Caller) -> None:
    status, parts = await batch(
        administrator,
        change_set(part("POST", CONTACTS, {"lastname": "A"}, content_id="1")),
        change_set(part("PATCH", "$1", {"lastname": "B"}, content_id="2")),
    )
    assert status == 400
    assert "'$1' does not exist" in parts[1].body["error"]["message"]


GOOD = [
    part("POST", CONTACTS, {"lastname": "New"}, content_id="1"),
    part("PATCH", "$1", {"lastname": "Newer"}, content_id="2"),
    part("POST", f"{ROOT}/incidents", {"title": "T", "customerid_contact@odata.bind": "$1"}, content_id="3"),
]
NOBODY = f"{CONTACTS}(00000000-0000-4000-8000-000000000000)"
BAD = {
    "a text too long": part("POST", CONTACTS, TOO_LONG, content_id="bad"),
    "an unknown column": part("POST", CONTACTS, {"nosuch": 1}, content_id="bad"),
    "a nested row that fails": part(
        "POST", CONTACTS, {"lastname": "L", "Contact_Annotation": [{"subject": "x" * 501}]}, content_id="bad"
    ),
    "no reference": part("PATCH", "$77", {"lastname": "L"}, content_id="bad"),
    "no row": part("DELETE", NOBODY, content_id="bad"),
    "a stale etag": part("PATCH", NOBODY, {}, content_id="bad", headers=['If-Match: W/"1"']),
    "no set": part("POST", "nosuchset", {}, content_id="bad"),
    "a failing action": part("POST", f"{ROOT}/CloseIncident", {}, content_id="bad"),
    "a bulk call": part(
        "POST",
        f"{CONTACTS}/Microsoft.Dynamics.CRM.CreateMultiple",
        {"Targets": [{"@odata.type": "Microsoft.Dynamics.CRM.contact", "lastname": "x"}, {}]},
        content_id="bad",
    ),
    "nothing modelled": part("POST", f"{ROOT}/Merge", {}, content_id="bad"),
}


@pytest.mark.parametrize("kind", BAD)
async def test_a_change_set_with_a_failure_anywhere_changes_nothing(
    administrator: Caller, tenant: FakeTenant, kind: str
) -> None:
    """Sets of up to four operations, the failing one in every place."""
    before = tenant.organisation.store.image()
    for length in range(1, len(GOOD) + 2):
        for place in range(length):
            good = GOOD[: length - 1]
            status, parts = await batch(administrator, change_set(*good[:place], BAD[kind], *good[place:]))
            assert status in (400, 501)
            assert [each.headers["Content-ID"] for each in parts] == ["bad"]
            assert tenant.organisation.store.image() == before


async def test_a_failed_change_set_is_framed_as_recorded(administrator: Caller) -> None:
    text = framed([change_set(part("POST", CONTACTS, {"lastname": "A"}, content_id="2"), BAD["a text too long"])])
    lines = (await send(administrator, text)).text.split("\r\n")
    assert lines[0].startswith("--batchresponse_")
    assert lines[1].startswith("Content-Type: multipart/mixed; boundary=changesetresponse_")
    assert lines[3] == "--" + lines[1].partition("boundary=")[2]
    assert lines[4:8] == ["Content-Type: application/http", "Content-Transfer-Encoding: binary", "Content-ID: bad", ""]
    assert lines[8] == "HTTP/1.1 400 Bad Request"
    assert lines[9].startswith("REQ_ID: ")
    assert lines[10:13] == ["Content-Type: application/json; odata.metadata=minimal", "OData-Version: 4.0", ""]


async def test_an_operation_of_a_change_set_has_a_content_id(administrator: Caller, tenant: FakeTenant) -> None:
    text = framed([change_set(part("POST", CONTACTS, {"lastname": "A"}))])
    refused = await send(administrator, text)
    assert error(refused) == (400, "0x80060888")
    assert "The header with name 'Content-ID' was not present" in refused.json()["error"]["message"]
    assert contacts(tenant) == 0
    tenant.quirks.batch_needs_content_id = False
    assert [each.status for each in said(await send(administrator, text))] == [204]


async def test_headers_of_a_part_are_its_own(administrator: Caller, tenant: FakeTenant) -> None:
    row = tenant.organisation.insert("contact", {"lastname": "L"})
    status, parts = await batch(
        administrator,
        part("PATCH", f"{CONTACTS}({row})", {"lastname": "M"}, headers=['If-Match: W/"1"']),
        part(
            "PATCH", f"{CONTACTS}({row})?$select=lastname", {"lastname": "N"}, headers=["Prefer: return=representation"]
        ),
        part("PATCH", NOBODY, {"lastname": "O"}, headers=["If-Match: *"]),
        part("POST", CONTACTS, {"lastname": "P", "emailaddress1": "a@b.c"}),
        part("POST", CONTACTS, {"emailaddress1": "a@b.c"}, headers=["MSCRM.SuppressDuplicateDetection: false"]),
        prefer="odata.continue-on-error",
    )
    assert (status, [each.status for each in parts]) == (200, [412, 200, 404, 204, 412])
    assert parts[1].headers["Preference-Applied"] == "return=representation"
    assert parts[1].body["lastname"] == "N"


async def test_a_part_may_have_a_longer_address_than_a_request_but_not_any(administrator: Caller) -> None:
    long, longest = (f"{CONTACTS}?$filter=lastname eq '{'x' * length}'" for length in (40_000, 70_000))
    alone = await administrator.get(f"https://{administrator.host}{long}")
    assert alone.status_code in (400, 414)
    status, parts = await batch(administrator, part("GET", long), part("GET", longest))
    assert (status, [each.status for each in parts]) == (400, [200, 414])


async def test_what_is_not_modelled_says_so_inside_a_batch_too(administrator: Caller) -> None:
    status, parts = await batch(administrator, part("POST", f"{ROOT}/Merge", {}))
    assert (status, parts[0].status) == (501, 501)
    assert "Merge" in parts[0].body["error"]["message"]


async def test_every_operation_is_checked_against_the_callers_own_privileges(
    integration: Caller, tenant: FakeTenant
) -> None:
    admit(tenant, {"prvReadContact": "Global"})
    status, parts = await batch(integration, part("GET", CONTACTS), part("POST", CONTACTS, {"lastname": "L"}))
    assert (status, [each.status for each in parts]) == (400, [200, 403])
    assert parts[1].code == "0x80040220"


@pytest.mark.parametrize(
    ("spoil", "boundary"),
    [
        (lambda text: text.replace("\r\n", "\n"), BOUNDARY),
        (lambda text: "\r\n" + text, BOUNDARY),
        (lambda text: "This is a preamble.\r\n" + text, BOUNDARY),
        (lambda text: text, f'"{BOUNDARY}"'),
        (lambda text: text.replace(f"{ROOT}/", ""), BOUNDARY),
    ],
    ids=["line feeds alone", "a leading line end", "a preamble", "a quoted boundary", "relative addresses"],
)
async def test_the_dialects_of_clients_in_use_are_understood(
    administrator: Caller, spoil: object, boundary: str
) -> None:
    assert callable(spoil)
    text = framed(
        [
            part("POST", CONTACTS, {"lastname": "Dialect"}),
            part("GET", f"{CONTACTS}?$filter=lastname eq 'Dialect'&$select=lastname"),
        ]
    )
    response = await send(administrator, spoil(text), boundary=boundary)
    parts = said(response)
    assert [each.status for each in parts] == [204, 200]
    assert len(parts[1].body["value"]) == 1


async def test_an_absolute_address_may_name_either_host_and_no_other(administrator: Caller) -> None:
    api_host = administrator.host.replace(".crm", ".api.crm", 1)
    _, parts = await batch(
        administrator,
        part("GET", f"https://{administrator.host}{ROOT}/WhoAmI()"),
        part("GET", f"https://{api_host}{ROOT}/WhoAmI()"),
        part("GET", f"https://elsewhere.crm4.dynamics.com{ROOT}/WhoAmI()"),
        part("GET", "https://[x/WhoAmI"),
        prefer="odata.continue-on-error",
    )
    assert [each.status for each in parts] == [200, 200, 404, 404]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "unexpected end of input while reading the batch payload"),
        ("--batch_b1\r\n", "unexpected end of input"),
        (f"--{BOUNDARY}\r\n{part('GET', CONTACTS)}\r\n", "unexpected end of input"),
        (framed(["Content-Type: text/plain\r\n\r\nhello"]), "The 'Content-Type' header value 'text/plain' is invalid."),
        (
            framed(["Content-Type: application/http\r\n\r\nGET contacts\r\n"]),
            "The request line 'GET contacts' is invalid.",
        ),
        (framed(["nonsense\r\n\r\n"]), "The message header 'nonsense' is invalid."),
        (framed([change_set(part("GET", CONTACTS, content_id="1"))]), "An invalid HTTP method 'GET' was detected"),
        (
            framed([change_set(part("DELETE", CONTACTS, content_id="1"), part("DELETE", CONTACTS, content_id="1"))]),
            "The content ID '1' was found more than once",
        ),
        (framed(["Content-Type: multipart/mixed\r\n\r\n"]), "must specify exactly one batch boundary"),
    ],
)
async def test_a_malformed_batch_is_one_refusal_and_not_a_batchs_answer(
    administrator: Caller, text: str, says: str
) -> None:
    response = await send(administrator, text)
    assert error(response) == (400, "0x80048d19")
    assert says in response.json()["error"]["message"]
    assert response.headers["Content-Type"].startswith("application/json")


async def test_a_batch_within_a_batch_is_refused(administrator: Caller) -> None:
    status, parts = await batch(administrator, part("POST", f"{ROOT}/$batch", {}))
    assert (status, parts[0].status) == (400, 400)


async def test_more_than_a_thousand_operations_are_refused_before_the_first(
    administrator: Caller, tenant: FakeTenant
) -> None:
    before = contacts(tenant)
    make, read = part("POST", "contacts", {"lastname": "L"}), part("GET", "WhoAmI")
    many = change_set(*(part("DELETE", CONTACTS, content_id=f"{each}") for each in range(1001)))
    for parts, says in (
        ([make] + [read] * 1000, "maximum number of '1000' query operations and change sets are allowed"),
        ([make, many], "A maximum number of '1000' operations are allowed in a change set."),
    ):
        refused = await send(administrator, framed(parts))
        assert refused.status_code == 400
        assert says in refused.json()["error"]["message"]
    assert contacts(tenant) == before


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
async def test_a_mangled_batch_never_breaks_the_service(
    administrator: Caller, tenant: FakeTenant, data: st.DataObject
) -> None:
    text = framed(
        [
            part("GET", f"{CONTACTS}?$top=1"),
            change_set(part("PATCH", f"{CONTACTS}(x)", {"lastname": "L"}, content_id="1")),
        ]
    )
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 40)))
        text = text[:start] + data.draw(st.text(max_size=6)) + text[end:]
    before = contacts(tenant)
    response = await send(administrator, text)
    assert response.status_code < 500 or response.status_code == 501
    assert contacts(tenant) == before
