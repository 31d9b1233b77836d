"""Who accepted which version of the charter and of the terms, and whom something is still asked of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.people.documents import versions
from models.people.documents.versions import DocumentKind, DocumentVersion
from models.store.database import Connection, execute, fetch_all, fetch_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A member's yes to one version."""

    kind: DocumentKind
    version: int
    accepted_at: datetime


async def accept(conn: Connection, actor_id: int, version_ids: Sequence[int]) -> None:
    """This member says yes to these versions; again changes nothing.

    A version that is published at the same moment waits for her, or she for it: it is asked of her all the same.
    """
    await versions.wait_for_publishing(conn)
    await execute(
        conn,
        """
        INSERT INTO document_acceptance (actor_id, version_id)
        SELECT $1, id FROM document_version WHERE id = ANY($2) ON CONFLICT DO NOTHING
        """,
        actor_id,
        list(version_ids),
    )
    await refresh_due(conn, actor_id)


async def refresh_due(conn: Connection, actor_id: int | None = None) -> None:
    """Reckon until when this member, or each with None, may go on without the yes that she is asked for.

    What is asked for is the last version that asks; a yes to a later one counts too.
    """
    await execute(
        conn,
        """
        UPDATE account SET documents_due_at = wanted.due_at
        FROM (
            SELECT one.actor_id, (
                SELECT min(asked.due_at) FROM (
                    SELECT DISTINCT ON (kind) kind, version, due_at FROM document_version
                    WHERE due_at IS NOT NULL ORDER BY kind, version DESC
                ) AS asked
                WHERE NOT EXISTS (
                    SELECT FROM document_acceptance a JOIN document_version v ON v.id = a.version_id
                    WHERE a.actor_id = one.actor_id AND v.kind = asked.kind AND v.version >= asked.version)
            ) AS due_at
            FROM account one WHERE $1::bigint IS NULL OR one.actor_id = $1
        ) AS wanted
        WHERE account.actor_id = wanted.actor_id AND account.documents_due_at IS DISTINCT FROM wanted.due_at
        """,
        actor_id,
    )


async def list_asked(conn: Connection, actor_id: int) -> list[DocumentVersion]:
    """What this member is asked to accept: of each document that asks, the version that stands; the charter first."""
    return await fetch_all(
        conn,
        DocumentVersion,
        """
        SELECT DISTINCT ON (v.kind) v.id, v.kind, v.version, v.text, v.summary, v.due_at, v.published_at,
            '' AS by_name
        FROM document_version v
        JOIN (
            SELECT kind, max(version) AS version FROM document_version WHERE due_at IS NOT NULL GROUP BY kind
        ) AS asked ON asked.kind = v.kind
        WHERE NOT EXISTS (
            SELECT FROM document_acceptance a JOIN document_version yes ON yes.id = a.version_id
            WHERE a.actor_id = $1 AND yes.kind = v.kind AND yes.version >= asked.version)
        ORDER BY v.kind, v.version DESC
        """,
        actor_id,
    )


async def list_acceptances(conn: Connection, actor_id: int) -> list[Acceptance]:
    """Everything that this member accepted, the latest first."""
    return await fetch_all(
        conn,
        Acceptance,
        """
        SELECT v.kind, v.version, a.accepted_at
        FROM document_acceptance a JOIN document_version v ON v.id = a.version_id
        WHERE a.actor_id = $1 ORDER BY a.accepted_at DESC, v.kind
        """,
        actor_id,
    )


async def find_due(conn: Connection, actor_id: int) -> datetime | None:
    """Until when this member may go on without the yes that she is asked for; None where nothing is asked."""
    found: datetime | None = await fetch_value(
        conn, "SELECT documents_due_at FROM account WHERE actor_id = $1", actor_id
    )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Unaccepting:
    """A member who has not given the yes that she is asked for, and until when she may go on without it."""

    actor_id: int
    username: str
    name: str
    due_at: datetime


async def list_unaccepting(conn: Connection) -> list[Unaccepting]:
    """Members of whom something is asked, the longest due first; not who waits to be let in, nor who is suspended.

    Of these a yes is asked once they take part (again).
    """
    return await fetch_all(
        conn,
        Unaccepting,
        """
        SELECT c.actor_id, a.username, a.name, c.documents_due_at AS due_at
        FROM account c JOIN actor a ON a.id = c.actor_id
        WHERE c.documents_due_at IS NOT NULL AND c.disabled_at IS NULL AND c.waits_since IS NULL
            AND c.confirmed_at IS NOT NULL AND a.suspended_at IS NULL AND a.deleted_at IS NULL
        ORDER BY c.documents_due_at, fold(a.name), c.actor_id
        """,
    )
