"""The registrations of somebody as she takes them along."""

from dataclasses import dataclass
from datetime import datetime

from models.meetings.registrations import RegistrationState
from models.posts.inside import READS_INSIDE
from models.store.database import Connection, fetch_all
from models.store.statements import compose, fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRegistration:
    """To which meeting somebody came, or means to, as she takes it along."""

    id: int
    uri: str
    title: str
    begins_at: datetime
    state: RegistrationState
    people: int
    message: str
    created_at: datetime


_LIST_OWN = compose(
    """
    SELECT r.id, p.uri, CASE WHEN p.community_id IS NULL OR {inside} THEN l.title ELSE '' END AS title, o.begins_at,
        r.state, r.people, r.message, r.created_at
    FROM meeting_registration r JOIN meeting_occurrence o ON o.id = r.occurrence_id
    JOIN post p ON p.id = o.meeting_id JOIN listing l ON l.post_id = p.id
    WHERE r.actor_id = $1 AND ($2::bigint IS NULL OR r.id < $2) ORDER BY r.id DESC LIMIT $3
    """,
    inside=fragment(READS_INSIDE, reader="$1"),
)


async def list_own(conn: Connection, actor_id: int, *, before: int | None, limit: int) -> list[OwnRegistration]:
    """All that is still known, the latest asked first; without a title where it stays inside a community that she is
    in no longer.
    """
    return await fetch_all(conn, OwnRegistration, _LIST_OWN, actor_id, before, limit)
