"""The scheduled run against a tenant: no secret, no stranger's action, and never a write."""

import re
from pathlib import Path

WORKFLOW = Path(__file__).parents[2] / ".github" / "workflows" / "contract.yml"


def test_the_workflow_reads_only_and_trusts_nobody_else() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    assert {each.partition("@")[0] for each in re.findall(r"uses: (\S+)", text)} == {
        "actions/checkout", "actions/setup-python",
    }  # fmt: skip
    assert "--live-writes" not in text
    assert "secrets." not in text
    assert "contents: read" in text
    assert "id-token: write" in text
    assert "schedule:" in text
    assert "workflow_dispatch:" in text
    assert "pull_request" not in text, "a stranger's change must not run with the tenant's trust"
