"""The one judge of all attacks: what one may leave behind, whom it may make us ask, how long, how much it costs.

`async with ground.judged(...)` measures a block: rows of every table, every socket that is opened and every name that
is looked up in this process, the time of each answer, the growth of memory, and the lines of the log.
"""

import logging
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from models.store.database import Pool

P99_LIMIT = 2.0
MEMORY_LIMIT = 64 * 1024 * 1024

AUDIT = frozenset(
    {
        "received",
        "failed_fetch",
        "server",
        "used_nonce",
        "request_count",
        "heartbeat",
        "attempt",
        "tombstone",
        "passage",
    }
)
"""Where an attack may leave a line: what came and why it was ignored, which address failed, which server was heard."""

WORKING = (
    "pgqueuer",
    "shipped_data",
    "commune",
    "everyday_word",
    "everyday_relation",
    "known_word",
    "known_word_count",
    "stream_event",
    "figure_",
    "health_",
)
"""Tables of the work that goes on meanwhile (streams and figures are of rows that are counted themselves), of shipped
data."""

TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"

BUGS = "SELECT string_agg(error, '; ') FROM received WHERE state = 'failed' OR error ~ '^[A-Z][A-Za-z]+: '"
"""`inbox/processing/process` writes the name of an exception that is none of ours before its text."""


@dataclass(slots=True)
class Sockets:
    """What this process connects to and looks up, as Python's own audit events tell; public addresses are refused.

    Nothing that an attack says may lead a test to the real internet, so a connect beyond loopback fails at once.
    """

    connects: list[tuple[str, int]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    installed: bool = False

    def install(self) -> None:
        """Listen to audit events; there is no way back, so it is done once."""
        if not self.installed:
            self.installed = True
            sys.addaudithook(self.hear)

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """One audit event of the interpreter."""
        if event == "socket.connect":
            address = arguments[1]
            if isinstance(address, tuple):
                self.connects.append((str(address[0]), int(address[1])))
                if not str(address[0]).startswith(("127.", "::1")):
                    raise ConnectionRefusedError(f"tests do not call {address[0]}")
        elif event == "socket.getaddrinfo":
            self.names.append(str(arguments[0]))


SOCKETS = Sockets()


@dataclass(slots=True)
class Figures:
    """What was measured over the whole run."""

    answers: list[float] = field(default_factory=list)
    growth: list[tuple[float, str]] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)
    blocks: int = 0
    fuzzed: list[str] = field(default_factory=list)

    def describe(self) -> str:
        """One paragraph for the end of the run."""
        most, where = max(self.growth, default=(0.0, "-"))
        return (
            f"{self.blocks} attacks judged, {len(self.answers)} answers: p99 {percentile(self.answers) * 1000:.0f} ms, "
            f"slowest {max(self.answers, default=0) * 1000:.0f} ms; most memory {most / 1048576:.1f} MiB ({where}); "
            f"{len(self.tracebacks)} tracebacks"
        )


FIGURES = Figures()


def take_figures(measured: dict[str, Any]) -> None:
    """Add what another process of the same run measured."""
    FIGURES.blocks += measured["blocks"]
    FIGURES.answers += measured["answers"]
    FIGURES.growth += [(grown, where) for grown, where in measured["growth"]]
    FIGURES.tracebacks += measured["tracebacks"]
    FIGURES.fuzzed += measured["fuzzed"]


class Log:
    """What the servers of this process wrote: structlog's entries and the libraries' records."""

    def __init__(self) -> None:
        self.entries: list[Any] = []
        self.records: list[logging.LogRecord] = []

    @property
    def tracebacks(self) -> list[str]:
        """Everything that is an error or carries an exception."""
        told = [one for one in self.entries if one["log_level"] in {"error", "critical"} or "exception" in one]
        written = [one for one in self.records if one.levelno >= logging.ERROR or one.exc_info]
        return [f"{one['event']}: {one.get('exception', one)[-800:]}" for one in told] + [
            f"{one.getMessage()} {one.exc_info}" for one in written
        ]

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join([str(one) for one in self.entries] + [one.getMessage() for one in self.records])


@asynccontextmanager
async def listening() -> AsyncIterator[Log]:
    """Collect what is logged in this process meanwhile."""
    log = Log()
    handler = logging.Handler(logging.WARNING)
    handler.emit = log.records.append  # type: ignore[method-assign, assignment]  # a handler that only keeps
    logging.getLogger().addHandler(handler)
    try:
        with structlog.testing.capture_logs(processors=[structlog.processors.format_exc_info]) as log.entries:
            yield log
    finally:
        logging.getLogger().removeHandler(handler)


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What one block did; complete once the block has ended."""

    rows: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    connects: list[tuple[str, int]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    p99: float = 0.0
    memory: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a block may do: new rows by table, paths of peers (`host/path`, or `host/` for all of it) and how often."""

    rows: Mapping[str, int] = field(default_factory=dict)
    asks: Iterable[str] = ()
    most_asks: int | None = None
    seconds: float = P99_LIMIT
    memory: int = MEMORY_LIMIT


async def count_rows(pool: Pool) -> Counter[str]:
    """How many rows every table has."""
    names = [row["table_name"] for row in await pool.fetch(TABLES)]
    counts = [f"SELECT '{name}' AS name, count(*) AS rows FROM {name}" for name in names if not _is_left_out(name)]
    return Counter({row["name"]: row["rows"] for row in await pool.fetch(" UNION ALL ".join(counts))})


def _is_left_out(table: str) -> bool:
    return table in AUDIT or table.startswith(WORKING)


def find_unexpected_rows(before: Counter[str], after: Counter[str], allowed: Mapping[str, int]) -> dict[str, int]:
    """Tables that grew more than they may; also ones that lost rows, unless a negative number says so."""
    found = {}
    for table in sorted(after.keys() | before.keys()):
        grown = after[table] - before[table]
        if table == "unmatched_listing" and grown <= after["listing"] - before["listing"]:
            continue  # a chore takes each away within a minute, and each is of a listing that is counted
        limit = allowed.get(table, 0)
        if grown > max(limit, 0) or grown < min(limit, 0):
            found[table] = grown
    return found


def find_unexpected_requests(asked: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """Requests that reached a peer and are none of those that may."""
    exact, whole = {one for one in allowed if not one.endswith("/")}, tuple(one for one in allowed if one.endswith("/"))
    return [one for one in asked if one not in exact and not one.startswith(whole)]


def percentile(seconds: list[float], share: float = 0.99) -> float:
    """The value below which so many of them are."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def read_own_time() -> float:
    """Seconds as they pass for this thread: not those in which it was ready and others had the processor (Linux)."""
    try:
        waited = int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        waited = 0.0
    return time.perf_counter() - waited


def read_memory() -> int:
    """Resident bytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def read_peak() -> int:
    """The most resident bytes since `forget_peak`."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def forget_peak() -> None:
    """Let the peak begin anew (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")
