"""A pytest plugin that writes down which test met which operation and which refusal.

`python -m contract_tests.coverage` loads it. Tests of Hypothesis do not count: what they meet differs from run to run.
"""

import json
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.coverage.subjects import subjects
from mock_services.journal import Entry, Journal

Met = dict[str, dict[str, dict[str, list[str]]]]
"""Service -> `operations` or `refusals` -> key -> the tests."""


class Recorder:
    """What the tests of one process have met so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._subjects = subjects()
        self._test = ""
        self._met: dict[str, dict[str, dict[str, set[str]]]] = {
            each.name: {"operations": defaultdict(set), "refusals": defaultdict(set)} for each in self._subjects
        }
        self._watch_journals()
        for each in self._subjects:
            self._watch_refusals(each.name, each.refused, {id(row.of): name for name, row in each.rows.items()})

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Know whose doing the following is."""
        is_random = hasattr(getattr(item, "obj", None), "hypothesis") or "runTest" in item.name
        self._test = "" if is_random else item.nodeid.partition("[")[0]
        try:
            return (yield)
        finally:
            self._test = ""

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Leave what was met for the process that started the run."""
        worker = getattr(session.config, "workerinput", {}).get("workerid", "main")
        told = {
            service: {kind: {key: sorted(tests) for key, tests in keys.items()} for kind, keys in kinds.items()}
            for service, kinds in self._met.items()
        }
        (self._folder / f"{worker}.json").write_text(json.dumps(told))

    def _watch_journals(self) -> None:
        # Watched from outside, so that the fakes know nothing of it.
        watched: Any = Journal
        record = Journal.record

        def recorded(journal: Journal, **exchange: Any) -> Entry:
            entry = record(journal, **exchange)
            for each in self._subjects:
                if entry.service in {each.name, *each.journals} and entry.status < 400 and self._test:
                    door = each.door_of(entry.method, entry.url)
                    if door is not None and door in each.operations:
                        self._met[each.name]["operations"][door].add(self._test)
            return entry

        watched.record = recorded

    def _watch_refusals(self, service: str, refused: type[Exception], names: dict[int, str]) -> None:
        watched: Any = refused
        begin = watched.__init__

        def begun(self_: Any, *args: Any, **words: Any) -> None:
            begin(self_, *args, **words)
            name = names.get(id(self_.row))
            if self._test and name:
                self._met[service]["refusals"][name].add(self._test)

        watched.__init__ = begun


def pytest_addoption(parser: pytest.Parser) -> None:
    """The folder to write into."""
    parser.addoption("--record-coverage", metavar="FOLDER", help="write down which test met what into FOLDER")


def pytest_configure(config: pytest.Config) -> None:
    """Watch from the first test on."""
    folder = config.getoption("--record-coverage")
    if folder:
        config.pluginmanager.register(Recorder(Path(folder)), "coverage-recorder")
