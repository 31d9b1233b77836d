"""What is counted, found where it happened: of our own people and their listings alone, so that territories add up."""

from datetime import UTC, date, datetime, timedelta

from models.ids import make_id
from models.moments import PARIS
from models.store.database import Connection, execute, fetch_value
from models.store.statements import compose, fragment

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing of ours is older."""

PATIENCE = timedelta(days=7)
"""Who has not answered by then has not answered."""

LONGEST_HELP = 12
"""Hours: a help that lasts longer on paper tells the days within which it was given, not how long it took."""

OBJECT_MODES = ("gift", "loan", "swap", "sale")
"""Ways in which an object changes hands."""

BUCKETS = (15, 30, 60, 120, 240, 480, 720, 1_080, 1_440, 2_160, 2_880, 4_320, 5_760, 7_200, 10_080)
"""Minutes that answers are sorted by: sums of such counts tell the median of any period and place, and of nobody."""

_LISTING = """
    JOIN listing l ON l.post_id = {listing_id} AND NOT l.meeting
    JOIN post p ON p.id = l.post_id AND p.local
"""

_ABOUT = "coalesce(l.commune_code, '') AS commune_code, l.kind, l.mode, coalesce(l.category, '') AS category"

_AGREED = fragment(
    """
    SELECT 'agreed' AS what, a.id AS source_id, a.listing_id, a.agreed_at AS at, {about},
        NOT partner.local AS elsewhere, 0::smallint AS bucket, 1::numeric AS amount
    FROM agreement a {listing} JOIN actor partner ON partner.id = a.partner_id
    WHERE a.agreed_at >= $1
    """,
    about=_ABOUT,
    listing=fragment(_LISTING, listing_id="a.listing_id"),
)

_DONE = fragment(
    """
    SELECT done.what, a.id, a.listing_id, a.ended_at, {about}, NOT partner.local, 0::smallint, done.amount
    FROM agreement a {listing} JOIN actor partner ON partner.id = a.partner_id
    CROSS JOIN LATERAL (
        SELECT 'done' AS what, 1::numeric AS amount
        UNION ALL SELECT 'objects', CASE WHEN a.unit = 'one' THEN greatest(round(a.quantity), 1) ELSE 1 END
            WHERE l.mode = ANY($7::text[])
        UNION ALL SELECT 'hours', round(extract(epoch FROM a.ends_at - a.begins_at) / 3600, 2)
            WHERE l.mode IN ('service', 'repair') AND a.ends_at - a.begins_at <= make_interval(hours => $3::integer)
    ) AS done
    WHERE a.state = 'done' AND a.ended_at >= $1
    """,
    about=_ABOUT,
    listing=fragment(_LISTING, listing_id="a.listing_id"),
)

_LISTINGS = fragment(
    """
    SELECT 'listings', p.id, p.id, p.published_at, {about}, false, 0::smallint, 1::numeric
    FROM listing l JOIN post p ON p.id = l.post_id
    WHERE p.local AND NOT l.meeting AND p.deleted_at IS NULL AND coalesce(p.hidden_audience, p.audience) <> 'author'
        AND l.post_id >= $2 AND NOT EXISTS (SELECT FROM appointment_book b WHERE b.listing_id = p.id)
        AND NOT EXISTS (SELECT FROM unpublished_post u WHERE u.post_id = p.id)
    """,
    about=_ABOUT,
)

_MEMBERS = """
    SELECT 'members', c.actor_id, NULL::bigint, greatest(c.created_at, c.confirmed_at),
        coalesce(o.commune_code, c.default_commune_code, ''), '', '', '', false, 0::smallint, 1::numeric
    FROM account c JOIN actor o ON o.id = c.actor_id
    WHERE o.type = 'Person' AND c.confirmed_at IS NOT NULL AND c.waits_since IS NULL AND NOT c.passing
        AND greatest(c.created_at, c.confirmed_at) >= $1
"""

_ANSWERS = fragment(
    """
    SELECT CASE WHEN answered.at <= x.created_at + $4::interval THEN 'answered' ELSE 'unanswered' END, x.id,
        x.listing_id, least(answered.at, x.created_at + $4::interval), {about}, NOT partner.local,
        CASE WHEN answered.at <= x.created_at + $4::interval
            THEN least(width_bucket(extract(epoch FROM answered.at - x.created_at) / 60, $5::float8[]), 14)::smallint
            ELSE 0::smallint END, 1::numeric
    FROM exchange x {listing} JOIN actor partner ON partner.id = x.partner_id
    CROSS JOIN LATERAL (SELECT least(
        (SELECT min(e.created_at) FROM exchange_event e WHERE e.exchange_id = x.id AND e.actor_id = x.owner_id),
        (SELECT min(s.received_at) FROM exchange_message m JOIN post s ON s.id = m.post_id
            WHERE m.exchange_id = x.id AND s.author_id = x.owner_id)) AS at) AS answered
    WHERE x.id >= $6 AND (answered.at <= x.created_at + $4::interval OR (x.created_at < now() - $4::interval
        AND NOT EXISTS (SELECT FROM agreement g WHERE g.exchange_id = x.id AND g.state = 'withdrawn'
            AND g.ended_at <= x.created_at + $4::interval)
        -- What was said to a guest goes with her: nobody knows any more whether there was an answer.
        AND (partner.host <> '' OR EXISTS (SELECT FROM guest WHERE guest.actor_id = partner.id))))
    """,
    about=_ABOUT,
    listing=fragment(_LISTING, listing_id="x.listing_id"),
)

_HAPPENED = fragment(
    "{agreed} UNION ALL {done} UNION ALL {listings} UNION ALL {members} UNION ALL {answers}",
    agreed=_AGREED,
    done=_DONE,
    listings=_LISTINGS,
    members=_MEMBERS,
    answers=_ANSWERS,
)

_COLLECT = compose(
    """
    INSERT INTO figure_event (what, source_id, listing_id, month, commune_code, kind, mode, category, elsewhere,
        bucket, amount)
    SELECT what, source_id, listing_id, greatest(month, CASE WHEN what = 'members' THEN $8::date END),
        commune_code, kind, mode, category, elsewhere, bucket, amount
    FROM (SELECT *, date_trunc('month', at AT TIME ZONE $9)::date AS month FROM ({happened}) AS facts) AS happened
    WHERE at <= now() AND (what = 'members' OR month >= $8::date) ON CONFLICT (what, source_id) DO NOTHING
    """,
    happened=_HAPPENED,
)

_FORGET_UNTRUE = compose(
    """
    DELETE FROM figure_event e WHERE NOT e.gone AND NOT EXISTS (
        SELECT FROM ({happened}) AS happened
        WHERE happened.what = e.what AND happened.source_id = e.source_id AND happened.amount = e.amount
            -- An exchange counts whole as one of objects or of help, never half as each.
            AND (happened.mode = e.mode OR e.what NOT IN ('done', 'objects', 'hours')))
        AND NOT EXISTS (SELECT FROM figure_month m WHERE m.month = e.month)
    """,
    happened=_HAPPENED,
)


async def find_open_month(conn: Connection) -> date:
    """The first month that is not closed: who is let in late counts in it, and those before stay as they are."""
    found = await fetch_value(conn, "SELECT (max(month) + interval '1 month')::date FROM figure_month")
    return found if found is not None else EARLIEST.date()


async def collect(conn: Connection, *, since: datetime | None = None) -> int:
    """Count what happened since then, or ever, and was not counted yet; how much. It may run twice.

    Where something was, of which kind and way, is kept as it was then: its listing may be changed or taken back.
    Nothing is added to a month that is closed: the difference would tell what was hidden.
    """
    return await execute(conn, _COLLECT, *_make_values(since), await find_open_month(conn), PARIS.key)


async def forget_untrue(conn: Connection) -> int:
    """Count no more what is there and did not happen, or otherwise than it was counted; how much.

    What counts in a closed month stays: threads are cleared and listings changed every day, long after.
    """
    return await execute(conn, _FORGET_UNTRUE, *_make_values(None))


def _make_values(since: datetime | None) -> tuple[object, ...]:
    """What says where to look: everything that is ordered by time is found by it."""
    begin = since or EARLIEST
    first = make_id(begin) if since else 0
    return (
        begin,
        first,
        LONGEST_HELP,
        PATIENCE,
        [float(one) for one in BUCKETS],
        make_id(begin - PATIENCE) if since else 0,
        list(OBJECT_MODES),
    )


_GONE = """
    WITH lost AS (
        UPDATE figure_event e SET gone = true, listing_id = NULL, commune_code = '', kind = '', mode = '',
            category = '', elsewhere = false, bucket = 0, amount = 0
        FROM (SELECT o.* FROM figure_event o WHERE NOT o.gone AND CASE WHEN o.what = 'members'
            THEN NOT EXISTS (SELECT FROM account c WHERE c.actor_id = o.source_id)
            ELSE NOT EXISTS (SELECT FROM post p WHERE p.id = o.listing_id AND p.deleted_at IS NULL) END) AS o
        WHERE e.what = o.what AND e.source_id = o.source_id RETURNING o.*
    )
    INSERT INTO figure_gone (month, what, commune_code, kind, mode, category, elsewhere, bucket, cases, amount)
    SELECT month, what, commune_code, kind, mode, category, elsewhere, bucket, count(*)::integer, sum(amount) FROM lost
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    ON CONFLICT (month, what, commune_code, kind, mode, category, elsewhere, bucket)
    DO UPDATE SET cases = figure_gone.cases + excluded.cases, amount = figure_gone.amount + excluded.amount
"""


async def keep_sums_of_gone(conn: Connection) -> int:
    """Of what was erased or taken back only the sum stays: its number says nothing any more; how many sums.

    The number itself goes too, once nothing could count it again: at once of an account, of others with their month.
    """
    kept = await execute(conn, _GONE)
    await execute(
        conn,
        """
        DELETE FROM figure_event e WHERE e.gone AND (e.what = 'members'
            OR EXISTS (SELECT FROM figure_month m WHERE m.month = e.month))
        """,
    )
    return kept
