"""`python -m contract_tests.coverage`: run the contract tests of the services with tables, and write the pages anew."""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from contract_tests.coverage.pages import FOLDER, write
from contract_tests.coverage.recording import Met
from contract_tests.coverage.subjects import subjects


def main() -> int:
    """The exit code of the tests; the pages are written when they pass."""
    folders = [f"contract_tests/{each.name}" for each in subjects()]
    with tempfile.TemporaryDirectory() as folder:
        plugin = ["-p", "contract_tests.coverage.recording", "--record-coverage", folder]
        run = [sys.executable, "-m", "pytest", "-q", *plugin, *folders]
        # CI: Hypothesis tries the same examples every time.
        code = subprocess.run(run, env={**os.environ, "CI": "true"}, check=False).returncode  # noqa: S603 - our own
        if code == 0:
            write(_joined(Path(folder)))
            sys.stdout.write(f"written: {FOLDER}\n")
    return code


def _joined(folder: Path) -> Met:
    joined: dict[str, dict[str, dict[str, set[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for file in sorted(folder.glob("*.json")):
        for service, kinds in json.loads(file.read_text()).items():
            for kind, keys in kinds.items():
                for key, tests in keys.items():
                    joined[service][kind][key] |= set(tests)
                joined[service][kind].setdefault("", set())
    return {
        service: {kind: {key: sorted(tests) for key, tests in keys.items() if key} for kind, keys in kinds.items()}
        for service, kinds in joined.items()
    }


if __name__ == "__main__":
    raise SystemExit(main())
