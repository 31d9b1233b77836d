"""The last seven days of the cooperative and the four weeks before them, counted; nobody is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.ids import make_id
from models.moments import PARIS
from models.store.database import Connection, fetch_all

WEEKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFigures:
    """Seven days that begin on `first`. `asked` are the requests to members of ours who had a day to answer, or did.

    `agreed` are agreements concluded between members of ours, `agreed_elsewhere` those with somebody of elsewhere.
    """

    first: date
    members: int
    listings: int
    requests: int
    agreed: int
    agreed_elsewhere: int
    done: int
    asked: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """How many of something fell in the week of this place, from 1 on."""

    place: int
    what: str
    total: int


async def list_weeks(conn: Connection, today: date, *, past: Sequence[WeekFigures] = ()) -> list[WeekFigures]:
    """The weeks, the earliest first; the last one ends with today, by the clock on the wall.

    `past` are the first of them, where they were counted before: of weeks that are over little changes.
    """
    days = [today + timedelta(days=1 - 7 * ago) for ago in range(WEEKS, -1, -1)][len(past) :]
    counted = await _count(conn, [datetime.combine(day, time(), PARIS) for day in days])
    found = {(one.place, one.what): one.total for one in counted}
    return [*past] + [
        WeekFigures(
            first=day,
            members=found.get((place, "members"), 0),
            listings=found.get((place, "listings"), 0),
            requests=found.get((place, "requests"), 0),
            agreed=found.get((place, "agreed"), 0),
            agreed_elsewhere=found.get((place, "agreed_elsewhere"), 0),
            done=found.get((place, "done"), 0),
            asked=found.get((place, "asked"), 0),
            answered=found.get((place, "answered"), 0),
        )
        for place, day in enumerate(days[:-1], 1)
    ]


async def _count(conn: Connection, bounds: list[datetime]) -> list[_Counted]:
    """All of it in one look.

    Posts, threads and what is said in them are found by their ids, which are ordered by time: ten years of them are
    passed over.
    """
    ids = [make_id(moment) for moment in bounds]
    return await fetch_all(
        conn,
        _Counted,
        """
        WITH thread AS MATERIALIZED (
            SELECT id, owner_id, created_at FROM exchange WHERE id >= $5 AND id < $6
        ), deal AS MATERIALIZED (
            SELECT owner_id, partner_id, agreed_at FROM agreement WHERE agreed_at >= $2 AND agreed_at < $3
        ), ours AS MATERIALIZED (
            SELECT id FROM actor WHERE local AND id = ANY (ARRAY(
                SELECT owner_id FROM thread UNION SELECT owner_id FROM deal UNION SELECT partner_id FROM deal))
        ), said AS (
            SELECT exchange_id, actor_id, created_at AS at FROM exchange_event WHERE id >= $5 AND actor_id IS NOT NULL
            UNION ALL
            SELECT m.exchange_id, p.author_id, p.received_at FROM exchange_message m JOIN post p ON p.id = m.post_id
            WHERE m.post_id >= $5 AND p.id >= $5
        ), answer AS MATERIALIZED (
            SELECT exchange_id, actor_id, min(at) AS at FROM said GROUP BY 1, 2
        ), asked AS (
            SELECT t.id, t.created_at, answer.at
            FROM thread t LEFT JOIN answer ON answer.exchange_id = t.id AND answer.actor_id = t.owner_id
            WHERE t.owner_id IN (SELECT id FROM ours)
                AND (answer.at IS NOT NULL OR t.created_at < now() - interval '1 day')
        )
        SELECT width_bucket(created_at, $1::timestamptz[]) AS place, 'members' AS what, count(*)::integer AS total
        FROM account
        WHERE created_at >= $2 AND created_at < $3 AND confirmed_at IS NOT NULL AND waits_since IS NULL GROUP BY 1
        UNION ALL
        SELECT width_bucket(p.id, $4::bigint[]), 'listings', count(*)::integer
        FROM listing l JOIN post p ON p.id = l.post_id
        WHERE l.post_id >= $5 AND l.post_id < $6 AND p.local AND p.deleted_at IS NULL GROUP BY 1
        UNION ALL
        SELECT width_bucket(id, $4::bigint[]), 'requests', count(*)::integer FROM thread GROUP BY 1
        UNION ALL
        SELECT width_bucket(id, $4::bigint[]), 'asked', count(*)::integer FROM asked GROUP BY 1
        UNION ALL
        SELECT width_bucket(id, $4::bigint[]), 'answered', count(*)::integer FROM asked
        WHERE at <= created_at + interval '1 day' GROUP BY 1
        UNION ALL
        SELECT width_bucket(agreed_at, $1::timestamptz[]), CASE WHEN owner_id IN (SELECT id FROM ours)
            AND partner_id IN (SELECT id FROM ours) THEN 'agreed' ELSE 'agreed_elsewhere' END, count(*)::integer
        FROM deal GROUP BY 1, 2
        UNION ALL
        SELECT width_bucket(ended_at, $1::timestamptz[]), 'done', count(*)::integer FROM agreement
        WHERE state = 'done' AND ended_at >= $2 AND ended_at < $3 GROUP BY 1
        """,
        bounds[:-1],
        bounds[0],
        bounds[-1],
        ids[:-1],
        ids[0],
        ids[-1],
    )
