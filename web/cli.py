"""`declic`: all commands, and the one place where their failures become a sentence and an exit status."""

import sys

import click

from models.errors import DeclicError
from web.commands.demo import demo
from web.commands.follows import follow, lookup
from web.commands.listings import close, edit, publish, withdraw
from web.commands.members import account, token
from web.commands.server import migrate, serve, worker


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="declic", prog_name="declic")
def declic() -> None:
    """A server that local cooperatives install to lend, give and repair together."""


COMMANDS: tuple[click.Command, ...] = (
    serve,
    worker,
    migrate,
    account,
    token,
    publish,
    edit,
    close,
    withdraw,
    follow,
    lookup,
    demo,
)

for command in COMMANDS:
    declic.add_command(command)


def main() -> None:
    """Run a command: 0 when it is done, 1 with one sentence when it is not, 2 when it was called wrongly."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """The exit status of the command; its result went to stdout, everything else to stderr."""
    try:
        status = declic.main(arguments, prog_name="declic", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        click.echo(one_line(error.format_message()), err=True)
        return 2
    except click.ClickException as error:
        click.echo(one_line(error.format_message()), err=True)
        return 1
    except DeclicError as error:
        click.echo(one_line(str(error)), err=True)
        return 1
    except (click.Abort, KeyboardInterrupt):
        return 130
    return status if isinstance(status, int) else 0


def one_line(text: str) -> str:
    """A message as one sentence on one line."""
    return " ".join(text.split())


if __name__ == "__main__":
    main()
