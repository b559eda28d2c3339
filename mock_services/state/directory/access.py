"""Conditional Access: policies that block a sign-in, or ask a person for more, although everything else is right."""

import sqlalchemy as sa

from mock_services.errors import Missing
from mock_services.state.directory.records import AccessPolicy
from mock_services.state.directory.section import Section
from mock_services.state.directory.tables import ACCESS_POLICIES

_TABLE = ACCESS_POLICIES.c
ALL = "All"
"""Every user, or every resource."""
ALL_OWN_PRINCIPALS = "ServicePrincipalsInMyTenant"
"""Every single-tenant application of this tenant (the word of Graph's conditionalAccessClientApplications)."""
BLOCK, MFA = "block", "mfa"
"""What a policy does (the words of Graph's conditionalAccessGrantControl)."""


class Access(Section):
    """The Conditional Access policies of a tenant. Those that only report do nothing, as in Entra."""

    def add_access_policy(
        self,
        display_name: str,
        *,
        users: tuple[str, ...] = (),
        principals: tuple[str, ...] = (),
        resources: tuple[str, ...] = (ALL,),
        control: str = BLOCK,
        enabled: bool = True,
    ) -> AccessPolicy:
        """A policy over users (object ids or ALL) or service principals (object ids or ALL_OWN_PRINCIPALS).

        `resources` are application ids, or ALL. Raises ValueError for a control other than BLOCK and MFA.
        """
        if control not in {BLOCK, MFA}:
            raise ValueError(f"control {control!r}: write {BLOCK!r} or {MFA!r}")
        made = AccessPolicy(
            id=self.chance.guid(),
            display_name=display_name,
            users=[each if each == ALL else each.lower() for each in users],
            principals=[each if each == ALL_OWN_PRINCIPALS else each.lower() for each in principals],
            resources=[each if each == ALL else each.lower() for each in resources],
            control=control,
            enabled=enabled,
        )
        self.store.write(sa.insert(ACCESS_POLICIES).values(**vars(made)))
        return made

    def access_policies(self) -> list[AccessPolicy]:
        """All policies, by name."""
        query = sa.select(ACCESS_POLICIES).order_by(_TABLE.display_name, _TABLE.id)
        return [AccessPolicy(**row) for row in self.store.rows(query)]

    def enable_access_policy(self, id: str, *, enabled: bool) -> None:  # noqa: A002 - the wire's own word
        """Let a policy bite, or only report. Raises Missing."""
        mine = sa.update(ACCESS_POLICIES).where(_TABLE.id == id.lower())
        if not self.store.write(mine.values(enabled=enabled)):
            raise Missing("access policy", id)

    def remove_access_policy(self, id: str) -> None:  # noqa: A002 - the wire's own word
        """Remove a policy. Raises Missing."""
        if not self.store.write(sa.delete(ACCESS_POLICIES).where(_TABLE.id == id.lower())):
            raise Missing("access policy", id)

    def controls_on_user(self, user_id: str, resource_app_id: str) -> set[str]:
        """What the policies in force ask of a user who wants this resource."""
        return {
            policy.control
            for policy in self.access_policies()
            if policy.enabled and _among(user_id, policy.users, ALL) and _among(resource_app_id, policy.resources, ALL)
        }

    def controls_on_principal(self, principal_id: str, resource_app_id: str, *, is_own: bool) -> set[str]:
        """What the policies in force ask of an application by itself.

        Only applications of this tenant and of no other can be named in one (entra-docs workload-identity.md).
        """
        if not is_own:
            return set()
        return {
            policy.control
            for policy in self.access_policies()
            if policy.enabled
            and _among(principal_id, policy.principals, ALL_OWN_PRINCIPALS)
            and _among(resource_app_id, policy.resources, ALL)
        }


def _among(id: str, named: list[str], everything: str) -> bool:  # noqa: A002 - the wire's own word
    return everything in named or id.lower() in named
