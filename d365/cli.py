"""The command `d365`: one small function a command; what they do lives elsewhere and is imported when called for."""

import typer

from d365.commands import contract, diagnosing, fakes, knowing, looking_after, setting_up

app = typer.Typer(
    name="d365",
    help="Rehearse, provision and diagnose a Dynamics 365 service-to-service integration.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command()(setting_up.plan)
app.command()(setting_up.provision)
app.command()(diagnosing.verify)
app.command()(diagnosing.diagnose)
app.command()(diagnosing.handoff)
app.command("rotate-secret")(looking_after.rotate_secret)
app.command()(looking_after.status)
app.command()(looking_after.repair)
app.command()(looking_after.teardown)
app.command()(fakes.serve)
app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})(fakes.run)
app.command()(knowing.failures)
app.command(context_settings={"ignore_unknown_options": True})(knowing.explain)  # a pasted code may begin with a minus
app.command()(knowing.reproduce)
app.add_typer(contract.app, name="contract")


def main() -> None:
    """The entry point of the installed command."""
    app()
