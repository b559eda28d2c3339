"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Broken = Annotated[str | None, typer.Option(metavar="NAME", help="Break it by this failure mode (see d365 failures).")]
Provisioned = Annotated[bool, typer.Option("--provisioned", help="Set the integration up first.")]

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="TOML file that says what was set up; needed with --live.")
]
Live = Annotated[bool, typer.Option("--live", help="Work in the real tenant that --settings names.")]
Out = Annotated[
    str | None,
    typer.Option(metavar="FILE|keyring:NAME", help="Where the four values are kept, and go when the secret is new."),
]
ShowSecret = Annotated[bool, typer.Option("--show-secret", help="Show a new secret as soon as it is proven.")]
SignInBy = Annotated[
    str | None,
    typer.Option(
        "--sign-in", metavar="KIND", help="The operator's: secret, certificate, device_code, browser, az, environment."
    ),
]
Account = Annotated[str | None, typer.Option(metavar="NAME", help="The operator's account, where there are several.")]
TenantId = Annotated[str | None, typer.Option(envvar="AZURE_TENANT_ID", help="Directory (tenant) ID.")]
ClientId = Annotated[str | None, typer.Option(envvar="AZURE_CLIENT_ID", help="Application (client) ID.")]
EnvironmentUrl = Annotated[
    str | None, typer.Option(envvar="DATAVERSE_URL", help="For example https://contoso.crm4.dynamics.com")
]
WithOperator = Annotated[
    bool,
    typer.Option("--with-operator", help="Look with the operator of D365_ADMIN_CLIENT_ID and _SECRET too."),
]
