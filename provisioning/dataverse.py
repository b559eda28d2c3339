"""The Dataverse Web API as the set-up and the proof need it: one method a call, rows in, records out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote

from provisioning.authorised import Caller
from provisioning.problems import DYNAMICS_ADMIN, NotPermitted, NotYet, Problem, Refused
from provisioning.said import Said
from provisioning.transport import Answer

API_PATH: Final = "api/data/v9.2"
_HEADERS: Final = {"OData-MaxVersion": "4.0", "OData-Version": "4.0", "If-None-Match": "null"}

Depth = Literal["Basic", "Local", "Deep", "Global"]
DEPTHS: Final[tuple[Depth, ...]] = ("Basic", "Local", "Deep", "Global")  # from the least to the most

# What a caller meets whose app is no user of the environment, or a user without the rights (web-service-error-codes;
# statuses by MicrosoftDocs/powerapps-docs compose-http-requests-handle-errors.md).
NOT_A_MEMBER: Final = "0x80072560"
_NO_RIGHTS: Final = frozenset({"0x80040220", "0x80042f09", "0x80048306", "0x80048d3b", "0x80040225"})
# Where Entra does not know the app yet, user creation fails with one of these (AzureApplicationIdNotFound foremost).
_ENTRA_LAG: Final = frozenset({"0x8004f510", "0x80041d49", "0x80072559", "0x80041d54"})
_LAST_GUID = re.compile(r"\(([0-9a-fA-F-]{36})\)\s*$")
_NAMES_A_QUERY = 40  # some 2 KB of URL


@dataclass(frozen=True)
class Role:
    """A security role as one business unit has it."""

    id: str
    name: str
    business_unit: str


@dataclass(frozen=True)
class User:
    """A user row; application users have an `app_id`. A deleted row stays behind until it is deleted again."""

    id: str
    app_id: str
    name: str
    disabled: bool
    deleted: bool
    business_unit: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Privilege:
    """A privilege that this environment has, and the greatest depth it can be given at."""

    id: str
    name: str
    deepest: Depth


@dataclass(frozen=True)
class Held:
    """A privilege that a role or user holds."""

    name: str
    depth: Depth


@dataclass(frozen=True)
class Identity:
    """The answer to WhoAmI."""

    user: str
    business_unit: str
    organization: str


def explain(tried: str, said: Said) -> Problem:
    """The letter for a refusal by Dataverse, where an app asked."""
    return _explain(tried, said, _FOR_AN_APP)


def explain_to_person(tried: str, said: Said) -> Problem:
    """The same where a person asked."""
    return _explain(tried, said, _FOR_A_PERSON)


# What makes somebody a member of the environment, and what gives them the privileges that they lack.
_FOR_AN_APP: Final = (
    "make the operator's app an application user of this environment, with System Administrator",
    "give the operator's application user a role that holds the missing privileges",
)
_FOR_A_PERSON: Final = (
    "add the operator's account as a user of this environment, with System Administrator",
    "give the operator's user a role that holds the missing privileges",
)


def _explain(tried: str, said: Said, remedies: tuple[str, str]) -> Problem:
    if said.code in _ENTRA_LAG:
        return NotYet(tried, said, remedy="wait a few minutes and run it again")
    if said.code == NOT_A_MEMBER:
        return NotPermitted(tried, str(said), said=said, whose_turn=DYNAMICS_ADMIN, remedy=remedies[0])
    if said.code in _NO_RIGHTS:
        return NotPermitted(tried, str(said), said=said, whose_turn=DYNAMICS_ADMIN, remedy=remedies[1])
    if said.form != "json" or said.status == 401:
        return Refused(tried, said, remedy="check that environment_url is this tenant's Dataverse environment")
    return Refused(tried, said)


class DataverseClient:
    """One environment's Web API as one identity."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def who_am_i(self) -> Identity:
        """Who the environment takes the caller for; says nothing about roles."""
        answer = await self._ask("ask the environment who is calling", "GET", "WhoAmI()", ok=(200,))
        try:
            row = answer.json()
            return Identity(row["UserId"], row["BusinessUnitId"], row["OrganizationId"])
        except (ValueError, KeyError, TypeError):
            raise explain("ask the environment who is calling", answer.said) from None

    async def root_business_unit(self) -> str:
        """The id of the business unit without a parent."""
        path = f"businessunits?$select=businessunitid,name&$filter={quote('parentbusinessunitid eq null')}"
        return await self._one_business_unit("look for the root business unit", path)

    async def business_unit_named(self, name: str) -> str:
        """The id of the business unit with this name; raises Problem where there is none."""
        path = f"businessunits?$select=businessunitid,name&$filter={quote(f'name eq {_literal(name)}')}"
        return await self._one_business_unit(f"look for the business unit {name}", path)

    async def users_of(self, app_id: str) -> list[User]:
        """Application users of an app, deleted rows included."""
        return await self._users(f"applicationid eq {app_id}")

    async def application_users(self) -> list[User]:
        """Every application user."""
        return await self._users("applicationid ne null")

    async def create_application_user(self, app_id: str, business_unit: str) -> str:
        """A user for an app, without roles; its id. One a client id, more are refused.

        The body is the one of microsoft/terraform-provider-power-platform api_application.go.
        """
        body = {
            "applicationid": app_id,
            "accessmode": 4,
            "isdisabled": False,
            "businessunitid@odata.bind": f"/businessunits({business_unit})",
        }
        return await self.create("create the application user", "systemusers", body)

    async def switch_user(self, id_: str, app_id: str, *, disabled: bool) -> None:
        """Disable or enable; the provider above repeats the client id in this PATCH, so do we."""
        body = {"isdisabled": disabled, "applicationid": app_id}
        await self._ask("change the application user", "PATCH", f"systemusers({id_})", json=body)

    async def delete_user(self, id_: str) -> None:
        """Delete a disabled user: the first call marks the row, the second removes it."""
        for _ in range(2):
            await self._ask("delete the application user", "DELETE", f"systemusers({id_})", ok=(204, 404))

    async def roles_named(self, name: str, business_unit: str) -> list[Role]:
        """Roles with this name in this business unit."""
        condition = f"name eq {_literal(name)} and _businessunitid_value eq {business_unit}"
        path = f"roles?$select=roleid,name,_businessunitid_value&$filter={quote(condition)}"
        return [_role(row) for row in await self._caller.pages("look for the security role", path)]

    async def create_role(self, name: str, business_unit: str) -> str:
        """A role that holds next to nothing yet; its id."""
        body = {"name": name, "businessunitid@odata.bind": f"/businessunits({business_unit})"}
        return await self.create("create the security role", "roles", body)

    async def privileges_named(self, names: Iterable[str]) -> list[Privilege]:
        """Those of the named privileges that this environment has."""
        wanted, found = sorted(names), list[Privilege]()
        for start in range(0, len(wanted), _NAMES_A_QUERY):
            condition = " or ".join(f"name eq {_literal(name)}" for name in wanted[start : start + _NAMES_A_QUERY])
            select = "privilegeid,name,canbebasic,canbelocal,canbedeep,canbeglobal"
            path = f"privileges?$select={select}&$filter={quote(condition)}"
            found += [_privilege(row) for row in await self._caller.pages("look up privileges", path)]
        return found

    async def privileges_of_role(self, role: str) -> list[Held]:
        """What a role holds."""
        return await self._held("read what the role holds", f"RetrieveRolePrivilegesRole(RoleId={role})")

    async def privileges_of_user(self, user: str) -> list[Held]:
        """What a user holds, over all roles."""
        path = f"systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges"
        return await self._held("read what the user holds", path)

    async def add_privileges(self, role: str, privileges: Iterable[Privilege], business_unit: str) -> None:
        """Give a role privileges, each at its greatest depth; what it holds already stays."""
        rows = [
            {"Depth": p.deepest, "PrivilegeId": p.id, "PrivilegeName": p.name, "BusinessUnitId": business_unit}
            for p in privileges
        ]
        path = f"roles({role})/Microsoft.Dynamics.CRM.AddPrivilegesRole"
        await self._ask("give the role its privileges", "POST", path, json={"Privileges": rows})

    async def remove_privilege(self, role: str, privilege: str) -> None:
        """Take one privilege (by id) out of a role; a role that is gone is fine."""
        path = f"roles({role})/Microsoft.Dynamics.CRM.RemovePrivilegeRole"
        body = {"PrivilegeId": privilege}
        await self._ask("take a privilege out of the role", "POST", path, json=body, ok=(204, 404))

    async def roles_of(self, user: str) -> list[Role]:
        """Roles given to a user directly."""
        path = f"systemusers({user})/systemuserroles_association?$select=roleid,name,_businessunitid_value"
        return [_role(row) for row in await self._caller.pages("read the user's roles", path)]

    async def give_role(self, user: str, role: str) -> None:
        """Associate a role with a user; the link being there already is fine."""
        body = {"@odata.id": f"{self._caller.root}/roles({role})"}
        path = f"systemusers({user})/systemuserroles_association/$ref"
        await self._ask("assign the security role", "POST", path, json=body, ok=(204, 412))

    async def take_role(self, user: str, role: str) -> None:
        """Undo `give_role`; a link that is gone is fine."""
        path = f"systemusers({user})/systemuserroles_association({role})/$ref"
        await self._ask("take the security role away", "DELETE", path, ok=(204, 404))

    async def create(self, tried: str, table_set: str, body: Mapping[str, Any]) -> str:
        """A row; its id."""
        answer = await self._ask(tried, "POST", table_set, json=body, ok=(201, 204))
        found = _LAST_GUID.search(answer.headers.get("odata-entityid", ""))
        if found is None:
            raise Refused(tried, answer.said, remedy="the answer names no row; look whether it was made")
        return found.group(1)

    async def delete(self, tried: str, table_set: str, id_: str) -> None:
        """Delete a row; deleting what is gone is fine."""
        await self._ask(tried, "DELETE", f"{table_set}({id_})", ok=(204, 404))

    async def has_table(self, table_set: str) -> bool:
        """Whether the environment has this table: a set that is not there answers 404."""
        answer = await self._ask(f"look for {table_set}", "GET", f"{table_set}?$top=1", ok=(200, 404))
        return answer.status == 200

    async def _ask(
        self, tried: str, method: str, path: str, *, json: object = None, ok: tuple[int, ...] = (204,)
    ) -> Answer:
        return await self._caller.ask(tried, method, path, json=json, ok=ok, headers=_HEADERS)

    async def _users(self, condition: str) -> list[User]:
        select = "systemuserid,applicationid,fullname,isdisabled,deletedstate,_businessunitid_value"
        expand = "systemuserroles_association($select=roleid,name,_businessunitid_value)"
        path = f"systemusers?$select={select}&$expand={expand}&$filter={quote(condition)}"
        return [_user(row) for row in await self._caller.pages("look for application users", path)]

    async def _held(self, tried: str, path: str) -> list[Held]:
        row = (await self._ask(tried, "GET", path, ok=(200,))).object or {}
        return [Held(entry["PrivilegeName"], entry["Depth"]) for entry in row["RolePrivileges"]]

    async def _one_business_unit(self, tried: str, path: str) -> str:
        rows = await self._caller.pages(tried, path)
        if len(rows) != 1:
            remedy = "name one that exists once"
            raise Problem(tried, f"{len(rows)} were found", whose_turn=DYNAMICS_ADMIN, remedy=remedy)
        return str(rows[0]["businessunitid"])


def _literal(text: str) -> str:
    """An OData string; a quote inside is doubled."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _user(row: Mapping[str, Any]) -> User:
    return User(
        id=row["systemuserid"],
        app_id=row.get("applicationid") or "",
        name=row.get("fullname") or "",
        disabled=bool(row.get("isdisabled")),
        deleted=bool(row.get("deletedstate")),
        business_unit=row.get("_businessunitid_value") or "",
        roles=tuple(_role(role) for role in row.get("systemuserroles_association") or []),
    )


def _role(row: Mapping[str, Any]) -> Role:
    return Role(row["roleid"], row.get("name") or "", row.get("_businessunitid_value") or "")


def _privilege(row: Mapping[str, Any]) -> Privilege:
    depths: list[Depth] = [depth for depth in DEPTHS if row.get(f"canbe{depth.lower()}")]
    return Privilege(row["privilegeid"], row["name"], depths[-1] if depths else "Global")
