"""How an answer is heard: pages as they are read, redirects by what they carry."""

import httpx
import pytest

from contract_tests.facts.fact import Answered
from contract_tests.facts.loading import facts
from contract_tests.facts.putting import Heard, Outcome, unlike
from contract_tests.facts.recording import Recorder
from contract_tests.facts.world import World

PAGE = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("kind", "text", "read"),
    [
        (PAGE, "The redirect URI &#39;http://x&#39;", "The redirect URI 'http://x'"),
        (PAGE, r'{"sErr":"URI \u0027http:\/\/x\u0027"}', r'{"sErr":"URI ' + "'" + r"http:\/\/x'" + '"}'),
        ("text/plain", "&#39;", "&#39;"),
    ],
)
def test_a_page_is_heard_as_it_is_read(kind: str, text: str, read: str) -> None:
    assert Heard.of(httpx.Response(200, text=text, headers={"content-type": kind})).text == read


@pytest.mark.parametrize("joint", ["?", "#"])
async def test_a_redirect_is_compared_by_what_it_carries(world: World, joint: str) -> None:
    told = httpx.Response(302, headers={"location": f"http://localhost/{joint}error=login_required&state=a%20b"})
    expected = Answered(status=302, query={"error": "login_required", "state": "a b", "code": "<absent>"})
    assert unlike(expected, Heard.of(told), world) == []
    other = Answered(status=302, query={"error": "consent_required"})
    assert [each.field for each in unlike(other, Heard.of(told), world)] == ["query.error"]


async def test_a_code_that_a_redirect_carries_is_not_recorded(world: World) -> None:
    fact = next(each for each in facts() if "code" in each.answer.query)
    secret = "1.AUnlikelyToBePublic"
    for expected in ("<text>", "<absent>"):
        asking = fact.model_copy(update={"answer": Answered(status=302, query={"code": expected, "error": "<absent>"})})
        heard = Heard(302, {}, None, "", {"code": secret, "error": "login_required", "more": "x"})
        kept = Recorder(facts()).keep(Outcome(asking, heard, ()), world.values)
        assert kept.query == {"code": "<text>", "error": "login_required"}
