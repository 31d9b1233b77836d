"""`declic`: all commands, and the one place where their failures become a sentence and an exit status."""

import sys
from importlib import import_module
from pathlib import Path

import click

from models.errors import DeclicError, Invalid
from web.commands.team.french_names import BilingualGroup, find_english

COMMANDS = {
    "serve": "web.commands.server",
    "worker": "web.commands.server",
    "migrate": "web.commands.server",
    "first-run": "web.commands.first_run",
    "install-service": "web.commands.services",
    "doctor": "web.commands.doctor",
    "setup": "web.commands.first_run",
    "open": "web.commands.team.opening",
    "close-site": "web.commands.team.opening",
    "shutdown-instance": "web.commands.team.shutdown",
    "account": "web.commands.accounts",
    "token": "web.commands.accounts",
    "publish": "web.commands.listings",
    "edit": "web.commands.listings",
    "close": "web.commands.listings",
    "withdraw": "web.commands.listings",
    "follow": "web.commands.follows",
    "lookup": "web.commands.follows",
    "peer": "web.commands.servers.peers",
    "key": "web.commands.keys",
    "members": "web.commands.team.members",
    "listings": "web.commands.team.listings",
    "reports": "web.commands.team.reports",
    "journal": "web.commands.team.journal",
    "settings": "web.commands.team.settings",
    "pages": "web.commands.team.pages",
    "rustine": "web.commands.team.repairs",
    "open-data": "web.commands.team.repairs",
    "figures": "web.commands.team.figures",
    "media": "web.commands.media",
    "sweep": "web.commands.sweeps",
    "dues": "web.commands.team.dues",
    "backup": "web.commands.backups",
    "restore": "web.commands.backups",
    "upgrade": "web.commands.upgrades",
    "demo": "web.commands.demo.command",
}
"""Command → its module, where a function has its name (`_` for `-`); read when called, so that each starts quickly."""

NAMES = {"open": "open_site"}
"""Commands whose name a function cannot have, since Python has one of that name."""


class Commands(BilingualGroup):
    """The table above as a group of commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, in either language."""
        name = find_english(cmd_name, COMMANDS)
        if name is None:
            return None
        function = NAMES.get(name, name.replace("-", "_"))
        found: click.Command = getattr(import_module(COMMANDS[name]), function)
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="declic", prog_name="declic")
@click.option(
    "--settings",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path),
    help="The settings of the instance that is meant, such as /etc/declic/declic.env.",
)
def declic(settings: Path | None) -> None:
    """A server that local cooperatives install to lend, give and repair together."""


UNWANTED = ("rich", "greenlet")
"""structlog imports these when they happen to be installed (some library of ours brings them) and we use neither."""


def main() -> None:
    """Run a command: 0 when it is done, 1 with a sentence when it is not, 2 when called wrongly (`backup`: 3)."""
    sys.modules.update(dict.fromkeys(UNWANTED))  # type: ignore[arg-type] # None: "there is no such module"
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """The exit status of the command; its result went to stdout, everything else to stderr."""
    try:
        status = declic.main(arguments, prog_name="declic", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        assert error.ctx is not None
        click.echo(f"Say which command: {error.ctx.command_path} --help lists them.", err=True)
        return 2
    except click.ClickException as error:
        click.echo(one_line(error.format_message()), err=True)
        return error.exit_code  # 2 where it was called wrongly
    except DeclicError as error:
        # Read only now: languages take their time, and commands start quickly.
        translate_error = import_module("web.commands.english_errors").translate_error
        click.echo(one_line(translate_error(error)), err=True)
        return 2 if isinstance(error, Invalid) else 1
    except PermissionError as error:
        click.echo(one_line(f"{error.filename or 'This'} is closed to the account that this works as."), err=True)
        return 1
    except (click.Abort, KeyboardInterrupt):
        return 130
    return status if isinstance(status, int) else 0


def one_line(text: str) -> str:
    """A message as one sentence on one line."""
    return " ".join(text.split())


if __name__ == "__main__":
    main()
