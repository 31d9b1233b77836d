"""How `declic peer` writes what is known of servers: a line each in a table, a fact a line, or JSON for scripts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from web.commands.imports import when_used

with when_used():
    from web.commands import english_errors
    from web.pages.servers import diagnosis_steps
    from web.pages.traffic import failure_causes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from models.traffic.peer_traffic import FailedDelivery, Peer

COLUMNS = ("host", "state", "level", "waiting", "held", "failed", "latency", "last in", "last out", "name", "trouble")


SHOWN = (
    *("host", "state", "level", "no_private", "software", "software_version", "name"),
    *("last_in_at", "last_out_at", "last_failure_at", "latency_ms", "clock_seconds"),
    *("waiting", "held", "failed", "due_at"),
    *("failure", "failure_cause", "failing_since", "unavailable_since", "probe_at", "paused_at"),
)
"""What scripts and administrators read of a server, in this order."""


def describe_peer(one: Peer) -> dict[str, Any]:
    """A server for scripts: what is kept of it, and in words what is wrong with its clock."""
    clock = None if one.clock_off is None else diagnosis_steps.describe_clock(english_errors.to_english, one.clock_off)
    return {name: getattr(one, name) for name in SHOWN} | {"clock": clock}


def describe_trouble(one: FailedDelivery) -> dict[str, Any]:
    """A delivery that failed, for scripts."""
    names = ("type", "object_uri", "state", "attempts", "status", "error", "cause", "created_at", "due_at")
    return {name: getattr(one, name) for name in names}


def write_json(value: object) -> str:
    """For scripts, and for people who look at it."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def draw_table(found: Iterable[Peer]) -> Iterator[str]:
    """The table, line by line, its columns as wide as they must be."""
    rows = [COLUMNS, *(_make_row(one) for one in found)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    for row in rows:
        yield "  ".join((cell or "-").ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _make_row(one: Peer) -> tuple[str, ...]:
    latency = "" if one.latency_ms is None else f"{one.latency_ms}ms"
    trouble = (
        failure_causes.explain_stop(english_errors.to_english, one.host, one.failure, one.failure_cause)
        if one.is_failing
        else ""
    )
    return (
        one.host,
        one.state,
        f"{one.level},nothing-private" if one.no_private else one.level,
        str(one.waiting),
        str(one.held),
        str(one.failed),
        latency,
        write_minute(one.last_in_at),
        write_minute(one.last_out_at),
        one.name or "",
        trouble,
    )


def write_minute(at: datetime | None) -> str:
    """A moment to the minute, in UTC; nothing for none."""
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def list_facts(one: Peer) -> Iterator[str]:
    """What is known of a server, a line each."""
    for name, value in describe_peer(one).items():
        if value is not None:
            yield f"{name.replace('_', ' ')}: {write_minute(value) if isinstance(value, datetime) else value}"


def list_troubles(one: Peer, failed: Iterable[FailedDelivery]) -> Iterator[str]:
    """What can be done where a server fails, and what did not get there."""
    if one.is_failing:
        duty = failure_causes.advise(english_errors.to_english, one.host, one.failure, one.failure_cause)
        if duty:
            yield f"what to do: {duty}"
    for delivery in failed:
        yield f"{delivery.state}: {delivery.type} {delivery.object_uri or ''} {delivery.error or ''}".strip()
