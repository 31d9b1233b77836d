"""The diagnostic as it was published, version after version; a version without a text is the tree that ships."""

from dataclasses import dataclass
from datetime import datetime

from models.errors import Conflict
from models.store.database import Connection, execute, fetch_all, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDiagnostic:
    """What is to be published. `source` of None is the tree that ships; `restores` the version that it brings back.

    `follows` is the version that stood when it was begun, 0 for none.
    """

    source: str | None
    summary: str
    restores: int | None
    published_by: int
    follows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticVersion:
    """A version that was published; `by_name` is who did, as far as she is still here."""

    version: int
    source: str | None
    summary: str
    restores: int | None
    published_at: datetime
    by_name: str


async def publish(conn: Connection, new: NewDiagnostic) -> None:
    """Publish the next version. Raises Conflict where somebody else published one meanwhile."""
    made = await execute(
        conn,
        """
        INSERT INTO diagnostic_version (version, source, summary, restores, published_by)
        SELECT $1::integer + 1, $2::text, $3::text, $4::integer, $5::bigint
        WHERE $1 = (SELECT coalesce(max(version), 0) FROM diagnostic_version)
        ON CONFLICT DO NOTHING
        """,
        new.follows,
        new.source,
        new.summary,
        new.restores,
        new.published_by,
    )
    if not made:
        raise Conflict("diagnostic_published_meanwhile")


async def find_current(conn: Connection) -> DiagnosticVersion | None:
    """The version that stands; None where the cooperative never changed anything."""
    return await fetch_one(
        conn,
        DiagnosticVersion,
        """
        SELECT v.version, v.source, v.summary, v.restores, v.published_at, coalesce(a.name, '') AS by_name
        FROM diagnostic_version v LEFT JOIN actor a ON a.id = v.published_by
        ORDER BY v.version DESC LIMIT 1
        """,
    )


async def find_version(conn: Connection, version: int) -> DiagnosticVersion | None:
    """One version."""
    return await fetch_one(
        conn,
        DiagnosticVersion,
        """
        SELECT v.version, v.source, v.summary, v.restores, v.published_at, coalesce(a.name, '') AS by_name
        FROM diagnostic_version v LEFT JOIN actor a ON a.id = v.published_by
        WHERE v.version = $1
        """,
        version,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionEntry:
    """A line of the list of versions; `ships`: it is the tree that ships."""

    version: int
    ships: bool
    summary: str
    restores: int | None
    published_at: datetime
    by_name: str


async def list_versions(conn: Connection) -> list[VersionEntry]:
    """All versions without their texts, the one that stands first."""
    return await fetch_all(
        conn,
        VersionEntry,
        """
        SELECT v.version, v.source IS NULL AS ships, v.summary, v.restores, v.published_at,
            coalesce(a.name, '') AS by_name
        FROM diagnostic_version v LEFT JOIN actor a ON a.id = v.published_by
        ORDER BY v.version DESC
        """,
    )
