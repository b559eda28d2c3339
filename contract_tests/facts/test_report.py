"""The report counts successes and refusals apart, and only a tenant's own words make a claim `live`."""

from collections.abc import Iterable
from datetime import date

import pytest

from contract_tests.facts import report, report_pages
from contract_tests.facts.fact import Accepted
from contract_tests.facts.loading import facts
from contract_tests.facts.recording import Kept, Recording
from contract_tests.facts.report import Claim

ANEW = "run `python -m contract_tests.facts`"


def claim(claims: Iterable[Claim], fact: str) -> Claim:
    return next(each for each in claims if fact in each.facts)


def recording(of: str, *names: str) -> Recording:
    answers = {name: Kept(status=200) for name in names}
    return Recording.model_validate({"recorded": date(2027, 1, 2), "of": of, "cloud": "public", "answers": answers})


def test_the_pages_are_those_of_todays_facts() -> None:
    for name, text in report_pages.rendered(report.pages()).items():
        assert (report_pages.FOLDER / name).read_text(encoding="utf-8") == text, ANEW


def test_nothing_is_live_that_no_tenant_has_said() -> None:
    login = report.pages(kept=())[0]
    assert claim(login.refusals, "login.secret_wrong").tier == "reported"
    assert not any(each.tier == "live" for page in report.pages(kept=()) for each in (*page.successes, *page.refusals))


@pytest.mark.parametrize(
    ("of", "tier", "seen"), [("tenant", "live", "2027-01-02"), ("stand-in", "reported", "2024-12")]
)
def test_a_tenants_answer_makes_a_claim_live_and_a_stand_ins_does_not(of: str, tier: str, seen: str) -> None:
    login = report.pages(kept=(recording(of, "login.secret_wrong"),))[0]
    told = claim(login.refusals, "login.secret_wrong")
    assert (told.tier, told.seen) == (tier, seen)


def test_an_accepted_difference_is_told_with_its_reason_and_its_day() -> None:
    passing = Accepted(
        fact="login.secret_wrong", field="body.error", reason="newer words, asked about", look_again=date(2027, 3, 1)
    )
    told = claim(report.pages(let_pass=(passing,))[0].refusals, "login.secret_wrong")
    assert told.differences == ("body.error: newer words, asked about (look again by 2027-03-01)",)


def test_a_planned_fault_counts_nowhere() -> None:
    login = report.pages()[0]
    (fault,) = [each for each in login.refusals if not each.counts]
    assert "AADSTS90033" in fault.what
    assert report.counts(login, login.refusals)["all"] == len(login.refusals) - 1


def test_every_fact_is_in_one_claim() -> None:
    told = [name for page in report.pages() for each in (*page.successes, *page.refusals) for name in each.facts]
    assert len(told) == len(set(told))
    shapes = {fact.name for fact in facts()} - set(told)
    assert all(fact.is_refusal and not fact.refusal for fact in facts() if fact.name in shapes)


def test_what_another_service_tells_of_an_operation_counts_for_that_operation() -> None:
    portal = next(page for page in report.pages() if page.service == "portal")
    assert {"portal.consented", "portal.consent_grants_scopes"} <= set(
        claim(portal.successes, "portal.consented").facts
    )


def test_the_page_for_people_shows_what_is_said_as_text() -> None:
    page = report_pages.html(report.pages())
    assert "AADSTS7000215" in page
    assert "<guid>" not in page, "placeholders are text, not markup"
