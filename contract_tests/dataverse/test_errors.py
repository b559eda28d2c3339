"""The catalogue of refusals, and how one is written on the wire."""

import re
from pathlib import Path

import pytest

import mock_services.dataverse
from contract_tests.dataverse.asking import Caller, error
from contract_tests.dataverse.batches import batch, part
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.refusals import ROWS, Row, is_known, row_of
from mock_services.dataverse.refusals.reserved import ROWS as RESERVED
from mock_services.quirks import Quirks
from mock_services.tenant import FakeTenant

SOURCES = sorted(Path(mock_services.dataverse.__file__).parent.rglob("*.py"))
EVERY = (*ROWS, *RESERVED)
# The server's own table of statuses: powerapps-docs compose-http-requests-handle-errors.md, by name.
STATUSES = {
    400: "0x80040203 0x80060890 0x8004f01f 0x80044410 0x80044330 0x8004432f 0x8004431a 0x80044331 0x8004700c 0x80041d33"
    " 0x80041d67 0x80040800 0x80040278 0x80041d1f 0x8004e023 0x80041409",
    401: "0x8004a102 0x8004a101 0x8004a103 0x8004a100 0x8004a105 0x80040204 0x80044300 0x80044308 0x80044302 0x80040277"
    " 0x800404d2",
    403: "0x80048405 0x8004f504 0x8004f507 0x8004f502 0x8004a110 0x8004ed43 0x80040256 0x8004020d 0x80040231 0x80040276"
    " 0x80040220 0x8004049e 0x800404bb 0x80048306 0x80042f09 0x80072560 0x80040225",
    404: "0x80040217 0x80060891",
    405: "0x80040227 0x8004023b 0x80040315",
    412: "0x80060882 0x80040237 0x80060892 0x80040333",
    413: "0x8004418a",
    429: "0x80072321 0x80072322 0x80072326",
    500: "0x80040216",
}


def filled(row: Row) -> str:
    """A row's text with something in every place."""
    return re.sub(r"\{(\w*)\}", r"some-\1", row.template)


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: each.name)
def test_every_code_that_the_service_names_is_in_the_catalogue(source: Path) -> None:
    named = set(re.findall(r"\"(0x[0-9a-f]{8})\"", source.read_text(encoding="utf-8"), re.IGNORECASE))
    assert [code for code in sorted(named) if not is_known(code)] == []


@pytest.mark.parametrize("status", STATUSES)
def test_the_status_follows_from_the_code_as_in_the_servers_own_table(status: int) -> None:
    for code in STATUSES[status].split():
        assert is_known(code), code
        assert Refusal(code, "").status == status, code


def test_a_code_outside_the_table_answers_400() -> None:
    assert Refusal("0x80040001", "").status == 400


@pytest.mark.parametrize("row", EVERY, ids=lambda each: f"{each.code or 'none'}: {each.template[:30]}")
def test_every_row_makes_an_envelope_and_is_found_again_by_its_text(row: Row) -> None:
    assert row.evidence.strip()
    refusal = Refusal(row.code, filled(row), status=row.status)
    found = row_of(row.code, row.status, refusal.message)
    assert found is not None
    assert (found.code, found.status, found.template) == (row.code, row.status, row.template)
    error = refusal.body(wants=lambda _name: True, activity="a")["error"]
    assert (error["code"], error["message"]) == (row.code, filled(row))
    assert error["@Microsoft.PowerApps.CDS.ErrorDetails.ApiExceptionHttpStatusCode"] == str(row.status)
    assert all(isinstance(value, str) for value in error.values())


def test_no_row_stands_twice() -> None:
    keys = [(row.code, row.status, row.template) for row in EVERY]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ('odata.include-annotations="*"', {"HelpLink", "InnerError.Message", "ErrorDetails.ApiDepthKey"}),
        ('odata.include-annotations="Microsoft.PowerApps.CDS.*"', {"HelpLink", "ErrorDetails.ApiDepthKey"}),
        ('odata.include-annotations="Microsoft.PowerApps.CDS.HelpLink"', {"HelpLink"}),
        (
            'odata.include-annotations="Microsoft.PowerApps.CDS.InnerError*,Microsoft.PowerApps.CDS.HelpLink"',
            {"HelpLink", "InnerError.Message"},
        ),
        ('odata.include-annotations="OData.Community.Display.V1.FormattedValue"', set()),
        ("return=representation", set()),
    ],
)
async def test_annotations_come_as_asked_for(administrator: Caller, wanted: str, seen: set[str]) -> None:
    url = "incidents(00000000-0000-4000-8000-000000000000)"
    alone = (await administrator.get(url, headers={"Prefer": wanted})).json()["error"]
    inner = part("GET", f"/api/data/v9.2/{url}", headers=[f"Prefer: {wanted}"])
    _, (in_batch,) = await batch(administrator, inner)
    for told in (alone, in_batch.body["error"]):
        names = {name.removeprefix("@Microsoft.PowerApps.CDS.") for name in told} - {"code", "message"}
        assert seen <= names
        assert (names == set()) == (seen == set())
        if "*" not in wanted:
            assert names == seen


async def test_the_annotations_tell_of_the_refusal(administrator: Caller) -> None:
    response = await administrator.get(
        "incidents(00000000-0000-4000-8000-000000000000)", headers={"Prefer": 'odata.include-annotations="*"'}
    )
    told = response.json()["error"]
    prefix = "@Microsoft.PowerApps.CDS."
    assert told[f"{prefix}ErrorDetails.ApiExceptionMesageName"] == "ObjectDoesNotExist"
    assert told[f"{prefix}ErrorDetails.ApiExceptionHttpStatusCode"] == "404"
    assert told[f"{prefix}ErrorDetails.ApiActivityIdKey"] == response.headers["REQ_ID"]
    assert told[f"{prefix}InnerError.Message"] == told["message"]
    assert told[f"{prefix}HelpLink"].endswith("Microsoft.Crm.CrmException%3a80040217&client=platform")


async def test_a_refusal_says_how_much_metadata_was_asked_for(administrator: Caller) -> None:
    for level in ("full", "minimal", "none"):
        accept = {"Accept": f"application/json;odata.metadata={level}"}
        refused = await administrator.get("no_such_set", headers=accept)
        assert refused.headers["Content-Type"] == f"application/json; odata.metadata={level}"


async def test_a_client_gets_its_cookies_once(administrator: Caller) -> None:
    first = await administrator.get("no_such_set", headers={"Cookie": "unrelated=1"})
    assert "ARRAffinity=" in first.headers["Set-Cookie"]
    assert "ReqClientId=" in first.headers["Set-Cookie"]
    again = await administrator.get("no_such_set", headers={"Cookie": "ARRAffinity=a; ReqClientId=b"})
    assert "Set-Cookie" not in again.headers


async def test_contested_codes_are_told_as_the_quirks_say(administrator: Caller, tenant: FakeTenant) -> None:
    unknown = "contacts?$select=nosuchcolumn"
    assert error(await administrator.get("no_such_set")) == (404, "0x80060888")
    assert error(await administrator.get(unknown)) == (400, "0x80060888")
    tenant.quirks.unknown_segment_code = "0x8006088a"
    tenant.quirks.unknown_property_code = "0x0"
    assert error(await administrator.get("no_such_set")) == (404, "0x8006088a")
    assert error(await administrator.get(unknown)) == (400, "0x0")
    assert error(await administrator.get("contacts?$skip=1")) == (400, "0x80060888")
    _, (in_batch,) = await batch(administrator, part("GET", "/api/data/v9.2/no_such_set"))
    assert (in_batch.status, in_batch.code) == (404, "0x8006088a")


def test_a_blocked_removal_is_told_with_the_status_of_the_quirk() -> None:
    refusal = Refusal("0x80040227", "")
    assert refusal.told_by(Quirks()).status == 405
    assert refusal.told_by(Quirks(delete_blocked_status=409)).status == 409
