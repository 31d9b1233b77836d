"""The harness: whoever is measured gets the same activities of the same 200 actors over the same 16 connections."""

import asyncio
import json
import pickle
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.settings import Site
from tests.bench.report import percentile
from tests.bench.rig.activities import Author, Target, sign, write_lanes
from tests.bench.rig.candidates import Candidate
from tests.bench.rig.hosts import HOSTS, Sink

NOTES = 20

LANES = 16

Lanes = list[list[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the generator saw, and what it and the front cost for each, in milliseconds of processor time."""

    count: int
    seconds: float
    times: list[float]
    refused: dict[str, int]
    generator_work: float
    front_work: float

    @property
    def rate(self) -> float:
        """Accepted per second."""
        return self.count / self.seconds

    def milliseconds(self, share: float) -> float:
        """A percentile of the answers' times."""
        return 1000 * percentile(self.times, share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Taken in and processed at the same time."""

    sent: Sent
    processed: float
    work: float
    """Milliseconds of processor time of the server, its children and its database for each activity."""

    megabytes: float
    faults: tuple[str, ...] = ()
    """What of all that was said so far has no effect."""


async def send(candidate: Candidate, sink: Sink, lanes: Lanes) -> Sent:
    """Let the generator send these in a process of its own."""
    front = candidate.front.processor_seconds()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.rig.generator", str(candidate.front.port), str(sink.authority.ca_file),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate(pickle.dumps(lanes))
    seen: dict[str, Any] = json.loads(out)
    count = sum(map(len, lanes))
    refused = {status: number for status, number in seen["statuses"].items() if not status.startswith("2")}
    return Sent(
        count=count - sum(refused.values()),
        seconds=seen["seconds"],
        times=seen["times"],
        refused=refused,
        generator_work=1000 * seen["work"] / count,
        front_work=1000 * (candidate.front.processor_seconds() - front) / count,
    )


async def wait_until_processed(candidate: Candidate, *, seconds: float = 120) -> None:
    """Until nothing waits."""
    async with asyncio.timeout(seconds):
        while await candidate.count_waiting():
            await asyncio.sleep(0.05)


async def get_ready(candidate: Candidate, sink: Sink) -> tuple[Target, list[Author]]:
    """The person writes, follows all 200, who accept and follow her: both sides know each other's keys then."""
    host = candidate.origin.removeprefix("https://")
    notes = [await candidate.publish(f"Une remorque à prêter, numéro {number}.") for number in range(NOTES)]
    site = Site(url=candidate.origin, host=host)
    target = Target(site=site, person=candidate.person, notes=notes, inbox=candidate.inbox)
    authors = [Author(number=number, port=sink.port) for number in range(HOSTS)]
    await _deliver(candidate, sink, target, [(author, author.follow(target)) for author in authors])
    await sink.take()
    await candidate.follow([author.uri for author in authors])
    by_uri = {author.uri: author for author in authors}
    open = set(by_uri)
    async with asyncio.timeout(60):
        while open:
            follows = {follow["object"]: follow for follow in await sink.take_follows()}
            answers = [(by_uri[uri], by_uri[uri].accept(follow)) for uri, follow in follows.items()]
            if answers:
                await _deliver(candidate, sink, target, answers)
            open -= follows.keys()
            await asyncio.sleep(0.2)
    return target, authors


async def _deliver(candidate: Candidate, sink: Sink, target: Target, said: Sequence[tuple[Author, Any]]) -> None:
    lanes = [[sign(author, target, activity)] for author, activity in said]
    merged = [[one for lane in lanes[start::LANES] for one in lane] for start in range(LANES)]
    sent = await send(candidate, sink, merged)
    assert not sent.refused, (candidate.name, sent.refused)
    await wait_until_processed(candidate)


async def measure_together(candidate: Candidate, sink: Sink, lanes: Lanes) -> Round:
    """From the first request until nothing waits."""
    work = candidate.processor_seconds()
    begun = time.perf_counter()
    sent = await send(candidate, sink, lanes)
    await wait_until_processed(candidate)
    seconds = time.perf_counter() - begun
    work = candidate.processor_seconds() - work
    return Round(
        sent=sent, processed=sent.count / seconds, work=1000 * work / sent.count, megabytes=candidate.megabytes()
    )


async def run_rounds(
    candidate: Candidate, sink: Sink, target: Target, authors: Sequence[Author], *, count: int, rounds: int
) -> list[Round]:
    """A short one that warms, which is not counted, and then these; of each it is asked whether it took effect."""
    found = list[Round]()
    for size in (count // 5, *[count] * rounds):
        one = await measure_together(candidate, sink, write_lanes(authors, target, size))
        faults = [] if one.sent.refused else await candidate.list_faults(authors)
        found.append(replace(one, faults=tuple(faults)))
    return found[1:]


async def require_effect(candidate: Candidate, authors: Sequence[Author]) -> None:
    """Whoever only takes in is fast: nothing counts unless all that was said stands there now."""
    faults = await candidate.list_faults(authors)
    assert not faults, (candidate.name, faults)


async def watch_fan_out(candidate: Candidate, sink: Sink, *, times: int = 2) -> float:
    """Seconds from her answer until the last of the 200 hosts has what she wrote; the last of so many notes."""
    last = 0.0
    for number in range(times):
        await sink.take()
        await candidate.publish(f"Encore une remorque, {number}.")
        begun = time.time()
        arrived: dict[str, float] = {}
        deadline = time.monotonic() + 30
        while len(arrived) < HOSTS and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
            for moment, host, _ in await sink.take():
                arrived.setdefault(host, moment)
        assert len(arrived) == HOSTS, f"{candidate.name} reached {len(arrived)} hosts of {HOSTS}"
        last = max(arrived.values()) - begun
    return last
