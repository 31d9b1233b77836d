"""What alerts found: when it is told, by which line of the news and by which mail, and what of it still stands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.searches.alerts.telling import (
    CLAIM,
    GIVE_BACK,
    LISTING,
    MAILABLE,
    MAILED_WITHIN,
    SAVE_TOLD,
    STANDS,
    TELLABLE,
    list_told_values,
)
from models.store.database import Connection, execute, fetch_all
from models.store.statements import compose, fragment

KEPT = timedelta(days=30)
"""So long what an alert found waits to be told."""

JOB = "alert_mail"
"""The job that writes to one member about what her alerts found (web/mail/alert_mails)."""

LINES_A_DAY = 10
"""So many lines of what is told at once somebody gets in a day, of all her alerts; what is more waits until morning."""

GAP = timedelta(hours=1)
"""An alert that told of something gathers what it finds for so long before it tells again."""

LIMIT = 200


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
    {listing}
    WHERE (f.rhythm <> 'now' OR f.found_at <= $2 OR NOT lately.gathers AND lately.lines < $5)
        AND {stands} AND {tellable}
    GROUP BY f.id, f.actor_id, f.by_mail, f.rhythm, lately.lines
    ORDER BY f.actor_id, f.id LIMIT $6
    """,
    stands=STANDS,
    tellable=TELLABLE,
    listing=LISTING,
)


async def list_due(
    conn: Connection, *, at: datetime, morning: datetime, week: datetime, limit: int = LIMIT
) -> list[DueAlert]:
    """What is to be told at this moment, by alerts; `morning` and `week` are when those of a day and a week last were.

    What is withdrawn, hidden or over is not told, and what is put off at once comes the next morning.
    """
    return await fetch_all(conn, DueAlert, _DUE, at, morning, week, GAP, LINES_A_DAY, limit)


_SAVE = compose(SAVE_TOLD, table="alert_find")


async def save_told(conn: Connection, due: DueAlert, notification_id: int | None, *, at: datetime) -> None:
    """These were told by this line; None where nobody was to be told. Without mail they count as mailed."""
    await execute(conn, _SAVE, *list_told_values(due, notification_id, at))


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
    {listing}
    WHERE f.actor_id = $1 AND f.notification_id = ANY($2) AND {stands}
    ORDER BY f.notification_id, f.listing_id DESC
    """,
    stands=STANDS,
    listing=LISTING,
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
        {claim} RETURNING actor_id, listing_id, alert_id, notification_id, told_at)
    SELECT f.alert_id, f.listing_id FROM claimed f JOIN search_alert s ON s.id = f.alert_id
    JOIN notification n ON n.id = f.notification_id
    {listing}
    WHERE s.by_mail AND s.paused_at IS NULL AND {mailable}
        AND {stands}
    ORDER BY f.alert_id, f.listing_id DESC
    """,
    stands=STANDS,
    listing=LISTING,
    claim=fragment(CLAIM, table="alert_find"),
    mailable=MAILABLE,
)


async def claim_unmailed(conn: Connection, actor_id: int, *, at: datetime) -> list[Find]:
    """What a mail to her tells of now, by alerts: what was told, stands, and is unread. It goes into no other mail."""
    return await fetch_all(conn, Find, _CLAIM, actor_id, at, MAILED_WITHIN)


_GIVE_BACK = compose(GIVE_BACK, table="alert_find")


async def give_back(conn: Connection, actor_id: int, finds: Collection[Find]) -> None:
    """The mail that told of these did not leave; it is tried again."""
    await execute(
        conn,
        _GIVE_BACK,
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
    {listing}
    WHERE f.actor_id = $1 AND {stands}
    ORDER BY f.alert_id, f.listing_id DESC
    """,
    stands=STANDS,
    listing=LISTING,
)


async def map_last(conn: Connection, actor_id: int) -> dict[int, LastFinds]:
    """Of each of her alerts that found something that stands, the newest."""
    return {row.alert_id: row for row in await fetch_all(conn, LastFinds, _LAST, actor_id)}


_STANDING = compose(
    """
    SELECT f.alert_id, f.listing_id FROM alert_find f
    {listing}
    WHERE f.actor_id = $1 AND f.alert_id = $2 AND {stands}
    ORDER BY f.listing_id DESC LIMIT $3
    """,
    stands=STANDS,
    listing=LISTING,
)


async def list_finds(conn: Connection, actor_id: int, alert_id: int, *, limit: int) -> list[int]:
    """Which listings this alert of hers found that stand, the newest first."""
    return [row.listing_id for row in await fetch_all(conn, Find, _STANDING, actor_id, alert_id, limit)]


async def forget_old(conn: Connection) -> int:
    """Delete what was over before it was to be told, a month later."""
    return await execute(conn, "DELETE FROM alert_find WHERE told_at IS NULL AND found_at < now() - $1::interval", KEPT)
