"""How commands run: settings read once, one event loop, an instance to work on, results on stdout, words on stderr."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import click
import uvloop

from federation.instance import Instance
from models.errors import DeclicError
from models.settings import Settings
from web.logging import configure_logging
from web.opening import open_all
from web.wake import announce_work

Result = TypeVar("Result")


class Refused(DeclicError):
    """The command cannot be done."""


def read_settings(*, quiet: bool = True) -> Settings:
    """The settings of this process; commands that do one thing and end write no log lines but warnings."""
    settings = Settings.from_env()
    configure_logging("warning" if quiet and settings.log_level == "info" else settings.log_level)
    return settings


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a command under uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(coroutine)


@asynccontextmanager
async def working_instance() -> AsyncIterator[Instance]:
    """The instance, whether its server runs or not: a running one is joined, and told afterwards that there is work."""
    async with open_all(read_settings()) as instance:
        yield instance
        await announce_work(instance.pool)


def tell(result: str) -> None:
    """The result, alone on stdout."""
    click.echo(result)


def say(message: str) -> None:
    """Anything else, on stderr."""
    click.echo(message, err=True)
