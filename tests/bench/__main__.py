"""Print the figures: `python -m tests.bench` for all parts in short, or the names of some, which are long then."""

import asyncio
import os
import resource
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
from tests.bench.founded import FOUNDED
from tests.bench.server import compile_modules, found

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


class Clock:
    """What passed since it was made: time, and work of this process and of those below it that ended.

    PostgreSQL is a session of its own, and not in it.
    """

    def __init__(self) -> None:
        self._begun, self._worked = time.monotonic(), _read_processor_seconds()

    def read(self) -> str:
        """Both, in seconds: on a machine that others use only the second says how long it would be otherwise."""
        worked = _read_processor_seconds() - self._worked
        return f"{time.monotonic() - self._begun:.0f} s, {worked:.0f} s of processor time"


def _read_processor_seconds() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


async def main(names: Sequence[str]) -> None:
    """Run these parts, each in a folder of its own, with the limits of the machine measured just before."""
    compile_modules()
    with tempfile.TemporaryDirectory(prefix="declic-machine-") as folder:
        os.chmod(folder, 0o711)  # as root, PostgreSQL runs as another account and has to pass
        async with limits.watching_machine(Path(folder)) as machine:
            whole = Clock()
            if len(names) > 1:
                FOUNDED.set(await found(Path(folder) / "founded"))
                print(f"(a server that parts begin with: {whole.read()})", flush=True)
            for name in names:
                clock = Clock()
                await machine.measure()
                with tempfile.TemporaryDirectory(prefix="declic-bench-") as place:
                    os.chmod(place, 0o711)
                    await PARTS[name](Path(place))
                print(f"({name}: {clock.read()})", flush=True)
            print(f"\n{len(names)} parts: {whole.read()}", flush=True)


if __name__ == "__main__":
    wanted = [name for name in sys.argv[1:] if name != "--short"]
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.exit(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
    SHORT.set(not wanted or "--short" in sys.argv)
    asyncio.run(main(wanted or [name for name in PARTS if name not in ALONE]))
