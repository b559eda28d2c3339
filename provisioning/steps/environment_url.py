"""Guide step 6: the environment URL. Nothing is made; it is proven first, since later steps write there."""

from typing import Final

from provisioning.clouds import dataverse_host
from provisioning.dataverse import NOT_A_MEMBER
from provisioning.problems import DYNAMICS_ADMIN, NotPermitted, NotReached, Problem, Refused
from provisioning.receipt import Thing
from provisioning.step import Finding, Permit, Site, Step

NAME: Final = "environment_url"
# How the token service says that it knows no environment of this URL (AADSTS500011, AADSTS70011 and their kin).
_NO_SUCH_RESOURCE: Final = frozenset({"invalid_resource", "invalid_scope", "invalid_target"})


async def find(site: Site) -> Finding:
    """The environment that answers at the URL, known by its organization id; raises Problem where none does."""
    url = site.settings.environment_url
    try:
        me = await site.who_am_i()
    except (Refused, NotReached) as problem:
        if problem.said is not None and problem.said.service == "login" and problem.said.error not in _NO_SUCH_RESOURCE:
            raise  # the operator could not sign in, whatever the environment
        raise Problem(
            f"reach the environment {url}",
            problem.heard,
            whose_turn=DYNAMICS_ADMIN,
            remedy=f"write the right environment_url{await _others(site)}",
            said=problem.said,
        ) from None
    return Finding(Thing(me.organization, {"url": url}), detail=url)


async def make(site: Site, finding: Finding) -> Thing:
    """Never called: `find` returns the environment or raises."""
    del finding
    raise Problem(f"find the environment {site.settings.environment_url}", "it is not there")


async def unmake(site: Site, thing: Thing) -> None:
    """Nothing was made."""
    del site, thing


async def may_pass(site: Site) -> Permit:
    """Being a user of the environment is enough."""
    try:
        await site.who_am_i()
    except NotPermitted as problem:
        held = False if problem.said and problem.said.code == NOT_A_MEMBER else None
    except (Refused, NotReached):
        held = None
    else:
        held = True
    return Permit("to be a user of the environment", held, DYNAMICS_ADMIN)


async def _others(site: Site) -> str:
    """The environments that the operator can see, those with the same name first; "" where the list is closed."""
    environments = await site.access.environments()
    wished = dataverse_host(site.settings.environment_url.removeprefix("https://"))
    label = wished.label if wished else ""
    urls = sorted((e.url for e in environments), key=lambda url: (f"//{label}." not in url, url))
    return f"; this tenant has {', '.join(urls[:5])}" if urls else ""


STEP: Final = Step(NAME, "Check the environment URL", 6, (), find, make, unmake, may_pass)
