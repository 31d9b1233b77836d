"""The charter, the terms of use and own pages as they were written, version after version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.errors import Conflict
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one
from models.store.statements import compose

DocumentKind = Literal["charter", "terms"]
"""What whoever arrives accepts; own pages have a kind of their own each (`own_pages.name_kind`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """What is to be published. With `due_at` members are asked for their yes, and may go on without it until then.

    `follows` is the version that stood when it was written, 0 for none. Own pages alone have a `title`.
    """

    kind: str
    text: str
    summary: str
    due_at: datetime | None
    published_by: int | None
    follows: int
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentVersion:
    """A version that was published; `by_name` is who did, as far as she is still here."""

    id: int
    kind: str
    version: int
    text: str
    summary: str
    due_at: datetime | None
    published_at: datetime
    by_name: str
    title: str = ""


_VERSIONS = """
    SELECT v.id, v.kind, v.version, v.text, v.summary, v.due_at, v.published_at, v.title,
        coalesce(a.name, '') AS by_name
    FROM document_version v LEFT JOIN actor a ON a.id = v.published_by
"""

_OF_KIND = compose("{versions} WHERE v.kind = $1 ORDER BY v.version DESC", versions=_VERSIONS)

_LAST_OF_KIND = compose("{of_kind} LIMIT 1", of_kind=_OF_KIND)

_ONE = compose("{versions} WHERE v.kind = $1 AND v.version = $2", versions=_VERSIONS)


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
        INSERT INTO document_version (id, kind, version, text, summary, due_at, published_by, title)
        SELECT $1::bigint, $2::text, $7::integer + 1, $3::text, $4::text, $5::timestamptz, $6::bigint, $8::text
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
        new.title,
    )
    if not made:
        raise Conflict("document_published_meanwhile")
    return id


async def list_versions(conn: Connection, kind: str) -> list[DocumentVersion]:
    """All versions of one document, the one that stands first."""
    return await fetch_all(conn, DocumentVersion, _OF_KIND, kind)


async def list_current(conn: Connection) -> list[DocumentVersion]:
    """What stands of the charter and of the terms, the charter first."""
    return await fetch_all(
        conn,
        DocumentVersion,
        """
        SELECT DISTINCT ON (v.kind) v.id, v.kind, v.version, v.text, v.summary, v.due_at, v.published_at,
            coalesce(a.name, '') AS by_name
        FROM document_version v LEFT JOIN actor a ON a.id = v.published_by
        WHERE v.kind IN ('charter', 'terms')
        ORDER BY v.kind, v.version DESC
        """,
    )


async def find_current(conn: Connection, kind: str) -> DocumentVersion | None:
    """What was written last of this document."""
    return await fetch_one(conn, DocumentVersion, _LAST_OF_KIND, kind)


async def find_version(conn: Connection, kind: str, version: int) -> DocumentVersion | None:
    """One version."""
    return await fetch_one(conn, DocumentVersion, _ONE, kind, version)
