"""Several harms in one set-up, at every pace of replication, and two engines at once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_services.state.replicas import PRESETS
from scenarios.convergence.converging import converge, race
from scenarios.convergence.harms import Harm

_HARMS = st.dictionaries(st.integers(0, 45), st.sampled_from(Harm), min_size=2, max_size=4)
_TURNS = st.lists(st.integers(0, 6), min_size=1, max_size=8)


@settings(max_examples=12)
@given(harms=_HARMS, pace=st.sampled_from(sorted(PRESETS)))
async def test_several_harms_at_any_pace_leave_one_of_everything(harms: dict[int, Harm], pace: str) -> None:
    outcome = await converge(harms, pace=pace)
    assert outcome.converged, f"{outcome.census} healthy: {outcome.healthy} said: {outcome.letters}"


@settings(max_examples=6)
@given(first=_TURNS, second=_TURNS, pace=st.sampled_from(["immediate", "typical"]))
async def test_two_engines_at_once_make_one_of_everything_and_a_secret_each(
    first: list[int], second: list[int], pace: str
) -> None:
    outcomes, census = await race([first, second], pace=pace)
    assert [outcome.healthy for outcome in outcomes] == [True, True], [outcome.letters for outcome in outcomes]
    assert (census.applications, census.principals, census.grants) == (1, 1, 1)
    assert (census.users, census.roles, census.assignments) == (1, 1, 1)
    assert (census.secrets, census.orphans) == (2, ())
