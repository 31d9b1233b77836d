"""An instance that its service is making at this moment is waited for: `first-run` and `setup` are typed that early."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from web.commands.imports import when_used
from web.commands.runner import print_err, read_installed

with when_used():
    from models import errors
    from models.store import migrate, postgres
    from web.commands import english_errors
    from web.middlewares import work_signals
    from web.server import bootstrap

if TYPE_CHECKING:
    from federation.instance import Instance
    from models.settings import Settings
    from web.commands.installed_settings import Installed

PATIENCE_SECONDS = 120.0
"""A first start makes a database and fills it: so long at most, where nobody is seen to work at it."""

STEADY_SECONDS = 900.0
"""So long where somebody is, and the service does not fail and begin again: a machine whose disk is a card takes
minutes. `install.sh` waits as long."""

SILENT_SECONDS = 2.0

PAUSE_SECONDS = 0.5

RUNNING = Path("/run/systemd/system")
"""It is there where systemd runs the machine."""

ENDED = frozenset({"inactive", "failed", "deactivating", "unknown"})
"""What systemd says of a service that makes nothing."""


@asynccontextmanager
async def awaited_instance() -> AsyncIterator[Instance]:
    """The instance as `working_instance` has it; while its service runs, one that is not ready yet is waited for.

    Raises at once where no service runs that could make it.
    """
    settings, installed = read_installed()
    async with AsyncExitStack() as stack:
        instance = await _enter(stack, settings, installed)
        yield instance
        await work_signals.notify_work(instance.pool)


async def _enter(stack: AsyncExitStack, settings: Settings, installed: Installed | None) -> Instance:
    began, said = time.monotonic(), set[str]()
    while True:
        try:
            return await stack.enter_async_context(bootstrap.open_ready_instance(settings, migrating=False))
        except (postgres.NoInstance, migrate.NotMigrated, errors.Unavailable) as error:
            waited = time.monotonic() - began
            if installed is None or not is_running(installed):
                raise
            working = await _is_worked_at(settings, error)
            if not _is_worth_waiting(installed, waited, working=working):
                raise
            if waited >= SILENT_SECONDS or (isinstance(error, migrate.Outdated) and not working):
                _say_once(said, _describe(installed, error, working=working))
        await asyncio.sleep(PAUSE_SECONDS)


async def _is_worked_at(settings: Settings, error: errors.DeclicError) -> bool:
    """Whether what is missing comes: a database of our own that is not there yet, or one that is migrated."""
    if not isinstance(error, migrate.NotMigrated):
        return isinstance(error, postgres.NoInstance)
    try:
        async with postgres.open_database(settings, creating=False) as url:
            return await migrate.is_being_migrated(url)
    except (postgres.DatabaseError, errors.Unavailable):
        return False


def _is_worth_waiting(installed: Installed, waited: float, *, working: bool) -> bool:
    return waited < PATIENCE_SECONDS or (working and waited < STEADY_SECONDS and is_steady(installed))


def _describe(installed: Installed, error: errors.DeclicError, *, working: bool) -> str:
    """What is waited for; the cause where nobody is seen to work at it, since somebody may have to."""
    if working:
        return f"Waiting for the service {installed.name}, which makes its database ready…"
    return f"Waiting for the service {installed.name}. So far: {english_errors.translate_error(error)}"


def _say_once(said: set[str], words: str) -> None:
    if words not in said:
        print_err(words)
        said.add(words)


def is_running(installed: Installed) -> bool:
    """Whether systemd runs the service of this instance, or cannot be asked from this account."""
    said = _ask_systemd(installed, "is-active")
    return said is not None and said not in ENDED


def is_steady(installed: Installed) -> bool:
    """Whether the service has not ended by itself since somebody started it."""
    return _ask_systemd(installed, "show", "--property=NRestarts", "--value") == "0"


def _ask_systemd(installed: Installed, *words: str) -> str | None:
    """What it says of the service, nothing where it says so; None where there is no service that it could run."""
    systemctl = shutil.which("systemctl")
    if installed.user is None or systemctl is None or not RUNNING.is_dir():
        return None
    command = (systemctl, *words, f"{installed.name}.service")
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 # a file of /etc/declic
