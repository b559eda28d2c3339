"""What a client secret and a certificate have in common: whose they are, and whether the token service takes them."""

from collections.abc import Set

from provisioning.graph import Application
from provisioning.patience import LOOKS
from provisioning.problems import Refused
from provisioning.step import Permit, Site, graph_permit


async def application_of(site: Site) -> Application | None:
    """The registration that this set-up's credential belongs to; None where this replica does not see it."""
    return await site.access.graph.application(site.thing("application").id)


async def may_pass(site: Site) -> Permit:
    """The same permission as for the registration."""
    return await graph_permit(site, "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy")


async def is_accepted(site: Site, young: Set[str]) -> bool:
    """Whether the token service takes the value at hand, asked anew each time.

    `young` are the codes by which a credential is refused that is not everywhere yet. Raises Refused for any other.
    """
    try:
        await site.integration().token(site.settings.environment_url, fresh=True)
    except Refused as problem:
        if problem.refusal.code in young:
            return False
        raise
    return True


async def is_accepted_somewhere(site: Site) -> bool:
    """Whether any replica of the token service takes the value at hand: a young one is not listed everywhere yet."""
    for _ in range(LOOKS):
        try:
            await site.integration().token(site.settings.environment_url, fresh=True)
        except Refused:
            continue
        return True
    return False
