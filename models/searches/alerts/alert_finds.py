"""What alerts found: when it is told, by which line of the news and by which mail, and what of it still stands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store.database import Connection, execute, fetch_all
from models.store.statements import compose

JOB = "alert_mail"
"""The job that writes to one member about what her alerts found (web/mail/alert_mails)."""

LINES_A_DAY = 10
"""So many lines of what is told at once somebody gets in a day, of all her alerts; what is more waits until morning."""

GAP = timedelta(hours=1)
"""An alert that told of something gathers what it finds for so long before it tells again."""

MAILED_WITHIN = timedelta(days=3)
"""What could not be mailed for so long is not any more: it stands on the page."""

LIMIT = 200

# What of finds `f` stands for the one whose it is: found things end, are hidden, come from somebody whom she blocks, or
# who was limited since and whom she does not follow.
STANDS = """
    p.deleted_at IS NULL AND is_open_status(l.status) AND p.audience IN ('network', 'coop', 'territories')
    AND a.deleted_at IS NULL AND a.suspended_at IS NULL
    AND (a.limited_at IS NULL OR EXISTS (SELECT FROM follow w
        WHERE w.follower_id = f.actor_id AND w.followed_id = a.id AND w.state = 'accepted' OFFSET 0))
    AND (l.kind <> 'offer' OR a.away_until IS NULL OR a.away_until <= now())
    AND NOT EXISTS (SELECT FROM hidden h WHERE h.reader_id = f.actor_id AND h.author_id = p.author_id OFFSET 0)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueAlert:
    """What one alert found and is to be told now, the newest first; `author_id` is of the newest.

    `at_once` where it does not wait for a morning; `lines` are those that she got so within a day.
    """

    alert_id: int
    actor_id: int
    author_id: int
    listing_ids: list[int]
    by_mail: bool
    at_once: bool
    lines: int


# What is told: not of threads that she muted, of which no news would be, and with it none of the rest of its line.
TELLABLE = """
    NOT EXISTS (SELECT FROM thread_mute t
        WHERE t.actor_id = f.actor_id AND t.root_id = coalesce(p.root_id, p.id) OFFSET 0)
"""

# First whose time has come at all, by the finds and their alerts alone: what waits for a morning is many, and is looked
# at each minute.
_DUE = compose(
    """
    WITH waiting AS MATERIALIZED (
        SELECT f.actor_id, f.listing_id, f.found_at, s.id, s.by_mail, s.rhythm
        FROM alert_find f JOIN search_alert s ON s.id = f.alert_id
        WHERE f.told_at IS NULL AND s.paused_at IS NULL
            AND f.found_at <= CASE s.rhythm WHEN 'now' THEN $1 WHEN 'daily' THEN $2 ELSE $3::timestamptz END
    ), lately AS MATERIALIZED (
        SELECT s.id, told.lines, told.gathers FROM (SELECT DISTINCT id, actor_id FROM waiting) AS s CROSS JOIN LATERAL (
            SELECT count(DISTINCT x.notification_id)::integer AS lines,
                coalesce(max(x.told_at) FILTER (WHERE x.alert_id = s.id) > $1::timestamptz - $4::interval, false)
                    AS gathers
            FROM alert_find x WHERE x.actor_id = s.actor_id AND x.told_at > $1 - interval '1 day' OFFSET 0) AS told
    )
    SELECT f.id AS alert_id, f.actor_id, f.by_mail, f.rhythm = 'now' AND min(f.found_at) > $2::timestamptz AS at_once,
        (array_agg(p.author_id ORDER BY f.listing_id DESC))[1] AS author_id,
        array_agg(f.listing_id ORDER BY f.listing_id DESC) AS listing_ids, lately.lines
    FROM waiting f JOIN lately ON lately.id = f.id
    JOIN post p ON p.id = f.listing_id JOIN listing l ON l.post_id = f.listing_id JOIN actor a ON a.id = p.author_id
    WHERE (f.rhythm <> 'now' OR f.found_at <= $2 OR NOT lately.gathers AND lately.lines < $5)
        AND {stands} AND {tellable}
    GROUP BY f.id, f.actor_id, f.by_mail, f.rhythm, lately.lines
    ORDER BY f.actor_id, f.id LIMIT $6
    """,
    stands=STANDS,
    tellable=TELLABLE,
)


async def list_due(
    conn: Connection, *, at: datetime, morning: datetime, week: datetime, limit: int = LIMIT
) -> list[DueAlert]:
    """What is to be told at this moment, by alerts; `morning` and `week` are when those of a day and a week last were.

    What is withdrawn, hidden or over is not told, and what is put off at once comes the next morning.
    """
    return await fetch_all(conn, DueAlert, _DUE, at, morning, week, GAP, LINES_A_DAY, limit)


async def save_told(conn: Connection, due: DueAlert, notification_id: int | None, *, at: datetime) -> None:
    """These were told by this line; None where nobody was to be told. Without mail they count as mailed."""
    await execute(
        conn,
        """
        UPDATE alert_find SET told_at = $4::timestamptz, notification_id = $3,
            mailed_at = CASE WHEN NOT $5::boolean THEN $4::timestamptz END
        WHERE actor_id = $1 AND listing_id = ANY($2)
        """,
        due.actor_id,
        due.listing_ids,
        notification_id,
        at,
        due.by_mail and notification_id is not None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAlert:
    """A line of the news: whose alert's it is, how many of its finds stand, and one of those."""

    notification_id: int
    alert_id: int
    count: int
    listing_id: int
    title: str


_TOLD = compose(
    """
    SELECT DISTINCT ON (f.notification_id) f.notification_id, s.id AS alert_id,
        (count(*) OVER (PARTITION BY f.notification_id))::integer AS count, f.listing_id, l.title
    FROM alert_find f JOIN search_alert s ON s.id = f.alert_id
    JOIN post p ON p.id = f.listing_id JOIN listing l ON l.post_id = f.listing_id JOIN actor a ON a.id = p.author_id
    WHERE f.actor_id = $1 AND f.notification_id = ANY($2) AND {stands}
    ORDER BY f.notification_id, f.listing_id DESC
    """,
    stands=STANDS,
)


async def list_told(conn: Connection, actor_id: int, notification_ids: Collection[int]) -> list[ToldAlert]:
    """What these lines of hers tell of; none of which nothing stands any more."""
    return await fetch_all(conn, ToldAlert, _TOLD, actor_id, list(notification_ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """Something that an alert found."""

    alert_id: int
    listing_id: int


_CLAIM = compose(
    """
    WITH claimed AS (
        UPDATE alert_find SET mailed_at = $2 WHERE actor_id = $1 AND told_at IS NOT NULL AND mailed_at IS NULL
        RETURNING actor_id, listing_id, alert_id, notification_id, told_at)
    SELECT f.alert_id, f.listing_id FROM claimed f JOIN search_alert s ON s.id = f.alert_id
    JOIN notification n ON n.id = f.notification_id
    JOIN post p ON p.id = f.listing_id JOIN listing l ON l.post_id = f.listing_id JOIN actor a ON a.id = p.author_id
    WHERE s.by_mail AND s.paused_at IS NULL AND f.told_at > $2::timestamptz - $3::interval AND n.read_at IS NULL
        AND {stands}
    ORDER BY f.alert_id, f.listing_id DESC
    """,
    stands=STANDS,
)


async def claim_unmailed(conn: Connection, actor_id: int, *, at: datetime) -> list[Find]:
    """What a mail to her tells of now, by alerts: what was told, stands, and is unread. It goes into no other mail."""
    return await fetch_all(conn, Find, _CLAIM, actor_id, at, MAILED_WITHIN)


async def give_back(conn: Connection, actor_id: int, finds: Collection[Find]) -> None:
    """The mail that told of these did not leave; it is tried again."""
    await execute(
        conn,
        "UPDATE alert_find SET mailed_at = NULL WHERE actor_id = $1 AND listing_id = ANY($2)",
        actor_id,
        [find.listing_id for find in finds],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LastFinds:
    """How much of what an alert found stands, and the newest of it."""

    alert_id: int
    count: int
    listing_id: int
    title: str
    url: str
    found_at: datetime


_LAST = compose(
    """
    SELECT DISTINCT ON (f.alert_id) f.alert_id, (count(*) OVER (PARTITION BY f.alert_id))::integer AS count,
        f.listing_id, l.title, p.url, f.found_at
    FROM alert_find f
    JOIN post p ON p.id = f.listing_id JOIN listing l ON l.post_id = f.listing_id JOIN actor a ON a.id = p.author_id
    WHERE f.actor_id = $1 AND {stands}
    ORDER BY f.alert_id, f.listing_id DESC
    """,
    stands=STANDS,
)


async def map_last(conn: Connection, actor_id: int) -> dict[int, LastFinds]:
    """Of each of her alerts that found something that stands, the newest."""
    return {row.alert_id: row for row in await fetch_all(conn, LastFinds, _LAST, actor_id)}


_STANDING = compose(
    """
    SELECT f.alert_id, f.listing_id FROM alert_find f
    JOIN post p ON p.id = f.listing_id JOIN listing l ON l.post_id = f.listing_id JOIN actor a ON a.id = p.author_id
    WHERE f.actor_id = $1 AND f.alert_id = $2 AND {stands}
    ORDER BY f.listing_id DESC LIMIT $3
    """,
    stands=STANDS,
)


async def list_finds(conn: Connection, actor_id: int, alert_id: int, *, limit: int) -> list[int]:
    """Which listings this alert of hers found that stand, the newest first."""
    return [row.listing_id for row in await fetch_all(conn, Find, _STANDING, actor_id, alert_id, limit)]


async def forget_old(conn: Connection) -> int:
    """Delete what was over before it was to be told, a month later."""
    return await execute(conn, "DELETE FROM alert_find WHERE told_at IS NULL AND found_at < now() - interval '30 days'")
