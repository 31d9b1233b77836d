"""The charter and the terms of use as they were published, version after version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.errors import Conflict
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one

DocumentKind = Literal["charter", "terms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """What is to be published. With `due_at` members are asked for their yes, and may go on without it until then.

    `follows` is the version that stood when it was written, 0 for none.
    """

    kind: DocumentKind
    text: str
    summary: str
    due_at: datetime | None
    published_by: int | None
    follows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentVersion:
    """A version that was published; `by_name` is who did, as far as she is still here."""

    id: int
    kind: DocumentKind
    version: int
    text: str
    summary: str
    due_at: datetime | None
    published_at: datetime
    by_name: str


async def wait_for_publishing(conn: Connection) -> None:
    """Until this transaction ends no version is published, so that whoever says yes is asked for the next one."""
    await execute(conn, "SELECT pg_advisory_xact_lock_shared(hashtext('declic.document'))")


async def publish(conn: Connection, new: NewVersion) -> int:
    """Publish the next version; its id. Raises Conflict where somebody else published one meanwhile.

    Those who arrive or say yes just now are waited for, and seen by what the same transaction reckons next.
    """
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('declic.document'))")
    id = make_id()
    made = await execute(
        conn,
        """
        INSERT INTO document_version (id, kind, version, text, summary, due_at, published_by)
        SELECT $1::bigint, $2::text, $7::integer + 1, $3::text, $4::text, $5::timestamptz, $6::bigint
        WHERE $7 = (SELECT coalesce(max(version), 0) FROM document_version WHERE kind = $2)
        ON CONFLICT DO NOTHING
        """,
        id,
        new.kind,
        new.text,
        new.summary,
        new.due_at,
        new.published_by,
        new.follows,
    )
    if not made:
        raise Conflict("document_published_meanwhile")
    return id


async def list_versions(conn: Connection, kind: DocumentKind) -> list[DocumentVersion]:
    """All versions of one document, the one that stands first."""
    return await fetch_all(
        conn,
        DocumentVersion,
        """
        SELECT v.id, v.kind, v.version, v.text, v.summary, v.due_at, v.published_at, coalesce(a.name, '') AS by_name
        FROM document_version v LEFT JOIN actor a ON a.id = v.published_by
        WHERE v.kind = $1 ORDER BY v.version DESC
        """,
        kind,
    )


async def list_current(conn: Connection) -> list[DocumentVersion]:
    """What stands of each document, the charter first."""
    return await fetch_all(
        conn,
        DocumentVersion,
        """
        SELECT DISTINCT ON (v.kind) v.id, v.kind, v.version, v.text, v.summary, v.due_at, v.published_at,
            coalesce(a.name, '') AS by_name
        FROM document_version v LEFT JOIN actor a ON a.id = v.published_by
        ORDER BY v.kind, v.version DESC
        """,
    )


async def find_current(conn: Connection, kind: DocumentKind) -> DocumentVersion | None:
    """What stands of this document."""
    return next((one for one in await list_current(conn) if one.kind == kind), None)


async def find_version(conn: Connection, kind: DocumentKind, version: int) -> DocumentVersion | None:
    """One version."""
    return await fetch_one(
        conn,
        DocumentVersion,
        """
        SELECT v.id, v.kind, v.version, v.text, v.summary, v.due_at, v.published_at, coalesce(a.name, '') AS by_name
        FROM document_version v LEFT JOIN actor a ON a.id = v.published_by
        WHERE v.kind = $1 AND v.version = $2
        """,
        kind,
        version,
    )
