"""Every operation and every refusal of the fakes is asked about by a fact, or stands here with the reason why not."""

import pytest

from contract_tests.facts.report import NONE, Page, pages

WITHOUT_FACT: dict[str, dict[str, str]] = {}
"""Service -> the beginning of a claim -> why no fact is about it. A new operation or refusal brings its fact along."""


@pytest.mark.parametrize("page", pages(kept=()), ids=lambda page: page.service)
def test_every_claim_has_a_fact(page: Page) -> None:
    excused = WITHOUT_FACT.get(page.service, {})
    bare = [each.what for each in (*page.successes, *page.refusals) if each.tier == NONE and each.counts]
    unexcused = [what for what in bare if not any(what.startswith(known) for known in excused)]
    assert unexcused == [], "write a fact for each, in contract_tests/facts/"
    idle = [known for known in excused if not any(what.startswith(known) for what in bare)]
    assert idle == [], "these have a fact by now: take them out"
