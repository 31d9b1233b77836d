"""(b) Mixed activities of 200 actors over TLS: taken in and processed together, and each apart."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median

from tests.bench.form import Sized
from tests.bench.report import figure, heading
from tests.bench.rig.activities import Author, Target, build_documents, write_lanes
from tests.bench.rig.candidates import Declic, running_declic
from tests.bench.rig.hosts import HOSTS, Sink, running_sink
from tests.bench.rig.measure import (
    LANES,
    Round,
    get_ready,
    require_effect,
    run_rounds,
    send,
    wait_until_processed,
    watch_fan_out,
)

COUNT, ROUNDS = Sized(long=6_000, short=1_500), Sized(long=3, short=1)


async def run(folder: Path) -> None:
    """As `declic serve` starts, but without limits of requests and with a log of warnings only; then in parts."""
    count, rounds = COUNT.now, ROUNDS.now
    heading(f"(b) {count:,} mixed activities of {HOSTS} actors over {LANES} connections, median of {rounds}")
    (folder / "sink").mkdir()
    async with (
        running_sink(folder / "sink", build_documents) as sink,
        running_declic(folder / "declic", sink.authority) as declic,
    ):
        target, authors = await get_ready(declic, sink)
        warm = await watch_fan_out(declic, sink)
        figure("a note to the last of 200 hosts, warm", warm, "s", at_most=0.12, by="200 bare deliveries")
        found = await run_rounds(declic, sink, target, authors, count=count, rounds=rounds)
        print_rounds(found, front=declic.front.program)
        await measure_apart(declic, sink, target, authors, count=count)


def print_rounds(found: Sequence[Round], *, front: str) -> None:
    """The medians; what the generator and the front cost stands beside."""
    assert not any(one.sent.refused or one.faults for one in found), [(one.sent.refused, one.faults) for one in found]
    accepted = median(one.sent.rate for one in found)
    figure("accepted while processing goes on", accepted, "/s", at_least=1500, by="bare intake")
    figure("answer then, p50", median(one.sent.milliseconds(0.5) for one in found), "ms", by="bare page")
    figure("answer then, p99", median(one.sent.milliseconds(0.99) for one in found), "ms", at_most=60, by="bare page")
    processed = median(one.processed for one in found)
    figure("processed, to the last", processed, "/s", at_least=1500, by="bare intake")
    work = median(one.work for one in found)
    figure("processor time of one activity, in all", work, "ms", at_most=0.8, by="bare work")
    figure("of the generator beside it", median(one.sent.generator_work for one in found), "ms")
    figure(f"of the front beside it ({front})", median(one.sent.front_work for one in found), "ms")
    figure("memory then (PSS), with PostgreSQL", found[-1].megabytes, "MB", at_most=180)


async def measure_apart(declic: Declic, sink: Sink, target: Target, authors: Sequence[Author], *, count: int) -> None:
    """A burst that nobody processes, then what it takes to process it."""
    await declic.end()
    await declic.start("serve", "--no-worker")
    await send(declic, sink, write_lanes(authors, target, count // 10))
    since: datetime = await declic.ask_database("SELECT clock_timestamp()")
    sent = await send(declic, sink, write_lanes(authors, target, count))
    assert not sent.refused, sent.refused
    figure("burst: accepted and processed later", sent.rate, "/s", at_least=2500, by="bare intake")
    figure("burst: answer, p99", sent.milliseconds(0.99), "ms", by="bare page")
    await declic.end()
    await declic.start("worker")
    begun = time.perf_counter()
    while await declic.ask_database(STARTED, since) == 0 and time.perf_counter() - begun < 30:
        await asyncio.sleep(0.02)
    await wait_until_processed(declic)
    await require_effect(declic, authors)
    rate: float = await declic.ask_database(RATE, since)
    figure("processed alone", rate, "/s", at_least=2200, by="bare intake")


STARTED = "SELECT count(*) FROM received WHERE received_at >= $1 AND finished_at IS NOT NULL"

RATE = """
    SELECT count(*) FILTER (WHERE finished_at > first) / extract(epoch FROM max(finished_at) - first)::float8
    FROM received, (SELECT min(finished_at) AS first FROM received WHERE received_at >= $1) AS begun
    WHERE received_at >= $1 GROUP BY first
"""
"""From the first to the last: how long the process takes to start is another matter. A set ends as one, by the clock of
its beginning: those of the first end when the time starts, and are not counted."""
