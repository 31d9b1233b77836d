"""Listings that are not published yet: begun by a note with #offre and the like, or by the form as it was left."""

from dataclasses import dataclass, replace
from datetime import datetime

from models.errors import Conflict
from models.ids import make_id
from models.listings.listings import ListingKind
from models.people import accounts
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
    version: int
    writer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForm:
    """A form that somebody fills in: the draft and the version that it began with, and the page that it stands in.

    `writer` is that page's own name, which no other has: it goes on with what it kept, also when it did not hear that
    it was kept.
    """

    id: int | None = None
    version: int | None = None
    writer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedForm:
    """Where a form is kept now; `other_id` is the draft with what was typed into the same one elsewhere."""

    id: int
    version: int
    other_id: int | None = None


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


async def keep_form(conn: Connection, actor_id: int, form: OpenForm, left: FormContent) -> SavedForm:
    """Keep the form as it is: in place of what the same page kept, else of what the draft with its id was.

    Where that draft was kept from another page since this one was filled in from it, what it held becomes a draft of
    its own: the newer one wins, and nothing is lost. Raises Conflict for one too many.
    """
    await accounts.lock_account(conn, actor_id)
    held = await _find_held(conn, actor_id, form)
    if held is None:
        return await _insert(conn, actor_id, left, writer=form.writer)
    other = held if _was_kept_elsewhere(form, held, left) else None
    if other is not None:
        await _require_room(conn, actor_id)
    saved = await fetch_one(
        conn,
        SavedForm,
        """
        UPDATE listing_draft SET kind = $3, title = $4, fields = $5, media_ids = $6, writer = coalesce($7, writer),
            version = version + 1, updated_at = now()
        WHERE id = $1 AND actor_id = $2
        RETURNING id, version
        """,
        held.id,
        actor_id,
        *_list_values(left),
        form.writer,
    )
    assert saved is not None
    if other is not None:
        moved = await _insert(conn, actor_id, other, writer=other.writer, version=other.version)
        await execute(conn, "UPDATE listing_draft SET updated_at = $2 WHERE id = $1", moved.id, other.updated_at)
        return replace(saved, other_id=moved.id)
    if form.id not in (None, held.id) and await find_kept(conn, form.id or 0, actor_id) is not None:
        return replace(saved, other_id=form.id)  # the place of this one was taken, and it has moved
    return saved


async def _find_held(conn: Connection, actor_id: int, form: OpenForm) -> KeptForm | None:
    """What the page has kept already, else the draft that it was filled in from."""
    return await fetch_one(
        conn,
        KeptForm,
        """
        SELECT id, kind, title, fields, media_ids, updated_at, version, writer FROM listing_draft
        WHERE actor_id = $1 AND fields IS NOT NULL AND (writer = $2 OR id = $3)
        ORDER BY coalesce(writer = $2, false) DESC LIMIT 1
        """,
        actor_id,
        form.writer,
        form.id,
    )


def _was_kept_elsewhere(form: OpenForm, held: KeptForm, left: FormContent) -> bool:
    """Whether the draft holds what this page has never seen; a page that knows no version keeps over it, as it did."""
    if form.version is None or held.version == form.version or (form.writer and held.writer == form.writer):
        return False
    return _list_values(held) != _list_values(left)


def _list_values(left: FormContent) -> tuple[str, str, list[list[str]], list[int]]:
    return left.kind, left.title, [list(pair) for pair in left.fields], list(left.media_ids)


async def _insert(
    conn: Connection, actor_id: int, left: FormContent, *, writer: str | None, version: int = 1
) -> SavedForm:
    await _require_room(conn, actor_id)
    new = make_id()
    await execute(
        conn,
        """
        INSERT INTO listing_draft (id, actor_id, kind, title, fields, media_ids, writer, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        new,
        actor_id,
        *_list_values(left),
        writer,
        version,
    )
    return SavedForm(id=new, version=version)


async def _require_room(conn: Connection, actor_id: int) -> None:
    if len(await list_kept(conn, actor_id)) >= MOST:
        raise Conflict("too_many_drafts", most=MOST, field="")


async def list_kept(conn: Connection, actor_id: int) -> list[KeptForm]:
    """The forms that this person left for later, the last changed first."""
    return await fetch_all(
        conn,
        KeptForm,
        """
        SELECT id, kind, title, fields, media_ids, updated_at, version, writer FROM listing_draft
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
        SELECT id, kind, title, fields, media_ids, updated_at, version, writer FROM listing_draft
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


async def forget_form(conn: Connection, actor_id: int, form: OpenForm) -> None:
    """It became a listing: what its page has kept goes, or the draft that it was filled in from.

    What was typed into that draft elsewhere meanwhile stays.
    """
    await accounts.lock_account(conn, actor_id)
    held = await _find_held(conn, actor_id, form)
    if held is not None and (held.writer == form.writer or form.version in (None, held.version)):
        await delete_kept(conn, held.id, actor_id)


async def delete(conn: Connection, id: int) -> None:
    """It became a listing."""
    await execute(conn, "DELETE FROM listing_draft WHERE id = $1", id)
