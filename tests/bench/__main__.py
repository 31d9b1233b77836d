"""Print the figures: `python -m tests.bench` for all, or the names of some parts."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench import (
    alerts,
    backup,
    communities,
    coop,
    directory,
    exchange,
    fanout,
    figures,
    first_page,
    home,
    inbound,
    limits,
    memory,
    pages,
    publishing,
    repairs,
    search,
    streams,
    walks,
)

PARTS: dict[str, Callable[[Path], Awaitable[None]]] = {
    "limits": limits.run,
    "inbound": inbound.run,
    "fanout": fanout.run,
    "pages": pages.run,
    "memory": memory.run,
    "directory": directory.run,
    "streams": streams.run,
    "home": home.run,
    "exchange": exchange.run,
    "backup": backup.run,
    "walks": walks.run,
    "coop": coop.run,
    "alerts": alerts.run,
    "repairs": repairs.run,
    "search": search.run,
    "first_page": first_page.run,
    "publishing": publishing.run,
    "communities": communities.run,
    "figures": figures.run,
}


async def main(names: list[str]) -> None:
    """Run these parts, each in a folder of its own."""
    for name in names or list(PARTS):
        with tempfile.TemporaryDirectory(prefix="declic-bench-") as folder:
            os.chmod(folder, 0o711)  # as root, PostgreSQL runs as another account and has to pass
            await PARTS[name](Path(folder))


if __name__ == "__main__":
    unknown = set(sys.argv[1:]) - set(PARTS)
    if unknown:
        sys.exit(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
    asyncio.run(main(sys.argv[1:]))
