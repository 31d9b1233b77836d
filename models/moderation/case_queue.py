"""The queue of the team: one line for each person, in four lists. Nobody sees, or counts, what is about herself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.moderation.journal import DECIDING
from models.people.roles import RIGHTS
from models.store.database import Connection, fetch_all, fetch_one

Tab = Literal["to_read", "to_confirm", "appeals", "decided"]

COUNTED = 1000
"""What waits is counted no further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A case as the queue shows it; `at` is since when it waits there, or when it was decided.

    `members` and `visitors` count those of ours who reported, `hosts` are servers from which a report came; `things`
    what is reported, each once and without what was joined to it, `held` what waits to be published; `said` is the
    latest report's. `seen` is what was decided last (journal.find_seen), and `said_at` when something was reported
    last: what comes later was not on the list.
    """

    id: int
    actor_id: int | None
    actor_name: str
    at: datetime
    holder_id: int | None
    held_until: datetime | None
    reporter_ids: list[int]
    visitors: int
    hosts: list[str]
    things: int
    held: int
    said: str
    seen: int = 0
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounts:
    """How many cases wait for the reader in each list."""

    to_read: int
    to_confirm: int
    appeals: int


async def list_to_read(
    conn: Connection, reader_id: int, *, after: tuple[datetime, int] | None = None, limit: int = 20
) -> list[QueueLine]:
    """What somebody has to look at, the oldest first, by keyset on when it began to wait and id."""
    return await fetch_all(
        conn,
        QueueLine,
        """
        WITH page AS (
            SELECT c.id, c.actor_id, c.actor_name, c.opened_at AS at, c.holder_id, c.held_until
            FROM moderation_case c
            WHERE c.closed_at IS NULL
                AND NOT EXISTS (SELECT FROM concerned x WHERE x.about_id = c.actor_id AND x.actor_id = $1)
                AND ($2::timestamptz IS NULL OR (c.opened_at, c.id) > ($2, $3::bigint))
                AND NOT EXISTS (SELECT FROM moderation_decision d
                    WHERE d.case_id = c.id AND d.effective_at IS NULL AND d.refused_at IS NULL)
            ORDER BY c.opened_at, c.id LIMIT $4
        )
        SELECT page.id, page.actor_id, page.actor_name, page.at,
            holder.actor_id AS holder_id, CASE WHEN holder.actor_id IS NOT NULL THEN held_until END AS held_until,
            coalesce(found.reporter_ids, '{}') AS reporter_ids, coalesce(found.visitors, 0) AS visitors,
            coalesce(found.hosts, '{}') AS hosts, coalesce(found.said, '') AS said, found.said_at,
            coalesce((SELECT max(j.id) FROM journal_entry j WHERE j.details ? 'case_id'
                AND j.details ->> 'case_id' = page.id::text AND j.act = ANY($6)), 0) AS seen,
            (SELECT count(DISTINCT one ->> 'uri')::integer
                FROM report named, jsonb_array_elements(named.extracts) AS one
                WHERE named.case_id = page.id AND named.closed_at IS NULL AND NOT one ? 'by') AS things,
            (SELECT count(*)::integer FROM held_post h WHERE h.case_id = page.id) AS held
        FROM page LEFT JOIN account holder ON holder.actor_id = page.holder_id AND held_until > now()
            AND holder.roles && $5::text[] AND holder.disabled_at IS NULL
        LEFT JOIN LATERAL (
            SELECT array_agg(DISTINCT r.reporter_id) FILTER (WHERE r.local AND r.reporter_id IS NOT NULL)
                    AS reporter_ids,
                (count(*) FILTER (WHERE r.local AND r.reporter_id IS NULL))::integer AS visitors,
                array_agg(DISTINCT a.host) FILTER (WHERE NOT r.local AND a.host IS NOT NULL) AS hosts,
                (array_agg(r.content ORDER BY r.id DESC))[1] AS said, max(r.said_at) AS said_at
            FROM report r LEFT JOIN actor a ON a.id = r.reporter_id
            WHERE r.case_id = page.id AND r.closed_at IS NULL
        ) AS found ON true
        ORDER BY page.at, page.id
        """,
        reader_id,
        after[0] if after else None,
        after[1] if after else None,
        limit,
        sorted(RIGHTS["reports"]),
        [*DECIDING],
    )


async def list_to_confirm(
    conn: Connection, reader_id: int, *, after: tuple[datetime, int] | None = None, limit: int = 20
) -> list[QueueLine]:
    """What one of the team proposed and a second one has to confirm, the oldest first; `said` is what is proposed."""
    return await fetch_all(
        conn,
        QueueLine,
        """
        SELECT c.id, c.actor_id, c.actor_name, d.decided_at AS at, d.second_id AS holder_id,
            NULL::timestamptz AS held_until, array_remove(ARRAY[d.decided_by], NULL) AS reporter_ids, 0 AS visitors,
            '{}'::text[] AS hosts, 0 AS things, 0 AS held, d.kind AS said
        FROM moderation_decision d JOIN moderation_case c ON c.id = d.case_id
        WHERE d.effective_at IS NULL AND d.refused_at IS NULL
            AND NOT EXISTS (SELECT FROM concerned x WHERE x.about_id = c.actor_id AND x.actor_id = $1)
            AND ($2::timestamptz IS NULL OR (d.decided_at, c.id) > ($2, $3::bigint))
        ORDER BY d.decided_at, c.id LIMIT $4
        """,
        reader_id,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )


async def list_appeals(
    conn: Connection, reader_id: int, *, after: tuple[datetime, int] | None = None, limit: int = 20
) -> list[QueueLine]:
    """What somebody objects to and nobody answered, the oldest first; `said` is what she says."""
    return await fetch_all(
        conn,
        QueueLine,
        """
        SELECT c.id, c.actor_id, c.actor_name, p.made_at AS at, NULL::bigint AS holder_id,
            NULL::timestamptz AS held_until, '{}'::bigint[] AS reporter_ids, 0 AS visitors,
            '{}'::text[] AS hosts, 0 AS things, 0 AS held, p.words AS said
        FROM appeal p JOIN moderation_decision d ON d.id = p.decision_id JOIN moderation_case c ON c.id = d.case_id
        WHERE p.decided_at IS NULL
            AND NOT EXISTS (SELECT FROM concerned x WHERE x.about_id = c.actor_id AND x.actor_id = $1)
            AND ($2::timestamptz IS NULL OR (p.made_at, c.id) > ($2, $3::bigint))
        ORDER BY p.made_at, c.id LIMIT $4
        """,
        reader_id,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )


async def list_decided(
    conn: Connection, reader_id: int, *, before: tuple[datetime, int] | None = None, limit: int = 20
) -> list[QueueLine]:
    """Closed cases, the latest first; `said` is the kind of the last decision, `reporter_ids` who made it."""
    return await fetch_all(
        conn,
        QueueLine,
        """
        SELECT c.id, c.actor_id, c.actor_name, c.closed_at AS at, NULL::bigint AS holder_id,
            NULL::timestamptz AS held_until, array_remove(ARRAY[d.decided_by], NULL) AS reporter_ids, 0 AS visitors,
            '{}'::text[] AS hosts, 0 AS things, 0 AS held, coalesce(d.kind, '') AS said
        FROM moderation_case c LEFT JOIN LATERAL (
            SELECT kind, decided_by FROM moderation_decision
            WHERE case_id = c.id AND refused_at IS NULL AND NOT provisional ORDER BY id DESC LIMIT 1
        ) AS d ON true
        WHERE c.closed_at IS NOT NULL
            AND NOT EXISTS (SELECT FROM concerned x WHERE x.about_id = c.actor_id AND x.actor_id = $1)
            AND ($2::timestamptz IS NULL OR (c.closed_at, c.id) < ($2, $3::bigint))
        ORDER BY c.closed_at DESC, c.id DESC LIMIT $4
        """,
        reader_id,
        before[0] if before else None,
        before[1] if before else None,
        limit,
    )


async def count(conn: Connection, reader_id: int) -> QueueCounts:
    """How many wait for the reader in each list; at most COUNTED."""
    found = await fetch_one(
        conn,
        QueueCounts,
        """
        SELECT
            (SELECT count(*)::integer FROM (SELECT FROM moderation_case c
                WHERE c.closed_at IS NULL
                    AND NOT EXISTS (SELECT FROM concerned x WHERE x.about_id = c.actor_id AND x.actor_id = $1)
                    AND NOT EXISTS (SELECT FROM moderation_decision d
                        WHERE d.case_id = c.id AND d.effective_at IS NULL AND d.refused_at IS NULL)
                LIMIT $2) AS waiting) AS to_read,
            (SELECT count(*)::integer FROM moderation_decision d JOIN moderation_case c ON c.id = d.case_id
                WHERE d.effective_at IS NULL AND d.refused_at IS NULL AND NOT EXISTS (
                    SELECT FROM concerned x WHERE x.about_id = c.actor_id AND x.actor_id = $1)) AS to_confirm,
            (SELECT count(*)::integer FROM appeal p JOIN moderation_decision d ON d.id = p.decision_id
                JOIN moderation_case c ON c.id = d.case_id
                WHERE p.decided_at IS NULL AND NOT EXISTS (
                    SELECT FROM concerned x WHERE x.about_id = c.actor_id AND x.actor_id = $1)) AS appeals
        """,
        reader_id,
        COUNTED,
    )
    assert found is not None
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOfCase:
    """A post that waits for a look before it is published; `matched` is what a filter found."""

    post_id: int
    case_id: int | None
    reason: Literal["first", "filter"]
    matched: str
    held_at: datetime


async def list_held(conn: Connection, case_ids: Sequence[int]) -> list[PostOfCase]:
    """What of these cases waits to be published, the oldest first."""
    return await fetch_all(
        conn,
        PostOfCase,
        """
        SELECT post_id, case_id, reason, matched, held_at FROM held_post WHERE case_id = ANY($1)
        ORDER BY held_at, post_id
        """,
        list(case_ids),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPost:
    """A post that a report names; `hidden` if the team hid it."""

    id: int
    hidden: bool


async def list_named_posts(conn: Connection, uris: Sequence[str]) -> list[NamedPost]:
    """Those of these that are here."""
    return await fetch_all(
        conn, NamedPost, "SELECT id, hidden_at IS NOT NULL AS hidden FROM post WHERE uri = ANY($1)", list(uris)
    )
