"""The command `zhitian`: thin commands over the pipeline and the service.

Heavy libraries are imported inside the commands, so that `zhitian --help` is quick.
"""

import sys

import typer

from forecast import __version__
from forecast.cli import (
    advising,
    batch,
    demo,
    lookups,
    observing,
    operations,
    placing,
    profiles,
    running,
    science,
    scorecard,
    verifying,
)
from forecast.cli.console import say
from forecast.errors import ZhitianError, verdict
from grids import GridsError

app = typer.Typer(
    name="zhitian",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    *(demo, running, science, observing, verifying),
    *(lookups, advising, scorecard, batch, profiles, placing, operations),
):
    module.register(app)

WRONG_USAGE = 2
INTERRUPTED = 130


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"zhitian {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Zhitian 知天: 1 km weather forecasts for farming. Know the sky, then act."""
    del version
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Run the command line; every known error becomes one sentence and its exit code."""
    try:
        code = app(standalone_mode=False)
    except (ZhitianError, GridsError) as error:
        say(f"error: {error}")
        code = verdict(error).exit_code
    except typer.Exit as leaving:
        code = leaving.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say("interrupted; what was fetched is kept, run the same command again to go on")
        code = INTERRUPTED
    except typer.TyperException as error:
        say(f"error: {_sentence(error)}")
        code = WRONG_USAGE
    except OSError as error:
        say(f"error: {error.filename or 'the system'}: {error.strerror or error}")
        code = 1
    sys.exit(code or 0)


def _sentence(error: typer.TyperException) -> str:
    """What was wrong with the command line, and where its options are explained."""
    format_message = getattr(error, "format_message", error.__str__)
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else app.info.name
    return f"{format_message().rstrip('.')}; see `{path} --help`"
