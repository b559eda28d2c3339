"""Putting a fact: one answer out of a batch, and a token that tells a little later what was given."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.facts.fact import NotAsked
from contract_tests.facts.in_process import fake_world
from contract_tests.facts.putting import Heard
from mock_services.cloud import FakeCloud


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
