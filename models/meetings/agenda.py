"""Meetings as readers see them: those to come around here by their day, and what somebody registered for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models import posts
from models.meetings import meetings, occurrences, registrations
from models.meetings.meetings import FullMeeting
from models.meetings.occurrences import Occurrence
from models.meetings.registrations import Registration, SeatCounts
from models.places.distances import DISTANCE
from models.posts.inside import READS_INSIDE
from models.store.database import Connection, fetch_all, fetch_column
from models.store.statements import fragment, name_values

MOST = 100
"""Of one page of an agenda."""

LONGEST = timedelta(days=31)
"""What began before stands on no agenda any more, however long others say that it goes on."""

NEXT = 3
"""Of what comes again, so many times stand on the list of whoever organises it."""


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
class AgendaFilter:
    """Who looks at an agenda (nobody known, or one of ours), and what for.

    Within `radius` kilometres of a point, where there is one; with `words`, each of them in the title, the text or the
    place; `own` are those of ours alone, or with False those of others.
    """

    reader_id: int | None = None
    reader_local: bool = False
    latitude: float | None = None
    longitude: float | None = None
    radius: float | None = None
    words: tuple[str, ...] = ()
    own: bool | None = None


_UPCOMING = name_values(
    """
    SELECT o.* FROM meeting_occurrence o JOIN meeting m ON m.post_id = o.meeting_id
    JOIN listing l ON l.post_id = o.meeting_id JOIN post p ON p.id = o.meeting_id JOIN actor a ON a.id = p.author_id
    WHERE coalesce(o.ends_at, o.begins_at) > :since AND o.begins_at > :since - :longest::interval
        AND o.begins_at < coalesce(:until, 'infinity'::timestamptz)
        AND (:after_at::timestamptz IS NULL OR (o.begins_at, o.id) > (:after_at, :after_id::bigint))
        AND p.deleted_at IS NULL AND a.suspended_at IS NULL AND a.deleted_at IS NULL AND a.limited_at IS NULL
        AND (p.audience = 'network' OR (:reader_local::boolean AND p.audience IN ('coop', 'territories'))
            OR (p.audience = 'community' AND {inside}))
        AND (p.local OR p.audience = 'community' OR EXISTS (
            SELECT FROM follow f JOIN actor here ON here.id = f.follower_id AND here.local
            WHERE f.followed_id = a.id AND f.state = 'accepted'))
        AND (:reader_id::bigint IS NULL OR NOT coalesce((SELECT true FROM hidden h
            WHERE h.reader_id = :reader_id AND h.author_id = p.author_id LIMIT 1), false))
        AND (:own::boolean IS NULL OR p.local = :own)
        AND (:radius::float8 IS NULL OR :latitude::float8 IS NULL OR {distance} <= :radius)
        AND NOT EXISTS (SELECT FROM unnest(:words::text[]) AS word WHERE strpos(fold(concat_ws(' ',
            l.title, l.description, m.venue, o.venue, l.place_name)), fold(word)) = 0)
    ORDER BY o.begins_at, o.id LIMIT :most
    """,
    AgendaFilter,
    also=["since", "until", "after_at", "after_id", "most", "longest"],
    distance=DISTANCE,
    inside=fragment(READS_INSIDE, reader=":reader_id"),
)


async def list_upcoming(
    conn: Connection,
    wanted: AgendaFilter,
    *,
    since: datetime,
    until: datetime | None = None,
    after: Occurrence | None = None,
    limit: int = 20,
) -> list[AgendaEntry]:
    """Times that are not over at `since` and begin before `until`, in their order; those behind `after`.

    Of meetings of ours, and of whom somebody here follows: other cooperatives, groups of Mobilizon. Of everybody only
    what everybody may see; of members also what is for them, and what stays inside their communities.
    """
    values = {
        "since": since,
        "until": until,
        "after_at": None if after is None else after.begins_at,
        "after_id": None if after is None else after.id,
        "most": min(limit, MOST),
        "longest": LONGEST,
    }
    return await complete(conn, await fetch_all(conn, Occurrence, _UPCOMING.sql, *_UPCOMING.args(wanted, **values)))


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


async def list_organised(conn: Connection, author_ids: list[int], *, since: datetime, limit: int) -> list[AgendaEntry]:
    """The times to come of what these actors organise, in their order; of what comes again the next three."""
    found = await fetch_all(
        conn,
        Occurrence,
        """
        SELECT id, meeting_id, recurs_at, begins_at, ends_at, own, cancelled, venue, capacity FROM (
            SELECT o.*, row_number() OVER (PARTITION BY o.meeting_id ORDER BY o.begins_at, o.id) AS nth
            FROM meeting_occurrence o JOIN post p ON p.id = o.meeting_id
            WHERE p.author_id = ANY($1) AND p.local AND p.deleted_at IS NULL AND coalesce(o.ends_at, o.begins_at) > $2
        ) AS upcoming WHERE nth <= $3 ORDER BY begins_at, id LIMIT $4
        """,
        author_ids,
        since,
        NEXT,
        min(limit, MOST),
    )
    return await complete(conn, found)


_OF_COMMUNITY = """
    SELECT DISTINCT o.meeting_id FROM meeting_occurrence o JOIN post p ON p.id = o.meeting_id
    WHERE (p.author_id = $1 OR p.community_id = $1) AND p.deleted_at IS NULL AND coalesce(o.ends_at, o.begins_at) > $2
"""

_TIMES_OF = """
    SELECT * FROM meeting_occurrence WHERE meeting_id = ANY($1) AND coalesce(ends_at, begins_at) > $2
    ORDER BY begins_at, id LIMIT $3
"""


async def list_of_community(
    conn: Connection, community_id: int, reader_id: int | None, *, since: datetime, limit: int = 1
) -> list[AgendaEntry]:
    """The times to come of what a community announces or that stays inside it, as far as this reader may see them."""
    known = await fetch_column(conn, _OF_COMMUNITY, community_id, since)
    visible = list(await posts.filter_visible(conn, known, reader_id))
    return await complete(conn, await fetch_all(conn, Occurrence, _TIMES_OF, visible, since, min(limit, MOST)))


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
