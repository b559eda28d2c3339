"""The commands that find out what is wrong, and with a conversation handed off."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from d365.commands.endings import honest_exit, refuse_given
from d365.options import Broken, ClientId, EnvironmentUrl, Json, TenantId, WithOperator


def verify(
    tenant_id: TenantId = None,
    client_id: ClientId = None,
    environment_url: EnvironmentUrl = None,
    write_probe: Annotated[
        bool, typer.Option("--write-probe", help="Also create a contact and a case, and remove them again.")
    ] = False,
    with_operator: WithOperator = False,
    as_json: Json = False,
) -> None:
    """Test & Save with four values, then the deeper probes; says what is wrong, whose turn it is and what to do.

    The client secret comes from AZURE_CLIENT_SECRET, standard input or a prompt, never from an argument.
    """
    from d365.verifying import verify_values

    with honest_exit(as_json=as_json):
        verdict = verify_values(
            {"tenant_id": tenant_id, "client_id": client_id, "environment_url": environment_url},
            os.environ,
            sys.stdin,
            write_probe=write_probe,
            with_operator=with_operator,
        )
    verdict.report(as_json=as_json)
    raise typer.Exit(verdict.exit_code)


def diagnose(
    tenant_id: TenantId = None,
    client_id: ClientId = None,
    environment_url: EnvironmentUrl = None,
    broken: Broken = None,
    with_operator: WithOperator = False,
    as_json: Json = False,
) -> None:
    """Find out what is wrong with four values: one named cause, or a short list and what would decide. Only reads.

    With --broken, of an embedded fake tenant in that state. The client secret is asked for as by d365 verify.
    """
    from d365.diagnosing import diagnose_rehearsal, diagnose_values

    with honest_exit(as_json=as_json):
        if broken is not None:
            diagnosis = diagnose_rehearsal(broken, with_operator=with_operator)
        else:
            values = {"tenant_id": tenant_id, "client_id": client_id, "environment_url": environment_url}
            diagnosis = diagnose_values(values, os.environ, sys.stdin, with_operator=with_operator)
    diagnosis.report(as_json=as_json)
    raise typer.Exit(diagnosis.exit_code)


def handoff(
    channel: Annotated[str, typer.Option(help="email, phone, web, sms or whatsapp.")] = "email",
    name: Annotated[str, typer.Option(help="The customer's name.")] = "",
    email: Annotated[str, typer.Option(help="The customer's e-mail address.")] = "",
    phone: Annotated[str, typer.Option(help="The customer's telephone number.")] = "",
    priority: Annotated[int, typer.Option(help="default_priority.")] = 2,
    owner: Annotated[str, typer.Option(metavar="ID", help="default_owner_id, a systemuserid.")] = "",
    queue: Annotated[str, typer.Option(metavar="ID", help="default_queue_id, bound as the vendor does.")] = "",
    add_to_queue: Annotated[str, typer.Option(metavar="ID", help="A queue to put the case into.")] = "",
    properties: Annotated[str, typer.Option(metavar="JSON", help="ticket_properties.")] = "",
    transcript: Annotated[Path | None, typer.Option(metavar="FILE", help="What was said.")] = None,
    broken: Broken = None,
    given: Annotated[
        bool, typer.Option("--given", help="With four values from the environment, as d365 verify; writes rows there.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Hand one conversation off as the vendor does; without --given, in an embedded fake tenant."""
    from d365.handing_off import Wishes, rehearse, with_given_values

    wishes = Wishes(channel, name, email, phone, priority, owner, queue, add_to_queue, properties, transcript)
    with honest_exit(as_json=as_json):
        if given:
            refuse_given({"--broken": broken}, "is for a rehearsal", "leave out --given")
            variables = {"tenant_id": "AZURE_TENANT_ID", "client_id": "AZURE_CLIENT_ID"}
            values = {field: os.environ.get(name) for field, name in variables.items()}
            values["environment_url"] = os.environ.get("DATAVERSE_URL")
            handed = with_given_values(wishes, values, os.environ, sys.stdin)
        else:
            handed = rehearse(wishes, broken)
    handed.report(as_json=as_json)
    raise typer.Exit(handed.exit_code)
