"""However an error is wrapped, cut, escaped or surrounded, it stays the same error."""

import html
import json
import textwrap
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioning.explaining.explanation import Explanation, explain

TAIL = "Trace ID: 8c95acf1-cc04-40a1-ad14-481862cf1801 Correlation ID: d65574ea-000b-4526-8595-ddaae8b4250d"
KNOWN = {
    "login.secret_wrong": f"AADSTS7000215: Invalid client secret provided. Ensure the secret is right. {TAIL}",
    "login.secret_expired": f"AADSTS7000222: The provided client secret keys for app 'x' are expired. {TAIL}",
    "login.client_unknown": "AADSTS700016: Application with identifier 'x' was not found in the directory 'Contoso'.",
    "login.consent_missing": "AADSTS65001: The user or administrator has not consented to use the application.",
    "login.federated_credential_problem": "AADSTS700213: No matching federated identity record found for assertion.",
    "dataverse.user_missing": '{"error":{"code":"0x80072560","message":"The user is not a member of the'
    ' organization."}}',
    "dataverse.privilege_missing": '{"error":{"code":"0x80040220","message":"Principal user (Id=x, type=8) is missing'
    ' prvReadIncident privilege (Id=y) on OTC=112 for entity \'incident\'. context.Caller=x."}}',
    "dataverse.no_role": '{"error":{"code":"0x80042f09","message":"RetrievePrivilegeForUser: The user with id x has not'
    ' been assigned any roles. They need a role with the prvReadIncident privilege."}}',
    "dataverse.throttled": '{"error":{"code":"0x80072322","message":"Number of requests exceeded the limit of 6000."}}',
    "graph.permission_missing": '{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to'
    ' complete the operation."}}',
    "graph.policy_blocks_secret": '{"error":{"code":"CredentialInvalidLifetimeAsPerAppPolicy","message":"Credential'
    " lifetime exceeds the max value allowed as per assigned policy 'x'.\"}}",
}  # fmt: skip
WRAPPINGS: dict[str, Callable[[str], str]] = {
    "JSON in JSON": lambda text: json.dumps({"body": text}),
    "JSON in JSON in JSON": lambda text: json.dumps({"log": json.dumps({"body": text})}),
    "a Python repr": lambda text: repr({"reason": text}),
    "a redirect": lambda text: f"https://localhost/?error=x&error_description={quote_plus(text)}",
    "percent signs": quote,
    "percent signs twice": lambda text: quote(quote(text)),
    "HTML": lambda text: f"<p>{html.escape(text)}</p>",
    "narrow lines": lambda text: textwrap.fill(text, 40, break_long_words=False, break_on_hyphens=False),
    "terraform's frame": lambda text: "\n".join(
        f"│ {line}" for line in textwrap.wrap(text, 60, break_on_hyphens=False)
    ),
    "a terminal's width": lambda text: "\n".join(text[at : at + 80] for at in range(0, len(text), 80)),
    "a narrow console with indents": lambda text: "\n".join(
        " " * 30 + text[at : at + 49] for at in range(0, len(text), 49)
    ),
    "a quote": lambda text: "\n".join(f"> {line}" for line in textwrap.wrap(text, 70, break_on_hyphens=False)),
    "a log line": lambda text: f"2024-03-05T13:14:55.123Z ERROR [worker-3] request failed: {text}",
    "a terminal's colours": lambda text: f"\x1b[31mERROR\x1b[0m \x1b[1m{text}\x1b[0m",
    "a .NET chain": lambda text: (
        f"System.AggregateException: One or more errors occurred. ---> Foo.Bar: {text}\n   at X.Y()"
    ),
    "a Java chain": lambda text: (
        f"java.lang.RuntimeException: oops\n\tat a.b.C\nCaused by: a.b.D: {text}\n\t... 12 more"
    ),
    "Markdown": lambda text: f"I get this:\n```\n{text}\n```\nAny **idea**?",
    "upper-case hexadecimal": lambda text: text.replace("0x80072560", "0X80072560").replace(
        "0x80040220", "0x80040220".upper()
    ),
}
NOISE = st.text(st.characters(codec="utf-8"), max_size=300).filter(lambda text: explain(text).causes == ())


def family(explanation: Explanation) -> str:
    return explanation.causes[0].family if explanation.causes else ""


@pytest.mark.parametrize("wrapping", WRAPPINGS.values(), ids=WRAPPINGS)
@pytest.mark.parametrize(("known", "text"), KNOWN.items(), ids=KNOWN)
def test_a_wrapped_error_stays_what_it_is(known: str, text: str, wrapping: Callable[[str], str]) -> None:
    assert family(explain(wrapping(text))) == known


CUTTING = {"a terminal's width", "a narrow console with indents", "terraform's frame", "a quote"}
"""What cuts lines; a text that was cut twice is beyond repair."""


@given(
    known=st.sampled_from(sorted(KNOWN)),
    outer=st.lists(
        st.sampled_from(sorted(set(WRAPPINGS) - {"narrow lines", "a Python repr"})), min_size=1, max_size=2
    ).filter(lambda names: sum(name in CUTTING for name in names) < 2),
)
@settings(max_examples=60, deadline=None)
def test_two_wrappings_are_undone_as_well_as_one(known: str, outer: list[str]) -> None:
    text = KNOWN[known]
    for name in outer:
        text = WRAPPINGS[name](text)
    assert family(explain(text)) == known


@given(known=st.sampled_from(sorted(KNOWN)), before=NOISE, after=NOISE)
@settings(max_examples=60, deadline=None)
def test_noise_around_it_changes_nothing(known: str, before: str, after: str) -> None:
    assert family(explain(f"{before}\n{KNOWN[known]}\n{after}")) == known


@given(known=st.sampled_from(sorted(KNOWN)), kept=st.floats(0.55, 1))
@settings(max_examples=60, deadline=None)
def test_a_cut_tail_is_enough_while_the_code_is_there(known: str, kept: float) -> None:
    text = KNOWN[known]
    assert family(explain(text[: max(60, int(len(text) * kept))])) == known


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
@settings(max_examples=200, deadline=None)
def test_no_text_raises(text: str) -> None:
    explain(text).to_json()


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
@settings(max_examples=60, deadline=None)
def test_no_json_raises(value: object) -> None:
    explain(json.dumps({"log": value, "error": value})).to_json()


def test_a_code_cut_by_the_terminal_is_joined() -> None:
    assert family(explain("ERROR: AADSTS70002\n    15: Invalid client secret")) == "login.secret_wrong"
    assert family(explain("Dataverse said 0x800725\n  60 and no more")) == "dataverse.user_missing"


@pytest.mark.parametrize("written", ["-2147220960", "\u22122147220960", "0x80040220", "0X80040220", "80040220"])
def test_a_dataverse_code_may_be_written_in_every_way(written: str) -> None:
    explanation = explain(f"Dynamics 365: ErrorCode: {written}")
    assert family(explanation) == "dataverse.privilege_missing"
    assert explanation.facts.codes == ["0x80040220"]


def test_of_a_long_log_the_error_is_found_wherever_it_is() -> None:
    line = "2024-03-05 13:14:55 INFO GET https://contoso.crm4.dynamics.com/api/data/v9.2/contacts 200 in 34 ms\n"
    for before, after in ((0, 12_000), (6_000, 6_000), (12_000, 0)):
        assert (
            family(explain(line * before + KNOWN["dataverse.user_missing"] + "\n" + line * after))
            == "dataverse.user_missing"
        )


@pytest.mark.parametrize(
    "unit",
    ["a", "\\", "%25", "a+", "1", "-", "eyJ", "secret: ", "tenant '", "with id = ", "https://", "user with object id "],
)
def test_a_monotonous_text_is_read_to_its_end(unit: str) -> None:
    """What sends a careless pattern off for hours: the suite would not end."""
    assert explain(unit * (60_000 // len(unit))).causes == ()
