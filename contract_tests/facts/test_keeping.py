"""What is kept of an answer for a fact's next request."""

import httpx
import pytest

from contract_tests.facts.fact import NotAsked
from contract_tests.facts.keeping import kept_from

ID = "11112222-3333-4444-8555-666677778888"
PAGE = """<form><input type="hidden" name="other" value="no"><INPUT type='hidden' value='a&amp;b' name='flow'>
<input name="empty" value=""></form>""".replace("INPUT", "input")


@pytest.mark.parametrize(
    ("answer", "place", "kept"),
    [
        (httpx.Response(201, json={"id": ID, "appId": "other"}), "id", ID),
        (
            httpx.Response(
                204, headers={"OData-EntityId": f"https://x.crm4.dynamics.com/api/data/v9.2/contacts({ID})"}
            ),
            "id",
            ID,
        ),
        (httpx.Response(200, json={"value": [{"n": 1}, {"n": 2}]}), "body.value.1.n", "2"),
        (httpx.Response(200, headers={"ETag": 'W/"1"'}), "header.etag", 'W/"1"'),
        (httpx.Response(302, headers={"Location": "https://app/?code=a%2Bb&state=1"}), "query.code", "a+b"),
        (httpx.Response(302, headers={"Location": "https://app/#error=denied"}), "query.error", "denied"),
        (httpx.Response(200, html=PAGE), "input.flow", "a&b"),
    ],
)
def test_a_part_of_an_answer_is_kept(answer: httpx.Response, place: str, kept: str) -> None:
    assert kept_from(answer, place) == kept


@pytest.mark.parametrize(
    "place", ["id", "body.id", "body.value.0", "header.location", "query.code", "input.flow", "input.empty"]
)
@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"value": []}),
        httpx.Response(200, json=[]),
        httpx.Response(200, html=PAGE.replace("flow", "fl")),
        httpx.Response(204),
    ],
)
def test_a_part_that_is_not_there_ends_the_asking_in_words(answer: httpx.Response, place: str) -> None:
    with pytest.raises(NotAsked, match=f"told no {place}"):
        kept_from(answer, place)
