"""Each time that a meeting takes place, as far ahead as is told: what one registers for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.ids import make_id
from models.moments import PARIS
from models.store.database import Connection, execute, execute_many, fetch_all, fetch_column, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One time. `recurs_at` is when it was to be by the rule, and its name for others; `own`: it alone was changed.

    `venue` and `capacity` only where they are others than the meeting's.
    """

    id: int
    meeting_id: int
    recurs_at: datetime
    begins_at: datetime
    ends_at: datetime | None
    own: bool = False
    cancelled: bool = False
    venue: str = ""
    capacity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTime:
    """When one time is to be: by the rule, and as it is; `venue` only where it is elsewhere than the others."""

    recurs_at: datetime
    begins_at: datetime
    ends_at: datetime | None = None
    cancelled: bool = False
    venue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What became of the times of a meeting: which are at another moment now, and which are no more."""

    moved: tuple[Occurrence, ...] = ()
    dropped: tuple[Occurrence, ...] = ()


async def find(conn: Connection, id: int) -> Occurrence | None:
    """The one with this id."""
    return await fetch_one(conn, Occurrence, "SELECT * FROM meeting_occurrence WHERE id = $1", id)


async def list_of_meeting(conn: Connection, meeting_id: int, *, since: datetime | None = None) -> list[Occurrence]:
    """All times of a meeting, or those that are not over at this moment, in their order."""
    return await fetch_all(
        conn,
        Occurrence,
        """
        SELECT * FROM meeting_occurrence
        WHERE meeting_id = $1 AND ($2::timestamptz IS NULL OR coalesce(ends_at, begins_at) > $2) ORDER BY begins_at, id
        """,
        meeting_id,
        since,
    )


async def find_meant(
    conn: Connection, meeting_id: int, recurs_at: datetime | None, *, at: datetime
) -> Occurrence | None:
    """The time that somebody names; without a name the next that takes place, else the last."""
    found = await list_of_meeting(conn, meeting_id)
    if recurs_at is not None:
        return next((one for one in found if recurs_at in (one.recurs_at, one.begins_at)), None)
    return _find_next(found, at) or (found[-1] if found else None)


def _find_next(found: Sequence[Occurrence], at: datetime) -> Occurrence | None:
    """The next that takes place, or of those to come that do not the first."""
    coming = [one for one in found if (one.ends_at or one.begins_at) > at]
    return next((one for one in coming if not one.cancelled), next(iter(coming), None))


async def sync(conn: Connection, meeting_id: int, spans: Sequence[PlannedTime], *, since: datetime) -> Changes:
    """The times from `since` on are these. A time keeps its row where it has its name or its day, and who comes to it.

    What is no more and nobody registered for goes; else it stands as cancelled. What was changed alone stays, also
    where by the rule it would have been before `since`.
    """
    held = [one for one in await list_of_meeting(conn, meeting_id) if max(one.begins_at, one.recurs_at) >= since]
    kept = _pair(held, spans)
    await _move(conn, kept)
    named, staying = {span.recurs_at for _, span in kept}, {one.id for one, _ in kept}
    await _add(conn, meeting_id, [span for span in spans if span.recurs_at not in named])
    dropped = await _drop(conn, [one for one in _list_planned(held, since) if one.id not in staying])
    return Changes(moved=_list_moved(kept), dropped=dropped)


def _list_planned(held: Sequence[Occurrence], since: datetime) -> list[Occurrence]:
    """Those of which the rule says from `since` on whether they are to be."""
    return [one for one in held if not (one.own and one.recurs_at < since)]


def _list_moved(kept: Sequence[tuple[Occurrence, PlannedTime]]) -> tuple[Occurrence, ...]:
    return tuple(one for one, span in kept if not one.own and _differs(one, span))


async def _move(conn: Connection, kept: Sequence[tuple[Occurrence, PlannedTime]]) -> None:
    """To their new moments; where these are later the last goes first, or one would take the name of the next."""
    later = any(span.recurs_at > one.recurs_at for one, span in kept)
    await execute_many(
        conn,
        """
        UPDATE meeting_occurrence SET recurs_at = $2, begins_at = CASE WHEN own THEN begins_at ELSE $3 END,
            ends_at = CASE WHEN own THEN ends_at ELSE $4 END, cancelled = CASE WHEN own THEN cancelled ELSE $5 END,
            venue = CASE WHEN own THEN venue ELSE $6 END
        WHERE id = $1
        """,
        [
            (one.id, span.recurs_at, span.begins_at, span.ends_at, span.cancelled, span.venue)
            for one, span in sorted(kept, key=lambda pair: pair[1].recurs_at, reverse=later)
        ],
    )


def _pair(held: Sequence[Occurrence], spans: Sequence[PlannedTime]) -> list[tuple[Occurrence, PlannedTime]]:
    """By their names, then by their days; a single time is the same whatever its day."""
    if len(held) == len(spans) == 1:
        return [(held[0], spans[0])]
    named, days = {one.recurs_at: one for one in held}, {_day(one.recurs_at): one for one in held}
    paired: dict[int, tuple[Occurrence, PlannedTime]] = {}
    left = []
    for span in spans:
        if (one := named.get(span.recurs_at)) is not None:
            paired[one.id] = (one, span)
        else:
            left.append(span)
    for span in left:
        if (one := days.get(_day(span.recurs_at))) is not None and one.id not in paired:
            paired[one.id] = (one, span)
    return list(paired.values())


def _day(moment: datetime) -> object:
    return moment.astimezone(PARIS).date()


def _differs(one: Occurrence, span: PlannedTime) -> bool:
    was = (one.begins_at, one.ends_at, one.cancelled, one.venue)
    return was != (span.begins_at, span.ends_at, span.cancelled, span.venue)


async def _add(conn: Connection, meeting_id: int, spans: Sequence[PlannedTime]) -> None:
    await execute_many(
        conn,
        """
        INSERT INTO meeting_occurrence (id, meeting_id, recurs_at, begins_at, ends_at, cancelled, venue)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
        """,
        [
            (make_id(), meeting_id, span.recurs_at, span.begins_at, span.ends_at, span.cancelled, span.venue)
            for span in spans
        ],
    )


async def _drop(conn: Connection, gone: Sequence[Occurrence]) -> tuple[Occurrence, ...]:
    ids = [one.id for one in gone]
    await execute(conn, "SELECT FROM meeting_occurrence WHERE id = ANY($1) ORDER BY id FOR UPDATE", ids)
    await execute(
        conn,
        """
        DELETE FROM meeting_occurrence o WHERE o.id = ANY($1) AND NOT EXISTS (
            SELECT FROM meeting_registration r WHERE r.occurrence_id = o.id)
        """,
        ids,
    )
    await execute(conn, "UPDATE meeting_occurrence SET cancelled = true WHERE id = ANY($1)", ids)
    return tuple(one for one in gone if not one.cancelled)


async def change(conn: Connection, changed: Occurrence) -> None:
    """This time alone is so: other hours, another place, other seats, or cancelled."""
    await execute(
        conn,
        """
        UPDATE meeting_occurrence
        SET begins_at = $2, ends_at = $3, cancelled = $4, venue = $5, capacity = $6, own = true
        WHERE id = $1
        """,
        changed.id,
        changed.begins_at,
        changed.ends_at,
        changed.cancelled,
        changed.venue,
        changed.capacity,
    )


async def cancel_all(conn: Connection, meeting_id: int, *, since: datetime) -> list[int]:
    """None of the times from `since` on takes place; the ids of those that were to."""
    return await fetch_column(
        conn,
        """
        UPDATE meeting_occurrence SET cancelled = true WHERE id IN (
            SELECT id FROM meeting_occurrence
            WHERE meeting_id = $1 AND NOT cancelled AND coalesce(ends_at, begins_at) > $2 ORDER BY id FOR UPDATE)
        RETURNING id
        """,
        meeting_id,
        since,
    )
