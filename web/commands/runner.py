"""How commands run: settings read once, one event loop, an instance to work on, results on stdout, words on stderr."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import uvloop

from models.errors import DeclicError
from models.settings import Settings
from web.commands.imports import when_used
from web.commands.installed_settings import Installed, use_installed
from web.commands.privileges import drop_privileges

with when_used():
    from web.middlewares import work_signals
    from web.server import bootstrap, logging

if TYPE_CHECKING:
    from federation.instance import Instance

Result = TypeVar("Result")


class CommandFailed(DeclicError):
    """The command cannot be done."""


def read_settings(*, quiet: bool = True, creating: bool = False, own: bool = False) -> Settings:
    """The settings of this process, which becomes the owner of the data: those of the environment or, where it has
    none, of the instance that is installed on this machine, unless the command has an instance of its `own`.

    Commands that do one thing and end write no log lines but warnings. Only those that are `creating` may make a data
    folder. Raises SettingsError, SettingsNotFound, WrongOwner.
    """
    return read_installed(quiet=quiet, creating=creating, own=own)[0]


def read_installed(
    *, quiet: bool = True, creating: bool = False, own: bool = False
) -> tuple[Settings, Installed | None]:
    """The same, and the instance that is installed on this machine, where it is that one."""
    named = None if own else _find_named()
    installed = None if own else use_installed(named)
    settings = Settings.from_env(source=None if installed is None else installed.file)
    logging.configure_logging("warning" if quiet and settings.log_level == "info" else settings.log_level)
    name = drop_privileges(settings.data, installed, creating=creating)
    if installed is not None:
        print_err(f"Instance: {settings.site.url}, by {installed.file}" + ("" if name is None else f", as {name}."))
    elif name is not None:
        print_err(f"Working as {name}, to whom {settings.data} belongs.")
    return settings, installed


def _find_named() -> Path | None:
    """What `declic --settings FILE` named."""
    context = click.get_current_context(silent=True)
    found: Path | None = None if context is None else context.find_root().params.get("settings")
    return found


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a command under uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(coroutine)


@asynccontextmanager
async def working_instance() -> AsyncIterator[Instance]:
    """The instance, whether its server runs or not: a running one is joined, and told afterwards that there is work."""
    async with bootstrap.open_ready_instance(read_settings(), migrating=False) as instance:
        yield instance
        await work_signals.notify_work(instance.pool)


def print_out(result: str) -> None:
    """The result, alone on stdout."""
    click.echo(result)


def print_err(message: str) -> None:
    """Anything else, on stderr."""
    click.echo(message, err=True)
