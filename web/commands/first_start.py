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
    from web.middlewares import work_signals
    from web.server import bootstrap

if TYPE_CHECKING:
    from federation.instance import Instance
    from models.settings import Settings
    from web.commands.installed_settings import Installed

PATIENCE_SECONDS = 120.0
"""A first start makes a database and fills it: so long at most, on a small and busy machine."""

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
    began, said = time.monotonic(), False
    while True:
        try:
            return await stack.enter_async_context(bootstrap.open_ready_instance(settings, migrating=False))
        except (postgres.NoInstance, migrate.NotMigrated, errors.Unavailable):
            waited = time.monotonic() - began
            if installed is None or waited >= PATIENCE_SECONDS or not is_running(installed):
                raise
        if not said and waited >= SILENT_SECONDS:
            print_err(f"Waiting for the service {installed.name}, which makes the database at its first start…")
            said = True
        await asyncio.sleep(PAUSE_SECONDS)


def is_running(installed: Installed) -> bool:
    """Whether systemd runs the service of this instance, or cannot be asked from this account."""
    systemctl = shutil.which("systemctl")
    if installed.user is None or systemctl is None or not RUNNING.is_dir():
        return False
    command = (systemctl, "is-active", f"{installed.name}.service")
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 # a file of /etc/declic
    return answer.stdout.strip() not in ENDED
