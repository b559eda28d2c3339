"""Step 4: the Application User in Dataverse, missing, another's, or switched off."""

from collections.abc import Mapping
from typing import Any

from provisioning.settings import Integration
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom
from scenarios.failure_modes.other_environment import add_environment, admit, pasted_url
from scenarios.failure_modes.scene import Scene


def user_row(scene: Scene) -> Mapping[str, Any]:
    """The integration's application user. Raises LookupError when there is none."""
    row = scene.tenant.organisation.application_user(scene.integration.client_id)
    if row is None:
        raise LookupError(f"no application user of {scene.integration.client_id} in {scene.tenant.organisation.host}")
    return row


def _user_missing(scene: Scene) -> Integration:
    scene.tenant.organisation.delete("systemuser", user_row(scene)["systemuserid"])
    return scene.integration


def _user_made(scene: Scene) -> Integration:
    """Deleted rows go first: a soft-deleted one keeps a new one from being made."""
    organisation = scene.tenant.organisation
    left = organisation.people.application_user(scene.integration.client_id, deleted=None)
    if left is not None:
        organisation.people.remove_user(left["systemuserid"])
    admit(scene, organisation)
    return scene.integration


def _user_of_another_app(scene: Scene) -> Integration:
    """The administrator picked another app with a similar name from the list."""
    other = scene.tenant.directory.add_application("OpenCX Dynamics Integration (old)")
    scene.tenant.directory.add_service_principal(other.app_id)
    user = user_row(scene)["systemuserid"]
    scene.tenant.organisation.update("systemuser", user, {"applicationid": other.app_id})
    return scene.integration


def _user_deleted(scene: Scene) -> Integration:
    user = user_row(scene)["systemuserid"]
    scene.tenant.organisation.update("systemuser", user, {"deletedstate": 1, "isdisabled": True})
    return scene.integration


def _url_of_production(scene: Scene) -> Integration:
    return pasted_url(scene.integration, add_environment(scene))


def _switched(scene: Scene, *, disabled: bool) -> Integration:
    scene.tenant.organisation.disable_user(user_row(scene)["systemuserid"], disabled)
    return scene.integration


_STEP = SetupStep.APPLICATION_USER
_NOT_A_MEMBER = Symptom("probe", 403, "0x80072560")
_EVIDENCE = "Microsoft's dual-write troubleshooting page quotes status, code and text; the vendor says 401"

APPLICATION_USER: tuple[FailureMode, ...] = (
    FailureMode(
        name="dataverse.user_missing",
        step=_STEP,
        title="The environment has no Application User for the app.",
        symptom=_NOT_A_MEMBER,
        causes=("the step was left out", "rights in Entra ID were taken for rights in Dynamics"),
        evidence=_EVIDENCE,
        seen="2026",
        strike=_user_missing,
        mend=_user_made,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.user_of_another_app",
        step=_STEP,
        title="The Application User was made for another app registration.",
        symptom=_NOT_A_MEMBER,
        causes=("the app was picked by its name, and there are two of the name",),
        evidence="an application user is found by the token's client ID alone; vendor troubleshooting page",
        seen="2026",
        strike=_user_of_another_app,
        mend=lambda scene: (admit(scene, scene.tenant.organisation), scene.integration)[1],
        repairable=True,
    ),
    FailureMode(
        name="dataverse.user_deleted",
        step=_STEP,
        title="The Application User was deleted, and its row is still in the way.",
        symptom=_NOT_A_MEMBER,
        causes=("an administrator cleaned up; deleting takes two calls, and the first leaves the row",),
        evidence="terraform-provider-power-platform deletes twice; that a deleted user is no member is inferred",
        seen="2026",
        strike=_user_deleted,
        mend=_user_made,
        repairable=True,
    ),
    FailureMode(
        name="dataverse.user_in_another_environment",
        step=_STEP,
        title="The Application User is in the sandbox, and the URL is production's, or the other way round.",
        symptom=_NOT_A_MEMBER,
        causes=("the set-up was tried in one environment and the URL copied from another",),
        evidence="each environment has its own users; a guide of 2026 shows the same answer",
        seen="2026",
        strike=_url_of_production,
    ),
    FailureMode(
        name="dataverse.user_disabled",
        step=_STEP,
        title="The Application User is deactivated.",
        symptom=Symptom("probe", 403, "0x80040225"),
        causes=("an administrator deactivated it", "a licence change disabled users in bulk"),
        evidence="a Terraform run's recorded 403 with the message's placeholders unfilled",
        seen="2025",
        strike=lambda scene: _switched(scene, disabled=True),
        mend=lambda scene: _switched(scene, disabled=False),
        repairable=True,
    ),
)
