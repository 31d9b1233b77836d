"""Lists of servers to set aside, as Mastodon and others write them (CSV): read, compared with what is decided, written.

Nothing here applies a list: `plan` says what it would change, and whoever reads that decides. Severity `suspend` is our
« aside ». `silence` has no counterpart here, where there is no ranking to fall out of, so such servers stay as they are
unless the reader asks to set them aside too. `noop` changes nothing. `reject_media` and `reject_reports` alone neither.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from federation.discovery.hosts import read_host
from models.errors import Invalid
from models.servers import trust_levels
from models.servers.trust_levels import Decision, Level, Reach
from models.store.database import Connection

Severity = Literal["suspend", "silence", "noop"]

COLUMNS = ("domain", "severity", "reject_media", "reject_reports", "public_comment", "obfuscate")

SEVERITIES: dict[str, Severity] = {"suspend": "suspend", "silence": "silence", "limit": "silence", "noop": "noop"}

LONGEST = 2 * 1024 * 1024
MOST = 20_000
"""Characters and lines of one list."""

COMMENT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDomain:
    """One line: a domain as hosts are kept (A-label, lower case), how severe, and what may be said of it in public."""

    domain: str
    severity: Severity
    public_comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A list as it was read; `unreadable` are the lines that name no domain, obfuscated ones for example."""

    entries: tuple[ListedDomain, ...]
    unreadable: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A domain that would be set aside, and what hangs on it here."""

    entry: ListedDomain
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a list would change. Friends stay friends: only their own page makes them anything else."""

    changes: tuple[Change, ...]
    already: tuple[str, ...]
    friends: tuple[str, ...]
    silenced: tuple[str, ...]
    ignored: int
    unreadable: tuple[str, ...]

    @property
    def followed(self) -> int:
        """Follows of ours that would rest."""
        return sum(change.reach.followed for change in self.changes)

    @property
    def followers(self) -> int:
        """Follows towards us that would rest."""
        return sum(change.reach.followers for change in self.changes)


def read_list(text: str) -> Reading:
    """A list with Mastodon's columns in any order, with or without the # before their names, or bare domains.

    The later of two lines about one domain counts. Raises Invalid for what is no list, or too long.
    """
    names, rows = _read_table(text)
    entries: dict[str, ListedDomain] = {}
    unreadable: list[str] = []
    for row in rows:
        entry = _read_row(dict(zip(names, (cell.strip() for cell in row), strict=False)))
        if entry is None:
            unreadable.append(", ".join(row)[:200])
        else:
            entries[entry.domain] = entry
    if not entries and unreadable:
        raise Invalid("domain_list_unreadable", field="list")
    return Reading(entries=tuple(entries.values()), unreadable=tuple(unreadable))


def _read_table(text: str) -> tuple[list[str], list[list[str]]]:
    """The columns' names and the rows; bare domains are a table of one column."""
    if len(text) > LONGEST:
        raise Invalid("domain_list_too_long", field="list")
    try:
        rows = [row for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if any(cell.strip() for cell in row)]
    except csv.Error:
        raise Invalid("domain_list_unreadable", field="list") from None
    if len(rows) > MOST:
        raise Invalid("domain_list_too_long", field="list")
    names = [cell.strip().lstrip("#").lower() for cell in rows[0]] if rows else []
    return (names, rows[1:]) if "domain" in names else (["domain"], rows)


def _read_row(row: dict[str, str]) -> ListedDomain | None:
    domain = read_domain(row.get("domain", ""))
    severity = SEVERITIES.get(row.get("severity", "").lower() or "suspend")
    if domain is None or severity is None:
        return None
    return ListedDomain(domain=domain, severity=severity, public_comment=row.get("public_comment", "")[:COMMENT])


def read_domain(written: str) -> str | None:
    """A domain as hosts are kept; None for what is none, and for names without a dot: half the world."""
    name = written.strip().removeprefix("*.").rstrip(".")
    if not name or any(mark in name for mark in "*/@?# "):
        return None
    try:
        return read_host(name)
    except Invalid:
        return None


async def plan(conn: Connection, reading: Reading, *, own_host: str, silenced_too: bool = False) -> Plan:
    """Compare a list with what is decided already."""
    levels = {one.host: one.level for one in await trust_levels.list_decided(conn)}
    wanted = {"suspend", "silence"} if silenced_too else {"suspend"}
    severe = [entry for entry in reading.entries if entry.severity in wanted and entry.domain != own_host]
    fresh = _list_at("reader", severe, levels)
    silenced = () if silenced_too else _domains(one for one in reading.entries if one.severity == "silence")
    return Plan(
        changes=await _list_changes(conn, fresh),
        already=_domains(_list_at("aside", severe, levels)),
        friends=_domains(_list_at("friend", severe, levels)),
        silenced=silenced,
        ignored=len(reading.entries) - len(severe) - len(silenced),
        unreadable=reading.unreadable,
    )


async def _list_changes(conn: Connection, fresh: Sequence[ListedDomain]) -> tuple[Change, ...]:
    """What would be set aside, those first on which most hangs here."""
    reaches = {reach.domain: reach for reach in await trust_levels.list_reach(conn, [entry.domain for entry in fresh])}
    changes = [Change(entry=entry, reach=reaches[entry.domain]) for entry in fresh]
    changes.sort(key=lambda one: (-one.reach.followed - one.reach.followers, -one.reach.actors, one.entry.domain))
    return tuple(changes)


async def carry_out(conn: Connection, planned: Plan) -> int:
    """Set aside what the plan says; how many domains."""
    entries = [change.entry for change in planned.changes]
    await trust_levels.save_levels(
        conn, [Decision(host=one.domain, level="aside", public_reason=one.public_comment) for one in entries]
    )
    return len(entries)


def _list_at(level: Level, entries: Iterable[ListedDomain], levels: Mapping[str, Level]) -> list[ListedDomain]:
    """Those whose domains stand at this level: at "reader" where nothing was decided."""
    return [entry for entry in entries if levels.get(entry.domain, "reader") == level]


def _domains(entries: Iterable[ListedDomain]) -> tuple[str, ...]:
    return tuple(sorted(entry.domain for entry in entries))


def write_list(decisions: Sequence[Decision]) -> str:
    """Everything that is set aside, as Mastodon imports it; public reasons go along, private notes never."""
    return _write(
        ListedDomain(domain=one.host, severity="suspend", public_comment=one.public_reason)
        for one in decisions
        if one.level == "aside"
    )


def write_plan(planned: Plan) -> str:
    """The changes of a plan as a list again, for a form that carries them out."""
    return _write(
        ListedDomain(domain=one.entry.domain, severity="suspend", public_comment=one.entry.public_comment)
        for one in planned.changes
    )


def _write(entries: Iterable[ListedDomain]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([f"#{name}" for name in COLUMNS])
    for entry in entries:
        writer.writerow([entry.domain, entry.severity, "true", "true", _defuse(entry.public_comment), "false"])
    return written.getvalue()


def _defuse(text: str) -> str:
    """On one line, and nothing that a spreadsheet would take for a formula."""
    flat = " ".join(text.split())
    return f"'{flat}" if flat[:1] in {"=", "+", "-", "@"} else flat
