"""A person's sign-in may come to any harm: the next run asks them again, and ends in the one right state."""

import pytest

from scenarios.convergence.harms import Harm
from scenarios.convergence.signing_in import Kind, converge_by_person


@pytest.mark.parametrize(("kind", "harm"), [("device_code", Harm.LOST_AFTER), ("browser", Harm.KILLED_AFTER)])
async def test_a_harm_to_any_request_of_a_sign_in_is_got_over(kind: Kind, harm: Harm) -> None:
    plain = await converge_by_person(kind, {})
    # Metadata, the code where there is one, the token, and for the second service a token by refresh.
    signing_in = [n for n, (_, address) in enumerate(plain.requests[:6]) if "login.microsoftonline.com" in address]
    assert plain.converged
    for number in signing_in:
        outcome = await converge_by_person(kind, {number: harm})
        story = f"request {number} {plain.requests[number]}: {outcome.census}, said {outcome.letters}"
        assert outcome.struck == {number}, story
        assert outcome.converged, story
        assert outcome.runs <= 2, story
