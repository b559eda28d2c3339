"""The comparer: what is expected in words and placeholders, against what was told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.facts.comparing import differences
from contract_tests.facts.placeholders import UnknownVariable, filled, fits, variables_of

GUID = "2f1c7b52-90a4-4d8e-9b0f-3a6f1c2d4e5f"


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("<guid>", GUID), ("<guid>", GUID.upper()), ("<instant>", "2026-11-24T13:00:00.1234567Z"),
        ("<etag>", 'W/"12"'), ("<integer>", 3), ("<number>", 3.5), ("<bool>", False), ("<text>", "x"), ("<rest>", ""),
        ("<any>", None), ("<null>", None), ("<text?>", None), ("<list>", []), ("<object>", {}), ("<token>", "a.b.c"),
        ("Entity 'Contact' With Id = <guid> Does Not Exist", f"Entity 'Contact' With Id = {GUID} Does Not Exist"),
        ("form <https://example/scope>", "form <https://example/scope>"),
    ],
)  # fmt: skip
def test_a_placeholder_takes_its_kind(expected: str, got: Any) -> None:
    assert fits(expected, got)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("<guid>", "x"), ("<guid>", None), ("<guid>", [GUID]), ("<integer>", "3"), ("<integer>", True),
        ("<text>", ""), ("<text>", None), ("<null>", ""), ("<etag>", "12"), ("a.c", "abc"), ("<guid>.", GUID), ("x", 1),
    ],
)  # fmt: skip
def test_and_nothing_else(expected: str, got: Any) -> None:
    assert not fits(expected, got)


@pytest.mark.parametrize(
    ("expected", "got", "told"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": 1}, {"a": 2}, ["body.a: expected 1, was told 2"]),
        ({"a": 1}, {"a": True}, ["body.a: expected 1, was told True"]),
        ({"a": 1}, {}, ["body.a: expected 1, was told nothing"]),
        ({"a": "<absent>"}, {"a": 1}, ["body.a: expected nothing, was told 1"]),
        ({"a": {"b": "x"}}, {"a": []}, ["body.a: expected 'an object', was told []"]),
        ([{"a": 1}], [{"a": 1}, {"a": 1}], ["body: expected '1 items'"]),
        (["<each>", {"a": 1}], [{"a": 1}, {"a": 2}], ["body[1].a: expected 1, was told 2"]),
        (["<some>", {"a": 1}], [{"a": 3}, {"a": 1}], []),
        (["<some>", {"a": 1}], [{"a": 3}], ["body: expected \"one item like {'a': 1}\""]),
    ],
)
def test_differences_are_told_field_by_field(expected: Any, got: Any, told: list[str]) -> None:
    found = [str(each) for each in differences(expected, got)]
    assert len(found) == len(told)
    assert all(line.startswith(start) for line, start in zip(found, told, strict=True))


def test_only_what_is_mentioned_where_a_fact_says_so() -> None:
    assert [each.field for each in differences({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, only=True)] == ["body.a.c"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="abc {}", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet="abc", max_size=3), inner, max_size=3),
)


@given(JSON)
def test_everything_is_like_itself(value: Any) -> None:
    assert list(differences(value, value, only=True)) == []


@given(JSON, JSON)
def test_whatever_is_unlike_is_told_one_way_at_least(one: Any, other: Any) -> None:
    unlike = bool(list(differences(one, other, only=True)) or list(differences(other, one, only=True)))
    assert unlike == (one != other or (repr(one) != repr(other) and _differs_in_kind(one, other)))


def _differs_in_kind(one: Any, other: Any) -> bool:
    """True and 1 are equal in Python and not in JSON."""
    if isinstance(one, dict) and isinstance(other, dict):
        return any(_differs_in_kind(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return any(_differs_in_kind(*pair) for pair in zip(one, other, strict=True))
    return type(one) is not type(other)


def test_variables_are_filled_in_at_any_depth_and_doubled_braces_stay() -> None:
    wished = {"a {x}": ["{y.z}", {"b": "{{tenantid}} {0}"}]}
    assert variables_of(wished) == {"x", "y.z"}
    assert filled(wished, {"x": "1", "y.z": "2"}) == {"a 1": ["2", {"b": "{tenantid} {0}"}]}
    assert filled("<{ab*3}> {x} {n*0}{{m*2}}", {"x": "1"}) == "<ababab> 1 {{m*2}}"
    with pytest.raises(UnknownVariable, match=r"\{y\.z\}"):
        filled(wished, {"x": "1"})


def test_what_is_repeated_may_count_itself() -> None:
    assert filled("{ab*3}", {}) == "ababab"
    assert filled(["{<n>; *3}"], {}) == ["1; 2; 3; "]
