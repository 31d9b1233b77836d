"""What each member wants to be told of by mail, how often, and when somebody is to be written to next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from models.ids import make_id
from models.news.notifications import NotificationType
from models.store.database import Connection, execute, execute_many, fetch_one, fetch_records, fetch_value

Kind = Literal["messages", "exchanges", "reactions", "follows", "posts"]

Rhythm = Literal["now", "daily", "weekly", "never"]

KINDS: tuple[Kind, ...] = get_args(Kind)

RHYTHMS: tuple[Rhythm, ...] = get_args(Rhythm)

PROPOSED: dict[Kind, Rhythm] = {
    "messages": "now",
    "exchanges": "now",
    "reactions": "weekly",
    "follows": "weekly",
    "posts": "weekly",
}
"""What holds until the member chooses: an answer that comes late is no answer; the rest can wait."""

TYPES: dict[NotificationType, Kind] = {
    "mention": "messages",
    "favourite": "reactions",
    "reblog": "reactions",
    "quote": "reactions",
    "follow": "follows",
    "follow_request": "follows",
    "move": "follows",
    "invitation_used": "follows",
    "reserve_next": "exchanges",
    "documents": "messages",
    "community_asked": "messages",
    "community_accepted": "messages",
    "community_refused": "messages",
    "community_invited": "messages",
    "community_charter": "messages",
    "community_removed": "messages",
    "community_role": "messages",
    "community_report": "messages",
    "community_hidden": "messages",
    "community_shown": "messages",
    "community_hold_answered": "messages",
    "community_moved": "messages",
    "bike_asked": "messages",
    "territory_answered": "messages",
    "status": "posts",
    "update": "posts",
    "poll": "posts",
}

DECISIONS = ("decision", "decision_ended", "appeal_answered")
"""What whoever is suspended is told by mail all the same, by the types of notifications."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One kind of news: how often it is told, and up to where it was."""

    kind: Kind
    rhythm: Rhythm
    told_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSchedule:
    """Somebody to whom something is to be told."""

    actor_id: int
    rhythm: Rhythm


async def load(conn: Connection, actor_id: int) -> dict[Kind, Choice]:
    """Every kind, as the member chose it or as it is proposed."""
    rows = await fetch_records(conn, "SELECT kind, rhythm, told_id FROM mail_choice WHERE actor_id = $1", actor_id)
    kept = {row["kind"]: row for row in rows}
    return {
        kind: Choice(
            kind=kind,
            rhythm=(kept[kind]["rhythm"] if kind in kept else None) or PROPOSED[kind],
            told_id=kept[kind]["told_id"] if kind in kept else 0,
        )
        for kind in KINDS
    }


async def has_account(conn: Connection, actor_id: int) -> bool:
    """Whether this is a member, whose choices can be kept."""
    return bool(await fetch_value(conn, "SELECT 1 FROM account WHERE actor_id = $1", actor_id))


async def save(conn: Connection, actor_id: int, chosen: dict[Kind, Rhythm]) -> None:
    """The member wants these kinds so often. What waited for another rhythm is looked at again in its new one."""
    await execute_many(
        conn,
        """
        INSERT INTO mail_choice (actor_id, kind, rhythm) VALUES ($1, $2, $3)
        ON CONFLICT (actor_id, kind) DO UPDATE SET rhythm = excluded.rhythm
        """,
        [(actor_id, kind, rhythm) for kind, rhythm in chosen.items()],
    )


async def save_mailed(conn: Connection, actor_id: int, kinds: list[Kind], last_id: int) -> None:
    """These kinds are told, up to this moment."""
    await execute_many(
        conn,
        """
        INSERT INTO mail_choice (actor_id, kind, told_id) VALUES ($1, $2, $3)
        ON CONFLICT (actor_id, kind) DO UPDATE SET told_id = greatest(mail_choice.told_id, excluded.told_id)
        """,
        [(actor_id, kind, last_id) for kind in kinds],
    )


async def schedule_all(conn: Connection, *, until: datetime, oldest: datetime, due: dict[Rhythm, datetime]) -> int:
    """Note whom to write to, and when, for all that happened since the last look and before `until`; how many.

    Nobody is written to who did it herself, whose address is not confirmed or does not exist, who is suspended, or who
    wants no mails of this kind. What is older than `oldest` is past.
    """
    after = await _move_cursor(conn, make_id(until), make_id(oldest))
    if after is None:
        return 0
    return await execute(
        conn,
        """
        INSERT INTO mail_round (actor_id, rhythm, due_at)
        SELECT DISTINCT told.actor_id, rhythm.name, due.due_at
        FROM (
            SELECT n.recipient_id AS actor_id, types.kind, n.type = ANY($9::text[]) AS always
            FROM notification n JOIN unnest($3::text[], $4::text[]) AS types (type, kind) ON types.type = n.type
            WHERE n.id > $1 AND n.id <= $2
            UNION
            SELECT unnest(ARRAY[e.owner_id, e.partner_id]), 'messages', false
            FROM exchange_message m JOIN exchange e ON e.id = m.exchange_id
            WHERE m.post_id > $1 AND m.post_id <= $2
            UNION
            SELECT unnest(ARRAY[e.owner_id, e.partner_id]), 'exchanges', false
            FROM exchange_event v JOIN exchange e ON e.id = v.exchange_id WHERE v.id > $1 AND v.id <= $2
        ) AS told
        JOIN account a ON a.actor_id = told.actor_id AND a.confirmed_at IS NOT NULL AND a.disabled_at IS NULL
            AND a.mail_refused_at IS NULL
            AND (told.always
                OR NOT EXISTS (SELECT FROM actor m WHERE m.id = a.actor_id AND m.suspended_at IS NOT NULL))
        JOIN unnest($5::text[], $6::text[]) AS proposed (kind, rhythm) ON proposed.kind = told.kind
        LEFT JOIN mail_choice c ON c.actor_id = told.actor_id AND c.kind = told.kind
        CROSS JOIN LATERAL (SELECT coalesce(c.rhythm, proposed.rhythm) AS name) AS rhythm
        JOIN unnest($7::text[], $8::timestamptz[]) AS due (rhythm, due_at) ON due.rhythm = rhythm.name
        ON CONFLICT DO NOTHING
        """,
        after,
        make_id(until),
        list(TYPES),
        list(TYPES.values()),
        list(PROPOSED),
        list(PROPOSED.values()),
        list(due),
        list(due.values()),
        list(DECISIONS),
    )


async def _move_cursor(conn: Connection, until: int, oldest: int) -> int | None:
    """Where the last look ended; the first one begins now, and nobody is told of what went before."""
    before: int | None = await fetch_value(conn, "SELECT last_id FROM mail_cursor FOR UPDATE")
    await execute(
        conn,
        """
        INSERT INTO mail_cursor (last_id) VALUES ($1)
        ON CONFLICT (one) DO UPDATE SET last_id = greatest(mail_cursor.last_id, excluded.last_id)
        """,
        until,
    )
    return None if before is None else max(before, oldest)


async def find_schedule(conn: Connection, at: datetime) -> MailSchedule | None:
    """Whoever is to be written to first, of those whose time has come."""
    return await fetch_one(
        conn,
        MailSchedule,
        "SELECT actor_id, rhythm FROM mail_round WHERE due_at <= $1 ORDER BY due_at, actor_id LIMIT 1",
        at,
    )


async def claim_schedule(conn: Connection, round: MailSchedule) -> bool:
    """Begin: whoever takes it writes down the mails in the same transaction. False when another one did."""
    taken = await execute(
        conn, "DELETE FROM mail_round WHERE actor_id = $1 AND rhythm = $2", round.actor_id, round.rhythm
    )
    return taken == 1


async def schedule(conn: Connection, actor_id: int, due: dict[Rhythm, datetime]) -> None:
    """Have it looked at these times whether there is something to tell somebody."""
    await execute_many(
        conn,
        "INSERT INTO mail_round (actor_id, rhythm, due_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [(actor_id, rhythm, due_at) for rhythm, due_at in due.items()],
    )


async def postpone(conn: Connection, round: MailSchedule, due_at: datetime) -> None:
    """Look at somebody's news later: what failed for her keeps nobody else from being told."""
    await execute(
        conn,
        "UPDATE mail_round SET due_at = $3 WHERE actor_id = $1 AND rhythm = $2",
        round.actor_id,
        round.rhythm,
        due_at,
    )
