"""`d365 contract report`: for people, for programs, and as a page."""

import json
from pathlib import Path

from scenarios.journeys.conftest import Run


def test_the_report_is_printed_for_programs_and_written_as_a_page(d365: Run, tmp_path: Path) -> None:
    done = d365("contract", "report", "--json", "--html", "report.html")
    assert done.returncode == 0, done.stderr
    told = {each["service"]: each for each in json.loads(done.stdout)["services"]}
    assert told.keys() == {"login", "graph", "dataverse", "power_platform", "management", "portal"}
    assert told["dataverse"]["refusals"]["counts"]["recorded"] > 5
    assert told["dataverse"]["refusals"]["counts"]["live"] == 0, "no tenant has been asked yet"
    assert "AADSTS7000215" in (tmp_path / "report.html").read_text()


def test_a_page_that_cannot_be_written_is_one_sentence(d365: Run) -> None:
    done = d365("contract", "report", "--html", "no/such/folder/page.html")
    assert done.returncode == 2
    assert "--html names no/such/folder/page.html" in done.stderr
    assert "Traceback" not in done.stderr
