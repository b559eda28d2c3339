"""A second environment in a fake tenant, as most customers have one: production and sandbox."""

from mock_services.baseline import DEFAULT_SOLUTIONS, frozen
from mock_services.state.organisation import Organisation
from mock_services.state.store import Store
from provisioning.settings import Integration, Settings
from scenarios.failure_modes.scene import Scene

_GENERATED = str(Settings.model_fields["generated_role"].default)


def add_environment(scene: Scene, label: str = "contoso-production") -> Organisation:
    """A healthy organisation beside the first, in its region, without the integration's user."""
    tenant = scene.tenant
    image = frozen(frozenset(DEFAULT_SOLUTIONS))
    made = Organisation(Store.memory(image.organisation), clock=tenant.clock, chance=tenant.chance)
    made.personalise(host=f"{label}.crm4.dynamics.com", tenant_id=tenant.id, display_name=label.title())
    tenant.organisations.append(made)
    return made


def admit(scene: Scene, organisation: Organisation) -> str:
    """Make the integration's user there, with the role of its set-up; System Administrator where there is none."""
    principal = scene.tenant.directory.service_principal(app_id=scene.integration.client_id)
    if principal is None:
        raise LookupError(f"no service principal of {scene.integration.client_id} in {scene.tenant.display_name}")
    user = organisation.add_application_user(
        app_id=scene.integration.client_id,
        object_id=principal.id,
        name=principal.display_name,
        tenant_domain=scene.tenant.domain,
    )
    role = organisation.role_named(_GENERATED) or organisation.role_named("System Administrator")
    if role is None:
        raise LookupError(f"no System Administrator in {organisation.host}")
    organisation.assign_role(user, role["roleid"])
    return user


def pasted_url(integration: Integration, organisation: Organisation) -> Integration:
    """The four values with this organisation's URL."""
    return integration.model_copy(update={"environment_url": f"https://{organisation.host}"})
