"""Meetings: the row beside a listing that has a day, a place to come to and seats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.errors import NotFound
from models.listings import listings
from models.listings.listings import Listing
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_records
from models.store.statements import name_values

RegistrationMode = Literal["none", "members", "everybody", "external"]
"""Who may register: nobody has to, members of cooperatives, everybody (guests by mail too), or somewhere else."""

MeetingStatus = Literal["confirmed", "tentative", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What a meeting is beyond its listing, whose `begins_at` and `ends_at` are those of its next time.

    `begins_at` and `ends_at` are of the first time, from which `rrule` counts without those in `excluded`. `capacity`
    of None: as many as come. `on_request`: whoever organises elsewhere says yes to each. `participants` and `remaining`
    are what their server says. `sequence` rises with each change. `extended_at`: its times were last written out then;
    `organisers_told_at`: so far those who organise it know who registered.
    """

    post_id: int
    begins_at: datetime
    ends_at: datetime | None = None
    timezone: str = "Europe/Paris"
    venue: str = ""
    street: str = ""
    registration: RegistrationMode = "none"
    external_url: str | None = None
    on_request: bool = False
    capacity: int | None = None
    waiting_list: bool = True
    status: MeetingStatus = "confirmed"
    rrule: str | None = None
    excluded: Sequence[datetime] = ()
    sequence: int = 0
    participants: int | None = None
    remaining: int | None = None
    extended_at: datetime | None = None
    organisers_told_at: datetime | None = None

    @property
    def length(self) -> timedelta | None:
        """How long it lasts each time; None where nobody says."""
        return None if self.ends_at is None else self.ends_at - self.begins_at


@dataclass(frozen=True, slots=True, kw_only=True)
class FullMeeting:
    """A meeting with its listing and post."""

    listing: Listing
    meeting: Meeting

    @property
    def id(self) -> int:
        """The post's id."""
        return self.listing.id


_SAVE = name_values(
    """
    INSERT INTO meeting (post_id, begins_at, ends_at, timezone, venue, street, registration, external_url, on_request,
        capacity, waiting_list, status, rrule, excluded, sequence, participants, remaining)
    VALUES (:post_id, :begins_at, :ends_at, :timezone, :venue, :street, :registration, :external_url, :on_request,
        :capacity, :waiting_list, :status, :rrule, :excluded, :sequence, :participants, :remaining)
    ON CONFLICT (post_id) DO UPDATE SET begins_at = excluded.begins_at, ends_at = excluded.ends_at,
        timezone = excluded.timezone, venue = excluded.venue, street = excluded.street,
        registration = excluded.registration, external_url = excluded.external_url,
        on_request = excluded.on_request, capacity = excluded.capacity, waiting_list = excluded.waiting_list,
        status = excluded.status, rrule = excluded.rrule, excluded = excluded.excluded, sequence = excluded.sequence,
        participants = excluded.participants, remaining = excluded.remaining
    """,
    Meeting,
)


async def save(conn: Connection, meeting: Meeting) -> None:
    """Write the row, new or as it is now."""
    await execute(conn, _SAVE.sql, *_SAVE.args(meeting))


async def find(conn: Connection, post_id: int) -> Meeting | None:
    """The row beside this listing; None for listings that are no meetings. Checks no audience."""
    return (await list_by_posts(conn, [post_id])).get(post_id)


async def list_by_posts(conn: Connection, post_ids: list[int]) -> dict[int, Meeting]:
    """The rows of those of these posts that are meetings."""
    found = await fetch_all(conn, Meeting, "SELECT * FROM meeting WHERE post_id = ANY($1)", post_ids)
    return {one.post_id: one for one in found}


async def map_full(conn: Connection, post_ids: list[int]) -> dict[int, FullMeeting]:
    """These meetings with their listings, tombstones included. Checks no audience: `posts.filter_visible` does."""
    rows, beside = await listings.list_by_posts(conn, post_ids), await list_by_posts(conn, post_ids)
    return {id: FullMeeting(listing=rows[id], meeting=beside[id]) for id in post_ids if id in rows and id in beside}


async def find_full(conn: Connection, post_id: int) -> FullMeeting | None:
    """The same of one."""
    return (await map_full(conn, [post_id])).get(post_id)


async def get_own(conn: Connection, post_id: int, author_id: int) -> FullMeeting:
    """A living meeting of ours that this actor organises. Raises NotFound, also for those of others."""
    found = await find_full(conn, post_id)
    if found is None or not found.listing.post.local or found.listing.post.author_id != author_id:
        raise NotFound("meeting_not_found")
    if found.listing.post.deleted_at is not None:
        raise NotFound("meeting_not_found")
    return found


async def lock(conn: Connection, post_id: int) -> None:
    """Nobody else changes this meeting, or registers for it, until the transaction ends."""
    await execute(conn, "SELECT FROM meeting WHERE post_id = $1 FOR UPDATE", post_id)


async def list_announced(conn: Connection, author_id: int) -> dict[int, bool]:
    """The meetings of this community that are for everybody, and whether each has times to come."""
    rows = await fetch_records(
        conn,
        """
        SELECT m.post_id, is_open_status(l.status) AND EXISTS (SELECT FROM meeting_occurrence o
            WHERE o.meeting_id = m.post_id AND NOT o.cancelled AND coalesce(o.ends_at, o.begins_at) > now()) AS coming
        FROM meeting m JOIN post p ON p.id = m.post_id JOIN listing l ON l.post_id = m.post_id
        WHERE p.author_id = $1 AND p.community_id IS NULL AND p.deleted_at IS NULL ORDER BY m.post_id
        """,
        author_id,
    )
    return {row["post_id"]: row["coming"] for row in rows}


async def list_over(conn: Connection, at: datetime, limit: int) -> list[int]:
    """Meetings of ours that stand although their last time is over."""
    return await fetch_column(
        conn,
        """
        SELECT l.post_id FROM listing l JOIN post p ON p.id = l.post_id
        WHERE l.meeting AND p.local AND p.deleted_at IS NULL AND is_open_status(l.status)
            AND NOT EXISTS (SELECT FROM meeting_occurrence o
                WHERE o.meeting_id = l.post_id AND coalesce(o.ends_at, o.begins_at) > $1)
        ORDER BY l.post_id LIMIT $2
        """,
        at,
        limit,
    )


async def list_passed(conn: Connection, at: datetime, limit: int) -> list[int]:
    """Meetings of ours that come again, and whose listing still tells of a time that is over."""
    return await fetch_column(
        conn,
        """
        SELECT l.post_id FROM listing l JOIN post p ON p.id = l.post_id JOIN meeting m ON m.post_id = l.post_id
        WHERE l.meeting AND m.rrule IS NOT NULL AND p.local AND p.deleted_at IS NULL AND is_open_status(l.status)
            AND coalesce(l.ends_at, l.begins_at) <= $1
        ORDER BY l.post_id LIMIT $2
        """,
        at,
        limit,
    )
