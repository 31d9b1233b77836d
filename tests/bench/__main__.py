"""Print the figures: `python -m tests.bench` for all parts in short, or the names of some, which are long then."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
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
    peers,
    publishing,
    repairs,
    search,
    streams,
    walks,
)
from tests.bench.form import SHORT

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
    "peers": peers.run,
}

ALONE = frozenset({"peers", "directory", "publishing"})
"""Only where they are named: long, or of something that seldom changes."""


async def main(names: Sequence[str]) -> None:
    """Run these parts, each in a folder of its own, with the limits of the machine measured just before."""
    with tempfile.TemporaryDirectory(prefix="declic-machine-") as folder:
        os.chmod(folder, 0o711)  # as root, PostgreSQL runs as another account and has to pass
        async with limits.watching_machine(Path(folder)) as machine:
            for name in names:
                begun = time.monotonic()
                await machine.measure()
                with tempfile.TemporaryDirectory(prefix="declic-bench-") as place:
                    os.chmod(place, 0o711)
                    await PARTS[name](Path(place))
                print(f"({name}: {time.monotonic() - begun:.0f} s)", flush=True)


if __name__ == "__main__":
    wanted = [name for name in sys.argv[1:] if name != "--short"]
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.exit(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
    SHORT.set(not wanted or "--short" in sys.argv)
    asyncio.run(main(wanted or [name for name in PARTS if name not in ALONE]))
