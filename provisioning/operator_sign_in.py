"""How the operator signs in, from what the settings say.

A person comes through a public client, by default the Azure CLI's, which every tenant has by itself. Evidence, 2026-11:
- Graph with `.default`: its token holds Application.ReadWrite.All, DelegatedPermissionGrant.ReadWrite.All and
  Directory.AccessAsUser.All, preauthorised, without anybody's consent (decoded tokens in Azure/azure-cli issues). Any
  scope by name beyond those is refused with AADSTS65002 (microsoftgraph/msgraph-sdk-python#677 and #678, where
  `.default` is the cure): so `.default` is what is asked for, everywhere.
- Dataverse: `az account get-access-token --resource https://<org>.crm.dynamics.com` works (Azure/azure-cli#18946).
- The admin API: the same with https://service.powerapps.com/ is what public scripts use before api.bap.microsoft.com.
Microsoft Graph Command Line Tools (14d82eec-204b-4c2f-b7e8-296a70dab67e) serves Graph alone, and there asks for consent
scope by scope, so it cannot carry a set-up; no public trace has it ask for Dataverse or the admin API. A tenant that
blocks the Azure CLI (Conditional Access, a disabled principal) names a client of its own: `operator.client_id`.
"""

from typing import Final, assert_never

from provisioning.az_sign_in import AzSignIn
from provisioning.clock import Clock
from provisioning.pem_file import read_pem_file
from provisioning.person import AtTerminal, Person
from provisioning.person_sign_in import PersonSignIn, Remembered
from provisioning.problems import BadInput
from provisioning.settings import Tenancy
from provisioning.sign_in import SignIn, TenantSignIn
from provisioning.transport import Transport

AZURE_CLI: Final = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


def operator_sign_in(
    tenancy: Tenancy,
    transport: Transport,
    clock: Clock,
    *,
    person: Person | None = None,
    remembered: Remembered | None = None,
) -> TenantSignIn:
    """The operator's sign-in; nothing is asked for yet. Raises BadInput where the settings name none.

    `person` completes a sign-in that needs one; by default whoever started the program. `remembered` spares them a
    second time.
    """
    operator, login = tenancy.operator, tenancy.bases().login
    if operator is None:
        remedy = "write an [operator] table (sign_in, client_id, …), or set D365_ADMIN_CLIENT_ID and _SECRET"
        raise BadInput("operator", "is missing", remedy)
    kind = operator.kind
    client_id = operator.client_id or AZURE_CLI
    if kind == "secret" or kind == "certificate":  # noqa: PLR1714 - mypy narrows this and not `in`
        secret = operator.client_secret
        if kind == "certificate":
            assert operator.certificate is not None  # noqa: S101 - checked at the settings' door; mypy wants it said
            secret = read_pem_file(operator.certificate, operator.certificate_password)
        return SignIn(
            transport=transport,
            clock=clock,
            login=login,
            tenant_id=tenancy.tenant_id,
            client_id=operator.client_id,
            client_secret=secret,
        )
    if kind == "az":
        return AzSignIn(
            transport=transport,
            clock=clock,
            login=login,
            tenant_id=tenancy.tenant_id,
            client_id=AZURE_CLI,
            username=operator.username,
        )
    if kind == "device_code" or kind == "browser":  # noqa: PLR1714 - the same
        return PersonSignIn(
            transport=transport,
            clock=clock,
            login=login,
            tenant_id=tenancy.tenant_id,
            client_id=client_id,
            person=person or AtTerminal(),
            by_browser=kind == "browser",
            username=operator.username,
            remembered=remembered,
        )
    assert_never(kind)
