"""The report as pages: Markdown under docs/contract, and one HTML page."""

from html import escape
from pathlib import Path
from typing import Final

from contract_tests.facts.fact import TIERS
from contract_tests.facts.report import NONE, Claim, Page, counts

FOLDER: Final = Path(__file__).parents[2] / "docs" / "contract"
_SHOWN: Final = (*reversed(TIERS), NONE)
_MADE: Final = "Made by `python -m contract_tests.facts`; do not edit.\n"
_INTRODUCTION: Final = """\
# On what evidence

Made by `python -m contract_tests.facts`; do not edit. `d365 contract report` prints the same. How it is made, and how a
tenant is asked: [docs/contract.md](../contract.md).

An operation's success and a refusal are different claims, counted apart. The tier is that of the best evidence: `live`,
a tenant was asked by this contract; `recorded`, a public recording or whole body; `reported`, quoted in public;
`documented`; `inferred`, by analogy or memory; `none`, no fact is about it (its row's evidence is shown all the same).
A refusal that only a planned fault brings about counts nowhere.
"""


def rendered(told: tuple[Page, ...]) -> dict[str, str]:
    """File name -> Markdown."""
    parts = [_INTRODUCTION]
    for kind in ("successes", "refusals"):
        parts.append(f"\n## {kind.capitalize()}\n\n| service | all | {' | '.join(_SHOWN)} | page |")
        parts.append(f"|{'---|' * (len(_SHOWN) + 3)}")
        for page in told:
            number = counts(page, getattr(page, kind))
            cells = " | ".join(str(number[each]) for each in ("all", *_SHOWN))
            parts.append(f"| {page.title} | {cells} | [{page.service}.md]({page.service}.md) |")
    return {"README.md": "\n".join(parts) + "\n", **{f"{page.service}.md": _markdown(page) for page in told}}


def write(told: tuple[Page, ...], folder: Path = FOLDER) -> None:
    """Write the Markdown pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in rendered(told).items():
        (folder / name).write_text(text, encoding="utf-8")


def html(told: tuple[Page, ...]) -> str:
    """The whole report as one page that needs nothing else."""
    body = []
    for page in told:
        body.append(f"<h2>{escape(page.title)}</h2>")
        for kind in ("successes", "refusals"):
            claims = getattr(page, kind)
            number = counts(page, claims)
            told_ = ", ".join(f"{number[each]} {each}" for each in _SHOWN if number[each])
            body.append(f"<h3>{kind.capitalize()}: {number['all']}</h3><p>{told_}</p>")
            head = "".join(f"<th>{each}</th>" for each in ("claim", "tier", "seen", "source", "facts", "differences"))
            rows = "".join(_row(each) for each in claims)
            body.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
    return _HTML.replace("BODY", "\n".join(body))


def _markdown(page: Page) -> str:
    parts = [f"# {page.title}: on what evidence\n", _MADE]
    for kind in ("successes", "refusals"):
        parts.append(f"## {kind.capitalize()}\n\n| claim | tier | seen | source | facts | differences |")
        parts.append("|---|---|---|---|---|---|")
        for each in getattr(page, kind):
            tier = each.tier if each.counts else "not counted"
            cells = (
                each.what,
                tier,
                each.seen or "-",
                each.source or "-",
                _names(each),
                "; ".join(each.differences) or "-",
            )
            parts.append("| " + " | ".join(_cell(text) for text in cells) + " |")
        parts.append("")
    return "\n".join(parts)


def _names(claim: Claim) -> str:
    return ", ".join(name.partition(".")[2] for name in claim.facts) or "-"


def _row(claim: Claim) -> str:
    tier = claim.tier if claim.counts else "not counted"
    cells = (claim.what, tier, claim.seen, claim.source, _names(claim), "; ".join(claim.differences))
    told = "".join(f"<td>{escape(text)}</td>" for text in cells)
    return f'<tr class="{tier.replace(" ", "-")}">{told}</tr>'


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\r\n", " ").replace("\n", " ")


_HTML: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Contract report</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { border-bottom: 1px solid #ddd; padding: .3rem .5rem; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
th:first-child { width: 34%; } th:nth-child(2), th:nth-child(3) { width: 7%; }
.none td:nth-child(2), .inferred td:nth-child(2) { color: #b00020; }
.live td:nth-child(2), .recorded td:nth-child(2) { color: #06662b; }
.not-counted { color: #777; }
</style>
</head>
<body>
<h1>Contract report</h1>
<p>Successes and refusals are counted apart. What only a planned fault brings about is never counted.</p>
BODY
</body>
</html>
"""
