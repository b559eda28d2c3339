"""People who sign in: locked, expired, blocked, of another tenant; what they do it through, and what ages."""

from datetime import timedelta
from typing import Any, Final

from contract_tests.facts.fact import Asked
from contract_tests.facts.keeping import kept_from
from contract_tests.facts.place import AZURE_CLI
from contract_tests.facts.rails import SLUG
from contract_tests.facts.rehearsals.rehearsal import Fakes, Rehearsal
from contract_tests.facts.world import World, claims_of
from mock_services.state.well_known import DATAVERSE, USER_IMPERSONATION

WEB: Final = "https://app.contoso.example/signin"
_GRAPH: Final = "https://graph.microsoft.com"
_USER_READ: Final = "e1fe6dd8-ba31-4d61-89e7-88639da4683d"
_PASSWORD: Final = "fake-password-of-theirs"  # noqa: S105 - of people who are made up
_ANYBODYS: Final = "/{tenant}/oauth2/v2.0"


# Accounts ----------------------------------------------------------------------------------------------------------


def _somebody(fakes: Fakes, world: World, name: str, **members: Any) -> None:
    """A person without any role."""
    user = fakes.tenant.directory.add_user(f"{name}@{fakes.tenant.domain}", "Plain Person", _PASSWORD)
    if members:
        fakes.tenant.directory.change_user(user.id, **members)
    world.values |= {f"{name}.username": user.user_principal_name, f"{name}.password": _PASSWORD}
    world.rails.know([user.id])


async def _plain(fakes: Fakes, world: World, name: str) -> None:
    _somebody(fakes, world, name)


async def _disabled(fakes: Fakes, world: World, name: str) -> None:
    _somebody(fakes, world, name, account_enabled=False)


async def _expired(fakes: Fakes, world: World, name: str) -> None:
    _somebody(fakes, world, name, must_change_password=True)


async def _locked(fakes: Fakes, world: World, _name: str) -> None:
    """Ten wrong passwords, the last of them almost a minute ago."""
    await _guess_wrong(world, 10)
    fakes.tenant.clock.advance(seconds=59)


async def _mistyped(_fakes: Fakes, world: World, _name: str) -> None:
    await _guess_wrong(world, 9)


async def _unlocked(fakes: Fakes, world: World, _name: str) -> None:
    await _guess_wrong(world, 10)
    fakes.tenant.clock.advance(minutes=1)


async def _foreign(fakes: Fakes, world: World, name: str) -> None:
    """A person of another tenant, under the name that they have there."""
    other = fakes.cloud.create_tenant("Fabrikam")
    told = {"username": other.operator.username, "password": other.operator.password, "tenant_id": other.id}
    world.values |= {f"{name}.{member}": value for member, value in told.items()}


# What a tenant asks of people --------------------------------------------------------------------------------------


async def _blocked(fakes: Fakes, _world: World, _name: str) -> None:
    fakes.tenant.directory.add_access_policy("Block everybody", users=("All",))


async def _asked_for_more(fakes: Fakes, _world: World, _name: str) -> None:
    fakes.tenant.directory.add_access_policy("More than a password", users=("All",), control="mfa")


# Applications ------------------------------------------------------------------------------------------------------


def _application(fakes: Fakes, world: World, name: str, **members: Any) -> str:
    """A registration with a secret and its principal; the principal's id."""
    directory = fakes.tenant.directory
    application = directory.add_application("Contract", **members)
    _, secret = directory.add_secret(application.id)
    principal = directory.add_service_principal(application.app_id)
    told = {"client_id": application.app_id, "client_secret": secret, "principal_id": principal.id}
    world.values |= {f"{name}.{member}": value for member, value in told.items()}
    world.rails.know([application.app_id, principal.id])
    return principal.id


async def _web_application(fakes: Fakes, world: World, name: str) -> None:
    """One with an address of each platform, that lists a permission of Dataverse's."""
    wanted = [{"resourceAppId": DATAVERSE, "resourceAccess": [{"id": USER_IMPERSONATION, "type": "Scope"}]}]
    _application(
        fakes, world, name, web={"redirectUris": [WEB]}, spa={"redirectUris": ["https://page.contoso.example/"]},
        public_client={"redirectUris": ["http://localhost"]}, required_resource_access=wanted,
    )  # fmt: skip


async def _without_address(fakes: Fakes, world: World, name: str) -> None:
    _application(fakes, world, name)


async def _misconfigured(fakes: Fakes, world: World, name: str) -> None:
    """One that lists a permission that its resource does not have."""
    wanted = [{"resourceAppId": DATAVERSE, "resourceAccess": [{"id": _USER_READ, "type": "Scope"}]}]
    _application(fakes, world, name, web={"redirectUris": [WEB]}, required_resource_access=wanted)


# What ages ---------------------------------------------------------------------------------------------------------


async def _old_code(fakes: Fakes, world: World, name: str) -> None:
    """An authorization code that a browser brought back ten minutes ago."""
    redirect = "http://localhost"
    query = f"client_id={AZURE_CLI}&response_type=code&redirect_uri={redirect}&scope={_GRAPH}/.default&state={SLUG}"
    signed = {"username": "{person.username}", "password": "{person.password}"}
    form = {"next": f"{_ANYBODYS}/authorize?{query}", **signed}
    await _ask(world, method="POST", path="/{tenant}/login", form=form)
    back = await _ask(world, path=f"{_ANYBODYS}/authorize?{query}")
    world.values[f"{name}.code"] = kept_from(back, "query.code")
    fakes.tenant.clock.advance(minutes=10)


async def _old_device_code(fakes: Fakes, world: World, name: str) -> None:
    """A device code of a quarter of an hour ago, which nobody has entered."""
    form = {"client_id": AZURE_CLI, "scope": f"{_GRAPH}/.default"}
    begun = await _ask(world, method="POST", path=f"{_ANYBODYS}/devicecode", form=form)
    for member in ("device_code", "user_code"):
        world.values[f"{name}.{member}"] = kept_from(begun, f"body.{member}")
    fakes.tenant.clock.advance(minutes=15)


async def _unused(fakes: Fakes, world: World, name: str) -> None:
    """A refresh token that was not used for ninety days."""
    world.values[f"{name}.refresh_token"] = await _refresh_token(world)
    fakes.tenant.clock.advance(timedelta(days=90))


async def _revoked(fakes: Fakes, world: World, name: str) -> None:
    """A refresh token of a person whom an administrator has signed out everywhere since."""
    world.values[f"{name}.refresh_token"] = await _refresh_token(world)
    fakes.tenant.clock.advance(minutes=1)
    fakes.tenant.directory.revoke_sign_ins(str(claims_of(await world.token("person", "graph"))["oid"]))


async def _refresh_token(world: World) -> str:
    form = _password("{person.password}", scope=f"{_GRAPH}/.default offline_access")
    return kept_from(await _ask(world, method="POST", path=f"{_ANYBODYS}/token", form=form), "body.refresh_token")


async def _guess_wrong(world: World, times: int) -> None:
    for number in range(times):
        world.client.cookies.clear()  # a client with cookies would be told that it loops
        await _ask(world, method="POST", path=f"{_ANYBODYS}/token", form=_password(f"wrong {number}"))


def _password(password: str, scope: str = f"{_GRAPH}/.default") -> dict[str, str]:
    named = {"grant_type": "password", "client_id": AZURE_CLI, "username": "{person.username}", "scope": scope}
    return {**named, "password": password}


async def _ask(world: World, **asked: Any) -> Any:
    return await world.send(Asked.model_validate({"service": "login", "who": "nobody", **asked}))


_WHO: Final = frozenset({"username", "password"})
_CLIENT: Final = frozenset({"client_id", "client_secret", "principal_id"})

REHEARSALS: Final[dict[str, Rehearsal]] = {
    "plain_person": Rehearsal(_plain, _WHO),
    "disabled_person": Rehearsal(_disabled, _WHO),
    "expired_password": Rehearsal(_expired, _WHO),
    "locked_person": Rehearsal(_locked),
    "unlocked_person": Rehearsal(_unlocked),
    "mistyping_person": Rehearsal(_mistyped),
    "foreign_person": Rehearsal(_foreign, _WHO | {"tenant_id"}),
    "people_blocked": Rehearsal(_blocked),
    "people_asked_for_more": Rehearsal(_asked_for_more),
    "web_application": Rehearsal(_web_application, _CLIENT),
    "without_address": Rehearsal(_without_address, _CLIENT),
    "misconfigured": Rehearsal(_misconfigured, _CLIENT),
    "old_code": Rehearsal(_old_code, frozenset({"code"})),
    "old_device_code": Rehearsal(_old_device_code, frozenset({"device_code", "user_code"})),
    "unused_refresh_token": Rehearsal(_unused, frozenset({"refresh_token"})),
    "revoked_refresh_token": Rehearsal(_revoked, frozenset({"refresh_token"})),
}
"""`locked_person` and `unlocked_person` are the place's own person, 59 and 60 seconds after ten wrong passwords;
`mistyping_person` has typed nine."""
