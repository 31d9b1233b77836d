"""Listings that are not published yet: begun by a note with #offre and the like, or by the form as it was left."""

from dataclasses import dataclass
from datetime import datetime

from models.errors import Conflict
from models.ids import make_id
from models.listings.listings import ListingKind
from models.store.database import Connection, execute, fetch_all, fetch_one

MOST = 20
"""Drafts that are kept of one person, of each kind."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContent:
    """The form as it is left: the names of its fields with what was typed, in their order, and its photos."""

    kind: ListingKind
    title: str
    fields: list[tuple[str, str]]
    media_ids: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForm(FormContent):
    """A form that was left."""

    id: int
    updated_at: datetime


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
            SELECT id FROM listing_draft WHERE actor_id = $1 AND note_id IS NOT NULL ORDER BY id DESC OFFSET $2)
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


async def keep_form(conn: Connection, actor_id: int, id: int | None, left: FormContent) -> int:
    """Keep the form as it is, in place of what the draft with this id was; its id. Raises Conflict for one too many."""
    values = (left.kind, left.title, [list(pair) for pair in left.fields], left.media_ids)
    if id is not None and await execute(
        conn,
        """
        UPDATE listing_draft SET kind = $3, title = $4, fields = $5, media_ids = $6, updated_at = now()
        WHERE id = $1 AND actor_id = $2 AND fields IS NOT NULL
        """,
        id,
        actor_id,
        *values,
    ):
        return id
    if len(await list_kept(conn, actor_id)) >= MOST:
        raise Conflict("too_many_drafts", most=MOST, field="")
    new = make_id()
    await execute(
        conn,
        """
        INSERT INTO listing_draft (id, actor_id, kind, title, fields, media_ids) VALUES ($1, $2, $3, $4, $5, $6)
        """,
        new,
        actor_id,
        *values,
    )
    return new


async def list_kept(conn: Connection, actor_id: int) -> list[KeptForm]:
    """The forms that this person left for later, the last changed first."""
    return await fetch_all(
        conn,
        KeptForm,
        """
        SELECT id, kind, title, fields, media_ids, updated_at FROM listing_draft
        WHERE actor_id = $1 AND fields IS NOT NULL ORDER BY updated_at DESC, id DESC
        """,
        actor_id,
    )


async def find_kept(conn: Connection, id: int, actor_id: int) -> KeptForm | None:
    """One of them."""
    return await fetch_one(
        conn,
        KeptForm,
        """
        SELECT id, kind, title, fields, media_ids, updated_at FROM listing_draft
        WHERE id = $1 AND actor_id = $2 AND fields IS NOT NULL
        """,
        id,
        actor_id,
    )


async def delete_kept(conn: Connection, id: int, actor_id: int) -> bool:
    """It became a listing, or nobody wants it any more; its photos are forgotten where nothing else shows them."""
    return bool(
        await execute(
            conn, "DELETE FROM listing_draft WHERE id = $1 AND actor_id = $2 AND fields IS NOT NULL", id, actor_id
        )
    )


async def delete(conn: Connection, id: int) -> None:
    """It became a listing."""
    await execute(conn, "DELETE FROM listing_draft WHERE id = $1", id)
