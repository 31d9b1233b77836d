"""Notes that began with #offre and the like, and that their authors may make listings of."""

from dataclasses import dataclass
from datetime import datetime

from models.ids import make_id
from models.listings.listings import ListingKind
from models.store.database import Connection, execute, fetch_all, fetch_one

MOST = 20
"""Drafts that are kept of one person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftNote:
    """A listing that is not complete yet: the note tells what there is of it."""

    id: int
    actor_id: int
    note_id: int
    kind: ListingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWithText:
    """A draft with the words that its note has."""

    id: int
    kind: ListingKind
    source: str
    written_at: datetime


async def create(conn: Connection, actor_id: int, note_id: int, kind: ListingKind) -> DraftNote:
    """Begin a listing with what a note says; of too many, the oldest is forgotten."""
    created = await fetch_one(
        conn,
        DraftNote,
        """
        INSERT INTO listing_draft (id, actor_id, note_id, kind) VALUES ($1, $2, $3, $4)
        RETURNING id, actor_id, note_id, kind
        """,
        make_id(),
        actor_id,
        note_id,
        kind,
    )
    assert created is not None
    await execute(
        conn,
        """
        DELETE FROM listing_draft WHERE id IN (
            SELECT id FROM listing_draft WHERE actor_id = $1 ORDER BY id DESC OFFSET $2)
        """,
        actor_id,
        MOST,
    )
    return created


async def find_own(conn: Connection, id: int, actor_id: int) -> DraftNote | None:
    """A draft of this person, as long as its note stands."""
    return await fetch_one(
        conn,
        DraftNote,
        """
        SELECT d.id, d.actor_id, d.note_id, d.kind FROM listing_draft d JOIN post p ON p.id = d.note_id
        WHERE d.id = $1 AND d.actor_id = $2 AND p.deleted_at IS NULL
        """,
        id,
        actor_id,
    )


async def list_own(conn: Connection, actor_id: int) -> list[DraftWithText]:
    """The drafts of this person whose notes stand, the newest first."""
    return await fetch_all(
        conn,
        DraftWithText,
        """
        SELECT d.id, d.kind, p.source, p.published_at AS written_at
        FROM listing_draft d JOIN post p ON p.id = d.note_id
        WHERE d.actor_id = $1 AND p.deleted_at IS NULL ORDER BY d.id DESC
        """,
        actor_id,
    )


async def delete(conn: Connection, id: int) -> None:
    """It became a listing."""
    await execute(conn, "DELETE FROM listing_draft WHERE id = $1", id)
