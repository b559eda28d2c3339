"""What a token request meets that no operator would bring about: tenants, resources, policies and clouds."""

from typing import Final

from contract_tests.facts.rehearsals.rehearsal import Fakes, Rehearsal
from contract_tests.facts.world import World
from mock_services.hosts import NationalCloud
from mock_services.issuers import TOKEN_EXCHANGE
from mock_services.state.well_known import DATAVERSE, POWERAPPS

_SUBJECT: Final = "repo:contoso/handoff:ref:refs/heads/main"


async def _blocked(fakes: Fakes, _world: World, _name: str) -> None:
    fakes.tenant.directory.block()


async def _policed(fakes: Fakes, _world: World, _name: str) -> None:
    directory = fakes.tenant.directory
    directory.add_access_policy("Block", principals=("ServicePrincipalsInMyTenant",), resources=(DATAVERSE,))


async def _government(fakes: Fakes, world: World, name: str) -> None:
    other = fakes.cloud.create_tenant("Fabrikam", national_cloud=NationalCloud.US_GOVERNMENT)
    world.values |= {f"{name}.tenant_id": other.id, f"{name}.domain": other.domain}


async def _lacking(fakes: Fakes, world: World, name: str) -> None:
    """A tenant without Power Apps."""
    directory = fakes.tenant.directory
    (principal,) = (each for each in directory.service_principals() if each.app_id == POWERAPPS)
    world.values |= {f"{name}.app_id": principal.app_id, f"{name}.app_name": principal.display_name}
    directory.delete_service_principal(principal.id)


async def _trusting(fakes: Fakes, world: World, name: str) -> None:
    """An issuer that publishes its keys, an application that trusts it, and what else may come of its name."""
    issuer = fakes.cloud.issuers.open(f"https://{fakes.tenant.id}.example.com")
    directory = fakes.tenant.directory
    application = directory.add_application(name)
    directory.add_service_principal(application.app_id)
    directory.add_federated_credential(
        application.id, name="ci", issuer=issuer.name, subject=_SUBJECT, audiences=[TOKEN_EXCHANGE], description=None
    )
    now = fakes.tenant.clock.now()
    token, other = issuer.token(_SUBJECT, at=now), issuer.token(_SUBJECT, at=now, environment="another")
    stranger = fakes.cloud.issuers.open(f"https://other.{fakes.tenant.id}.example.com")
    world.values |= {
        f"{name}.client_id": application.app_id,
        f"{name}.issuer": issuer.name,
        f"{name}.token": token,
        f"{name}.wrongly_signed": f"{token.rpartition('.')[0]}.{other.rpartition('.')[2]}",
        f"{name}.of_other_key": stranger.token(_SUBJECT, at=now, iss=issuer.name),
        f"{name}.other_key": next(iter(stranger.keys)),
    }


REHEARSALS: Final[dict[str, Rehearsal]] = {
    "blocked_tenant": Rehearsal(_blocked),
    "policed": Rehearsal(_policed),
    "government": Rehearsal(_government, frozenset({"tenant_id", "domain"})),
    "lacking": Rehearsal(_lacking, frozenset({"app_id", "app_name"})),
    "trusting": Rehearsal(
        _trusting, frozenset({"client_id", "issuer", "token", "wrongly_signed", "of_other_key", "other_key"})
    ),
}
