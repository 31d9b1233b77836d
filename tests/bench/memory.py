"""(e) Memory of an idle process that serves and works."""

import asyncio
from pathlib import Path

from tests.bench.report import figure, heading
from tests.bench.server import running


async def run(folder: Path) -> None:
    """Start a server, let it rest, read its memory."""
    heading("(e) memory of an idle process")
    async with running(folder / "memory") as server:
        await asyncio.sleep(5)
        figure("resident memory without PostgreSQL", server.resident_megabytes(), "MB", at_most=110)
