"""A program in another language, unmodified, told by its environment where Dynamics is."""

import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("raise-case.mjs")
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")


@pytest.fixture
def run(served):
    """Runs the program; Node before 22.21 knows no proxy, so it takes the localhost bases."""

    def run(title):
        return subprocess.run(
            [NODE, PROGRAM, title], env=served.environment(direct=True), capture_output=True, text=True
        )

    return run


def test_it_prints_the_number_of_the_case(run):
    done = run("Printer on fire")
    assert done.stdout.startswith("CAS-"), done.stderr


@pytest.mark.broken("login.secret_wrong")
def test_a_wrong_secret_ends_it_with_microsofts_own_words(run):
    done = run("Printer on fire")
    assert done.returncode == 1
    assert "AADSTS7000215" in done.stderr
