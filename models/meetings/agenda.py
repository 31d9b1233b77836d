"""Meetings as readers see them: those to come around here by their day, and what somebody registered for."""

from dataclasses import dataclass
from datetime import datetime

from models.meetings import meetings, occurrences, registrations
from models.meetings.meetings import FullMeeting
from models.meetings.occurrences import Occurrence
from models.meetings.registrations import Registration, SeatCounts
from models.store.database import Connection, fetch_all

MOST = 100
"""Of one page of an agenda."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaEntry:
    """One time of one meeting. `taken` and `waiting` are counted here; `remaining` is what a server elsewhere says."""

    occurrence: Occurrence
    meeting: FullMeeting
    counts: SeatCounts

    @property
    def capacity(self) -> int | None:
        """How many may come; None where as many as want to may."""
        return self.occurrence.capacity or self.meeting.meeting.capacity

    @property
    def free(self) -> int | None:
        """How many seats are left; None where nobody counts them."""
        if not self.meeting.listing.post.local:
            return self.meeting.meeting.remaining
        return None if self.capacity is None else max(self.capacity - self.counts.taken, 0)

    @property
    def cancelled(self) -> bool:
        """Whether it does not take place."""
        return self.occurrence.cancelled or self.meeting.meeting.status == "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEntry:
    """What somebody registered for, and her place in the line where she waits."""

    registration: Registration
    entry: AgendaEntry
    place: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who looks at an agenda: nobody known, or one of ours."""

    id: int | None = None
    local: bool = False


async def list_upcoming(
    conn: Connection,
    reader: Reader,
    *,
    since: datetime,
    until: datetime | None = None,
    after: Occurrence | None = None,
    limit: int = 20,
) -> list[AgendaEntry]:
    """Times that are not over at `since` and begin before `until`, in their order; those behind `after`.

    Of meetings of ours, and of whom somebody here follows: other cooperatives, groups of Mobilizon. Of everybody only
    what everybody may see; of members also what is for them.
    """
    found = await fetch_all(
        conn,
        Occurrence,
        """
        SELECT o.* FROM meeting_occurrence o
        JOIN post p ON p.id = o.meeting_id JOIN actor a ON a.id = p.author_id
        WHERE coalesce(o.ends_at, o.begins_at) > $1 AND o.begins_at < coalesce($2, 'infinity'::timestamptz)
            AND ($3::timestamptz IS NULL OR (o.begins_at, o.id) > ($3, $4::bigint))
            AND p.deleted_at IS NULL AND a.suspended_at IS NULL AND a.deleted_at IS NULL AND a.limited_at IS NULL
            AND (p.audience = 'network' OR ($6::boolean AND p.audience IN ('coop', 'territories')))
            AND (p.local OR EXISTS (SELECT FROM follow f JOIN actor here ON here.id = f.follower_id AND here.local
                WHERE f.followed_id = a.id AND f.state = 'accepted'))
            AND ($5::bigint IS NULL OR NOT coalesce((SELECT true FROM hidden h
                WHERE h.reader_id = $5 AND h.author_id = p.author_id LIMIT 1), false))
        ORDER BY o.begins_at, o.id LIMIT $7
        """,
        since,
        until,
        None if after is None else after.begins_at,
        None if after is None else after.id,
        reader.id,
        reader.local,
        min(limit, MOST),
    )
    return await complete(conn, found)


async def complete(conn: Connection, found: list[Occurrence]) -> list[AgendaEntry]:
    """These times with their meetings and counts, in the same order. Checks no audience."""
    full = await meetings.map_full(conn, sorted({one.meeting_id for one in found}))
    counts = await registrations.count(conn, [one.id for one in found])
    return [
        AgendaEntry(occurrence=one, meeting=full[one.meeting_id], counts=counts[one.id])
        for one in found
        if one.meeting_id in full
    ]


async def list_entries(conn: Connection, meeting_id: int, *, since: datetime | None = None) -> list[AgendaEntry]:
    """All times of one meeting, or those not over at this moment, with their counts. Checks no audience."""
    return await complete(conn, await occurrences.list_of_meeting(conn, meeting_id, since=since))


async def list_own(conn: Connection, actor_id: int, *, since: datetime) -> list[OwnEntry]:
    """What somebody takes part in, at times that are not over at this moment, the next first."""
    own = await registrations.list_of_actor(conn, actor_id, since=since)
    found = [await occurrences.find(conn, one.occurrence_id) for one in own]
    entries = {one.occurrence.id: one for one in await complete(conn, [one for one in found if one is not None])}
    return [
        OwnEntry(
            registration=one,
            entry=entries[one.occurrence_id],
            place=await registrations.find_place(conn, one),
        )
        for one in own
        if one.occurrence_id in entries
    ]
