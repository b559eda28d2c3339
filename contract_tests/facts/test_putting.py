"""Putting a fact: how answers are heard, pages, redirects and items of a batch, and a token that tells a little later
what was given."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.facts.fact import Answered, NotAsked
from contract_tests.facts.in_process import fake_world
from contract_tests.facts.loading import facts
from contract_tests.facts.putting import Heard, Outcome, unlike
from contract_tests.facts.recording import Recorder
from contract_tests.facts.world import World
from mock_services.cloud import FakeCloud

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


@pytest.mark.parametrize(
    ("item", "status", "code"), [("1", 200, None), ("2", 424, "FailedDependency"), ("3", 207, "Whole")]
)
def test_an_item_of_a_batch_is_heard_as_if_it_had_come_by_itself(item: str, status: int, code: str | None) -> None:
    refused = {"error": {"code": "FailedDependency"}}
    told = [{"id": "2", "status": 424, "headers": {"Retry-After": "1"}, "body": refused}, {"id": "1", "status": 200}]
    whole = httpx.Response(207, json={"responses": told, "error": {"code": "Whole"}})
    heard = Heard.of(whole).item(item)
    assert heard.status == status
    assert (heard.body or {}).get("error", {}).get("code") == code
    assert heard.headers.get("retry-after") == ("1" if item == "2" else None)


async def test_signing_in_goes_on_until_the_token_tells_it(contract_cloud: FakeCloud, tmp_path: Path) -> None:
    tenant = contract_cloud.create_tenant("Northwind")
    async with fake_world(contract_cloud, tenant, tmp_path, patience_s=60) as world:
        begin = int((await world.now()).timestamp())

        def is_later(claims: dict[str, Any]) -> bool:
            return bool(claims["iat"] > begin + 10)

        await world.sign_in_until("operator", "graph", is_later)
        with pytest.raises(NotAsked, match="does not tell yet"):
            await world.sign_in_until("operator", "graph", lambda _claims: False)
    contract_cloud.drop(tenant)
