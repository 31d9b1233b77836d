"""(t) Déclic beside the peers that are installed here: the same activities, the same front, the same two cores."""

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.form import Sized
from tests.bench.report import heading
from tests.bench.rig.activities import build_documents
from tests.bench.rig.candidates import Candidate, running_declic
from tests.bench.rig.hosts import HOSTS, running_sink
from tests.bench.rig.measure import get_ready, run_rounds, watch_fan_out
from tests.bench.rig.others import (
    has_fedify,
    has_gotosocial,
    has_snac,
    running_fedify_candidate,
    running_gotosocial_candidate,
    running_snac_candidate,
)
from tests.certificates import Authority

Start = Callable[[Path, Authority], AbstractAsyncContextManager[Candidate]]

CANDIDATES: dict[str, tuple[Start, Callable[[], bool]]] = {
    "Déclic": (running_declic, lambda: True),
    "snac2": (running_snac_candidate, has_snac),
    "GoToSocial": (running_gotosocial_candidate, has_gotosocial),
    "Fedify": (running_fedify_candidate, has_fedify),
}
"""How each is started, and whether it is here."""

COUNT, ROUNDS = Sized(long=3_000, short=1_000), Sized(long=3, short=1)

COLUMNS = ("accepted/s", "p99 ms", "processed/s", "CPU ms each", "last of 200, warm, s", "memory MB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What stands in the table of one."""

    accepted: float
    p99: float
    processed: float
    work: float
    fan_out: float
    megabytes: float
    refused: int
    faults: tuple[str, ...]

    def write(self, name: str) -> str:
        """The line."""
        figures = (f"{self.accepted:,.0f}", f"{self.p99:,.0f}", f"{self.processed:,.0f}", f"{self.work:.2f}")
        cells = (*figures, f"{self.fan_out:.2f}", f"{self.megabytes:,.0f}")
        text = f"{name:<10}" + "".join(f"{cell:>{len(head) + 2}}" for cell, head in zip(cells, COLUMNS, strict=True))
        beside = [*([f"{self.refused} refused"] if self.refused else []), *self.faults]
        return text + (f"  ({'; '.join(beside)})" if beside else "")


async def run(folder: Path) -> None:
    """One after the other, each alone on the machine; a table at the end."""
    heading("(t) Déclic beside its peers")
    count, rounds = COUNT.now, ROUNDS.now
    lines = dict[str, Line]()
    for name, (start, is_here) in CANDIDATES.items():
        if not is_here():
            print(f"left out: {name} is not installed")
            continue
        (folder / name).mkdir()
        clock = time.monotonic()
        try:
            lines[name] = await measure(start, folder / name, count=count, rounds=rounds)
        except (AssertionError, TimeoutError) as error:
            print(f"{name} has no figures: {error!r}", flush=True)
            continue
        print(f"{name} is measured after {time.monotonic() - clock:.0f} s", flush=True)
    print(f"{'':<10}" + "".join(f"  {head}" for head in COLUMNS))
    for name, line in lines.items():
        print(line.write(name), flush=True)
    ours = lines.get("Déclic")
    assert ours is not None and not ours.faults and not ours.refused


async def measure(start: Start, folder: Path, *, count: int, rounds: int) -> Line:
    """The medians of one."""
    (folder / "sink").mkdir()
    async with (
        running_sink(folder / "sink", build_documents) as sink,
        start(folder / "peer", sink.authority) as candidate,
    ):
        target, authors = await get_ready(candidate, sink)
        assert len(authors) == HOSTS
        fan_out = await watch_fan_out(candidate, sink)
        found = await run_rounds(candidate, sink, target, authors, count=count, rounds=rounds)
    return Line(
        accepted=median(one.sent.rate for one in found),
        p99=median(one.sent.milliseconds(0.99) for one in found),
        processed=median(one.processed for one in found),
        work=median(one.work for one in found),
        fan_out=fan_out,
        megabytes=found[-1].megabytes,
        refused=sum(sum(one.sent.refused.values()) for one in found),
        faults=found[-1].faults,
    )
