"""The last seven days of the cooperative and the four weeks before them, counted; nobody is named."""

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


async def list_weeks(conn: Connection, today: date) -> list[WeekFigures]:
    """The weeks, the earliest first; the last one ends with today, by the clock on the wall."""
    days = [today + timedelta(days=1 - 7 * ago) for ago in range(WEEKS, -1, -1)]
    bounds = [datetime.combine(day, time(), PARIS) for day in days]
    return await fetch_all(
        conn,
        WeekFigures,
        """
        WITH week AS (
            SELECT * FROM unnest($1::date[], $2::timestamptz[], $3::timestamptz[], $4::bigint[], $5::bigint[])
                AS w (first, begins_at, ends_at, first_id, next_id)
        ), thread AS MATERIALIZED (
            SELECT w.first, x.created_at, owner.local AS ours, answer.at AS answered_at
            FROM week w JOIN exchange x ON x.id >= w.first_id AND x.id < w.next_id
            JOIN actor owner ON owner.id = x.owner_id
            LEFT JOIN LATERAL (
                SELECT least(
                    (SELECT min(e.created_at) FROM exchange_event e
                        WHERE e.exchange_id = x.id AND e.actor_id = x.owner_id),
                    (SELECT min(p.received_at) FROM exchange_message m JOIN post p ON p.id = m.post_id
                        WHERE m.exchange_id = x.id AND p.author_id = x.owner_id)) AS at
            ) AS answer ON owner.local
            WHERE owner.local OR EXISTS (SELECT FROM actor partner WHERE partner.id = x.partner_id AND partner.local)
        )
        SELECT w.first,
            (SELECT count(*)::integer FROM account a WHERE a.created_at >= w.begins_at AND a.created_at < w.ends_at
                AND a.confirmed_at IS NOT NULL AND a.waits_since IS NULL) AS members,
            (SELECT count(*)::integer FROM listing l JOIN post p ON p.id = l.post_id
                WHERE p.id >= w.first_id AND p.id < w.next_id AND l.post_id >= w.first_id AND l.post_id < w.next_id
                    AND p.local AND p.deleted_at IS NULL) AS listings,
            (SELECT count(*)::integer FROM thread t WHERE t.first = w.first) AS requests,
            agreed.here AS agreed, agreed.elsewhere AS agreed_elsewhere,
            (SELECT count(*)::integer FROM agreement g
                WHERE g.state = 'done' AND g.ended_at >= w.begins_at AND g.ended_at < w.ends_at) AS done,
            answers.asked, answers.answered
        FROM week w
        CROSS JOIN LATERAL (
            SELECT (count(*) FILTER (WHERE o.local AND p.local))::integer AS here,
                (count(*) FILTER (WHERE NOT (o.local AND p.local)))::integer AS elsewhere
            FROM agreement g JOIN actor o ON o.id = g.owner_id JOIN actor p ON p.id = g.partner_id
            WHERE g.agreed_at >= w.begins_at AND g.agreed_at < w.ends_at
        ) AS agreed
        CROSS JOIN LATERAL (
            SELECT count(*)::integer AS asked, (count(*) FILTER (WHERE
                    t.answered_at <= t.created_at + interval '1 day'))::integer AS answered
            FROM thread t WHERE t.first = w.first AND t.ours
                AND (t.answered_at IS NOT NULL OR t.created_at < now() - interval '1 day')
        ) AS answers
        ORDER BY w.first
        """,
        days[:-1],
        bounds[:-1],
        bounds[1:],
        [make_id(moment) for moment in bounds[:-1]],
        [make_id(moment) for moment in bounds[1:]],
    )
