"""`d365 contract report`: what the fakes claim, and on what evidence."""

from pathlib import Path

from d365 import console
from provisioning.problems import BadInput


def show_report(*, as_json: bool, html: Path | None) -> None:
    """Print the report, or write it as one page. Raises BadInput for a page that cannot be written."""
    from contract_tests.facts import report, report_pages

    told = report.pages()
    if html is not None:
        try:
            html.write_text(report_pages.html(told), encoding="utf-8")
        except OSError as problem:
            reason = (problem.strerror or "no access").lower()
            raise BadInput("--html", f"names {html}, which cannot be written ({reason})", "name another file") from None
    if as_json:
        console.say_json(report.as_json(told))
        return
    out = console.console()
    for kind in ("successes", "refusals"):
        out.print(f"\n{kind}", style="bold")
        for page in told:
            number = report.counts(page, getattr(page, kind))
            by_tier = ", ".join(f"{count} {tier}" for tier, count in number.items() if count and tier != "all")
            out.print(f"  {page.title:<18} {number['all']:>4}: {by_tier}", markup=False)
    out.print("\nlive: a tenant was asked; none: no fact is about it. Each claim: --json, --html FILE, docs/contract.")
