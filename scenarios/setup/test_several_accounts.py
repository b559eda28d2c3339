"""Several people have signed in: which of them is meant is a question, and not a guess."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mock_services.cloud import FakeCloud
from provisioning.engine import Engine
from provisioning.person import AtTerminal
from provisioning.person_sign_in import Remembered
from provisioning.problems import Problem
from provisioning.settings import Operator
from scenarios.setup.scripted_person import ScriptedPerson, second_administrator

GRAPH = "https://graph.microsoft.com"


async def test_a_second_person_is_a_question_and_not_a_guess(
    engine_as: Callable[..., Engine], cloud: FakeCloud, tenant: Any, person: ScriptedPerson
) -> None:
    second = second_administrator(cloud, tenant)
    remembered = Remembered()
    for somebody in (person, second):
        # Signed in under their own name, they are not taken for each other.
        operator = Operator(sign_in="device_code", username=somebody.username)
        await engine_as(operator, somebody, remembered).access.sign_in.token(GRAPH)
        assert len(somebody.shown) == 1

    asked = ScriptedPerson(cloud, "", "", picks=second.username)
    sign_in = engine_as(Operator(sign_in="browser"), asked, remembered).access.sign_in
    assert (await sign_in.claims(GRAPH))["upn"] == second.username
    assert (await sign_in.claims("https://service.powerapps.com"))["upn"] == second.username
    assert [choices for _, choices in asked.asked] == [tuple(sorted([person.username, second.username]))]
    assert asked.shown == []

    named = engine_as(Operator(sign_in="browser", username=person.username), asked, remembered).access.sign_in
    assert (await named.claims(GRAPH))["upn"] == person.username
    assert len(asked.asked) == 1


async def test_at_a_terminal_a_code_goes_to_standard_error_and_a_choice_takes_number_or_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("2\nME@contoso.example\nsomebody\n"))
    await AtTerminal().show_code("https://login.microsoft.com/device", "ABC", lasts=timedelta(minutes=15))
    said = capsys.readouterr()
    assert said.out == ""
    assert "enter the code ABC within 15 minutes" in said.err
    accounts = ["me@contoso.example", "you@contoso.example"]
    assert await AtTerminal().choose("Who?", accounts) == "you@contoso.example"
    assert await AtTerminal().choose("Who?", accounts) == "me@contoso.example"
    with pytest.raises(Problem, match="somebody is none of me@contoso"):
        await AtTerminal().choose("Who?", accounts)


async def test_without_a_terminal_nobody_is_there_to_choose(
    engine_as: Callable[..., Engine], cloud: FakeCloud, tenant: Any, person: ScriptedPerson
) -> None:
    remembered = Remembered()
    for somebody in (person, second_administrator(cloud, tenant)):
        operator = Operator(sign_in="device_code", username=somebody.username)
        await engine_as(operator, somebody, remembered).access.sign_in.token(GRAPH)
    with pytest.raises(Problem, match=r"nobody is there to choose .*--account"):
        await engine_as(Operator(sign_in="device_code"), None, remembered).access.sign_in.token(GRAPH)
