"""The journal keeps what people need to read, and no secret."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_services.journal import STRUCK, Journal

NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
JWT = "eyJ0eXAiOiJKV1QifQ.eyJhdWQiOiJodHRwczovL2dyYXBoIn0.c2lnbmF0dXJl"


def _everything(journal: Journal) -> str:
    return "\n".join(repr(entry) for entry in journal)


def _record(journal: Journal, **members: object) -> None:
    journal.record(at=NOW, service="login", method="POST", url="https://login/x", status=200, **members)  # type: ignore[arg-type] # spread of test data


@given(secret=st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=8, max_size=40))
def test_a_form_field_that_holds_a_secret_is_struck_out(secret: str) -> None:
    journal = Journal()
    _record(
        journal,
        request_body=urlencode({"client_id": "app", "client_secret": f"q~{secret}"}).encode(),
        request_type="application/x-www-form-urlencoded",
    )
    assert f"q~{secret}" not in _everything(journal)
    assert "client_id=app" in _everything(journal)


def test_a_refusals_code_is_read_and_an_authorization_code_is_not() -> None:
    journal = Journal()
    refusal = b'{"error":{"code":"Request_BadRequest","message":"no"}}'
    _record(journal, response_body=refusal, response_type="application/json")
    assert '"code": "Request_BadRequest"' in _everything(journal)

    form = urlencode({"grant_type": "authorization_code", "code": "0.AXoAfresh"}).encode()
    _record(journal, request_body=form, request_type="application/x-www-form-urlencoded")
    journal.record(at=NOW, service="login", method="GET", url="https://localhost/cb?code=0.AXoAfresh", status=200)
    assert "0.AXoAfresh" not in _everything(journal)


@given(
    secret=st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=8, max_size=40),
    depth=st.integers(0, 5),
)
def test_a_json_member_that_holds_a_secret_is_struck_out_at_any_depth(secret: str, depth: int) -> None:
    body: object = {"secretText": f"q~{secret}", "hint": "q~x"}
    for _ in range(depth):
        body = {"value": [body]}
    journal = Journal()
    _record(journal, response_body=json.dumps(body).encode(), response_type="application/json; charset=utf-8")
    assert f"q~{secret}" not in _everything(journal)
    assert '"hint": "q~x"' in _everything(journal)


def test_bearers_and_cookies_are_struck_out_of_headers_and_tokens_out_of_anything() -> None:
    journal = Journal()
    _record(
        journal,
        headers=[("Authorization", f"Bearer {JWT}"), ("Cookie", "a=b"), ("x-odd", JWT), ("Accept", "*/*")],
        response_body=f"your token {JWT} is bad".encode(),
        response_type="text/plain",
    )
    (entry,) = journal
    assert entry.request_headers == {"Authorization": STRUCK, "Cookie": STRUCK, "x-odd": STRUCK, "Accept": "*/*"}
    assert entry.response_body == f"your token {STRUCK} is bad"


def test_a_guarded_value_is_struck_out_wherever_it_turns_up() -> None:
    journal = Journal()
    journal.guard("s3cret-value")
    _record(journal, headers=[("x-note", "s3cret-value")], request_body=b"<a>s3cret-value</a>", request_type="text/xml")
    assert "s3cret-value" not in _everything(journal)


def test_the_journal_is_bounded_and_keeps_the_newest() -> None:
    journal = Journal(limit=3)
    for number in range(5):
        _record(journal, operation=f"call {number}")
    assert [entry.operation for entry in journal] == ["call 2", "call 3", "call 4"]


def test_a_body_that_only_claims_to_be_json_is_kept_as_text() -> None:
    journal = Journal()
    _record(journal, request_body=b"{broken", request_type="application/json")
    assert next(iter(journal)).request_body == "{broken"


@pytest.mark.parametrize("content_type", ["", "text/plain", "multipart/form-data", "application/json", "text/xml"])
def test_a_secret_in_a_body_of_another_kind_and_in_a_url_is_struck_out(content_type: str) -> None:
    journal = Journal()
    journal.record(
        at=NOW,
        service="login",
        method="POST",
        url="https://login/x?client_secret=q~typed&scope=a",
        status=400,
        request_body=b"client_id=app&client_secret=q~typed&Password=q~typed",
        request_type=content_type,
    )
    assert "q~typed" not in _everything(journal)
    assert "client_id=app" in _everything(journal)
    assert "scope=a" in _everything(journal)
