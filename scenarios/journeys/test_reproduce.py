"""A support engineer pastes what a customer sent, sees it happen, and hands on what somebody else can run."""

import json
import re
import subprocess
import sys
from datetime import date
from functools import cache, partial
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioning.problems import BadInput
from scenarios.failure_modes import FAILURE_MODES, FailureMode
from scenarios.pages import said_on_page
from scenarios.place import Place
from scenarios.reproducing.bundle import bundle_of, read_bundle, write_bundle
from scenarios.reproducing.comparing import Comparison
from scenarios.reproducing.original import Original, original_of
from scenarios.reproducing.redaction import scan
from scenarios.reproducing.reproduction import Reproduction, reproduce, reproduce_original
from scenarios.reproducing.written_test import write_test, written_test

_USER, _UNIT, _PRIVILEGE = (f"{digit * 8}-aaaa-4bbb-8ccc-{digit * 12}" for digit in "689")
_MISSING = (
    f"Principal user (Id={_USER}, type=8, roleCount=4, privilegeCount=557, accessMode=0,"
    f" MetadataCachePrivilegesCount=4977, businessUnitId={_UNIT}), is missing {{privilege}} privilege"
    f" (Id={_PRIVILEGE}) on OTC=2 for entity '{{table}}' (LocalizedName='{{label}}'). context.Caller={_USER}."
    " Consider adding missed privilege to one of the principal (user/team) roles."
)
_TODAY = date(2026, 3, 1)


def _pasted(code: str, message: str) -> str:
    return json.dumps({"error": {"code": code, "message": message}})


def _reproduced(text: str) -> Reproduction:
    return anyio.run(reproduce_original, original_of(text))


def _one_of_each_symptom() -> list[FailureMode]:
    """One failure mode of each answer: what answers alike is reproduced alike."""
    found: dict[tuple[str, int | None, str], FailureMode] = {}
    for mode in FAILURE_MODES.values():
        if mode.symptom.code:
            found.setdefault((mode.symptom.call, mode.symptom.status, mode.symptom.code), mode)
    return list(found.values())


@pytest.mark.parametrize("mode", _one_of_each_symptom(), ids=lambda mode: mode.name)
def test_what_a_failure_mode_answers_is_reproduced_from_its_paste_and_may_be_shared(mode: FailureMode) -> None:
    original = original_of(said_on_page(mode))
    made = anyio.run(reproduce_original, original)
    assert made.is_same, made.comparison and [str(each) for each in made.comparison.differences]
    assert made.after.healthy, made.after
    assert scan(bundle_of(made, original.place, original.privilege, _TODAY).model_dump_json()) == ()


@pytest.mark.parametrize(
    ("privilege", "table", "label"),
    [
        ("prvReadIncident", "incident", "Case"),
        ("prvAppendToContact", "contact", "Contact"),
        ("prvCreateContact", "contact", "Contact"),
    ],
)
def test_the_very_privilege_that_was_missing_is_missing_again(privilege: str, table: str, label: str) -> None:
    made = _reproduced(_pasted("0x80040220", _MISSING.format(privilege=privilege, table=table, label=label)))
    assert f"missing {privilege} privilege" in made.shown.words
    assert made.is_same
    assert made.after.healthy


def test_a_bundle_is_reproduced_as_the_paste_was() -> None:
    text = _pasted("0x80040220", _MISSING.format(privilege="prvAppendToContact", table="contact", label="Contact"))
    original = original_of(text)
    made = _reproduced(text)
    read = read_bundle(bundle_of(made, original.place, original.privilege, _TODAY).model_dump_json())
    assert read is not None
    again = anyio.run(reproduce_original, read.asked())
    assert again.is_same
    assert "missing prvAppendToContact privilege" in again.shown.words


def test_a_difference_in_words_is_marked() -> None:
    made = _reproduced(_pasted("0x80072560", "The user is surely not a member of the organization."))
    assert made.comparison is not None
    assert [str(each) for each in made.comparison.differences] == ["words: originally surely, reproduced nothing"]


def test_a_status_that_differs_is_marked() -> None:
    made = _reproduced(
        "HTTP/1.1 401 Unauthorized\n\n" + _pasted("0x80072560", "The user is not a member of the organization.")
    )
    assert made.comparison is not None
    assert [each.what for each in made.comparison.differences] == ["status"]


def test_the_customers_region_is_kept_and_its_name_is_not() -> None:
    paste = "GET https://acme.crm11.dynamics.com/api/data/v9.2/incidents\n" + _pasted(
        "0x80072560", "The user is not a member of the organization."
    )
    original = original_of(paste)
    assert original.place == Place("crm11")
    assert "acme" not in original.shown.words
    assert "environment-1.crm11.dynamics.com" in original.shown.words


def test_a_text_that_tells_no_cause_is_refused_with_the_next_step() -> None:
    with pytest.raises(BadInput, match="tells no cause"):
        original_of("it does not work")


_SOMEBODY = st.sampled_from([
    "alice.jones@acme.example", "Acme Holdings BV", "acme.crm4.dynamics.com", "acme.onmicrosoft.com", "10.20.30.40",
    "b7Q8Q~abcdefghijklmnopqrstuvwxyz0123456789", "6f1b2c3d-1111-4222-8333-944445555666", "hunter2-Pa55w0rd!",
    "ticket ACME-4711", "prvReadacme_secretproject", "acme_secretproject", "client_secret=Zm9vYmFyYmF6cXV4MTIz",
    "eyJhbGciOiJub25lIn0.eyJ1cG4iOiJhbGljZUBhY21lIn0.c2lnbmF0dXJlc2ln",
])  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    before=st.lists(_SOMEBODY, max_size=4),
    after=st.lists(_SOMEBODY, max_size=4),
    inside=_SOMEBODY | st.text(max_size=30),
)
def test_nobodys_name_and_no_secret_gets_into_a_bundle(before: list[str], after: list[str], inside: str) -> None:
    made = _known()
    message = f"{' '.join(before)} The user {inside} is not a member of the organization. {' '.join(after)}"
    original = Original(original_of(_pasted("0x80072560", message)).shown, ("dataverse.user_missing",), Place())
    compared = Reproduction(made.mode, made.verdict, made.after, "", Comparison(original.shown, made.shown))
    text = bundle_of(compared, Place(), "", _TODAY).model_dump_json()
    for somebody in ("acme", "alice", "jones", "10.20", "Q~", "6f1b2c3d", "hunter2", "Zm9v", "eyJ", "4711"):
        assert somebody.lower() not in text.lower()
    assert scan(text) == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mail bob@example.com", "an e-mail address"),
        ("key b7Q8Q~abcdefghijklmnopqrstuvwxyz0123456789", "a client secret"),
        ("see acme.crm4.dynamics.com", "a tenant's host"),
        ("id 6f1b2c3d-1111-4222-8333-944445555666", "an id"),
        ("t0k3n aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z", "a random-looking string"),
        ("from 10.20.30.40", "an IP address"),
    ],
)
def test_the_scan_finds_what_must_not_be_shared(text: str, kind: str) -> None:
    assert kind in {finding.kind for finding in scan(text)}


def test_a_bundle_that_fails_the_scan_is_not_written(tmp_path: Path) -> None:
    bundle = bundle_of(_known(), Place(), "", _TODAY)
    spoilt = bundle.model_copy(update={"differences": ("ask bob@example.com",)})
    with pytest.raises(BadInput, match="an e-mail address"):
        write_bundle(spoilt, tmp_path / "b.json")
    assert not (tmp_path / "b.json").exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"version": 2}, "version"),
        ({"failure_mode": "login.unheard_of"}, "login.unheard_of"),
        ({"region": "../../etc"}, "region"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_bundle_that_cannot_be_used_says_why(change: dict[str, object], why: str) -> None:
    whole = json.loads(bundle_of(_known(), Place(), "", _TODAY).model_dump_json())
    with pytest.raises(BadInput, match=re.escape(why)):
        read_bundle(json.dumps(whole | change))


def test_the_written_tests_pass_in_another_project(tmp_path: Path) -> None:
    lacking = "prvAppendToContact"
    made = anyio.run(partial(reproduce, "dataverse.role_lacks_privilege", lacking=lacking))
    write_test(_known(), Place("crm11"), "", tmp_path / "test_missing.py")
    write_test(made, Place(), lacking, tmp_path / "test_lacking.py")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    assert lacking in written_test(made, Place(), lacking)


def test_a_test_is_written_where_pytest_finds_it(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"test_….py"):
        write_test(_known(), Place(), "", tmp_path / "reproduction.py")


@cache
def _known() -> Reproduction:
    return anyio.run(reproduce, "dataverse.user_missing")
