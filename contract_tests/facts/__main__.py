"""`python -m contract_tests.facts`: write the pages of docs/contract anew."""

import sys

from contract_tests.facts.report import pages
from contract_tests.facts.report_pages import FOLDER, write


def main() -> int:
    """Always 0; what is wrong with a fact is raised."""
    write(pages())
    sys.stdout.write(f"written: {FOLDER}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
