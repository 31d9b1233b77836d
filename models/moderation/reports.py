"""Reports of people and posts, from members, visitors and other servers (Flag): kept, read, and settled by somebody.

Whoever is reported neither sees the report nor learns who made it, also where she looks after the cooperative herself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from models.ids import make_id
from models.moderation import cases
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value
from models.store.statements import compose, name_values

VISITORS_KEPT_DAYS = 365
"""So long after the decision the address and the name of whoever reported without an account are known."""

CONTENT_LIMIT = 5000
OBJECTS_LIMIT = 100
EXTRACT_LIMIT = 1000
"""Characters of a reported post that are kept beside the report."""

EXTRACTS = 20
"""Posts of one report of which an extract is kept."""

NOTE_LIMIT = 1000

ReportCategory = Literal["spam", "legal", "violation", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report. `object_uris` are what it names, `extracts` how that read then: [{"uri", "title", "text"}].

    `note` is for the team alone, `answer` for whoever reported; `reporter_email` and `reporter_name` are a visitor's.
    `law` is why it is held to be against the law, `times` how often the same person reported the same thing, last at
    `said_at`; `rules` which rules it names, as they read then: [{"number", "text"}].
    """

    id: int
    uri: str | None
    reporter_id: int | None
    target_id: int | None
    object_uris: list[str]
    content: str
    local: bool
    created_at: datetime
    closed_at: datetime | None
    category: ReportCategory = "other"
    forwarded: bool = False
    extracts: list[dict[str, Any]] = field(default_factory=list)
    target_name: str = ""
    reporter_email: str | None = None
    reporter_language: str = "fr"
    closed_by: int | None = None
    note: str = ""
    answer: str = ""
    case_id: int | None = None
    reporter_name: str = ""
    law: str = ""
    times: int = 1
    changed_at: datetime | None = None
    said_at: datetime
    rules: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """A report about to be kept; `target_id` is the reported actor, None where a page is reported that nobody wrote."""

    uri: str | None
    reporter_id: int | None
    target_id: int | None
    object_uris: list[str]
    content: str
    local: bool
    category: ReportCategory = "other"
    forwarded: bool = False
    extracts: Sequence[dict[str, Any]] = ()
    target_name: str = ""
    reporter_email: str | None = None
    reporter_language: str = "fr"
    reporter_name: str = ""
    law: str = ""
    rules: Sequence[dict[str, Any]] = ()

    @property
    def kept_uris(self) -> list[str]:
        """What it names, cut to the limit."""
        return self.object_uris[:OBJECTS_LIMIT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a report is settled: by whom (a command: by nobody), what the team notes, what whoever reported is told."""

    by: int | None
    note: str = ""
    answer: str = ""


COLUMNS = """id, uri, reporter_id, target_id, object_uris, content, local, created_at, closed_at, category, forwarded,
        extracts, target_name, reporter_email, reporter_language, closed_by, note, answer, case_id, reporter_name, law,
        times, changed_at, said_at, rules"""
"""What a Report is read from."""

_SAVE = name_values(
    """
    INSERT INTO report (id, uri, reporter_id, target_id, object_uris, content, local, category, forwarded,
        extracts, target_name, reporter_email, reporter_language, case_id, reporter_name, law, rules)
    VALUES (:id, :uri, :reporter_id, :target_id, :kept_uris, :content, :local, :category, :forwarded, :extracts,
        :target_name, :reporter_email, :reporter_language, :case_id, :reporter_name, :law, :rules)
    ON CONFLICT (uri) DO NOTHING RETURNING {columns}
    """,
    NewReport,
    also=["id", "content", "extracts", "case_id", "rules"],
    columns=COLUMNS,
)


async def save(conn: Connection, new: NewReport) -> Report | None:
    """Keep a report, cut to its limits (AX17), in the case about whom it is about. None when it is known already."""
    if new.uri is not None and await fetch_value(conn, "SELECT EXISTS (SELECT FROM report WHERE uri = $1)", new.uri):
        return None
    return await fetch_one(
        conn,
        Report,
        _SAVE.sql,
        *_SAVE.args(
            new,
            id=make_id(),
            content=new.content[:CONTENT_LIMIT],
            extracts=list(new.extracts[:EXTRACTS]),
            rules=list(new.rules),
            case_id=await cases.open_case(conn, new.target_id, new.target_name),
        ),
    )


async def find(conn: Connection, id: int, reader_id: int | None) -> Report | None:
    """The report, unless it concerns the reader."""
    found = await list_by_ids(conn, [id], reader_id)
    return found[0] if found else None


_BY_IDS = compose(
    """
    SELECT {columns} FROM report
    WHERE id = ANY($1)
        AND NOT EXISTS (SELECT FROM concerned x WHERE x.about_id = target_id AND x.actor_id = $2) ORDER BY id
    """,
    columns=COLUMNS,
)


async def list_by_ids(conn: Connection, ids: Sequence[int], reader_id: int | None = None) -> list[Report]:
    """These reports in their order, without those that concern the reader."""
    return await fetch_all(conn, Report, _BY_IDS, list(ids), reader_id)


_OPEN = compose(
    """
    SELECT {columns} FROM report WHERE closed_at IS NULL
        AND NOT EXISTS (SELECT FROM concerned x WHERE x.about_id = target_id AND x.actor_id = $1)
        AND ($2::bigint IS NULL OR case_id = $2) AND ($3::timestamptz IS NULL OR said_at <= $3) ORDER BY id LIMIT $4
    """,
    columns=COLUMNS,
)


async def list_open(
    conn: Connection,
    *,
    reader_id: int | None = None,
    case_id: int | None = None,
    until: datetime | None = None,
    limit: int = 100,
) -> list[Report]:
    """Reports that wait, of one case or all, oldest first; where nothing was said after `until`.

    Not those that concern the reader.
    """
    return await fetch_all(conn, Report, _OPEN, reader_id, case_id, until, limit)


_MADE = compose(
    """
    SELECT {columns} FROM report WHERE reporter_id = $1 AND local ORDER BY id DESC LIMIT $2
    """,
    columns=COLUMNS,
)


async def list_made(conn: Connection, reporter_id: int, *, limit: int = 50) -> list[Report]:
    """The latest reports that this member made herself."""
    return await fetch_all(conn, Report, _MADE, reporter_id, limit)


async def list_of_case(conn: Connection, case_id: int, reader_id: int | None = None) -> list[Report]:
    """All reports of a case, the earliest first; not those about the reader."""
    ids = await fetch_column(conn, "SELECT id FROM report WHERE case_id = $1 ORDER BY id LIMIT 500", case_id)
    return await list_by_ids(conn, ids, reader_id)


async def find_said_at(conn: Connection, case_id: int) -> datetime | None:
    """When something was reported in a case last, None without any report: by it one knows what came later."""
    found: datetime | None = await fetch_value(conn, "SELECT max(said_at) FROM report WHERE case_id = $1", case_id)
    return found


async def find_case(conn: Connection, id: int) -> int | None:
    """The case that a report belongs to."""
    found: int | None = await fetch_value(conn, "SELECT case_id FROM report WHERE id = $1", id)
    return found


async def put_into_case(conn: Connection, id: int, case_id: int) -> None:
    """It belongs to this case from now on."""
    await execute(conn, "UPDATE report SET case_id = $2 WHERE id = $1", id, case_id)


async def settle(conn: Connection, id: int, settlement: Settlement) -> bool:
    """It is settled. False when somebody else was quicker."""
    return bool(
        await execute(
            conn,
            """
            UPDATE report SET closed_at = now(), changed_at = now(), closed_by = $2, note = $3, answer = $4
            WHERE id = $1 AND closed_at IS NULL
            """,
            id,
            settlement.by,
            settlement.note[:NOTE_LIMIT],
            settlement.answer[:NOTE_LIMIT],
        )
    )


async def reopen(conn: Connection, id: int) -> bool:
    """It waits again, with what was noted. False when it does so already."""
    return bool(
        await execute(
            conn,
            """
            UPDATE report SET closed_at = NULL, closed_by = NULL, reminded_at = now(), changed_at = now()
            WHERE id = $1 AND closed_at IS NOT NULL
            """,
            id,
        )
    )


async def claim_forgotten(conn: Connection, *, first: timedelta, again: timedelta) -> list[int]:
    """Ids of open reports that nobody settled for so long, and about which nobody was reminded since `again`."""
    return await fetch_column(
        conn,
        """
        UPDATE report SET reminded_at = now()
        WHERE id IN (SELECT id FROM report WHERE closed_at IS NULL AND created_at < now() - $1::interval
            AND (reminded_at IS NULL OR reminded_at < now() - $2::interval) ORDER BY id LIMIT 200
            FOR UPDATE SKIP LOCKED) RETURNING id
        """,
        first,
        again,
    )


async def forget_visitors(conn: Connection, *, days: int = VISITORS_KEPT_DAYS) -> int:
    """Forget who reported without an account, so long after it was decided; how many reports. A chore."""
    return await execute(
        conn,
        """
        UPDATE report SET reporter_email = NULL, reporter_name = ''
        WHERE closed_at < now() - make_interval(days => $1) AND (reporter_email IS NOT NULL OR reporter_name <> '')
        """,
        days,
    )
