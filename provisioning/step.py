"""What a set-up step is: a small record of functions, and the site they work on.

Only the engine loops, waits, records and undoes; a step looks, makes once, or unmakes once, and lets problems out.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import SecretStr

from provisioning.access import Access
from provisioning.clock import Clock
from provisioning.dataverse import Identity
from provisioning.graph import DATAVERSE_APP, ServicePrincipal
from provisioning.permits import need_and_held
from provisioning.problems import DYNAMICS_ADMIN, ENTRA_ADMIN, NotPermitted, Problem, Refused
from provisioning.receipt import Asked, Receipt, Thing
from provisioning.settings import Integration, Settings
from provisioning.sign_in import SignIn
from provisioning.transport import Transport
from provisioning.vault import Vault

# What everything made by this engine carries, where the vendor gives a place for it.
MARKER: Final = "d365-harness"


@dataclass
class Site:
    """One set-up under way: what is wished, who works on it, and what the earlier steps came to."""

    settings: Settings
    access: Access
    transport: Transport
    clock: Clock
    receipt: Receipt
    secret: SecretStr | None = None  # the secret's value, where it is known
    vault: Vault | None = None
    things: dict[str, Thing] = field(default_factory=dict)
    _business_unit: str = ""
    _dataverse_principal: ServicePrincipal | None = None
    _operator_privileges: frozenset[str] | None = None
    _integration: SignIn | None = None
    _identity: Identity | None = None

    def thing(self, step: str) -> Thing:
        """What an earlier step found or made."""
        if step not in self.things:
            raise Problem(f"use what the step {step} makes", "it was not run")
        return self.things[step]

    def recorded(self, step: str) -> Thing | None:
        """What the receipt knows of a step from an earlier run."""
        return self.receipt.thing(step)

    def asked(self, step: str) -> Asked | None:
        """What a step asked for earlier without learning the outcome."""
        return self.receipt.asked(step)

    def made_here(self, step: str, id_: str) -> bool:
        """Whether something that was found was made by us: recorded so, or asked for and never heard of again."""
        known = self.recorded(step)
        if known is not None and known.id == id_:
            return known.ours
        asked = self.asked(step)
        return asked is not None and asked.creating

    async def business_unit(self) -> str:
        """The id of the business unit that user and role belong to."""
        if not self._business_unit:
            name = self.settings.business_unit
            environment = self.access.dataverse
            found = environment.root_business_unit() if name == "root" else environment.business_unit_named(name)
            self._business_unit = await found
        return self._business_unit

    async def dataverse_principal(self) -> ServicePrincipal | None:
        """Dataverse's own service principal in this tenant; once seen it is not asked for again."""
        if self._dataverse_principal is None:
            self._dataverse_principal = await self.access.graph.service_principal(DATAVERSE_APP)
        return self._dataverse_principal

    async def who_am_i(self) -> Identity:
        """Who the environment takes the operator for; asked once."""
        if self._identity is None:
            self._identity = await self.access.dataverse.who_am_i()
        return self._identity

    async def operator_privileges(self) -> frozenset[str]:
        """What the operator's own roles in the environment hold, in lower case."""
        if self._operator_privileges is None:
            held = await self.access.dataverse.privileges_of_user((await self.who_am_i()).user)
            self._operator_privileges = frozenset(privilege.name.lower() for privilege in held)
        return self._operator_privileges

    def take_secret(self, value: str) -> None:
        """From now on this is the secret's value; it goes into the vault before anything else. Raises BadInput."""
        self.transport.hide(value)
        self.secret, self._integration = SecretStr(value), None
        if self.vault is not None:
            self.vault.keep(self.values())

    def values(self) -> Integration:
        """The four values; raises Problem where the secret is not at hand."""
        if self.secret is None:
            raise Problem("hand over the four values", "the secret's value is not at hand")
        return Integration(
            tenant_id=self.settings.tenant_id,
            client_id=self.thing("application").members["app_id"],
            client_secret=self.secret,
            environment_url=self.settings.environment_url,
        )

    def integration(self) -> SignIn:
        """A sign-in as the integration itself; raises Problem where the secret's value is not at hand."""
        if self.secret is None:
            raise Problem("sign in as the integration", "the secret's value is not at hand")
        if self._integration is None:
            client_id = self.thing("application").members["app_id"]
            self._integration = self.access.sign_in.as_client(client_id, self.secret)
        return self._integration

    def made_so_far(self, step: str, thing: Thing) -> None:
        """Write that a part of a step is done, so that it is not lost if the rest is refused."""
        self.receipt.progressed(step, thing)


@dataclass(frozen=True)
class Finding:
    """What is there already and what it lacks; without a thing, everything has to be made.

    `notes` go into the receipt before anything is asked for. `detail` is for people. `seen` is what the step's own
    `make` would otherwise have to read again.
    """

    thing: Thing | None = None
    lacks: tuple[str, ...] = ()
    detail: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)
    seen: Any = None

    @property
    def complete(self) -> bool:
        """Whether nothing is to be done."""
        return self.thing is not None and not self.lacks


@dataclass(frozen=True)
class Permit:
    """What a step needs of the operator and whether the operator has it (None: cannot be told beforehand)."""

    needs: str
    held: bool | None
    whose_turn: str


async def _at_once(_site: Site, _thing: Thing) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """One step of the set-up guide.

    `find` looks and changes nothing. `make` makes or completes what `find` reported, once. `unmake` removes what is
    ours and puts back what was changed; on something that is gone it does nothing. `may_pass` tells beforehand
    whether the operator's permissions suffice. `ready` tells whether others see it yet. `alone` is asked where an
    answer was lost: it removes what that may have left beside the thing, and tells whether there was nothing.
    """

    name: str
    title: str
    guide_step: int
    after: tuple[str, ...]
    find: Callable[[Site], Awaitable[Finding]]
    make: Callable[[Site, Finding], Awaitable[Thing]]
    unmake: Callable[[Site, Thing], Awaitable[None]]
    may_pass: Callable[[Site], Awaitable[Permit]]
    ready: Callable[[Site, Thing], Awaitable[bool]] = _at_once
    waits_for: str = "it to be seen"
    alone: Callable[[Site, Thing], Awaitable[bool]] = _at_once


async def graph_permit(site: Site, *any_of: str) -> Permit:
    """Whether the operator's token names one of these Graph permissions, and for a person a directory role besides."""
    needs, held = need_and_held(await site.access.graph.rights(), any_of)
    return Permit(needs, held, ENTRA_ADMIN)


async def dataverse_permit(site: Site, *all_of: str) -> Permit:
    """Whether the operator's roles in the environment hold these privileges (compared without case)."""
    needs = f"the Dataverse privileges {', '.join(all_of)} (System Administrator has them)"
    try:
        held = await site.operator_privileges()
    except (Refused, NotPermitted):
        return Permit(needs, None, DYNAMICS_ADMIN)
    return Permit(needs, held.issuperset(name.lower() for name in all_of), DYNAMICS_ADMIN)
