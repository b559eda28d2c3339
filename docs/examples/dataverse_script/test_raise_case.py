"""The script, unmodified: in this process, and as the program that it is."""

import subprocess
import sys
from pathlib import Path

import pytest

import raise_case


def test_it_prints_the_number_of_the_case(served, capsys):
    raise_case.main("Printer on fire")
    assert capsys.readouterr().out.startswith("CAS-")


@pytest.mark.broken("dataverse.role_lacks_privilege")
def test_a_role_that_does_not_suffice_ends_it(served):
    script = Path(raise_case.__file__)
    done = subprocess.run([sys.executable, script, "Printer on fire"], capture_output=True, text=True)
    assert done.returncode != 0
    assert "is missing prv" in done.stderr
