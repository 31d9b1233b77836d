"""What has a date in somebody's days: what she agreed with others or is asked for, and the days that she keeps."""

from dataclasses import dataclass
from datetime import datetime

from models.exchanges.agreements import State
from models.listings.listings import ListingKind, ListingMode
from models.store.database import Connection, fetch_all

MOST = 500
"""Of each kind in one view; nobody has as many in a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedAgreement:
    """One agreement with a date, for one of the two.

    `own`: the listing is hers. `turn`: terms wait for her; `yes`: the other one said yes and waits for the word of the
    owner's server; `confirm`: the other one says that it is over; `reported`: she says so, and the other one did not
    yet. `title` is empty where the listing was withdrawn.
    """

    id: int
    exchange_id: int
    own: bool
    kind: ListingKind
    mode: ListingMode
    title: str
    other: str
    state: State
    turn: bool
    yes: bool
    confirm: bool
    reported: bool
    begins_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDays:
    """Days on which one of her listings is not to be had because she says so; `url` is the page of the listing."""

    id: int
    listing_id: int
    title: str
    url: str
    begins_at: datetime
    ends_at: datetime


async def list_agreements(
    conn: Connection, actor_id: int, begins_at: datetime, ends_at: datetime, *, late: bool = False
) -> list[DatedAgreement]:
    """What touches the range and has not come to nothing, by its beginning.

    With `late` also what was to be over before and nobody said that it is.
    """
    return await fetch_all(
        conn,
        DatedAgreement,
        """
        SELECT a.id, a.exchange_id, a.owner_id = $1 AS own, l.kind, l.mode, l.title,
            coalesce(nullif(other.name, ''), other.username) AS other, a.state,
            is_open_state(a.state) AND a.proposed_by <> $1 AND a.accepted_uri IS NULL AS turn,
            a.accepted_uri IS NOT NULL AS yes,
            a.state = 'agreed' AND CASE WHEN a.owner_id = $1
                THEN a.partner_reported_at IS NOT NULL AND a.owner_reported_at IS NULL
                ELSE a.owner_reported_at IS NOT NULL AND a.partner_reported_at IS NULL END AS confirm,
            a.state = 'agreed' AND CASE WHEN a.owner_id = $1
                THEN a.owner_reported_at ELSE a.partner_reported_at END IS NOT NULL AS reported,
            a.begins_at, a.ends_at, a.ended_at, a.place
        FROM (
            SELECT * FROM agreement WHERE owner_id = $1
            UNION ALL
            SELECT * FROM agreement WHERE partner_id = $1
        ) AS a
        JOIN listing l ON l.post_id = a.listing_id
        JOIN actor other ON other.id = CASE WHEN a.owner_id = $1 THEN a.partner_id ELSE a.owner_id END
        WHERE (is_live_state(a.state) OR a.state = 'done')
            AND (least(a.begins_at, CASE WHEN a.state = 'done' THEN a.ended_at END) < $3
                    AND (a.ends_at > $2 OR a.ends_at IS NULL AND a.begins_at >= $2)
                OR $4 AND a.state = 'agreed' AND coalesce(a.ends_at, a.begins_at) <= $2)
        ORDER BY a.begins_at, a.id LIMIT $5
        """,
        actor_id,
        begins_at,
        ends_at,
        late,
        MOST,
    )


async def list_kept(conn: Connection, actor_id: int, begins_at: datetime, ends_at: datetime) -> list[KeptDays]:
    """The days of all her listings that she keeps and that touch the range, by their beginning."""
    return await fetch_all(
        conn,
        KeptDays,
        """
        SELECT u.id, u.listing_id, l.title, p.url, u.begins_at, u.ends_at
        FROM post p JOIN unavailability u ON u.listing_id = p.id JOIN listing l ON l.post_id = p.id
        WHERE p.author_id = $1 AND p.deleted_at IS NULL AND u.begins_at < $3 AND u.ends_at > $2
        ORDER BY u.begins_at, u.id LIMIT $4
        """,
        actor_id,
        begins_at,
        ends_at,
        MOST,
    )
